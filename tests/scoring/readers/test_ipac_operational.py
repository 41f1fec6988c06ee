from collections import Counter

import pytest

from scoring.detection import Detection, Rejection
from scoring.readers import discover
from tests.scoring.ipac_files import (
    IMAGE,
    NIGHT,
    PID,
    cutout_name,
    operational_exposure,
    operational_table,
    picture,
    streak,
)


def units(path):
    return [unit for source in discover(path) for unit in source.read()]


def refusals(path):
    return [unit for unit in units(path) if isinstance(unit, Rejection)]


def test_rows_meet_their_cutouts_in_the_other_folder(tmp_path):
    operational_exposure(tmp_path, [streak(1), streak(2)])
    found = units(tmp_path)
    assert [unit.source_id for unit in found] == [f"{PID}0001", f"{PID}0002"]
    assert {(unit.layout, unit.exposure, unit.band) for unit in found} == {("ipac-operational", IMAGE, "g")}


def test_both_layouts_give_the_same_values(tmp_path):
    operational_exposure(tmp_path, [streak(1, apsnr=12.5)])
    [unit] = units(tmp_path)
    assert (unit.values["apsnr"], unit.values["diffmaglim"], unit.length) == (12.5, 20.1, 20)


@pytest.mark.parametrize("frame", ["|", "| ", " |"])
def test_bars_that_frame_a_line_add_no_column(tmp_path, frame):
    operational_exposure(tmp_path, [streak(1), streak(2)], frame=frame)
    assert len(units(tmp_path)) == 2
    assert not refusals(tmp_path)


def test_a_table_without_header_and_footer_is_read(tmp_path):
    table = operational_exposure(tmp_path, [streak(1), streak(2)])
    table.write_text("\n".join(table.read_text().splitlines()[2:-1]))
    assert Counter(map(type, units(tmp_path))) == {Detection: 2}


def test_columns_are_found_by_the_names_of_the_header(tmp_path):
    table = operational_exposure(tmp_path, [streak(1)])
    header, rule, row, footer = table.read_text().splitlines()
    table.write_text("\n".join([f"extra | {header}", rule, f"7 | {row}", footer]))
    [unit] = units(tmp_path)
    assert unit.values["flux"] == 650


def test_a_header_without_a_column_is_refused(tmp_path):
    table = operational_exposure(tmp_path, [streak(1)], cutouts=[])
    table.write_text(table.read_text().replace("endmjd", "stopmjd", 1))
    [refused] = units(tmp_path)
    assert "expected the column endmjd" in refused.reason


def test_a_row_that_is_cut_short_is_refused_and_is_no_footer(tmp_path):
    table = operational_exposure(tmp_path, [streak(1), streak(2)])
    table.write_text(table.read_text()[: -len("(2 rows)\n") - 40])
    [refused] = refusals(tmp_path)
    assert "expected 37 columns, got" in refused.reason


def test_a_footer_that_counts_other_rows_is_told(tmp_path):
    table = operational_exposure(tmp_path, [streak(1)])
    table.write_text(table.read_text().replace("(1 rows)", "(3 rows)"))
    [refused] = refusals(tmp_path)
    assert refused.reason == "expected 3 rows as the footer says, got 1"


def test_ids_that_contradict_each_other_are_refused(tmp_path):
    operational_exposure(tmp_path, [streak(1), streak(2, streakid=5)])
    [refused] = refusals(tmp_path)
    assert refused.reason.startswith(f"expected pid and streakid {PID} and {PID}0002, got {PID} and 5")


def test_nulls_are_left_out(tmp_path):
    operational_exposure(tmp_path, [streak(1, prob="", chi2="null", dmag="\\N")])
    [unit] = units(tmp_path)
    assert not {"prob", "chi2", "dmag"} & set(unit.values)


def test_a_row_without_a_cutout_is_refused(tmp_path):
    operational_exposure(tmp_path, [streak(1), streak(2)], cutouts=[1])
    assert [unit.reason for unit in refusals(tmp_path)] == ["expected a cutout for strid 2, got none"]


def test_a_cutout_without_a_row_is_refused_once(tmp_path):
    operational_exposure(tmp_path, [streak(1)], cutouts=[1, 8])
    [refused] = refusals(tmp_path)
    assert refused.origin == f"stamps/stamps_{NIGHT}/{cutout_name(8)}"


def test_ades_files_beside_the_cutouts_are_no_units(tmp_path):
    operational_exposure(tmp_path, [streak(1)])
    assert len(units(tmp_path)) == 1


def test_cutouts_without_any_table_can_be_read_as_a_folder(tmp_path):
    operational_exposure(tmp_path, [streak(1)])
    [unit] = units(tmp_path / "stamps" / f"stamps_{NIGHT}")
    assert (unit.layout, unit.source_id) == ("folder", f"{PID}0001")


def test_a_table_asked_for_alone_finds_no_cutouts_outside_its_folder(tmp_path):
    table = operational_exposure(tmp_path, [streak(1)])
    assert [unit.reason for unit in units(table)] == ["expected a cutout for strid 1, got none"]


def test_a_table_of_an_unknown_name_takes_the_exposure_from_its_rows(tmp_path):
    table = operational_exposure(tmp_path, [streak(1)])
    table.rename(table.with_name("last_night_streaks.txt"))
    [unit] = units(tmp_path)
    assert unit.exposure == IMAGE


def test_without_any_name_the_pid_tells_the_quadrant_and_the_filter_number_the_band(tmp_path):
    table = operational_exposure(tmp_path, [streak(1, pdiffimfilename="lost.fits", fid=2)])
    table.rename(table.with_name("last_night_streaks.txt"))
    [unit] = units(tmp_path)
    assert (unit.exposure, unit.ccd, unit.quadrant, unit.band) == (str(PID), 11, 4, "r")


def test_a_night_of_both_layouts_and_loose_cutouts_is_read_whole(tmp_path):
    operational_exposure(tmp_path / "late", [streak(1), streak(2)])
    (tmp_path / "loose").mkdir()
    (tmp_path / "loose" / "a.jpg").write_bytes(picture())
    assert Counter(unit.layout for unit in units(tmp_path)) == {"ipac-operational": 2, "folder": 1}


def test_the_sample_table_has_two_header_rows_and_a_footer():
    lines = operational_table([streak(1)]).splitlines()
    assert (lines[0].split(" | ")[7], lines[-1]) == ("streakid", "(1 rows)")
