"""Reading a labelled data set, and splitting it by groups."""

import shutil

import pytest
from PIL import Image

from scoring.families import FineClass
from scoring.manifest import Entry, ManifestError, check_trainable, folds, labelled, read_manifest
from tests.scoring.conftest import drawn


def write(tmp_path, text):
    path = tmp_path / "truth.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_entries_are_read_and_confidence_may_be_absent(tmp_path):
    path = write(tmp_path, "cutout,label,group,confidence\na.jpg,asteroid,7,2\nb.jpg,blank,7,\n")
    assert read_manifest(path) == [
        Entry("a.jpg", FineClass.ASTEROID, "7", 2),
        Entry("b.jpg", FineClass.BLANK, "7", 3),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("cutout,label\na.jpg,asteroid\n", "expected the columns cutout, label, group"),
        ("cutout,label,group\na.jpg,comet,1\n", "line 2: expected a label of asteroid"),
        ("cutout,label,group\na.jpg,blank,1\na.jpg,blank,1\n", "a.jpg first"),
        ("cutout,label,group,confidence\na.jpg,blank,1,4\n", "line 2: .* confidence 1 to 3, but came"),
    ],
)
def test_a_manifest_that_cannot_be_used_says_where(tmp_path, text, expected):
    with pytest.raises(ManifestError, match=expected):
        read_manifest(write(tmp_path, text))


def entries():
    rows = [("1", FineClass.ASTEROID, 6), ("2", FineClass.ASTEROID, 4), ("3", FineClass.ASTEROID, 3)]
    rows += [("4", FineClass.BLANK, 9), ("5", FineClass.BLANK, 2)]
    return [Entry(f"{group}-{i}.jpg", label, group) for group, label, count in rows for i in range(count)]


def test_named_folds_come_first_and_the_rest_is_the_last():
    assert folds(entries(), [["2"], ["4", "5"]]) == {"1": 2, "2": 0, "3": 2, "4": 1, "5": 1}


@pytest.mark.parametrize("named", [[["2"], ["9"]], [[2]], [["1", "2", "3", "4", "5"]]])
def test_named_folds_of_groups_that_are_not_there_or_of_all_are_refused(named):
    with pytest.raises(
        ManifestError, match="expected named_folds of groups among 1, 2, 3, 4, 5, and no fold of them all"
    ):
        folds(entries(), named)


def test_groups_are_dealt_so_that_folds_hold_like_many_asteroids():
    assert folds(entries(), count=2) == {"1": 0, "2": 1, "3": 1, "4": 0, "5": 0}


def test_a_group_is_never_split_whatever_the_order():
    assert folds(entries(), count=3) == folds(entries()[::-1], count=3)


def test_labels_that_answer_every_question_in_two_groups_are_enough():
    labels = (FineClass.ASTEROID, FineClass.LONG_TRAIL, FineClass.BLANK)
    check_trainable([Entry(f"{label}{group}", label, group) for label in labels for group in "12"])


def test_what_labels_lack_for_a_training_is_named():
    expected = r"long_trail or flashes \(sl = 0\), and a second group of nights"
    with pytest.raises(ManifestError, match=f"2 labelled cutouts were read; expected also a cutout of {expected}"):
        check_trainable([Entry("a", FineClass.ASTEROID, "1"), Entry("b", FineClass.BLANK, "1")])


@pytest.fixture
def cutouts(tmp_path):
    """One name in two folders, the pictures differ."""
    for label in ("asteroid", "blank"):
        (tmp_path / label).mkdir()
        Image.fromarray(drawn(label, 1)[0]).save(tmp_path / label / "001.png")
    return tmp_path


def found(cutouts, *names):
    manifest = [Entry(name, FineClass.ASTEROID, "1") for name in names]
    return {entry.cutout: unit.origin for entry, unit in labelled(manifest, cutouts)}


def test_cutouts_are_found_by_their_path_and_by_their_name(cutouts):
    assert found(cutouts, "blank/001.png") == {"blank/001.png": "blank/001.png"}
    assert found(cutouts, "blank/001.png", "001.png") == {
        "blank/001.png": "blank/001.png",
        "001.png": "asteroid/001.png",
    }
    shutil.rmtree(cutouts / "asteroid")
    assert found(cutouts, "001.png") == {"001.png": "blank/001.png"}


def test_a_name_of_two_cutouts_is_refused_unless_they_are_the_same(cutouts):
    with pytest.raises(
        ManifestError, match=r"one cutout of the name 001\.png, but came asteroid/001\.png and blank/001"
    ):
        found(cutouts, "001.png")
    shutil.copy(cutouts / "asteroid" / "001.png", cutouts / "blank" / "001.png")
    assert found(cutouts, "001.png") == {"001.png": "asteroid/001.png"}
