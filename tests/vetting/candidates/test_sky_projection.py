import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord

from vetting.candidates import sky_projection as sky

RNG = np.random.default_rng(3)
RA = RNG.uniform(0, 360, 400)
DEC = np.degrees(np.arcsin(RNG.uniform(-1, 1, 400)))
VIEW = sky.SkyView(200.0, 35.0, 2.0)


def test_distance_from_the_centre_is_that_of_the_equal_area_projection():
    x, y = sky.project(VIEW, RA, DEC)
    apart = SkyCoord(RA, DEC, unit="deg").separation(SkyCoord(VIEW.ra, VIEW.dec, unit="deg")).rad
    assert np.hypot(x, y) == pytest.approx(2 * np.sin(apart / 2), abs=1e-9)


def test_north_is_up_and_east_is_left():
    x, y = sky.project(VIEW, [200.0, 201.0], [36.0, 35.0])
    assert y[0] > 0
    assert abs(x[0]) < 1e-9
    assert x[1] < 0


def test_direction_on_the_map_is_the_position_angle():
    x, y = sky.project(VIEW, RA, DEC)
    angle = SkyCoord(VIEW.ra, VIEW.dec, unit="deg").position_angle(SkyCoord(RA, DEC, unit="deg")).rad
    assert np.cos(np.arctan2(-x, y) - angle) == pytest.approx(1, abs=1e-9)


def test_the_point_opposite_the_centre_has_no_place():
    x, y = sky.project(VIEW, [20.0], [-35.0])
    assert np.isnan(x).all()
    assert np.isnan(y).all()


@pytest.mark.parametrize("pole", [sky.ECLIPTIC_POLE, sky.GALACTIC_POLE])
def test_a_great_circle_lies_a_right_angle_from_its_pole(pole):
    x, y = sky.great_circle(sky.SkyView(*pole, 2.0), pole)
    assert np.hypot(x, y) == pytest.approx(np.sqrt(2), abs=1e-9)


def test_the_poles_are_those_of_astropy():
    ecliptic = SkyCoord(0 * u.deg, 90 * u.deg, frame="barycentricmeanecliptic").icrs
    galactic = SkyCoord(0 * u.deg, 90 * u.deg, frame="galactic").icrs
    assert SkyCoord(*sky.ECLIPTIC_POLE, unit="deg").separation(ecliptic).arcsec < 5
    assert SkyCoord(*sky.GALACTIC_POLE, unit="deg").separation(galactic).arcsec < 5


def test_a_map_holds_all_its_positions_across_the_zero_of_right_ascension():
    ra, dec = np.array([359.0, 1.0, 0.5]), np.array([10.0, 12.0, 11.0])
    view = sky.look_at(ra, dec)
    x, y = sky.project(view, ra, dec)
    assert abs((view.ra + 180) % 360 - 180) < 1
    assert np.abs([x, y]).max() < view.half_width


def test_a_single_position_is_shown_with_its_surroundings():
    view = sky.look_at([150.0], [20.0])
    assert (view.ra, view.dec) == pytest.approx((150, 20))
    assert np.degrees(view.half_width) == pytest.approx(sky.LEAST_RADIUS, rel=0.01)


def test_positions_all_around_get_the_whole_sky():
    assert sky.look_at([0, 90, 180, 270], [0, 0, 0, 0]).half_width == 2


@pytest.mark.parametrize("dec", [-80, 0, 45, 89])
@pytest.mark.parametrize("spread", [0.1, 3, 20, 60])
def test_every_map_names_some_of_its_lines(dec, spread):
    ra = 100 + RNG.uniform(-spread, spread, 50)
    view = sky.look_at(ra, np.clip(dec + RNG.uniform(-spread, spread, 50), -90, 90))
    texts = [text for *_, text in sky.labels(view)]
    assert any("h" in text for text in texts) or abs(dec) > 75
    assert any("°" in text for text in texts)


def test_lines_of_the_far_side_are_not_named():
    view = sky.look_at([160.0, 166.0], [8.0, 12.0])
    places = {text: y for _, y, text in sky.labels(view) if "°" in text}
    assert list(places) == ["+8°", "+10°", "+12°"]
    assert list(places.values()) == pytest.approx(np.radians([-2, 0, 2]), abs=1e-3)


def test_a_small_map_leaves_out_the_lines_of_the_rest_of_the_sky():
    assert 3 < len(sky.parallels(sky.look_at([160.0, 166.0], [8.0, 12.0]))) < 30


def test_lines_are_named_as_astronomers_read_them():
    assert [sky.ra_text(ra) for ra in (0, 15, 352.5, 187.5)] == ["0h", "1h", "23h30m", "12h30m"]
    assert [sky.dec_text(dec) for dec in (-30, 0, 7.5)] == ["\N{MINUS SIGN}30°", "0°", "+7.5°"]
