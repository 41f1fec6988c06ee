"""Bundles are bound by their digests, and say what is wrong with them."""

import json
import shutil

import pytest

from scoring.bundle import BundleError, read_bundle, read_card, write_bundle
from scoring.inference import SHIPPED, V1, Ensemble

MEMBERS = [member["name"] for member in json.loads((V1 / "ensemble.json").read_text())["members"]]
CARDS = sorted(path for path in SHIPPED.parent.glob("*/*.json") if path.stem not in {"ensemble", "evaluation"})
ONE_HEAD = {"vgg6": 2_114_033}  # as DeepStreaks' own
SHARED = {"compact": 336_515, "resnet50": 17_394_947, "densenet121": 7_034_307}  # three heads on one trunk
CARD = {"name": "net", "outputs": ["kd"], "input": {}, "licence": "MIT"}


@pytest.fixture
def copied(tmp_path):
    models = shutil.copytree(V1, tmp_path / "models")
    for name in MEMBERS:
        bundle = read_bundle(models / f"{name}.json")
        write_bundle(models, bundle.content, bundle.card)
    return models


def change(path, **values):
    path.write_text(json.dumps({**json.loads(path.read_text()), **values}))


@pytest.mark.parametrize("path", CARDS, ids=[path.stem for path in CARDS])
def test_every_shipped_network_has_a_card_that_says_what_it_was_made_of(path):
    card = read_card(path)
    assert card["licence"] == "MIT"
    assert card["parameters"] == (ONE_HEAD if len(card["outputs"]) == 1 else SHARED)[card["architecture"]]
    assert {"data", "training", "grouped_cross_validation", "limits", "intended_use"} <= set(card)
    assert read_bundle(path).content[4:8] == b"TFL3"


def test_what_is_shipped_is_small():
    assert sum(path.stat().st_size for path in SHIPPED.parent.glob("*/*")) <= 25e6


def test_a_tampered_network_is_refused_with_both_digests(copied):
    network = copied / f"{MEMBERS[0]}.tflite"
    network.write_bytes(network.read_bytes()[:-1] + b"\x01")
    with pytest.raises(BundleError, match=r"expected sha256 [0-9a-f]{64}, but got [0-9a-f]{64}"):
        Ensemble.load(copied)


def test_a_network_swapped_together_with_its_card_is_refused(copied):
    content = (copied / f"{MEMBERS[1]}.tflite").read_bytes()
    write_bundle(copied, content, read_card(copied / f"{MEMBERS[0]}.json"))
    with pytest.raises(BundleError, match=f"expected {MEMBERS[0]} of sha256"):
        Ensemble.load(copied)


def test_a_missing_network_is_named(copied):
    (copied / f"{MEMBERS[0]}.tflite").unlink()
    with pytest.raises(BundleError, match=f"{MEMBERS[0]}.tflite: expected a network beside its card"):
        Ensemble.load(copied)


def test_a_network_that_is_none_is_refused_at_the_first_score(copied, streak):
    digest = write_bundle(copied, b"not a network", read_card(copied / f"{MEMBERS[0]}.json"))
    members = [{"name": name, "sha256": read_card(copied / f"{name}.json")["sha256"]} for name in MEMBERS]
    assert members[0]["sha256"] == digest
    change(copied / "ensemble.json", members=members)
    with pytest.raises(BundleError, match="expected a LiteRT network"):
        Ensemble.load(copied).score([streak])


def test_a_packed_network_is_loaded_as_the_unpacked_one(copied):
    content = (copied / f"{MEMBERS[0]}.tflite").read_bytes()
    digest = write_bundle(copied, content, read_card(copied / f"{MEMBERS[0]}.json"), packed=True)
    assert not (copied / f"{MEMBERS[0]}.tflite").exists()
    assert Ensemble.load(copied).members == tuple(MEMBERS)
    assert read_card(copied / f"{MEMBERS[0]}.json")["sha256"] == digest


@pytest.mark.parametrize("spoil", [lambda content: content[:-9], lambda _: b"not gzip", lambda _: b""])
def test_a_packed_network_that_does_not_unpack_is_refused(tmp_path, spoil):
    write_bundle(tmp_path, b"TFL3" * 99, CARD, packed=True)
    path = tmp_path / "net.tflite.gz"
    path.write_bytes(spoil(path.read_bytes()))
    with pytest.raises(BundleError, match=r"net\.tflite\.gz: expected a"):
        read_bundle(tmp_path / "net.json")


def test_a_packed_network_that_grows_without_end_is_refused(tmp_path, monkeypatch):
    write_bundle(tmp_path, bytes(10**6), CARD, packed=True)
    monkeypatch.setattr("scoring.bundle.MAX_NETWORK", 10**5)
    with pytest.raises(BundleError, match="expected at most 100000 bytes after gzip"):
        read_bundle(tmp_path / "net.json")


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"thresholds": {}}, "expected thresholds for"),
        ({"members": None}, "expected name, members, thresholds and calibration"),
        ({"calibration": {"intercept": 0, "coefficients": {"rb": 1}}}, "expected thresholds for"),
    ],
)
def test_an_ensemble_that_does_not_fit_its_members_is_refused(copied, values, expected):
    change(copied / "ensemble.json", **values)
    with pytest.raises(BundleError, match=expected):
        Ensemble.load(copied)


@pytest.mark.parametrize(
    ("card", "expected"),
    [
        ("[]", "expected a JSON object"),
        ("{", "expected JSON"),
        (json.dumps(CARD), "expected sha256 as str"),
        (json.dumps({**CARD, "sha256": "0", "outputs": ["xx"]}), "expected outputs among rb, sl, kd"),
    ],
)
def test_a_card_that_cannot_be_used_says_why(tmp_path, card, expected):
    path = tmp_path / "net.json"
    path.write_text(card)
    with pytest.raises(BundleError, match=expected):
        read_card(path)
