import numpy as np
import pytest
from astropy.coordinates import SkyCoord

from scoring.families import FineClass
from scoring.simulation import PAINTERS, SimulationConfig
from scoring.simulation.drawing import Trail
from scoring.simulation.exposure import draw_exposure
from scoring.simulation.starfield import Starfield
from scoring.simulation.triplets import make_triplet


def triplet(fine_class=FineClass.ASTEROID, where=(1500.3, 1400.7), seed=1, **changes):
    rng = np.random.default_rng(seed)
    exposure = draw_exposure(rng, 58548.3, (165.0, 20.0), 17, field=500, band="r")
    made = make_triplet(exposure, fine_class, where, rng, SimulationConfig(), starfield=Starfield(1), **changes)
    return exposure, made


STREAK = Trail(1500.3, 1400.7, 40.0, 62.0, 1.1, 25.0)


@pytest.mark.parametrize("fine_class", PAINTERS)
def test_every_class_gives_three_images_of_one_size(fine_class):
    _, made = triplet(fine_class)
    assert made.sci.shape == made.ref.shape == made.diff.shape == (157, 157)
    assert np.isfinite(made.sci).all()
    assert made.sci.dtype == np.float32


def test_the_same_seed_gives_the_same_pixels():
    assert np.array_equal(triplet()[1].diff, triplet()[1].diff, equal_nan=True)


def test_the_fitted_midpoint_is_within_a_pixel_of_the_centre():
    _, made = triplet(streak=STREAK)
    ra, dec = triplet()[0].wcs.all_pix2world(STREAK.x, STREAK.y, 0)
    assert made.wcs.all_world2pix(ra, dec, 0) == pytest.approx((78, 78), abs=1)


def test_a_cutout_at_the_edge_of_the_detector_is_smaller_and_keeps_its_place():
    exposure, made = triplet(where=(20.0, 1400.0))
    assert made.diff.shape == (157, 99)
    at = made.wcs.all_pix2world(20, 78, 0)
    assert exposure.wcs.all_world2pix(*at, 0) == pytest.approx((20, 1400), abs=1e-6)


def test_the_noise_of_the_difference_is_the_exposure_s():
    exposure, made = triplet(FineClass.BLANK, seed=4)
    values = made.diff[np.isfinite(made.diff)]
    assert 1.4826 * np.median(np.abs(values - np.median(values))) == pytest.approx(exposure.noise, rel=0.1)


def test_the_reference_is_deeper_than_the_new_image():
    _, made = triplet(FineClass.BLANK, seed=4)
    scatter = [np.median(np.abs(np.diff(image))) for image in (made.ref, made.sci)]
    assert scatter[0] < 0.4 * scatter[1]


def test_an_asteroid_is_in_the_new_image_and_not_in_the_reference():
    _, made = triplet(streak=STREAK)
    centre, away = (slice(76, 81),) * 2, (slice(120, 140),) * 2
    assert made.sci[centre].max() > np.median(made.sci[away]) + 60
    assert made.diff[centre].max() > 60
    assert made.ref[centre].max() < np.median(made.ref[away]) + 60


def test_the_streak_holds_its_flux_in_the_difference():
    exposure, made = triplet(streak=STREAK)
    y, x = np.indices(made.diff.shape)
    near = np.hypot(x - 78, y - 78) < 35
    total = np.nansum(made.diff[near] - np.nanmedian(made.diff[~near]))
    assert total == pytest.approx(STREAK.flux * exposure.noise, rel=0.15)


def test_the_streak_lies_along_its_position_angle_on_the_sky():
    exposure, made = triplet(streak=STREAK)
    y, x = np.nonzero(np.nan_to_num(made.diff) > 12 * exposure.noise)
    slope = np.linalg.eigh(np.cov(x, y))[1][:, 1]
    seen = SkyCoord(made.wcs.all_pix2world([[78, 78], [78 + 20 * slope[0], 78 + 20 * slope[1]]], 0), unit="deg")
    asked = SkyCoord(exposure.wcs.all_pix2world(STREAK.ends, 0), unit="deg")
    angles = [pair[0].position_angle(pair[1]).deg for pair in (seen, asked)]
    assert (angles[0] - angles[1] + 90) % 180 - 90 == pytest.approx(0, abs=1.5)


def test_masked_stars_are_nan_in_the_difference_alone():
    masked = [triplet(FineClass.MASKED_STAR, seed=seed)[1] for seed in range(5)]
    assert all(np.isnan(made.diff).any() and np.isfinite(made.sci).all() for made in masked)


def test_one_place_shows_the_same_stars_in_two_exposures():
    first, second = triplet(FineClass.BLANK, seed=3)[1], triplet(FineClass.BLANK, seed=9)[1]
    images = [made.ref - np.median(made.ref) for made in (first, second)]
    bright = [image > 8 * 1.4826 * np.median(np.abs(image)) for image in images]
    assert (bright[0] & bright[1]).sum() > 0.5 * min(one.sum() for one in bright)


def test_a_bad_subtraction_leaves_a_black_and_a_white_lobe():
    exposure, made = triplet(FineClass.BAD_SUBTRACTION, seed=2)
    core = made.diff[68:89, 68:89] / exposure.noise
    assert np.nanmax(core) > 8
    assert np.nanmin(core) < -8
