import gzip
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from scoring import packets
from scoring.cutout import decode
from scoring.detection import CutoutKind, Detection
from scoring.packets import fits_stamp, reference, schema, streak_names, write_packets
from scoring.readers import discover
from tests.scoring.alert_files import CANDID, packet, stamp_pixels, tan_wcs
from tests.scoring.ipac_files import IMAGE, OPERATIONAL, streak

DOCS = Path(__file__).resolve().parents[2] / "docs" / "reference" / "streak-alert-packet.md"
UNITS = {"deg", "rad", "px", "DN", "mag", "s", "days", "none"}


def read_back(tmp_path, *written):
    write_packets(tmp_path / "night.avro", written)
    return [unit for source in discover(tmp_path / "night.avro") for unit in source.read()]


def every_field():
    return [(record["name"], field) for record in packets._records(schema()) for field in record["fields"]]


@pytest.mark.parametrize(
    ("record", "field"), every_field(), ids=lambda part: part if isinstance(part, str) else part["name"]
)
def test_every_field_is_documented_with_its_unit(record, field):
    text, _, unit = field["doc"].rpartition(" [")
    assert len(text) > 8
    assert unit.rstrip("]") in UNITS


def test_the_streak_has_the_columns_of_the_operational_table():
    assert streak_names() == OPERATIONAL


def test_the_reference_page_is_the_schema():
    assert DOCS.read_text(encoding="utf-8") == reference()


def test_a_packet_comes_back_with_its_values(tmp_path):
    [unit] = read_back(tmp_path, packet())
    assert (unit.source_id, unit.survey, unit.layout) == (str(CANDID), "ZTF", "streak-packet")
    assert (unit.exposure, unit.field, unit.ccd, unit.quadrant, unit.band) == (IMAGE, 719, 11, 4, "g")
    fit = streak(1)
    assert (unit.ra1, unit.dec2, unit.mjd_start) == (fit["ra1"], fit["dec2"], fit["startmjd"])
    assert unit.values["length"] == fit["length"]


def test_what_stands_beside_the_fit_comes_back(tmp_path):
    [unit] = read_back(tmp_path, packet())
    names = ("exptime", "magzp", "fwhm", "exposure_detections")
    assert [unit.values[name] for name in names] == [30, 26.2, 2.1, 7]
    assert unit.magnitude == pytest.approx(26.2 - 2.5 * np.log10(650))


def test_what_may_be_null_may_be_left_out(tmp_path):
    short = {name: value for name, value in streak(1).items() if name not in {"chi2", "prob", "pdiffimfilename"}}
    [unit] = read_back(tmp_path, packet(streak=short, magzp=None))
    assert not {"chi2", "prob", "magzp"} & set(unit.values)
    assert unit.exposure == str(short["pid"])


def test_pixels_come_back_as_they_were(tmp_path):
    [unit] = read_back(tmp_path, packet())
    cutout = decode(unit.cutouts[CutoutKind.DIFF], unit)
    masked = np.isnan(stamp_pixels())
    assert np.array_equal(cutout.masked, masked)
    assert np.array_equal(cutout.pixels[~masked], stamp_pixels()[~masked])


def test_places_come_back_to_a_thousandth_of_an_arcsecond(tmp_path):
    [unit] = read_back(tmp_path, packet())
    cutout = decode(unit.cutouts[CutoutKind.SCI], unit)
    corners = [[0, 0], [156, 0], [0, 156], [156, 156], [78, 78]]
    apart = cutout.wcs.all_pix2world(corners, 0) - tan_wcs().all_pix2world(corners, 0)
    assert np.abs(apart).max() * 3600e3 < 1


def test_one_file_holds_many_packets(tmp_path):
    found = read_back(tmp_path, *(packet(candid) for candid in (1, 2**53 + 1, 2**63 - 1)))
    assert [unit.source_id for unit in found] == ["1", "9007199254740993", "9223372036854775807"]


def test_the_number_of_written_packets_is_told(tmp_path):
    assert write_packets(tmp_path / "a.avro", iter([packet(1), packet(2)])) == 2


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"candid": 2**63}, "expected a candid of 1 to"),
        ({"candid": 0}, "expected a candid of 1 to"),
        ({"cutouts": {}}, "expected a DIFF cutout"),
        ({"streak": {**streak(1), "colour": 1}}, "expected columns of a streak table, got colour"),
    ],
)
def test_a_packet_that_breaks_the_schema_is_not_written(tmp_path, changes, reason):
    with pytest.raises(ValueError, match=reason):
        write_packets(tmp_path / "a.avro", [packet(), packet(**changes)])
    assert list(tmp_path.iterdir()) == []


def test_a_packet_without_a_required_column_is_not_written(tmp_path):
    short = {name: value for name, value in streak(1).items() if name != "ra1"}
    with pytest.raises(ValueError, match="ra1"):
        write_packets(tmp_path / "a.avro", [packet(streak=short)])


def test_a_failure_leaves_the_older_file_as_it_was(tmp_path):
    write_packets(tmp_path / "a.avro", [packet(1)])
    before = (tmp_path / "a.avro").read_bytes()
    with pytest.raises(ValueError, match="candid"):
        write_packets(tmp_path / "a.avro", [packet(2), packet(-1)])
    assert (tmp_path / "a.avro").read_bytes() == before


@pytest.mark.parametrize("change", [{"rcid": 64}, {"survey": "ZTF\u202e"}, {"streak": streak(1, ra1=float("nan"))}])
def test_a_packet_with_an_impossible_value_is_refused_alone(tmp_path, change):
    found = read_back(tmp_path, packet(1), packet(2, **change), packet(3))
    assert [isinstance(unit, Detection) for unit in found] == [True, False, True]


def test_the_same_pixels_make_the_same_bytes():
    assert fits_stamp(stamp_pixels(), tan_wcs()) == fits_stamp(stamp_pixels(), tan_wcs())


def test_a_stamp_is_gzip_fits_of_32_bit_floats():
    content = gzip.decompress(fits_stamp(stamp_pixels().astype(np.float64), None))
    assert content.startswith(b"SIMPLE  =")
    assert b"BITPIX  =                  -32" in content


def test_a_stamp_of_one_axis_is_no_image():
    with pytest.raises(ValueError, match="expected an image of two axes"):
        fits_stamp(np.zeros(5), None)


def test_a_packet_may_lack_science_and_reference(tmp_path):
    diff = {CutoutKind.DIFF: packet().cutouts[CutoutKind.DIFF]}
    [unit] = read_back(tmp_path, replace(packet(), cutouts=diff))
    assert set(unit.cutouts) == {CutoutKind.DIFF}
