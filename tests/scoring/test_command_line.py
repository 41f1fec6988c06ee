"""``python -m scoring score`` from files to a table."""

import csv
import gzip
import io
import subprocess
import sys

import numpy as np
import pytest
from astropy.io import fits
from PIL import Image

from scoring.__main__ import main
from tests.scoring.conftest import drawn

HEADER = "source_id,cutout,rb,sl,kd,plausible,p_asteroid,reason"


def save(path, grey, marks=()):
    """Write a grey cutout as a picture, with red endpoint marks where asked."""
    picture = Image.fromarray(grey)
    if marks:
        picture = picture.convert("RGB")
        for mark in marks:
            picture.putpixel(mark, (255, 0, 0))
    picture.save(path, quality=95)


@pytest.fixture
def folder(tmp_path):
    """One readable cutout of each kind of file, one that is flat and one that is broken."""
    cutouts = tmp_path / "cutouts"
    cutouts.mkdir()
    asteroid, blank, flashes, ray = (drawn(label, 1)[0] for label in ("asteroid", "blank", "flashes", "cosmic_ray"))
    save(cutouts / "asteroid.jpg", asteroid)
    save(cutouts / "blank.png", blank)
    save(cutouts / "marked.jpg", flashes, marks=[(60, 60), (96, 96)])
    buffer = io.BytesIO()
    fits.PrimaryHDU(ray[::-1].astype(np.float32)).writeto(buffer)
    (cutouts / "ray.fits.gz").write_bytes(gzip.compress(buffer.getvalue()))
    save(cutouts / "flat.png", np.full((157, 157), 90, np.uint8))
    (cutouts / "broken.jpg").write_bytes((cutouts / "asteroid.jpg").read_bytes()[:500])
    return cutouts


def table(path):
    with path.open(newline="", encoding="utf-8") as file:
        return {row["cutout"]: row for row in csv.DictReader(file)}


def test_every_file_of_a_folder_has_its_line(folder, tmp_path, capsys):
    assert main(["score", str(folder), "--out", str(tmp_path / "scores.csv"), "--threads", "1"]) == 0
    rows = table(tmp_path / "scores.csv")
    assert set(rows) == {path.name for path in folder.iterdir()}
    assert (tmp_path / "scores.csv").read_text().splitlines()[0] == HEADER
    assert "received 6 = scored 4" in capsys.readouterr().out


def test_scores_are_numbers_and_the_verdict_is_true_or_false(folder, tmp_path):
    main(["score", str(folder), "--out", str(tmp_path / "scores.csv")])
    row = table(tmp_path / "scores.csv")["asteroid.jpg"]
    assert all(0 <= float(row[name]) <= 1 for name in ("rb", "sl", "kd", "p_asteroid"))
    assert (row["plausible"], row["reason"]) == ("true", "")


@pytest.mark.parametrize(("name", "reason"), [("flat.png", "flat"), ("broken.jpg", "expected a whole JPEG")])
def test_what_cannot_be_scored_has_no_number_but_a_reason(folder, tmp_path, name, reason):
    main(["score", str(folder), "--out", str(tmp_path / "scores.csv")])
    row = table(tmp_path / "scores.csv")[name]
    assert {row[column] for column in ("rb", "sl", "kd", "plausible", "p_asteroid")} == {""}
    assert reason in row["reason"]


def test_endpoint_marks_do_not_move_the_scores(folder, tmp_path):
    save(folder / "plain.jpg", drawn("flashes", 1)[0])
    main(["score", str(folder), "--out", str(tmp_path / "scores.csv")])
    rows = table(tmp_path / "scores.csv")
    assert float(rows["marked.jpg"]["kd"]) == pytest.approx(float(rows["plain.jpg"]["kd"]), abs=0.1)


def test_a_failure_leaves_the_old_table_as_it_was(folder, tmp_path, capsys):
    out = tmp_path / "scores.csv"
    out.write_text("kept")
    assert main(["score", str(folder), "--out", str(out), "--models", str(tmp_path / "nowhere")]) == 1
    assert "ensemble.json: expected a JSON file" in capsys.readouterr().err
    assert (out.read_text(), sorted(path.name for path in tmp_path.iterdir())) == ("kept", ["cutouts", "scores.csv"])


def test_a_path_that_does_not_exist_is_a_clear_error(tmp_path, capsys):
    assert main(["score", str(tmp_path / "nowhere"), "--out", str(tmp_path / "scores.csv")]) == 1
    assert capsys.readouterr().err.startswith("error: no such file or folder:")


def test_scoring_never_loads_tensorflow_or_django(folder, tmp_path):
    code = (
        "import sys; from scoring.__main__ import main;"
        f"main(['score', {str(folder)!r}, '--out', {str(tmp_path / 'scores.csv')!r}]);"
        "print(sorted({name.split('.')[0] for name in sys.modules} & {'tensorflow', 'keras', 'django', 'celery'}))"
    )
    outcome = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert outcome.stdout.splitlines()[-1] == "[]"


def test_a_real_night_has_one_line_for_each_row(real_data, tmp_path):
    night = real_data / "ztf-streaks" / "nights" / "ztf_20180204417581_000522_zr_c08_o_q4"
    main(["score", str(night), "--out", str(tmp_path / "scores.csv")])
    rows = next(night.glob("*_streaksqa.txt")).read_text().splitlines()
    lines = (tmp_path / "scores.csv").read_text().splitlines()
    assert len(lines) - 1 == sum(not row.startswith("\\") for row in rows)
