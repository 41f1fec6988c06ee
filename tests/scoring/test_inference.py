"""The shipped ensemble on drawn, real and impossible cutouts."""

import json
import math
import multiprocessing
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from scoring.cutout import Cutout, Rendering
from scoring.detection import Detection
from scoring.evaluation import auc
from scoring.families import Family, FineClass
from scoring.inference import SHIPPED, Calibration, Ensemble, Scorable
from scoring.manifest import read_manifest
from scoring.readers import discover
from scoring.score_table import scorable
from scoring.simulation import PAINTERS
from tests.scoring.conftest import as_scorable, drawn


@pytest.fixture(scope="module")
def ensemble():
    return Ensemble.load(SHIPPED)


def flux(pixels):
    pixels = np.asarray(pixels, np.float32)
    nothing = np.zeros(pixels.shape, bool)
    return Scorable(
        Cutout(pixels, nothing, None, Rendering.FLUX, ((pixels.shape[1] - 1) / 2, (pixels.shape[0] - 1) / 2))
    )


def test_drawn_asteroids_score_above_drawn_contaminants(ensemble):
    classes = ["asteroid"] * 12 + ["blank"] * 8 + ["bad_subtraction"] * 8 + ["long_trail"] * 8
    greys = [drawn(label, 1, seed)[0] for seed, label in enumerate(classes)]
    ranks = [scores.p_asteroid for scores in ensemble.score([as_scorable(grey) for grey in greys])]
    assert auc(ranks, [label == "asteroid" for label in classes]) > 0.95


def test_scores_are_probabilities_with_a_verdict_and_every_member(ensemble, streak):
    scores = ensemble.score([streak])[0]
    assert all(0 <= value <= 1 for value in (scores.rb, scores.sl, scores.kd, scores.p_asteroid))
    assert set(scores.members) == {f"{name}:{family}" for name in ensemble.members for family in Family}
    assert sum(scores.classes.values()) == pytest.approx(1, abs=1e-3)
    assert (scores.plausible in {True, False}, scores.reason) == (True, "")


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        (Scorable(None), "no difference image"),
        (Scorable(None, reason="expected a JPEG"), "expected a JPEG"),
        (flux(np.full((157, 157), np.nan)), "masked or not finite"),
        (flux(np.ones((157, 157))), "flat"),
        (flux([[1.0]]), "at least 20 pixels"),
    ],
)
def test_what_cannot_be_scored_has_none_and_a_reason(ensemble, item, reason):
    scores = ensemble.score([item])[0]
    assert (scores.rb, scores.sl, scores.kd, scores.p_asteroid, scores.plausible) == (None,) * 5
    assert reason in scores.reason


def test_a_cutout_that_cannot_be_scored_leaves_its_neighbours_alone(ensemble, streak):
    alone = ensemble.score([streak])[0]
    among = ensemble.score([Scorable(None), streak, flux([[1.0]]), streak])
    assert [scores.plausible is None for scores in among] == [True, False, True, False]
    assert among[1].kd == pytest.approx(alone.kd, abs=1e-5)


def test_an_empty_batch_gives_nothing(ensemble):
    assert ensemble.score([]) == []


def test_a_huge_or_infinite_cutout_gives_finite_scores(ensemble):
    pixels = np.random.default_rng(1).normal(0, 1, (1024, 1024))
    pixels[:50] = np.inf
    cutout = replace(flux(pixels).diff, is_placed=True)
    scores = ensemble.score([Scorable(cutout)])[0]
    assert math.isfinite(scores.p_asteroid)


def test_a_batch_of_any_size_scores_as_its_cutouts_do_alone(ensemble):
    items = [as_scorable(grey) for grey in drawn("flashes", 19)]
    together = [scores.kd for scores in ensemble.score(items)]
    assert together == pytest.approx([ensemble.score([item])[0].kd for item in items], abs=1e-5)


def test_threads_share_an_ensemble(ensemble, streak):
    alone = ensemble.score([streak])[0].kd
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda _: ensemble.score([streak] * 5)[4].kd, range(12)))
    assert results == pytest.approx([alone] * 12, abs=1e-5)


@pytest.fixture
def retuned(tmp_path):
    """The shipped networks with thresholds drawn at random, some of them such that whole families pass."""

    def load(seed):
        rng = np.random.default_rng(seed)
        directory = shutil.copytree(SHIPPED, tmp_path / str(seed))
        description = json.loads((directory / "ensemble.json").read_text())
        for members in description["thresholds"].values():
            members.update({name: float(rng.choice([0.001, 0.1, 0.5, 0.9])) for name in members})
        (directory / "ensemble.json").write_text(json.dumps(description))
        return Ensemble.load(directory)

    return load


@pytest.mark.parametrize("seed", range(4))
def test_the_cascade_decides_about_drawn_cutouts_as_the_whole_rule(retuned, seed):
    items = [as_scorable(grey) for label in FineClass if label in PAINTERS for grey in drawn(label, 5, seed)]
    items[3] = Scorable(None)
    ensemble = retuned(seed)
    assert ensemble.decide(items) == [scores.plausible for scores in ensemble.score(items)]


def test_the_cascade_decides_about_real_cutouts_as_the_whole_rule(ensemble, real_data):
    sources = discover(real_data / "ztf-streaks" / "nights", verify=False)[::20]
    items = [scorable(unit) for source in sources for unit in source.read() if isinstance(unit, Detection)]
    decided = ensemble.decide(items)
    assert decided == [scores.plausible for scores in ensemble.score(items)]
    assert {True, False} <= set(decided)


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_a_forked_worker_scores_with_networks_of_its_own(ensemble, streak):
    expected = ensemble.score([streak])[0].kd
    with multiprocessing.get_context("fork").Pool(2, initializer=_keep, initargs=(ensemble, streak)) as pool:
        assert pool.map(_kd, range(4)) == pytest.approx([expected] * 4, abs=1e-6)


_kept = []


def _keep(*what):
    _kept[:] = what


def _kd(_number):
    ensemble, item = _kept
    return ensemble.score([item])[0].kd


def test_the_ranking_score_keeps_the_order_of_each_family():
    calibration = Calibration(-2.0, dict.fromkeys(Family, 0.5))
    low = dict.fromkeys(Family, 0.3)
    assert all(calibration({**low, family: 0.9}) > calibration(low) for family in Family)
    assert 0 <= calibration(dict.fromkeys(Family, 0.0)) < calibration(dict.fromkeys(Family, 1.0)) <= 1


def test_real_cutouts_are_ranked_sanely(ensemble, real_data):
    """A check of the path from file to score, not a claim: the shipped networks have learnt from these nights."""
    labels = {entry.cutout: entry.label for entry in read_manifest(real_data / "ztf-streaks" / "truth.csv")}
    night = real_data / "ztf-streaks" / "nights" / "ztf_20180204417581_000522_zr_c08_o_q4"
    units = [unit for source in discover(night) for unit in source.read() if hasattr(unit, "cutouts") and unit.cutouts]
    ranks = [scores.p_asteroid for scores in ensemble.score([scorable(unit) for unit in units])]
    truth = [labels[next(iter(unit.cutouts.values())).name] == "asteroid" for unit in units]
    assert auc(ranks, truth) > 0.95
