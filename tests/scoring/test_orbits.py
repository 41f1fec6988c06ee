"""Orbits and ephemerides, held against what other code computes and against real streaks of known asteroids."""

import csv
import warnings

import numpy as np
import pytest
from astropy import units
from astropy.coordinates import EarthLocation
from astropy.time import Time

from scoring import ephemeris
from scoring.ephemeris import STATIONS, near, predict
from scoring.orbits import GAUSS, Orbits, OrbitsError, perturbed, read_mpcorb, two_body

EPOCH = 58666.0  # K1972
EROS = (
    "00433   11.16  0.46 K1972  84.17190  178.83549  304.30424   10.82858  0.2227385  0.55973997   1.4581823"
    "  0 MPO467611  8406  52 1893-2019 0.69 M-v 38h MPCLINUX   1804    (433) Eros               20190509\n"
)


def orbit(eccentricity=0.0, axis=1.5, anomaly=0.0):
    elements = np.array([[anomaly, 0.3, 0.2, 0.1, eccentricity, axis]])
    return Orbits(("one",), np.array([EPOCH]), elements, np.array([20.0]), np.array([0.15]))


def written(tmp_path, text):
    path = tmp_path / "orbits.txt"
    path.write_text(text)
    return path


def test_a_line_of_the_table_is_read_by_its_columns(tmp_path):
    orbits = read_mpcorb(written(tmp_path, f"a heading\n-----\n{EROS}"))
    assert (orbits.names, orbits.epoch[0], orbits.brightness[0]) == (("(433) Eros",), EPOCH, 11.16)
    np.testing.assert_allclose(np.degrees(orbits.elements[0, :4]), [84.1719, 178.83549, 304.30424, 10.82858])
    np.testing.assert_allclose(orbits.elements[0, 4:], [0.2227385, 1.4581823])


@pytest.mark.parametrize("text", ["", "no orbits here\n", EROS.replace("0.2227385", "1.2227385")])
def test_a_file_without_orbits_is_refused(tmp_path, text):
    with pytest.raises(OrbitsError, match="MPCORB"):
        read_mpcorb(written(tmp_path, text))


def test_a_file_that_is_not_there_or_cut_off_is_refused(tmp_path):
    broken = tmp_path / "broken.gz"
    broken.write_bytes(b"\x1f\x8b\x08\x00")
    for path in (tmp_path / "none.txt", broken):
        with pytest.raises(OrbitsError, match="cannot be read"):
            read_mpcorb(path)


@pytest.mark.parametrize("eccentricity", [0.0, 0.5, 0.99])
def test_two_body_motion_keeps_its_energy_and_comes_back_after_a_period(eccentricity):
    one = orbit(eccentricity, anomaly=0.4)
    period = 2 * np.pi / GAUSS * 1.5**1.5
    for days in (0, 0.3 * period):
        place, speed = two_body(one, EPOCH + days)
        energy = (speed**2).sum() / 2 - GAUSS**2 / np.linalg.norm(place)
        assert energy == pytest.approx(-(GAUSS**2) / 3, rel=1e-9)
    np.testing.assert_allclose(two_body(one, EPOCH + period)[0], two_body(one, EPOCH)[0], atol=1e-9)


def test_an_object_is_followed_to_both_sides_of_its_epoch_and_leaves_two_body_motion_slowly():
    times = EPOCH + np.array([-300.0, -1.0, 0.0, 1.0, 300.0])
    places, _ = perturbed(orbit(0.2), times)
    apart = [np.linalg.norm(places[row, 0] - two_body(orbit(0.2), time)[0][0]) for row, time in enumerate(times)]
    assert apart[2] < 1e-12
    assert max(apart[1], apart[3]) < 1e-7
    assert 1e-6 < min(apart[0], apart[4]) <= max(apart[0], apart[4]) < 1e-3


def test_the_observatory_stands_where_astropy_puts_it():
    palomar, radius = STATIONS["ZTF"], 6378.137 * units.km
    longitude = np.radians(palomar.longitude)
    fixed = (palomar.rho_cos * np.cos(longitude), palomar.rho_cos * np.sin(longitude), palomar.rho_sin)
    times = np.array([58154.2, 58154.5])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of tables that are not fetched
        there = EarthLocation.from_geocentric(*(radius * part for part in fixed)).get_gcrs_posvel(
            Time(times, format="mjd")
        )
    place, _ = ephemeris._observer(times, ephemeris._tt(times), palomar)
    earth, _ = ephemeris.erfa.epv00(ephemeris.erfa.DJM0, ephemeris._tt(times))
    np.testing.assert_allclose((place - earth["p"]) * ephemeris.AU_KM, there[0].xyz.to_value("km").T, atol=1.0)


def test_the_predicted_motion_is_that_between_two_predicted_places():
    times = np.array([58154.2, 58154.2 + 30 / 86400])
    found = predict(orbit(0.3, axis=1.3, anomaly=0.2), times, STATIONS["ZTF"])
    north = found.dec[1, 0] - found.dec[0, 0]
    east = (found.ra[1, 0] - found.ra[0, 0]) * np.cos(np.radians(found.dec[0, 0]))
    assert np.hypot(east, north) * 2880 == pytest.approx(found.rate[0, 0], rel=1e-3)
    assert np.degrees(np.arctan2(east, north)) % 360 == pytest.approx(found.position_angle[0, 0], abs=0.1)


def test_a_real_asteroid_close_by_stands_where_it_was_seen(real_data):
    orbits = read_mpcorb(real_data / "mpc" / "NEA_20190702.txt.gz")
    with (real_data / "ztf-streaks" / "truth.csv").open() as file:
        seen = next(row for row in csv.DictReader(file) if row["known_nea"] == "2018 BP6")
    table = real_data / "ztf-streaks" / "nights" / seen["image"] / f"{seen['image']}_streaksqa.txt"
    number = int(seen["cutout"].split("_")[0].removeprefix("strkid")) % 10_000
    rows = [line.split(",") for line in table.read_text().splitlines() if not line.startswith("\\")]
    ra1, dec1, ra2, dec2, start, end = next(
        [float(row[place]) for place in (1, 2, 3, 4, 11, 12)] for row in rows if row[0].strip() == str(number)
    )
    one = orbits.kept(np.array([name == "2018 BP6" for name in orbits.names]))
    time = (start + end) / 2
    assert near(one, time).all()
    found = predict(one, np.array([time]), STATIONS["ZTF"])
    assert abs(found.dec[0, 0] - (dec1 + dec2) / 2) * 3600 < 20
    assert abs(found.ra[0, 0] - (ra1 + ra2) / 2) * 3600 < 20
