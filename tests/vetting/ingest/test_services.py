import dataclasses
from pathlib import Path

import pytest

from scoring.detection import CutoutKind, Detection, RawCutout, Rejection
from tests.factories import jpeg_bytes, streak_flux
from vetting.candidates.models import Candidate, Cutout, State
from vetting.ingest.models import Quarantine
from vetting.ingest.services import night_ingest

pytestmark = pytest.mark.django_db


class Units:
    """A source of a few units, as a reader would give them."""

    name, layout = "units", "ipac-early"

    def __init__(self, *units):
        self.units = units

    def read(self):
        return iter(self.units)


def detection(**over):
    image = RawCutout(CutoutKind.DIFF, "strkid1.jpg", jpeg_bytes(streak_flux()))
    values = {
        "survey": "ZTF",
        "source_id": "2914835350150002",
        "layout": "ipac-early",
        "exposure": "ztf_20171019483530_000662_zr_c13_o_q3",
        "origin": "table.txt",
        "mjd_start": 58045.4835301,
        "mjd_end": 58045.4838773,
        "ra": 112.83,
        "dec": 36.08,
        "values": {"length": -10.5, "apsnr": 25.7, "chi2": 3.0},
        "cutouts": {CutoutKind.DIFF: image},
    }
    return Detection(**(values | over))


def ingest(*units):
    return night_ingest(Path("night"), [Units(*units)], on_source=lambda: None)


def test_a_detection_becomes_a_new_candidate_with_its_cutout():
    batch = ingest(detection())
    candidate = Candidate.objects.get()
    assert batch.balance() == "received 1 = new 1 + duplicate 0 + quarantined 0"
    assert (candidate.state, str(candidate.night)) == (State.NEW, "2017-10-19")
    assert Cutout.objects.get().content().startswith(b"\xff\xd8")


def test_a_negative_length_is_taken_absolute():
    ingest(detection())
    assert Candidate.objects.get().length == pytest.approx(10.5)


def test_a_second_run_adds_nothing():
    ingest(detection(), Rejection("a.txt", "row 3", "expected 29 columns, got 3", b"1,2,3"))
    batch = ingest(detection(), Rejection("a.txt", "row 3", "expected 29 columns, got 3", b"1,2,3"))
    assert batch.balance() == "received 2 = new 0 + duplicate 1 + quarantined 1"
    assert (Candidate.objects.count(), Quarantine.objects.count()) == (1, 1)


def test_the_same_detection_twice_in_one_run_is_a_duplicate():
    assert ingest(detection(), detection()).duplicate == 1


def test_the_same_id_with_other_content_is_quarantined_and_the_first_stays():
    ingest(detection())
    ingest(dataclasses.replace(detection(), ra=10.0))
    assert Candidate.objects.get().ra == pytest.approx(112.83)
    assert "already known with other content" in Quarantine.objects.get().reason


@pytest.mark.parametrize(
    ("over", "missing"), [({"mjd_start": None, "mjd_end": None}, "time"), ({"ra": None, "dec": None}, "position")]
)
def test_a_detection_without_time_or_place_is_quarantined(over, missing):
    assert ingest(detection(**over)).quarantined == 1
    assert missing in Quarantine.objects.get().reason


def test_a_rejection_keeps_its_bytes_and_reason():
    ingest(Rejection("a.avro", "offset 12", "expected Avro, got HTML", b"<html>"))
    row = Quarantine.objects.get()
    assert (bytes(row.raw), row.locator) == (b"<html>", "offset 12")


def test_a_candidate_that_exists_is_never_half_there(settings, monkeypatch):
    monkeypatch.setattr(Cutout.objects, "bulk_create", lambda rows: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        ingest(detection())
    assert not Candidate.objects.exists()
