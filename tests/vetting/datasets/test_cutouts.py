"""What is exported is read as training reads it: scoring.manifest."""

import datetime as dt

import pytest

from scoring.families import FineClass
from scoring.manifest import labelled, read_manifest
from tests.factories import make_cutout, make_label
from vetting.candidates.models import Candidate, Cutout
from vetting.datasets.cutouts import groups


@pytest.fixture
def unpacked(files, tmp_path):
    """Export the cutouts, unpack the zip and return its folder."""

    def write(**over):
        for name, content in files("cutouts", **over).items():
            (tmp_path / "set" / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / "set" / name).write_bytes(content)
        return tmp_path / "set"

    return write


def entries(folder):
    return {entry.cutout: entry for entry in read_manifest(folder / "manifest.csv")}


def test_training_finds_every_decided_cutout_by_the_exported_table(night, unpacked):
    night.far.cutouts.all().delete()
    make_cutout(night.far, suffix="fits", content=None)
    make_cutout(night.trail, kind="SCI", suffix="fits")
    folder = unpacked()

    found = {entry.cutout: unit for entry, unit in labelled(read_manifest(folder / "manifest.csv"), folder / "cutouts")}
    stored = Cutout.objects.filter(candidate__in=[night.asteroid, night.trail, night.far], kind="DIFF")
    assert {name: unit.cutouts["DIFF"].content for name, unit in found.items()} == {
        row.name: row.content() for row in stored
    }
    assert {name: entry.label for name, entry in entries(folder).items()} == {
        row.name: row.candidate.consensus.get().fine_class for row in stored
    }


def test_what_is_open_is_not_trained_on(night, unpacked, select):
    folder = unpacked(selection=select(decided=False))

    assert night.open.cutouts.get().name not in entries(folder)
    assert list(folder.glob(f"cutouts/*/*{night.open.source_id}/*"))


def test_cutouts_of_one_name_are_told_apart(night, unpacked):
    Cutout.objects.all().update(name="difference.fits")
    make_cutout(night.asteroid, kind="SCI", suffix="fits", name="difference.fits")
    folder = unpacked()

    found = dict(labelled(read_manifest(folder / "manifest.csv"), folder / "cutouts"))
    contents = sorted(unit.cutouts["DIFF"].content for unit in found.values())
    stored = Cutout.objects.filter(candidate__in=[night.asteroid, night.trail, night.far], kind="DIFF")
    assert contents == sorted(row.content() for row in stored)


def test_a_class_that_somebody_voted_against_is_less_sure(night, unpacked):
    make_label(night.far, night.cast.vetter, FineClass.COSMIC_RAY)
    found = entries(unpacked())

    assert found[night.far.cutouts.get().name].confidence == 2
    assert found[night.asteroid.cutouts.get().name].confidence == 3


def test_nights_that_share_a_known_object_are_one_group(night, unpacked):
    before = {entry.group for entry in entries(unpacked()).values()}
    Candidate.objects.filter(pk__in=[night.asteroid.pk, night.far.pk]).update(known_object="2012 TC4")

    assert before == {"2018-07-01", "2018-07-02"}
    assert {entry.group for entry in entries(unpacked()).values()} == {"2018-07-01"}


def test_nights_are_joined_from_one_to_the_next():
    first, second, third, alone = (dt.date(2018, 7, day) for day in (1, 2, 3, 9))
    seen = [(third, "a"), (second, "a"), (second, "b"), (first, "b"), (alone, "c"), (alone, "")]

    assert groups(seen) == {first: first, second: first, third: first, alone: alone}
