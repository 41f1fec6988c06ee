from urllib.parse import parse_qs, urlsplit

import pytest
from astropy.time import Time

from vetting.candidates.sky_links import sky_links

MJD = Time("2018-04-11T08:09:10.4", scale="utc").mjd


def asked(name, ra=215.5, dec=-0.25, mjd=MJD):
    link = next(link for link in sky_links(ra, dec, mjd) if link.name == name)
    address = urlsplit(link.url)
    assert address.scheme == "https"
    return {key: value[0] for key, value in parse_qs(address.query, keep_blank_values=True).items()}


def test_skybot_is_asked_for_a_cone_at_mid_exposure_from_palomar():
    query = asked("SkyBoT")
    assert float(query["-ep"]) == pytest.approx(Time(MJD, format="mjd").jd, abs=1e-6)
    assert (float(query["-ra"]), float(query["-dec"]), query["-rd"]) == (215.5, -0.25, "0.25")
    assert query["-observer"] == "I41"


def test_mpchecker_is_asked_with_a_decimal_day_and_sexagesimal_position():
    query = asked("MPChecker")
    assert (query["year"], query["month"], query["day"]) == ("2018", "04", "11.33970")
    assert (query["ra"], query["decl"]) == ("14 22 00.00", "-00 15 00.0")
    assert (query["which"], query["oc"], query["radius"]) == ("pos", "I41", "15")


def test_mpchecker_keeps_the_day_when_its_last_second_is_rounded():
    query = asked("MPChecker", mjd=Time("2018-12-31T23:59:59.9", scale="utc").mjd)
    assert (query["year"], query["month"], query["day"]) == ("2019", "01", "01.00000")


def test_aladin_is_asked_for_the_position():
    assert asked("Aladin Lite")["target"] == "215.500000 -0.250000"
