"""Occlusion on the shipped networks, and on copies of them that have no weights or others."""

import json
from dataclasses import replace

import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter

from scoring.bundle import read_bundle, write_bundle
from scoring.cutout import Cutout, Rendering
from scoring.explanation import occlusion
from scoring.families import FineClass
from scoring.inference import SHIPPED, Ensemble, Scorable
from scoring.preprocessing import Unscorable
from scoring.simulation import SimulationConfig, grey_to_z, simulate, z_to_grey
from tests.scoring.conftest import CLEAR, as_scorable

COARSE = {"patch": 24, "stride": 12}


@pytest.fixture(scope="module")
def shipped():
    return Ensemble.load(SHIPPED)


@pytest.fixture(scope="module")
def with_weights(tmp_path_factory):
    """Make an ensemble of the shipped networks with other weights."""

    def make(change):
        folder = tmp_path_factory.mktemp("changed")
        description = json.loads((SHIPPED / "ensemble.json").read_text())
        for member in description["members"]:
            bundle = read_bundle(SHIPPED / f"{member['name']}.json")
            member["sha256"] = write_bundle(folder, changed(bundle.content, change), bundle.card)
        (folder / "ensemble.json").write_text(json.dumps(description))
        return Ensemble.load(folder)

    return make


def changed(content, change):
    """Put other weights of the same size in the place of those that the file holds."""
    network = Interpreter(model_content=content)
    places = 0
    for detail in network.get_tensor_details():
        weights = constant(network, detail["index"])
        if weights is not None and weights.dtype.kind == "f" and weights.size > 8 and weights.tobytes() in content:
            content = content.replace(weights.tobytes(), change(weights).tobytes())
            places += 1
    assert places >= 6
    return content


def constant(network, index):
    try:
        return network.get_tensor(index)
    except ValueError:  # what the network computes is not there before it runs
        return None


def drawn_at_random(weights):
    """Draw weights as a network starts with, of the spread that keeps its signal (He et al. 2015)."""
    if weights.ndim == 1:
        return np.zeros_like(weights)
    spread = np.sqrt(2 / np.prod(weights.shape[1:]))
    return np.random.default_rng(1).normal(0, spread, weights.shape).astype(weights.dtype)


@pytest.fixture(scope="module")
def asteroids():
    """Cutouts of asteroids, and the trail of each."""
    made = simulate(FineClass.ASTEROID, np.random.default_rng(5), SimulationConfig.from_mapping(CLEAR), 3)
    return [(as_scorable(z_to_grey(z)), truth.trail) for z, truth in zip(made.z, made.truths, strict=True)]


@pytest.fixture(scope="module")
def maps(shipped, asteroids):
    return [occlusion(shipped, item) for item, _ in asteroids]


def distance(trail, image):
    """Distance of the middle of the highest place from the trail, px."""
    row, column = np.argwhere(image == image.max()).mean(axis=0)
    cos, sin = trail.direction
    along = (column - trail.x) * cos + (row - trail.y) * sin
    across = (row - trail.y) * cos - (column - trail.x) * sin
    return float(np.hypot(across, max(abs(along) - trail.length / 2, 0)))


@pytest.mark.parametrize("name", ["kd", "p_asteroid"])
def test_the_peak_lies_on_the_streak_every_time(maps, asteroids, name):
    assert all(distance(trail, found[name]) < 6 for found, (_, trail) in zip(maps, asteroids, strict=True))


def test_hiding_the_streak_lowers_the_score(maps):
    assert all(found["kd"].max() > 0.5 for found in maps)


def test_maps_have_the_shape_of_the_cutout_and_nothing_beyond_what_the_networks_see(maps):
    for image in maps[0].values():
        assert (image.shape, image.dtype) == ((157, 157), np.float32)
        assert not image[:6].any()
        assert not image[:, 150:].any()
        assert np.isfinite(image).all()


def test_a_network_without_weights_explains_nothing(with_weights, asteroids):
    constant_maps = occlusion(with_weights(np.zeros_like), asteroids[0][0], **COARSE)
    assert not any(image.any() for image in constant_maps.values())


def test_untrained_networks_do_not_explain_as_trained_ones_do(shipped, with_weights, asteroids):
    untrained = with_weights(drawn_at_random)
    pairs = [
        [occlusion(ensemble, item, **COARSE)["kd"].ravel() for ensemble in (shipped, untrained)]
        for item, _ in asteroids[:2]
    ]
    assert all(np.std(other) > 0 for _, other in pairs)
    assert np.mean([np.corrcoef(*pair)[0, 1] for pair in pairs]) < 0.5


def test_a_flux_cutout_is_explained_as_its_grey_picture_is(shipped, asteroids):
    item = asteroids[0][0]
    flux = Cutout(grey_to_z(item.diff.pixels), item.diff.masked, None, Rendering.FLUX, item.diff.midpoint)
    grey_map, flux_map = (occlusion(shipped, one, **COARSE)["kd"] for one in (item, Scorable(flux)))
    assert np.corrcoef(grey_map.ravel(), flux_map.ravel())[0, 1] > 0.98


def test_a_cutout_smaller_than_the_input_is_explained_in_its_own_pixels(shipped, asteroids):
    diff = asteroids[0][0].diff
    small = replace(diff, pixels=diff.pixels[28:128, 38:128], masked=diff.masked[28:128, 38:128], midpoint=(40.0, 50.0))
    found = occlusion(shipped, Scorable(small), **COARSE)["kd"]
    assert found.shape == (100, 90)
    assert distance(replace(asteroids[0][1], x=40.0, y=50.0), found) < 10


def test_what_has_no_score_has_no_explanation(shipped, streak):
    flat = replace(streak.diff, pixels=np.full_like(streak.diff.pixels, 90))
    for item in (Scorable(flat), Scorable(None, reason="no difference image")):
        with pytest.raises(Unscorable, match=r"flat|no difference image"):
            occlusion(shipped, item)


@pytest.mark.parametrize(("patch", "stride"), [(8, 9), (8, 0)])
def test_squares_that_leave_gaps_are_refused(shipped, streak, patch, stride):
    with pytest.raises(ValueError, match="stride"):
        occlusion(shipped, streak, patch=patch, stride=stride)
