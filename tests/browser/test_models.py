"""The page of the models in a real browser: every plot is drawn, in both themes, on a phone too."""

import shutil

import pytest
from playwright.sync_api import expect

from scoring.evaluation_run import evaluate
from scoring.inference import SHIPPED
from tests.browser.conftest import log_in, serious
from tests.scoring.conftest import labelled_folder  # noqa: F401  (a fixture)
from vetting.registry.services import ensemble_register

pytestmark = pytest.mark.browser


@pytest.fixture
def evaluated(labelled_folder, vetter):  # noqa: F811
    models = shutil.copytree(SHIPPED, labelled_folder / "models")
    evaluate(models, labelled_folder / "truth.csv", labelled_folder / "cutouts", models)
    return ensemble_register(models, activate=True)


@pytest.mark.parametrize("options", [{"color_scheme": "dark"}, {"viewport": {"width": 390, "height": 800}}])
def test_every_plot_of_the_evaluation_is_drawn_and_can_be_read(new_page, evaluated, options):
    page = new_page(**options)
    log_in(page)
    page.goto("/models/")
    expect(page.locator("[data-plot][aria-busy]")).to_have_count(0)
    expect(page.locator("[data-plot] .bk-Figure")).to_have_count(page.locator("[data-plot]").count())
    assert serious(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
