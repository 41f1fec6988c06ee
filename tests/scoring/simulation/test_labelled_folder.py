"""``python -m scoring simulate``: folders of labelled cutouts that scoring and training take."""

import csv
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from scoring.__main__ import main
from scoring.families import FineClass
from scoring.manifest import read_manifest
from scoring.simulation.folder_config import FolderConfig
from scoring.simulation.labelled_folder import TRAIL_COLUMNS, write_folder

COUNTS = "[counts]\nasteroid = 3\nghost = 1\nblank = 1\n"


@pytest.fixture
def simulate(tmp_path):
    def run(text, name="made"):
        (tmp_path / "config.toml").write_text(text)
        status = main(["simulate", str(tmp_path / "config.toml"), "--out", str(tmp_path / name)])
        return status, tmp_path / name

    return run


def truth(folder):
    with (folder / "truth.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def pixels(folder):
    return {path.name: np.asarray(Image.open(path)) for path in folder.rglob("*.[jp][pn]g")}


def test_every_class_has_its_folder_of_grey_cutouts(simulate):
    status, folder = simulate(COUNTS)
    assert status == 0
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.jpg"))
    asteroids = [f"asteroid/asteroid_{number:06d}.jpg" for number in range(3)]
    assert names == [*asteroids, "blank/blank_000000.jpg", "ghost/ghost_000000.jpg"]
    assert all((grey.shape, grey.dtype) == ((157, 157), np.uint8) for grey in pixels(folder).values())


def test_jpegs_are_written_at_the_quality_of_the_surveys(simulate):
    _, folder = simulate(COUNTS)
    picture = Image.open(folder / "blank" / "blank_000000.jpg")
    assert (picture.mode, set(picture.quantization[0])) == ("L", {1})


def test_the_truth_is_a_manifest_to_train_with(simulate):
    _, folder = simulate(COUNTS)
    entries = read_manifest(folder / "truth.csv")
    assert [entry.label for entry in entries].count(FineClass.ASTEROID) == 3
    assert {entry.cutout for entry in entries} == set(pixels(folder))


def test_scoring_reads_the_folder_and_nothing_else_in_it(simulate, tmp_path, capsys):
    _, folder = simulate(COUNTS)
    assert main(["score", str(folder), "--out", str(tmp_path / "scores.csv"), "--threads", "1"]) == 0
    assert "received 5 = scored 5" in capsys.readouterr().out


def test_the_streak_lies_where_the_truth_says(simulate):
    quiet = "[simulation.sky]\nedge_share = 0.0\nmask_share = 0.0\nmean_residuals = 0.0\n"
    bright = "[simulation.asteroids]\namplitude.low = 8.0\nwide_share = 0.0\nthick_share = 0.0\ntumbling_share = 0.0\n"
    _, folder = simulate('format = "png"\n[counts]\nasteroid = 4\n' + quiet + bright)
    images = pixels(folder)
    for row in truth(folder):
        x, y, length, angle = (float(row[name]) for name in ("x_px", "y_px", "length_px", "angle_deg"))
        along = np.linspace(-0.4, 0.4, 9) * length
        columns, rows = x + along * np.cos(np.radians(angle)), y + along * np.sin(np.radians(angle))
        assert images[row["cutout"]][np.rint(rows).astype(int), np.rint(columns).astype(int)].mean() < 120


def test_classes_without_a_trail_leave_its_columns_empty(simulate):
    _, folder = simulate(COUNTS)
    (blank,) = (row for row in truth(folder) if row["label"] == "blank")
    assert {blank[column] for column in TRAIL_COLUMNS} == {""}


def test_a_seed_gives_the_same_cutouts_and_more_of_them_leave_the_first_as_they_were(simulate):
    few, more = simulate(COUNTS)[1], simulate(COUNTS.replace("= 3", "= 4"), "more")[1]
    other = simulate("seed = 2\n" + COUNTS, "other")[1]
    first, second, third = pixels(few), pixels(more), pixels(other)
    assert all(np.array_equal(first[name], second[name]) for name in first)
    assert not np.array_equal(first["asteroid_000000.jpg"], third["asteroid_000000.jpg"])


def test_streaks_are_drawn_on_the_cutouts_of_a_folder(simulate):
    _, sky = simulate('format = "png"\n[counts]\nblank = 2\n', "sky")
    _, folder = simulate(f'format = "png"\ninject = "{sky}/blank"\n[counts]\nasteroid = 3\n')
    under = pixels(sky)
    for row in truth(folder):
        drawn, before = pixels(folder)[row["cutout"]].astype(int), under[row["background"]].astype(int)
        assert row["group"] == row["background"]
        assert np.mean(np.abs(drawn - before) <= 2) > 0.8


def test_a_manifest_keeps_streaks_off_streaks_and_hands_its_groups_on(simulate):
    _, sky = simulate(COUNTS, "sky")
    text = f'inject = "{sky}"\nmanifest = "{sky}/truth.csv"\n[counts]\ncosmic_ray = 6\n'
    rows = truth(simulate(text)[1])
    assert {row["background"] for row in rows} <= {"ghost_000000.jpg", "blank_000000.jpg"}
    assert {row["group"] for row in rows} == {"simulated-0"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[counts]\ncomet = 1", "expected [counts] of asteroid,"),
        ("[counts]\nunsure = 1", "but came unsure"),
        ("[counts]\nasteroid = 1.5", "expected a whole number of asteroid"),
        ("[counts]\nasteroid = 0", "at least one cutout"),
        ("seed = 1", "expected a table [counts]"),
        ("counts = 3", "expected counts to be a table"),
        ("speed = 1", "but came speed"),
        ('format = "gif"\n[counts]\nblank = 1', "jpeg or png"),
        ('inject = "x"\n[counts]\nghost = 1', "but came ghost"),
        ('manifest = "x"\n[counts]\nblank = 1', "expected inject beside manifest"),
        ("[counts]\nblank = 1\n[simulation.sky]\nblue = 1", "not ['blue']"),
        ("[counts]\nblank = 1\n[simulation.sky]\ngradient = 1", "expected sky.gradient to be a table"),
        ("[counts]\nblank = 1\n[simulation.sky]\nstep = 1", "expected sky.step to be two numbers"),
        ("[counts]\nblank = 1\n[simulation.sky]\nmask_share = 'low'", "expected sky.mask_share to be a number"),
        ('inject = "nowhere"\n[counts]\nasteroid = 1', "expected a file or folder, got nowhere"),
        ("[counts", "config.toml: "),
    ],
)
def test_what_cannot_be_drawn_is_a_clear_error_and_leaves_nothing(simulate, capsys, text, message):
    status, folder = simulate(text)
    assert (status, folder.exists()) == (1, False)
    assert message in capsys.readouterr().err


def test_a_folder_that_holds_something_is_not_touched(simulate, tmp_path, capsys):
    (tmp_path / "made").mkdir()
    (tmp_path / "made" / "mine").write_text("kept")
    assert simulate(COUNTS)[0] == 1
    assert "expected a new or empty folder" in capsys.readouterr().err
    assert [path.name for path in tmp_path.joinpath("made").iterdir()] == ["mine"]


def test_a_failure_on_the_way_leaves_nothing(tmp_path):
    config = FolderConfig({FineClass.ASTEROID: 1}, inject=str(tmp_path / "empty"))
    (tmp_path / "empty").mkdir()
    with pytest.raises(ValueError, match="expected cutouts to draw on"):
        write_folder(config, tmp_path / "made")
    assert [path.name for path in tmp_path.iterdir()] == ["empty"]


def test_the_shipped_configuration_can_be_read():
    config = FolderConfig.from_toml(Path(__file__).parents[3] / "scoring" / "configs" / "simulate.toml")
    assert sum(config.counts.values()) == 500
