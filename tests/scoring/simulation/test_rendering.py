import numpy as np
import pytest

from scoring.simulation.rendering import clip_z, grey_to_z, z_to_grey


def test_the_sky_is_204_ten_sigma_is_black_and_minus_two_and_a_half_is_white():
    assert z_to_grey(np.array([0.0, 10.0, -2.5, 99.0, -99.0])).tolist() == [204, 0, 255, 0, 255]


def test_every_grey_survives_the_way_to_sigma_and_back():
    greys = np.arange(256, dtype=np.uint8)
    assert np.array_equal(z_to_grey(grey_to_z(greys)), greys)


def test_the_convention_is_that_of_the_survey_to_the_last_bit():
    z = np.linspace(-4, 12, 1001)
    expected = 255 * np.clip(1 - (z + 2.5) / 12.5, 0, 1)
    assert np.abs(z_to_grey(z) - expected).max() <= 0.5 + 1e-9


def test_pixels_without_a_number_are_drawn_as_sky():
    assert z_to_grey(np.array([np.nan, np.inf, -np.inf])).tolist() == [204, 0, 255]


def test_clipping_changes_nothing_that_the_rendering_shows():
    z = np.random.default_rng(0).normal(0, 4, 1000)
    assert np.array_equal(z_to_grey(clip_z(z)), z_to_grey(z))


def test_a_real_cutout_survives_the_way_to_sigma_and_back(real_data):
    image = pytest.importorskip("PIL.Image")
    name = next((real_data / "ztf-streaks" / "nights").glob("*/*_cutouts/*.jpg"))
    grey = np.asarray(image.open(name).convert("L"))
    assert np.array_equal(z_to_grey(grey_to_z(grey)), grey)
