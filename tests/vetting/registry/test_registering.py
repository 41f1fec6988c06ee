"""An ensemble scores only as it was registered: what else lies in its directory is registered first."""

import json
import logging
import shutil

import pytest
from django.core.management import call_command

from scoring.inference import SHIPPED
from tests.factories import make_candidate, make_cast, make_cutout
from vetting.candidates.models import Candidate, State
from vetting.candidates.scorer import candidates_score
from vetting.common import ApplicationError
from vetting.registry.models import Ensemble
from vetting.registry.selectors import active_ensemble
from vetting.registry.services import ensemble_load, ensemble_register

pytestmark = pytest.mark.django_db


@pytest.fixture
def models(tmp_path):
    return shutil.copytree(SHIPPED, tmp_path / "models")


def upgrade(models):
    """Write another ensemble over the one in a directory, as a pull does."""
    path = models / "ensemble.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "version": "next"}))


def test_another_ensemble_in_the_directory_is_not_loaded(models):
    ensemble = ensemble_register(models)
    upgrade(models)
    with pytest.raises(ApplicationError, match=f"as registered, but another .*register_models {models} --activate"):
        ensemble_load(ensemble)


def test_candidates_wait_with_a_reason_while_the_active_ensemble_cannot_be_loaded(models, client, caplog):
    ensemble_register(models, activate=True)
    upgrade(models)
    candidate = make_candidate(state=State.NEW)
    make_cutout(candidate)
    with caplog.at_level(logging.ERROR):
        assert candidates_score([candidate.pk]) == 0
    assert "candidates wait unscored" in caplog.text
    assert list(Candidate.objects.values_list("state", "attempts")) == [(State.NEW, 0)]
    client.force_login(make_cast().vetter)
    assert "New candidates wait unscored" in client.get("/models/").content.decode()

    call_command("register_models", str(models))
    assert candidates_score([candidate.pk]) == 1
    assert "wait unscored" not in client.get("/models/").content.decode()


def test_registering_after_a_pull_goes_on_with_what_took_the_active_ones_place(models, capsys):
    old = ensemble_register(models, activate=True)
    upgrade(models)
    call_command("register_models", str(models))
    assert ", active" in capsys.readouterr().out
    assert active_ensemble() != old
    assert Ensemble.objects.count() == 2


def test_registering_elsewhere_does_not_change_what_scores(models, tmp_path):
    active, other = ensemble_register(models, activate=True), shutil.copytree(models, tmp_path / "other")
    upgrade(other)
    ensemble_register(other)
    assert active_ensemble() == active


def test_an_ensemble_that_was_moved_is_loaded_from_where_it_was_registered_last(models, tmp_path):
    ensemble = ensemble_register(models, activate=True)
    moved = models.rename(tmp_path / "moved")
    with pytest.raises(ApplicationError, match="cannot be read"):
        ensemble_load(ensemble)
    assert ensemble_load(ensemble_register(moved)).name == ensemble.name
