import numpy as np
import pytest

from scoring.simulation.starfield import Starfield, density


def stars(ra, dec, radius=0.1, seed=1):
    found = np.array(Starfield(seed).within(ra, dec, radius)).T
    near = np.hypot((found[:, 0] - ra) * np.cos(np.radians(dec)), found[:, 1] - dec) < radius
    return {tuple(star) for star in found[near]}


def test_the_same_place_has_the_same_stars_whatever_is_asked_for():
    assert stars(165.0, 30.0, 0.03) <= stars(165.05, 30.02, 0.2)


def test_another_seed_is_another_sky():
    assert not stars(165.0, 30.0) & stars(165.0, 30.0, seed=2)


def test_the_number_of_stars_follows_the_density():
    expected = density(165.0, 30.0) * np.pi * 0.5**2 * 10**0.26
    assert len(stars(165.0, 30.0, 0.5)) == pytest.approx(expected, rel=0.1)


def test_the_galactic_plane_has_more_stars_than_the_pole():
    assert density(266.4, -29.0) > 5 * density(192.86, 27.13)


def test_faint_stars_outnumber_bright_ones():
    magnitudes = np.array([star[2] for star in stars(165.0, 30.0, 0.5)])
    assert (magnitudes > 20).sum() > 5 * (magnitudes < 18).sum()
    assert magnitudes.min() >= 12.5
