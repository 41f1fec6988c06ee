import gzip
import os
import sys
from collections import Counter
from datetime import date

import numpy as np
import pytest

from scoring.detection import CutoutKind, Detection, Rejection
from scoring.packets import fits_stamp, write_packets
from scoring.readers import discover
from scoring.readers.source import Source, printable
from tests.scoring.alert_files import packet, stamp_pixels, tan_wcs, write_alerts, ztf_alert
from tests.scoring.ipac_files import PID, cutout_name, early_exposure, operational_exposure, picture, streak


def units(path):
    return [unit for source in discover(path) for unit in source.read()]


def only_refusal(path):
    [refused] = units(path)
    assert isinstance(refused, Rejection)
    return refused


def test_a_folder_of_everything_is_read_whole(tmp_path):
    early_exposure(tmp_path / "early", [streak(1)])
    operational_exposure(tmp_path / "late", [streak(1)])
    write_packets(tmp_path / "a.avro", [packet()])
    write_alerts(tmp_path / "deep.avro", ztf_alert())
    (tmp_path / "loose.jpg").write_bytes(picture())
    layouts = Counter(unit.layout for unit in units(tmp_path))
    assert layouts == dict.fromkeys(["ipac-early", "ipac-operational", "streak-packet", "ztf-alert", "folder"], 1)


def test_sources_come_in_the_order_of_their_names(tmp_path):
    for name in ("c.jpg", "a.jpg", "b/d.jpg"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(picture())
    assert [source.name for source in discover(tmp_path)] == ["a.jpg", "b/d.jpg", "c.jpg"]


def test_a_source_can_be_read_again(tmp_path):
    early_exposure(tmp_path, [streak(1)])
    [source] = discover(tmp_path)
    assert list(source.read()) == list(source.read())


def test_an_empty_folder_has_no_sources(tmp_path):
    assert discover(tmp_path) == []


def test_a_path_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError, match="expected a file or folder"):
        discover(tmp_path / "nothing")


def test_a_cutout_named_by_ipac_has_its_id_and_night(tmp_path):
    (tmp_path / cutout_name(3)).write_bytes(picture())
    [unit] = units(tmp_path)
    assert (unit.source_id, unit.survey, unit.ccd, unit.quadrant) == (f"{PID}0003", "ZTF", 11, 4)
    assert unit.night == date(2018, 4, 3)


def test_a_cutout_of_another_name_is_known_by_its_path(tmp_path):
    (tmp_path / "streaks").mkdir()
    (tmp_path / "streaks" / "bright one.png").write_bytes(picture())
    [unit] = units(tmp_path)
    assert (unit.source_id, unit.night, unit.layout) == ("streaks/bright one.png", None, "folder")


def test_one_cutout_can_be_read_alone(tmp_path):
    (tmp_path / "a.jpg").write_bytes(picture())
    [unit] = units(tmp_path / "a.jpg")
    assert (unit.source_id, unit.cutouts[CutoutKind.DIFF].content) == ("a.jpg", picture())


@pytest.mark.parametrize("name", ["a.fits", "a.fits.gz", "a.fit", "stamp"])
def test_fits_cutouts_are_found_by_name_or_content(tmp_path, name):
    stamp = fits_stamp(stamp_pixels(), tan_wcs())
    (tmp_path / name).write_bytes(stamp if name.endswith("gz") else gzip.decompress(stamp))
    assert [type(unit) for unit in units(tmp_path)] == [Detection]


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.fits", b"<html>404</html>", "expected a JPEG, PNG or FITS"),
        ("a.jpg", b"", "the file is empty"),
        ("a.fits", gzip.decompress(fits_stamp(np.ones((99, 99)), None))[:9000], "bytes of pixels, but the file ends"),
        ("a.fits.gz", gzip.compress(bytes(2**26 + 1)), "expected at most 67108864 bytes after gzip"),
        ("notes.txt", b"cloudy", "expected a streak table, a cutout or an Avro file"),
        ("alert.json", b'{"candid": 1}', "expected a streak table, a cutout or an Avro file"),
        ("blank.txt", b"", "got something else"),
        ("ztf_streaks.txt", b"\x00\x01", "expected a name like"),
        ("ztf_x_streaksqa.txt", b"1,2", "expected a name like"),
    ],
    ids=lambda value: "bytes" if isinstance(value, bytes) else value,  # gzip writes the time into them
)
def test_a_bad_file_is_refused_with_its_reason_and_bytes(tmp_path, name, content, reason):
    (tmp_path / name).write_bytes(content)
    refused = only_refusal(tmp_path)
    assert reason in refused.reason
    assert refused.origin == name
    assert len(refused.raw) <= 65536


def test_a_bad_file_leaves_the_rest_of_the_night_alone(tmp_path):
    early_exposure(tmp_path, [streak(1), streak(2)])
    (tmp_path / "broken.avro").write_bytes(b"Obj\x01")
    (tmp_path / "broken.fits").write_bytes(b"SIMPLE  =")
    assert Counter(map(type, units(tmp_path))) == {Detection: 2, Rejection: 2}


@pytest.mark.parametrize("name", [".DS_Store", "truth.csv", "README.md", "streak_ades.xml", ".cache/a.jpg"])
def test_hidden_files_and_companions_are_no_units(tmp_path, name):
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_bytes(picture())
    assert units(tmp_path) == []


@pytest.mark.skipif(sys.platform == "darwin", reason="macOS changes such names itself")
@pytest.mark.parametrize("name", ["a\u202egpj.jpg", "a\u200bb.jpg", "a\nb.jpg", "a\x1b[2J.jpg", "\udcff.jpg"])
def test_a_name_with_control_or_direction_marks_is_refused_and_written_out(tmp_path, name):
    (tmp_path / name).write_bytes(picture())
    refused = only_refusal(tmp_path)
    assert "visible characters" in refused.reason
    assert refused.origin == printable(name)
    assert refused.origin.isprintable()


@pytest.mark.skipif(sys.platform == "darwin", reason="macOS changes such names itself")
def test_a_folder_with_such_a_name_is_read_under_a_name_written_out(tmp_path):
    early_exposure(tmp_path / "n\u202eight\udcff", [streak(1)])
    [unit] = units(tmp_path)
    assert unit.origin.startswith("n\\u202eight\\udcff/ztf_")


def test_a_link_to_a_file_outside_is_refused_unread(tmp_path):
    (tmp_path / "secret.jpg").write_bytes(picture())
    (tmp_path / "night").mkdir()
    (tmp_path / "night" / "a.jpg").symlink_to(tmp_path / "secret.jpg")
    refused = only_refusal(tmp_path / "night")
    assert "a link that leads out of it" in refused.reason
    assert refused.raw == b""


def test_a_link_to_a_folder_is_not_followed(tmp_path):
    early_exposure(tmp_path / "other", [streak(1)])
    (tmp_path / "night").mkdir()
    (tmp_path / "night" / "link").symlink_to(tmp_path / "other")
    assert "links to folders are not followed" in only_refusal(tmp_path / "night").reason


def test_a_link_that_leads_nowhere_is_refused(tmp_path):
    (tmp_path / "a.jpg").symlink_to(tmp_path / "gone.jpg")
    assert "a link that leads nowhere" in only_refusal(tmp_path).reason


def test_a_link_within_the_night_is_read(tmp_path):
    (tmp_path / "a.jpg").write_bytes(picture())
    (tmp_path / "b.jpg").symlink_to(tmp_path / "a.jpg")
    assert [unit.source_id for unit in units(tmp_path)] == ["a.jpg", "b.jpg"]


@pytest.mark.parametrize("name", ["pipe.jpg", "pipe.avro", "pipe"])
def test_a_pipe_is_refused_and_does_not_hang(tmp_path, name):
    os.mkfifo(tmp_path / name)
    assert isinstance(only_refusal(tmp_path), Rejection)


def test_a_disk_that_fails_half_way_ends_the_source_and_not_the_night():
    def failing():
        yield Detection("ZTF", "1", "folder", "", "a")
        raise OSError(5, "Input/output error")

    kept, refused = Source("a", "folder", failing).read()
    assert kept.source_id == "1"
    assert refused.reason.startswith("expected a readable file, got: ")


def test_the_released_cutouts_of_2018_are_read_as_a_folder(real_data):
    found = units(real_data / "ztf-streaks-2018-11")
    assert {unit.source_id for unit in found} == {"6740938304150004", "6741187104150011", "6741552530150001"}
    assert {unit.night for unit in found} == {date(2018, 11, 6)}
