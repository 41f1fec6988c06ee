from collections import Counter
from datetime import date

import numpy as np
import pytest
from astropy import units
from astropy.coordinates import AltAz, EarthLocation, SkyCoord, get_sun
from astropy.time import Time
from astropy.utils import iers

from scoring.families import FineClass
from scoring.simulation import SimulationConfig
from scoring.simulation.night import plan_night, strids

NIGHT = date(2019, 3, 6)


def plan(n=400, seed=1):
    return plan_night(seed, n, NIGHT, SimulationConfig())


@pytest.mark.parametrize("n", [20, 60, 400])
def test_a_night_has_as_many_detections_as_were_asked_for(n):
    assert len(plan(n)) == n


def test_the_classes_have_the_shares_of_a_real_night():
    counts = Counter(one.fine_class for one in plan())
    assert 12 <= counts[FineClass.ASTEROID] <= 20
    assert 0.4 < counts[FineClass.MASKED_STAR] / 400 < 0.55
    assert set(counts) == set(FineClass) - {FineClass.UNSURE}


def test_the_same_seed_is_the_same_night():
    assert [one.where for one in plan()] == [one.where for one in plan()]
    assert [one.where for one in plan()] != [one.where for one in plan(seed=2)]


def test_every_exposure_is_of_the_night():
    assert {one.exposure.start.date() for one in plan()} == {NIGHT}


def test_the_sun_is_down_and_the_fields_are_up():
    iers.conf.auto_download, iers.conf.auto_max_age = False, None
    site = EarthLocation.from_geodetic(243.14022, 33.356, 1700)
    for one in plan()[::40]:
        frame = AltAz(obstime=Time(one.exposure.mjd, format="mjd"), location=site)
        assert get_sun(frame.obstime).transform_to(frame).alt.deg < -10
        assert SkyCoord(one.exposure.ra, one.exposure.dec, unit="deg").transform_to(frame).alt.deg > 20


def track(name):
    seen = [one for one in plan() if one.body is not None and one.body.name == name]
    places = [SkyCoord(*one.exposure.wcs.all_pix2world(*one.where, 0), unit="deg") for one in seen]
    return seen, places


@pytest.mark.parametrize("name", ["bright", "faint", "tumbling", "long"])
def test_a_body_moves_at_its_rate_from_one_exposure_to_the_next(name):
    seen, places = track(name)
    for i in range(len(seen) - 1):
        days = seen[i + 1].exposure.mjd - seen[i].exposure.mjd
        assert places[i].separation(places[i + 1]).deg / days == pytest.approx(seen[i].body.rate, rel=1e-3)


def test_a_body_moves_along_its_streaks():
    seen, places = track("long")
    for one, here, there in zip(seen, places, places[1:], strict=False):
        ends = SkyCoord(one.exposure.wcs.all_pix2world(one.streak.ends, 0), unit="deg")
        difference = (ends[0].position_angle(ends[1]) - here.position_angle(there)).to_value(units.deg)
        assert (difference + 90) % 180 - 90 == pytest.approx(0, abs=0.5)


def test_the_length_of_a_streak_is_the_rate_times_the_exposure():
    seen, _ = track("long")
    assert seen[0].streak.length == pytest.approx(74 * 1.2346, rel=1e-3)


def test_one_exposure_was_slewed_and_holds_dozens_of_parallel_trails():
    slewed = [one for one in plan() if one.config.ghosts.bundle_share == 1]
    assert len(slewed) >= 24
    assert len({one.exposure.name for one in slewed}) == 1


def test_some_detections_are_at_the_edge_of_their_detector():
    edges = [one for one in plan() if min(one.where) < 78 or one.where[0] > 2993 or one.where[1] > 3001]
    assert 0.05 < len(edges) / 400 < 0.2


def test_the_detections_of_an_exposure_are_numbered():
    planned = plan()
    pairs = {(one.exposure.name, number) for one, number in zip(planned, strids(planned), strict=True)}
    assert len(pairs) == len(planned)
    assert np.min([number for _, number in pairs]) == 1
