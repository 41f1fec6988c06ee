"""Smaller networks: what the recipes do to weights, and what is measured of them, where Keras is installed."""

import json

import numpy as np
import pytest

from scoring.families import FineClass
from scoring.inference import Ensemble
from scoring.learnt import learnt_among
from scoring.manifest import read_manifest
from scoring.simulation.folder_config import FolderConfig
from scoring.simulation.labelled_folder import write_folder

keras = pytest.importorskip("keras", reason="compression needs the extra 'train'")
pytestmark = pytest.mark.filterwarnings("default")

RNG = np.random.default_rng(1)


def kernel(shape=(3, 3, 32, 40)):
    return RNG.normal(0, 1, shape).astype(np.float32) * np.linspace(0.1, 3, shape[-1], dtype=np.float32)


@pytest.fixture(scope="module")
def network():
    from scoring.architectures import ARCHITECTURES

    keras.utils.set_random_seed(1)
    return ARCHITECTURES["vgg6"](3)


def test_pruning_takes_the_smallest_weights():
    from scoring.compression import pruned

    before = kernel()
    after = pruned(before, 0.7)
    assert np.mean(after == 0) == pytest.approx(0.7, abs=0.001)
    assert np.abs(before[after == 0]).max() < np.abs(after[after != 0]).min()
    assert np.array_equal(after[after != 0], before[after != 0])


def test_recipes_are_found_by_name_and_an_unknown_one_is_refused():
    from scoring.compression import RECIPES, recipes_named

    assert recipes_named(None) == RECIPES
    assert [recipe.precision for recipe in recipes_named(["16 shared", "float16"])] == ["float16", "dynamic"]
    with pytest.raises(ValueError, match=r"expected recipes of float32, .*, but came gzip"):
        recipes_named(["16 shared", "gzip"])


@pytest.mark.parametrize("share", [0.0, 0.6])
def test_a_layer_with_shared_weights_holds_few_different_bytes(share):
    from scoring.compression import pruned, shared

    before = pruned(kernel(), share)
    after = shared(before, 16)
    stored = np.round(after / np.maximum(np.abs(after).max(axis=(0, 1, 2)), 1e-9) * 127).astype(int)
    assert len(np.unique(stored[before != 0])) <= 16
    assert np.array_equal(after == 0, before == 0) or share == 0
    assert np.corrcoef(before.ravel(), after.ravel())[0, 1] > 0.99


def test_an_output_without_weights_stays_without():
    from scoring.compression import shared

    dead = kernel()
    dead[..., 3] = 0
    assert (shared(dead, 8)[..., 3] == 0).all()


def test_a_dense_layer_of_low_rank_is_split_without_loss(network):
    from scoring.compression import Recipe, shrink

    hidden = network.get_layer("hidden")
    whole = hidden.get_weights()
    left, right = RNG.normal(0, 0.05, (whole[0].shape[0], 8)), RNG.normal(0, 0.3, (8, whole[0].shape[1]))
    hidden.set_weights([(left @ right).astype(np.float32), whole[1]])
    images = RNG.random((2, 144, 144, 1), np.float32)
    smaller = shrink(network, Recipe("rank 8", "float32", rank=8), images)
    assert smaller.count_params() < network.count_params() / 10
    assert smaller.predict(images, verbose=0) == pytest.approx(network.predict(images, verbose=0), abs=1e-4)
    hidden.set_weights(whole)


def test_a_pruned_network_learns_its_parents_logits_again_and_stays_pruned():
    from scoring.architectures import ARCHITECTURES
    from scoring.compression import Recipe, shrink

    parent = ARCHITECTURES["compact"](3)
    images = RNG.random((64, 144, 144, 1), np.float32)
    recipe = Recipe("pruned 70 %", "float32", sparsity=0.7)
    expected = parent.predict(images, verbose=0)
    off, less_off = (
        np.abs(shrink(parent, recipe, images, steps).predict(images, verbose=0) - expected).mean() for steps in (0, 25)
    )
    learnt = shrink(parent, recipe, images, 2).get_layer("conv6").kernel.numpy()
    assert less_off < 0.7 * off
    assert np.mean(learnt == 0) == pytest.approx(0.7, abs=0.01)


def test_full_integer_networks_ask_for_cutouts_to_calibrate_with(network):
    from scoring.conversion import to_tflite

    with pytest.raises(ValueError, match="cutouts to calibrate int8 with"):
        to_tflite(network, "int8")


def test_every_recipe_gives_a_network_that_scores_as_its_parent_or_says_how_far_off(network):
    from scoring.compression import RECIPES, compress
    from scoring.compression_table import scores_of
    from scoring.conversion import with_scores

    images = RNG.random((4, 144, 144, 1), np.float32)
    expected = with_scores(network).predict(images, verbose=0)
    near = {"float32": 1e-5, "float16": 1e-3, "8 bits": 0.02, "8 bits, full integer": 0.05, "32 shared": 0.1}
    for recipe in (recipe for recipe in RECIPES if recipe.name in near):
        assert scores_of(compress(network, recipe, images), images) == pytest.approx(expected, abs=near[recipe.name])


def test_shared_weights_make_the_packed_file_smaller(network):
    from scoring.bundle import pack
    from scoring.compression import RECIPES, compress

    by_name = {recipe.name: recipe for recipe in RECIPES}
    images = RNG.random((1, 144, 144, 1), np.float32)
    names = ("8 bits", "16 shared", "pruned 90 %, 16 shared")
    sizes = [len(pack(compress(network, by_name[name], images))) for name in names]
    assert sizes[0] > 1.5 * sizes[1] > 3 * sizes[2]
    assert 4 * network.count_params() / sizes[2] > 18


@pytest.fixture
def run(tmp_path):
    """A finished run of two folds on simulated cutouts, trained for a moment."""
    from scoring.release import release
    from scoring.train_config import TrainConfig
    from scoring.training import train

    labels = (FineClass.ASTEROID, FineClass.BLANK, FineClass.LONG_TRAIL, FineClass.COSMIC_RAY)
    write_folder(FolderConfig(dict.fromkeys(labels, 10)), tmp_path / "cutouts")
    config = TrainConfig(
        name="tiny",
        architecture="vgg6",
        manifest=str(tmp_path / "cutouts" / "truth.csv"),
        cutouts=str(tmp_path / "cutouts"),
        real={"asteroid": 1.0, "blank": 1.0, "long_trail": 1.0},
        injected={"asteroid": 1.0},
        named_folds=(tuple(first_groups(tmp_path / "cutouts" / "truth.csv")),),
        epochs=1,
        images_per_epoch=32,
        batch_size=16,
    )
    release(config, train(config, tmp_path / "run"), tmp_path / "run" / "bundles")
    return tmp_path / "run"


def first_groups(truth):
    groups = sorted({entry.group for entry in read_manifest(truth)})
    return groups[: len(groups) // 2]


def test_a_run_is_measured_and_shipped_smaller(run, streak):
    from scoring.compression import RECIPES
    from scoring.compression_table import compress_run

    few = [recipe for recipe in RECIPES if recipe.name in {"8 bits", "pruned 80 %, 16 shared"}]
    text = compress_run(run, run / "out", "pruned 80 %, 16 shared", 1, few)
    table = json.loads((run / "out" / "compression.json").read_text())
    assert [row["recipe"] for row in table["rows"]] == ["Keras float32", "8 bits", "pruned 80 %, 16 shared"]
    assert (table["cutouts"], table["folds"], "| 8 bits |" in text) == (40, [0, 1], True)
    assert {path.suffix for path in (run / "out" / "bundles").iterdir()} == {".json", ".gz", ".txt"}
    assert learnt_among(run / "out" / "bundles", ["asteroid_000003.jpg", "unknown.jpg"]) == 1
    ensemble = Ensemble.load(run / "out" / "bundles")
    assert ensemble.members == ("tiny_rb", "tiny_sl", "tiny_kd")
    assert 0 <= ensemble.score([streak])[0].p_asteroid <= 1


@pytest.mark.parametrize(
    ("name", "trained", "expected"),
    [
        ("no such", [0, 1, 2], "a recipe among .*, but came no such"),
        ("8 bits, full integer", [0, 1, 2], "a recipe among .*, but came 8 bits, full integer"),
        (None, [0, 1], r"a finished run, but .* has no weights of all cutouts \(fold-2\)"),
    ],
)
def test_what_cannot_be_shipped_is_refused_before_anything_is_measured(tmp_path, monkeypatch, name, trained, expected):
    from scoring import compression_table
    from scoring.train_config import TrainConfig

    config = TrainConfig("tiny", "truth.csv", "cutouts", split=False, metadata=True)
    run = compression_table.Run(config, None, np.array([0, 1]), tmp_path, trained)
    (tmp_path / "bundles").mkdir()
    monkeypatch.setattr(compression_table, "read_run", lambda _: run)
    monkeypatch.setattr(compression_table, "measure", lambda *_: pytest.fail("something was measured"))
    with pytest.raises(ValueError, match=expected):
        compression_table.compress_run(tmp_path, tmp_path / "out", name)
