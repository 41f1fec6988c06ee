"""Reading a labelled data set, and splitting it by groups."""

import pytest

from scoring.families import FineClass
from scoring.manifest import Entry, ManifestError, check_trainable, folds, read_manifest


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
