from datetime import date

import numpy as np
import pytest

from scoring.cutout import Rendering, decode
from scoring.detection import CutoutKind, Detection, Rejection
from scoring.readers import discover
from tests.scoring.alert_files import CANDID, write_alerts, ztf_alert


def units(path):
    return [unit for source in discover(path) for unit in source.read()]


def alert_of(tmp_path, **changes):
    [unit] = units(write_alerts(tmp_path / "a.avro", ztf_alert(**changes)))
    return unit


def test_an_alert_is_a_detection_with_three_cutouts(tmp_path):
    unit = alert_of(tmp_path)
    assert (unit.survey, unit.source_id, unit.layout) == ("ZTF", str(CANDID), "ztf-alert")
    assert set(unit.cutouts) == set(CutoutKind)
    assert (unit.ra, unit.dec, unit.ra1) == (210.1, 38.2, None)


def test_the_julian_date_is_the_start_of_the_exposure(tmp_path):
    unit = alert_of(tmp_path)
    assert unit.mjd_start == pytest.approx(58211.3585995)
    assert (unit.mjd_mid - unit.mjd_start) * 86400 == pytest.approx(15, abs=1e-3)
    assert unit.night == date(2018, 4, 3)


def test_the_exposure_comes_from_the_name_of_the_difference_image(tmp_path):
    unit = alert_of(tmp_path)
    assert unit.exposure == "ztf_20180403358588_000719_zr_c11_o_q4"
    assert (unit.field, unit.ccd, unit.quadrant, unit.band) == (719, 11, 4, "r")


def test_the_zero_point_bears_the_name_that_streaks_use(tmp_path):
    assert alert_of(tmp_path).values["magzp"] == pytest.approx(26.2)


def test_numbers_that_the_survey_marks_as_missing_are_left_out(tmp_path):
    unit = alert_of(tmp_path, magpsf=float("nan"))
    assert not {"ssdistnr", "magpsf"} & set(unit.values)


def test_an_alert_without_exposure_time_still_has_its_night(tmp_path):
    unit = alert_of(tmp_path, exptime=None)
    assert (unit.mjd_end, unit.night) == (None, date(2018, 4, 3))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"ra": float("nan")}, "expected 0 <= ra < 360"),
        ({"dec": -90.5}, "expected 0 <= ra < 360 and |dec| <= 90"),
        ({"jd": 58211.0}, "expected a Julian date of the survey's years"),
        ({"rcid": 64}, "expected a rcid of 0 to 63, got 64"),
        ({"candid": 0}, "expected a candid of 1 to 2^63 - 1, got 0"),
        ({"candid": -5}, "expected a candid of 1 to 2^63 - 1, got -5"),
        ({"objectId": "ZTF\x00"}, "visible characters in objectId"),
        ({"pdiffimfilename": "ztf\u202egpj"}, "visible characters in pdiffimfilename"),
        ({"cutoutDifference": None}, "expected cutoutDifference, got none"),
        ({"cutoutScience": {"fileName": "a\u200bb", "stampData": b""}}, "visible characters in cutoutScience"),
        ({"cutoutScience": {"fileName": "a", "stampData": b"<html>"}}, "expected a JPEG, PNG or FITS"),
    ],
)
def test_a_bad_alert_is_refused(tmp_path, changes, reason):
    refused = alert_of(tmp_path, **changes)
    assert isinstance(refused, Rejection)
    assert reason in refused.reason
    assert 0 < len(refused.raw) <= 65536


def test_a_bad_alert_leaves_its_neighbours_alone(tmp_path):
    path = write_alerts(tmp_path / "a.avro", ztf_alert(1), ztf_alert(2, dec=200.0), ztf_alert(3))
    found = units(path)
    assert [unit.source_id for unit in found if isinstance(unit, Detection)] == ["1", "3"]
    assert found[1].locator.startswith("record 2, block at offset ")


@pytest.mark.parametrize("lost", ["ra", "jd", "pid"])
def test_a_schema_without_a_field_is_refused(tmp_path, lost):
    alert = ztf_alert()
    del alert["candidate"][lost]
    [refused] = units(write_alerts(tmp_path / "a.avro", alert, **{lost: None}))
    assert f"No default value for field {lost}" in refused.reason


def test_a_schema_with_another_type_is_refused(tmp_path):
    [refused] = units(write_alerts(tmp_path / "a.avro", ztf_alert(ra="210.1"), ra="string"))
    assert "Schema mismatch" in refused.reason


def test_a_field_that_is_not_read_may_be_missing(tmp_path):
    alert = ztf_alert()
    del alert["candidate"]["isdiffpos"]
    [unit] = units(write_alerts(tmp_path / "a.avro", alert, isdiffpos=None))
    assert unit.source_id == str(CANDID)


def test_a_path_in_a_file_name_is_taken_off(tmp_path):
    stamp = ztf_alert()["cutoutDifference"]["stampData"]
    unit = alert_of(tmp_path, cutoutDifference={"fileName": "../../etc/a.fits.gz", "stampData": stamp})
    assert unit.cutouts[CutoutKind.DIFF].name == "a.fits.gz"


def test_real_alerts_are_all_read(real_data):
    found = units(real_data / "ztf-alerts")
    assert [type(unit) for unit in found] == [Detection] * 42
    assert all(len(unit.cutouts) == 3 and unit.night for unit in found)


def test_real_stamps_are_decoded_with_their_place(real_data):
    for unit in units(real_data / "ztf-alerts"):
        cutout = decode(unit.cutouts[CutoutKind.DIFF], unit)
        x, y = cutout.wcs.all_world2pix(unit.ra, unit.dec, 0)
        assert cutout.rendering is Rendering.FLUX
        assert np.hypot(x - cutout.midpoint[0], y - cutout.midpoint[1]) < 1e-3
