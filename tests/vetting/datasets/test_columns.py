import datetime as dt

import pytest

from vetting.common import cell


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", '=HYPERLINK("http://x")'])
def test_a_text_that_a_spreadsheet_would_run_is_neutralised(text):
    assert cell(text) == f"'{text}"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, ""),
        (-1.5, "-1.5"),
        (0.1, "0.1"),
        (float("nan"), ""),
        (float("inf"), ""),
        (True, "true"),
        (7, "7"),
        ("5450000000000000001", "5450000000000000001"),
        (dt.date(2018, 7, 1), "2018-07-01"),
        (dt.datetime(2018, 7, 1, 8, 0, tzinfo=dt.timezone(dt.timedelta(hours=2))), "2018-07-01T06:00:00.000Z"),
    ],
)
def test_a_value_is_written_in_one_fixed_way(value, written):
    assert cell(value) == written
