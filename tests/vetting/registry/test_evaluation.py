"""What came with the active ensemble of its evaluation: page, plots and report."""

import json
import re
import shutil

import pytest
from django.core.management import CommandError, call_command

from scoring.bundle import EVALUATION
from scoring.evaluation_run import evaluate
from scoring.inference import SHIPPED
from tests.factories import make_cast
from tests.scoring.conftest import labelled_folder  # noqa: F401  (a fixture)
from vetting.registry.evaluation_plots import evaluation_plots
from vetting.registry.services import ensemble_register


@pytest.fixture
def evaluated(labelled_folder):  # noqa: F811
    """A copy of the shipped ensemble with its evaluation on sixteen cutouts."""
    models = shutil.copytree(SHIPPED, labelled_folder / "models")
    evaluate(models, labelled_folder / "truth.csv", labelled_folder / "cutouts", models)
    return models


@pytest.fixture
def reader(client, db):
    client.force_login(make_cast().vetter)
    return client


def change(models, **values):
    path = models / EVALUATION
    path.write_text(json.dumps({**json.loads(path.read_text()), **values}))


def test_the_page_shows_the_figures_of_the_active_ensemble(reader, evaluated):
    ensemble_register(evaluated, activate=True)
    page = reader.get("/models/").content.decode()
    gate = json.loads((evaluated / EVALUATION).read_text())["gate"]
    assert f"The gate finds {gate['found']} of 4 asteroids: TPR {gate['tpr']['value']:.3f}" in page
    assert "p_asteroid: the whole rule" in page


def test_every_plot_that_the_page_leaves_room_for_is_drawn(reader, evaluated):
    ensemble_register(evaluated, activate=True)
    page, plots = reader.get("/models/").content.decode(), reader.get("/models/plots.json").json()
    assert page.count("data-plot=") == len(plots) >= 8
    assert all(f'data-plot="{name}"' in page and "item" in plot for name, plot in plots.items())


def test_an_ensemble_without_an_evaluation_says_how_to_make_one(reader, evaluated):
    (evaluated / EVALUATION).unlink()
    ensemble_register(evaluated, activate=True)
    assert "No evaluation came with this ensemble" in reader.get("/models/").content.decode()
    assert reader.get("/models/plots.json").status_code == 404


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"ensemble": {"sha256": "0" * 64}}, "but it is of 000000000000"),
        ({"format": 99}, "expected format 1, but came 99"),
    ],
)
def test_figures_of_another_ensemble_or_format_are_not_shown(reader, evaluated, values, expected):
    change(evaluated, **values)
    ensemble_register(evaluated, activate=True)
    page = reader.get("/models/").content.decode()
    assert expected in page
    assert "The gate finds" not in page


def test_without_an_active_ensemble_the_page_says_so(reader):
    assert "No ensemble is active" in reader.get("/models/").content.decode()


def test_nobody_reads_the_page_without_a_login(client, db):
    assert client.get("/models/").status_code == 302


def test_the_report_holds_all_that_it_needs(evaluated, tmp_path):
    call_command("evaluation_report", str(evaluated / EVALUATION), "--out", str(tmp_path / "report.html"))
    report = (tmp_path / "report.html").read_text()
    assert report.count('data-root-id="') == len(evaluation_plots(json.loads((evaluated / EVALUATION).read_text())))
    assert re.search(r"<(script|link)[^>]+(src|href)=", report) is None


def test_a_report_of_something_else_is_refused(tmp_path):
    (tmp_path / "other.json").write_text("{}")
    with pytest.raises(CommandError, match="expected format 1, but came None"):
        call_command("evaluation_report", str(tmp_path / "other.json"), "--out", str(tmp_path / "report.html"))
