"""The 80-column line of a streak, held against a real one that the Minor Planet Center's own checker took."""

import pytest

from vetting.candidates.models import Candidate
from vetting.candidates.mpc import mpc80, temporary_designation

# Columns from 1 on, both ends included, by the Minor Planet Center's own description of the format.
COLUMNS = {
    "designation": (6, 12),
    "discovery": (13, 13),
    "notes": (14, 15),
    "date": (16, 32),
    "ra": (33, 44),
    "dec": (45, 56),
    "magnitude": (66, 70),
    "band": (71, 71),
    "catalogue": (72, 72),
    "station": (78, 80),
}


def streak(**over):
    values = {
        "survey": "ZTF",
        "source_id": "4000523317150001",
        "mjd_mid": 58154.231713,
        "ra": 130.2404625,
        "dec": 10.59627778,
        "magnitude": 15.9,
        "band": "r",
    }
    return Candidate(**(values | over))


def column(line, name):
    first, last = COLUMNS[name]
    return line[first - 1 : last]


def test_the_line_is_the_example_but_for_the_name(real_data):
    lines = (real_data / "mpc" / "mpc80_example_I41_streak.obs").read_text().splitlines()
    example = lines[-1]
    line = mpc80(streak())
    assert (len(example), len(line)) == (80, 80)
    assert (line[:5], line[12:]) == (example[:5], example[12:])


def test_every_value_stands_in_its_columns():
    line = mpc80(streak(dec=-0.5, ra=0.0, band="g", magnitude=9.04))
    assert {name: column(line, name) for name in COLUMNS} == {
        "designation": temporary_designation("4000523317150001"),
        "discovery": " ",
        "notes": "sC",
        "date": "2018 02 05.231713",
        "ra": "00 00 00.000",
        "dec": "-00 30 00.00",
        "magnitude": " 9.0 ",
        "band": "g",
        "catalogue": "U",
        "station": "I41",
    }


@pytest.mark.parametrize("magnitude", [None, -1.0, float("nan"), 99.96])
def test_a_magnitude_that_says_nothing_leaves_its_columns_blank(magnitude):
    line = mpc80(streak(magnitude=magnitude))
    assert (len(line), line[65:71]) == (80, " " * 6)


def test_the_last_moment_of_a_day_is_carried_into_the_next():
    assert column(mpc80(streak(mjd_mid=58299.9999999)), "date") == "2018 07 01.000000"


def test_a_name_has_seven_capitals_and_digits_and_is_another_one_for_another_streak():
    names = {temporary_designation(str(number)) for number in range(1000)}
    assert len(names) == 1000
    assert all(len(name) == 7 and name.isascii() and name.isalnum() and name == name.upper() for name in names)
    assert temporary_designation("17") in names


def test_a_survey_without_a_known_station_has_no_line():
    assert mpc80(streak(survey="LSST")) == ""
