import numpy as np
import pytest

from scoring.families import FineClass
from scoring.simulation import PAINTERS, STREAKS, SimulationConfig, grey_to_z, inject, simulate, z_to_grey

CONFIG = SimulationConfig()


def made(fine_class, n=6, seed=1):
    return simulate(fine_class, np.random.default_rng(seed), CONFIG, n)


@pytest.mark.parametrize("fine_class", PAINTERS)
def test_every_class_gives_finite_cutouts_of_157_px(fine_class):
    batch = made(fine_class, n=12)
    assert batch.z.shape == batch.masked.shape == (12, 157, 157)
    assert batch.z.dtype == np.float32
    assert np.isfinite(batch.z).all()
    assert {truth.fine_class for truth in batch.truths} == {fine_class}


@pytest.mark.parametrize("fine_class", PAINTERS)
def test_the_same_seed_gives_the_same_pixels_and_another_seed_others(fine_class):
    assert np.array_equal(made(fine_class, 2).z, made(fine_class, 2).z)
    assert not np.array_equal(made(fine_class, 2).z, made(fine_class, 2, seed=2).z)


def test_the_sky_of_a_blank_is_white_noise_of_one_sigma():
    batch = made(FineClass.BLANK, n=20)
    for z, masked in zip(batch.z, batch.masked, strict=True):
        assert abs(np.median(z[~masked])) < 0.05
        assert 1.4826 * np.median(np.abs(z[~masked])) == pytest.approx(1, abs=0.05)


def test_masked_pixels_are_flat():
    batch = made(FineClass.MASKED_STAR, n=20)
    assert batch.masked.any()
    assert all(len(np.unique(z[masked])) <= 2 for z, masked in zip(batch.z, batch.masked, strict=True))


def test_masked_pixels_are_drawn_in_the_survey_s_flat_greys():
    batch = made(FineClass.MASKED_STAR, n=20)
    greys = z_to_grey(batch.z)[batch.masked]
    assert greys.min() >= 202
    assert greys.max() <= 226


def test_asteroids_have_both_ends_inside_and_off_the_masks():
    batch = made(FineClass.ASTEROID, n=60)
    for masked, truth in zip(batch.masked, batch.truths, strict=True):
        for x, y in truth.trail.ends:
            assert 0 < x < 156
            assert 0 < y < 156
        assert not masked[round(truth.trail.y), round(truth.trail.x)]


def test_asteroids_have_the_measured_lengths_and_widths():
    trails = [truth.trail for truth in made(FineClass.ASTEROID, n=400).truths]
    lengths, sigmas = [trail.length for trail in trails], [trail.sigma for trail in trails]
    assert min(lengths) >= 10
    assert max(lengths) <= 110
    assert 24 < np.median(lengths) < 36
    assert np.median(sigmas) == pytest.approx(1.06, abs=0.06)


def test_cosmic_rays_are_sharper_than_any_star():
    assert all(truth.trail.sigma < 0.6 for truth in made(FineClass.COSMIC_RAY, n=40).truths)


def test_long_trails_reach_beyond_the_cutout():
    for truth in made(FineClass.LONG_TRAIL, n=40).truths:
        assert any(not (0 <= x <= 156 and 0 <= y <= 156) for x, y in truth.trail.ends)


def test_a_truth_without_a_trail_is_a_row_of_nan():
    row = made(FineClass.BLANK, n=1).truths[0].as_row()
    assert row["fine_class"] == "blank"
    assert np.isnan(row["length"])


def test_a_class_that_cannot_be_drawn_is_refused():
    with pytest.raises(ValueError, match="not unsure"):
        simulate(FineClass.UNSURE, np.random.default_rng(0), CONFIG, 1)


def background(seed=3):
    sky = np.random.default_rng(seed).normal(0, 1, (157, 157))
    return grey_to_z(z_to_grey(sky)), np.zeros((157, 157), dtype=bool)


@pytest.mark.parametrize("fine_class", STREAKS)
def test_an_injected_cutout_is_what_the_rendering_can_show(fine_class):
    z, _, truth = inject(*background(), fine_class, np.random.default_rng(4), CONFIG)
    assert truth.fine_class is fine_class
    assert np.array_equal(z, grey_to_z(z_to_grey(z)))
    assert (z.min() >= -2.5, z.max() <= 10) == (True, True)


def test_injection_leaves_the_background_away_from_the_streak_as_it_is():
    sky, masked = background()
    z, _, _ = inject(sky, masked, FineClass.COSMIC_RAY, np.random.default_rng(4), CONFIG)
    far = np.hypot(*(np.indices(sky.shape) - 78)) > 70
    assert np.abs(z - sky)[far].max() < 0.11  # two levels of grey


def test_injection_never_writes_on_masked_pixels():
    sky, masked = background()
    masked[70:87, :] = True
    z, kept, _ = inject(sky, masked, FineClass.LONG_TRAIL, np.random.default_rng(5), CONFIG)
    assert np.array_equal(z[masked], sky[masked])
    assert np.array_equal(kept, masked)


def test_an_injected_asteroid_brightens_its_ridge_by_its_amplitude():
    sky, masked = background()
    rng = np.random.default_rng(11)
    z, _, truth = inject(np.zeros_like(sky), masked, FineClass.ASTEROID, rng, CONFIG)
    ridge = z[round(truth.trail.y), round(truth.trail.x)]
    assert ridge == pytest.approx(min(truth.trail.amplitude, 10), rel=0.35)


def test_a_background_of_another_size_is_refused():
    with pytest.raises(ValueError, match=r"157"):
        inject(np.zeros((63, 63)), np.zeros((63, 63), bool), FineClass.ASTEROID, np.random.default_rng(0), CONFIG)


def test_a_ghost_cannot_be_injected():
    with pytest.raises(ValueError, match="asteroid"):
        inject(*background(), FineClass.GHOST, np.random.default_rng(0), CONFIG)
