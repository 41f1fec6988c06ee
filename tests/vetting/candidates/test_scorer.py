import pytest

from tests.factories import make_candidate, make_cutout
from vetting.candidates.models import Candidate, Score, State
from vetting.candidates.scorer import candidates_score
from vetting.registry.services import ensemble_register

pytestmark = pytest.mark.django_db


@pytest.fixture
def shipped(settings):
    return ensemble_register(settings.SCORING_MODELS, activate=True)


def test_scoring_writes_one_row_and_moves_the_candidate(shipped):
    candidate = make_candidate(state=State.NEW)
    make_cutout(candidate)
    assert candidates_score([candidate.pk]) == 1
    candidate.refresh_from_db()
    assert Score.objects.get().ensemble == shipped
    assert candidate.state in {State.QUEUED, State.REJECTED}
    assert candidate.attempts == 1


def test_scoring_twice_leaves_one_row(shipped):
    candidate = make_candidate(state=State.NEW)
    make_cutout(candidate)
    assert [candidates_score([candidate.pk]), candidates_score([candidate.pk])] == [1, 0]
    assert Score.objects.count() == 1


@pytest.mark.parametrize("content", [b"<html>not found</html>", b"", b"\xff\xd8\xff broken"])
def test_a_broken_cutout_is_queued_for_people_with_its_reason(shipped, content):
    candidate = make_candidate(state=State.NEW)
    make_cutout(candidate, content=content or b" ")
    candidates_score([candidate.pk])
    score = Score.objects.get()
    assert (score.plausible, score.p_asteroid) == (None, None)
    assert score.reason
    assert Candidate.objects.get().state == State.QUEUED


def test_a_missing_difference_image_says_so(shipped):
    candidates_score([make_candidate(state=State.NEW).pk])
    assert Score.objects.get().reason == "no difference image"


def test_without_an_active_ensemble_nothing_is_counted_as_an_attempt():
    candidate = make_candidate(state=State.NEW)
    assert candidates_score([candidate.pk]) == 0
    candidate.refresh_from_db()
    assert candidate.attempts == 0
