"""The tree is read as the original DeepStreaks' loader reads it: utils.load_data, step by step."""

import io
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps

from scoring.families import FineClass
from tests.factories import SIDE, make_cutout, make_label
from vetting.candidates.models import Cutout
from vetting.datasets.zwickyverse import is_held_out


def load_data(path, project_id, resize=(144, 144)):
    """Read a project up to the point where the original splits it at random."""
    x, y = [], []
    meta = json.loads((path / f"{project_id}.json").read_text())
    classes = {meta["classes"][0]: 0, meta["classes"][1]: 1}
    for dataset_id in meta["datasets"]:
        dataset_json = sorted(str(found) for found in (path / project_id).glob(f"{dataset_id}.*.json"))
        if dataset_json:
            classifications = json.loads(Path(dataset_json[-1]).read_text())
            folder = Path(min(str(found) for found in (path / project_id).glob(f"{dataset_id}.*")))
            for image, labels in classifications.items():
                if (folder / image).exists():
                    grey = ImageOps.grayscale(Image.open(folder / image)).resize(resize, Image.Resampling.BILINEAR)
                    x.append(np.expand_dims(np.array(grey) / 255.0, 2))
                    y.append(classes[labels[0]])
    return np.array(x), np.array(y), classes


@pytest.fixture
def tree(files, tmp_path):
    """Export the tree to a folder and return its root."""

    def write(**over):
        exported = files("zwickyverse", **({"test_percent": 0} | over))
        for name, content in exported.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_bytes(content)
        return tmp_path / "zwickyverse"

    return write


@pytest.mark.parametrize(
    ("family", "classes", "targets"),
    [
        ("rb", {"bogus": 0, "real": 1}, [0, 1, 1, 1]),
        ("sl", {"long": 0, "short": 1}, [0, 1, 1]),
        ("kd", {"ditch": 0, "keep": 1}, [0, 0, 1, 1]),
    ],
)
def test_the_original_loader_reads_every_family(night, tree, family, classes, targets):
    make_label(night.plain, night.cast.vetter, FineClass.GHOST)
    x, y, found = load_data(tree(), family)

    assert (found, sorted(y)) == (classes, targets)
    assert x.shape == (len(targets), 144, 144, 1)


def test_the_loader_sees_the_streak_dark_on_a_sky_of_204(night, tree):
    x, _, _ = load_data(tree(), "sl")

    assert np.median(x) == pytest.approx(204 / 255, abs=0.01)
    assert (x[:, 72, 68:76].mean(axis=(1, 2)) < 0.5).all()


def test_a_grey_jpeg_of_the_survey_is_given_as_it_came(night, tree):
    row = night.far.cutouts.get()

    assert (tree() / "rb" / "20180702.labels" / row.name).read_bytes() == row.content()


def test_a_fits_cutout_is_drawn_as_ipac_draws_it(night, tree):
    night.far.cutouts.all().delete()
    make_cutout(night.far, suffix="fits", content=None)
    name = f"strkid{night.far.source_id}_pid5450000000000_diff.jpg"

    with Image.open(tree() / "kd" / "20180702.labels" / name) as image:
        assert (image.format, image.mode, image.size) == ("JPEG", "L", (SIDE, SIDE))
        assert np.median(np.array(image)) == pytest.approx(204, abs=1)


def test_red_endpoint_marks_do_not_leak_into_the_tree(night, tree):
    picture = Image.fromarray(np.full((SIDE, SIDE, 3), 204, np.uint8))
    picture.putpixel((60, 78), (255, 0, 0))
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=95, subsampling=0)
    night.far.cutouts.all().delete()
    row = make_cutout(night.far, content=buffer.getvalue())

    with Image.open(tree() / "rb" / "20180702.labels" / row.name) as image:
        assert image.mode == "L"
        assert abs(np.array(image).astype(int) - 204).max() < 12


def test_a_candidate_without_a_picture_is_told_and_left_out(night, tree):
    night.far.cutouts.all().delete()
    root = tree()

    assert len(load_data(root, "sl")[1]) == 2
    assert f"{night.far.source_id}: no difference image" in (root.parent / "README.md").read_text()


def test_two_images_of_one_name_do_not_overwrite_each_other(night, tree):
    name = f"strkid{night.asteroid.source_id}_and_{night.trail.source_id}.jpg"
    Cutout.objects.filter(candidate__in=[night.asteroid, night.trail]).update(name=name)

    assert len(list((tree() / "rb" / "20180701.labels").iterdir())) == 2


def test_a_truncated_jpeg_is_left_out_because_it_would_stop_the_loader(night, tree):
    content = night.far.cutouts.get().content()
    night.far.cutouts.all().delete()
    make_cutout(night.far, content=content[: len(content) // 2])

    assert len(load_data(tree(), "sl")[1]) == 2


def test_held_out_nights_are_projects_of_their_own(night, tree):
    root = tree(test_percent=100)

    assert sorted(path.name for path in root.iterdir() if path.is_dir()) == ["kd_test", "rb_test", "sl_test"]


def test_a_night_never_changes_sides_and_a_tenth_is_held_out():
    nights = [f"2018{month:02d}{day:02d}" for month in range(1, 13) for day in range(1, 29)]
    held_out = {night for night in nights if is_held_out(night, 10)}

    assert held_out < {night for night in nights if is_held_out(night, 20)}
    assert 0.05 < len(held_out) / len(nights) < 0.16


def test_an_open_candidate_is_not_in_the_tree(night, tree, select):
    root = tree(selection=select(decided=False))

    assert not [path for path in root.rglob("*.jpg") if night.open.source_id in path.name]


def test_an_unsure_consensus_says_nothing_to_any_family(night, tree):
    make_label(night.plain, night.cast.vetter, FineClass.UNSURE)

    assert not [path for path in tree().rglob("*.jpg") if night.plain.source_id in path.name]
