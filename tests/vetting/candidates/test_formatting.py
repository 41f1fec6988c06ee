import re
from datetime import datetime, timedelta

import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import Angle, SkyCoord
from astropy.time import Time

from vetting.candidates import formatting as f

RNG = np.random.default_rng(7)
SKY = [*zip(RNG.uniform(0, 360, 500), np.degrees(np.arcsin(RNG.uniform(-1, 1, 500))), strict=True)]


def test_julian_dates_are_written_to_a_second():
    assert f.julian(58300.25) == "JD 2458300.75000, MJD 58300.25000"


def test_right_ascension_agrees_with_astropy_all_over_the_sky():
    for ra, _ in SKY:
        assert f.ra_hms(ra) == Angle(ra, u.deg).to_string(u.hour, sep=":", pad=True, precision=2)


def test_declination_agrees_with_astropy_all_over_the_sky():
    for _, dec in SKY:
        assert f.dec_dms(dec) == Angle(dec, u.deg).to_string(u.deg, sep=":", pad=True, precision=1, alwayssign=True)


def test_sexagesimal_text_reads_back_to_the_digits_it_shows():
    for ra, dec in SKY:
        back = SkyCoord(f.position_sexagesimal(ra, dec), unit=(u.hourangle, u.deg))
        assert back.separation(SkyCoord(ra, dec, unit="deg")).arcsec < 0.1


@pytest.mark.parametrize(
    ("ra", "text"),
    [
        (15 * (1 + 59 / 60 + 59.996 / 3600), "02:00:00.00"),
        (15 * (23 + 59 / 60 + 59.999 / 3600), "00:00:00.00"),
        (0.0, "00:00:00.00"),
        (360.0, "00:00:00.00"),
        (-15.0, "23:00:00.00"),
        (15 * (59.994 / 3600), "00:00:59.99"),
    ],
)
def test_right_ascension_carries_and_wraps(ra, text):
    assert f.ra_hms(ra) == text


@pytest.mark.parametrize(
    ("dec", "text"),
    [
        (-0.5, "-00:30:00.0"),
        (-(9 + 59 / 60 + 59.96 / 3600), "-10:00:00.0"),
        (89 + 59 / 60 + 59.99 / 3600, "+90:00:00.0"),
        (-90.0, "-90:00:00.0"),
        (0.0, "+00:00:00.0"),
        (59.94 / 3600, "+00:00:59.9"),
    ],
)
def test_declination_carries_and_keeps_the_sign_of_negative_zero(dec, text):
    assert f.dec_dms(dec) == text


def test_other_services_get_their_separator():
    assert f.ra_hms(150.1, sep=" ") == "10 00 24.00"
    assert f.dec_dms(-2.2, sep=" ") == "-02 12 00.0"


def test_degrees_keep_a_sign_between_the_two_numbers():
    assert f.position_deg(150.123456, 2.0) == "150.12346 +2.00000"


def test_utc_agrees_with_astropy():
    for mjd in RNG.uniform(58000, 60000, 200):
        ours = datetime.fromisoformat(f.utc_of_mjd(mjd))
        assert abs(ours - Time(mjd, format="mjd").datetime) <= timedelta(seconds=0.0501)


def test_a_rounded_second_is_carried_into_the_next_day():
    assert f.utc_of_mjd(58300 + 86399.96 / 86400) == "2018-07-02 00:00:00.0"
    assert f.utc_of_mjd(58300 + 86399.6 / 86400, digits=0) == "2018-07-02 00:00:00"


def test_mjd_becomes_a_utc_time():
    assert f.datetime_of_mjd(58300.25).isoformat() == "2018-07-01T06:00:00+00:00"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 s"), (45, "45 s"), (119, "119 s"), (120, "2.0 min"), (5400, "90 min"), (7200, "2.0 h"),
     (172800, "2.0 d"), (8.1 * 31557600, "8.1 yr"), (-300, f.MINUS + "5.0 min")],
)  # fmt: skip
def test_a_span_is_written_in_the_unit_in_which_it_is_read(seconds, text):
    assert f.span(seconds) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, f.UNKNOWN), (float("nan"), f.UNKNOWN), (-1.234, f.MINUS + "1.23"), (-0.001, "0.00"), (12, "12.00")],
)
def test_a_number_is_written_with_its_digits(value, text):
    assert f.number(value) == text


def test_no_text_holds_a_rounded_sixty():
    texts = [f.ra_hms(k / 7919 * 360) + f.dec_dms(k / 7919 * 180 - 90) for k in range(7919)]
    assert not any(re.search(r":6\d", text) for text in texts)
