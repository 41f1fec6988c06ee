from collections import Counter
from datetime import date

import numpy as np
import pytest

from scoring.detection import PIXEL_SCALE, CutoutKind, Detection, Rejection
from scoring.readers import discover
from tests.scoring.ipac_files import IMAGE, cutout_name, early_exposure, picture, streak


def units(path):
    return [unit for source in discover(path) for unit in source.read()]


def table_of(folder):
    return folder / f"{IMAGE}_streaksqa.txt"


def test_every_row_with_a_cutout_is_a_detection(tmp_path):
    early_exposure(tmp_path, [streak(1), streak(2)])
    assert [unit.source_id for unit in units(tmp_path)] == ["4573585943150001", "4573585943150002"]


def test_a_detection_knows_its_exposure(tmp_path):
    early_exposure(tmp_path, [streak(1)])
    [unit] = units(tmp_path)
    assert (unit.exposure, unit.field, unit.ccd, unit.quadrant, unit.band) == (IMAGE, 719, 11, 4, "g")
    assert unit.night == date(2018, 4, 3)
    assert unit.exptime == pytest.approx(30, abs=0.1)


def test_a_single_exposure_can_be_read(tmp_path):
    folder = early_exposure(tmp_path, [streak(1)])
    assert len(units(folder)) == len(units(table_of(folder))) == 1


def test_columns_bear_the_operational_names(tmp_path):
    early_exposure(tmp_path, [streak(1, apsnr=12.5, sigmaerr=0.25, fitmagerr=0.125)])
    [unit] = units(tmp_path)
    assert (unit.values["apsnr"], unit.values["sigmaerr"], unit.values["fitmagerr"]) == (12.5, 0.25, 0.125)


def test_a_negative_length_means_its_absolute_value_and_is_kept_as_it_came(tmp_path):
    early_exposure(tmp_path, [streak(1, length=-20.0, sigma=-1.5)])
    [unit] = units(tmp_path)
    assert unit.length == 20
    assert (unit.values["length"], unit.values["sigma"]) == (-20, -1.5)


def test_the_midpoint_is_right_where_right_ascension_wraps(tmp_path):
    early_exposure(tmp_path, [streak(1, ra1=359.999, ra2=0.003)])
    [unit] = units(tmp_path)
    assert unit.ra == pytest.approx(0.001)
    assert unit.length_arcsec < 20


def test_every_detection_counts_those_of_its_exposure(tmp_path):
    early_exposure(tmp_path, [streak(1), streak(2), streak(3)])
    assert [unit.values["exposure_detections"] for unit in units(tmp_path)] == [3, 3, 3]


def test_every_detection_says_where_the_others_of_its_exposure_lie(tmp_path):
    early_exposure(tmp_path, [streak(1), streak(60)])
    first, last = units(tmp_path)
    assert first.values["exposure_east"] > 0 > last.values["exposure_east"]
    assert first.values["exposure_north"] > 0 > last.values["exposure_north"]


def test_a_row_without_a_cutout_is_refused(tmp_path):
    early_exposure(tmp_path, [streak(1), streak(2)], cutouts=[2])
    kinds = Counter(type(unit) for unit in units(tmp_path))
    [refused] = [unit for unit in units(tmp_path) if isinstance(unit, Rejection)]
    assert kinds == {Detection: 1, Rejection: 1}
    assert refused.reason == "expected a cutout for strid 1, got none"
    assert refused.locator.startswith("line 5, offset ")


def test_a_cutout_without_a_row_is_refused(tmp_path):
    early_exposure(tmp_path, [streak(1)], cutouts=[1, 7])
    [_, refused] = units(tmp_path)
    assert refused.origin.endswith(cutout_name(7))
    assert "expected a row with strid 7" in refused.reason
    assert refused.raw == picture()


def test_a_cutout_of_another_exposure_is_refused(tmp_path):
    folder = early_exposure(tmp_path, [streak(1), streak(2)])
    (folder / f"{IMAGE}_cutouts" / cutout_name(1, pid=457000004315)).write_bytes(picture())
    refused = [unit for unit in units(tmp_path) if isinstance(unit, Rejection)]
    assert len(refused) == 1
    assert "expected a name like" in refused[0].reason


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"flux": "bright"}, "expected a number in column flux, got 'bright'"),
        ({"flux": "1_000"}, "expected a number in column flux, got '1_000'"),
        ({"ra1": "nan"}, "got none in ra1"),
        ({"dec2": "inf"}, "got none in dec2"),
        ({"dec1": "91"}, "expected 0 <= ra < 360 and |dec| <= 90"),
        ({"ra2": "360"}, "expected 0 <= ra < 360 and |dec| <= 90"),
        ({"startmjd": "0"}, "expected startmjd before endmjd"),
        ({"strid": "0"}, "expected a strid of 1 to 9999, got '0'"),
        ({"strid": "-1"}, "expected a strid of 1 to 9999, got '-1'"),
        ({"bg": "1, 2"}, "expected 29 columns, got 30"),
        ({"bg": "\x00"}, "expected a number in column bg"),
    ],
)
def test_a_bad_row_is_refused_and_the_night_goes_on(tmp_path, change, reason):
    early_exposure(tmp_path, [{**streak(1), **change}, streak(2)], cutouts=[1, 2])
    found = units(tmp_path)
    refused = [unit for unit in found if isinstance(unit, Rejection) and unit.locator]
    assert len(refused) == 1
    assert reason in refused[0].reason
    assert "4573585943150002" in [unit.source_id for unit in found if isinstance(unit, Detection)]


def test_a_bad_row_and_its_cutout_are_one_unit(tmp_path):
    early_exposure(tmp_path, [streak(1, flux="bright"), streak(2)])
    assert len(units(tmp_path)) == 2


def test_a_value_that_is_not_finite_is_left_out(tmp_path):
    early_exposure(tmp_path, [streak(1, chi2="inf", corr1="nan")])
    [unit] = units(tmp_path)
    assert "chi2" not in unit.values
    assert "corr1" not in unit.values


def test_the_second_of_two_rows_with_one_strid_is_refused(tmp_path):
    early_exposure(tmp_path, [streak(1), streak(1)])
    kept, refused = sorted(units(tmp_path), key=lambda unit: isinstance(unit, Rejection))
    assert kept.source_id == "4573585943150001"
    assert refused.reason == "expected every strid once, got 1 again"


def test_an_exposure_without_detections_gives_nothing(tmp_path):
    early_exposure(tmp_path, [])
    assert units(tmp_path) == []


def test_an_empty_table_is_refused_with_every_cutout(tmp_path):
    folder = early_exposure(tmp_path, [streak(1), streak(2)])
    table_of(folder).write_bytes(b"")
    reasons = [unit.reason for unit in units(tmp_path)]
    assert reasons[0] == "expected content, but the file is empty"
    assert len(reasons) == 3


def test_a_table_with_other_columns_is_refused(tmp_path):
    folder = early_exposure(tmp_path, [streak(1)])
    table_of(folder).write_text(table_of(folder).read_text().replace("dmag, dmag_err", "dmag_err, dmag"))
    assert "expected the columns strid ra1" in units(tmp_path)[0].reason


def test_a_damaged_cutout_is_refused_with_its_bytes(tmp_path):
    folder = early_exposure(tmp_path, [streak(1), streak(2)])
    damaged = picture()[:3000]
    (folder / f"{IMAGE}_cutouts" / cutout_name(1)).write_bytes(damaged)
    refused, kept = sorted(units(tmp_path), key=lambda unit: isinstance(unit, Detection))
    assert (refused.raw, kept.source_id) == (damaged, "4573585943150002")
    assert "expected a whole JPEG or PNG" in refused.reason


def test_without_verification_the_damage_shows_at_decoding(tmp_path):
    folder = early_exposure(tmp_path, [streak(1)])
    (folder / f"{IMAGE}_cutouts" / cutout_name(1)).write_bytes(b"<html>")
    [source] = discover(tmp_path, verify=False)
    [unit] = source.read()
    assert unit.cutouts[CutoutKind.DIFF].content == b"<html>"


def test_a_cutout_that_is_a_link_out_of_the_night_is_refused(tmp_path):
    (tmp_path / "secret").write_bytes(picture())
    folder = early_exposure(tmp_path / "night", [streak(1)], cutouts=[])
    (folder / f"{IMAGE}_cutouts" / cutout_name(1)).symlink_to(tmp_path / "secret")
    [refused] = units(tmp_path / "night")
    assert refused.reason == "expected a file of this folder, got a link that leads out of it"
    assert picture()[:64] not in refused.raw


def test_the_real_nights_are_accounted_for_to_the_row(real_data):
    found = units(real_data / "ztf-streaks" / "nights")
    assert Counter(type(unit) for unit in found) == {Detection: 3400, Rejection: 1}
    assert len({unit.source_id for unit in found if isinstance(unit, Detection)}) == 3400


def test_real_detections_say_where_the_others_of_their_exposure_lie(real_data):
    sources = discover(real_data / "ztf-streaks" / "nights", verify=False)[::20]
    exposures = [list(source.read()) for source in sources]
    whole = [found for found in exposures if all(isinstance(unit, Detection) for unit in found)]
    for one, among in ((found[at], found) for found in whole for at in range(0, len(found), 9)):
        east = (np.array([unit.ra for unit in among]) - one.ra) * np.cos(np.radians(one.dec)) * 3600
        north = (np.array([unit.dec for unit in among]) - one.dec) * 3600
        others = np.hypot(east, north) > 120 * PIXEL_SCALE
        expected = pytest.approx(np.median(east[others]), abs=0.051) if others.any() else None
        assert one.values.get("exposure_east") == expected


def test_one_real_exposure_holds_263_detections(real_data):
    counts = Counter(
        unit.values["exposure_detections"]
        for source in discover(real_data / "ztf-streaks" / "nights", verify=False)
        for unit in source.read()
        if isinstance(unit, Detection)
    )
    assert max(counts) == counts[263] == 263
