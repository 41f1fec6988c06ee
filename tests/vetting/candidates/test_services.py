from datetime import timedelta

import pytest
from django.utils import timezone

from tests.factories import make_candidate
from vetting.candidates.models import CandidateEvent, State
from vetting.candidates.selectors import as_detection
from vetting.candidates.services import batches_claim, candidates_move
from vetting.common import ConflictError

pytestmark = pytest.mark.django_db


def test_a_move_is_one_event():
    candidate = make_candidate(state=State.NEW)
    candidates_move([candidate.pk], from_state=State.NEW, to_state=State.QUEUED, actor="scorer")
    event = CandidateEvent.objects.get()
    assert (event.from_state, event.to_state, event.actor) == ("new", "queued", "scorer")


def test_a_move_that_no_arrow_allows_is_refused():
    with pytest.raises(ConflictError, match="cannot move from rejected to new"):
        candidates_move([make_candidate().pk], from_state=State.REJECTED, to_state=State.NEW, actor="x")


def test_a_candidate_that_has_moved_on_is_left_alone():
    candidate = make_candidate(state=State.VETTED)
    assert candidates_move([candidate.pk], from_state=State.NEW, to_state=State.QUEUED, actor="scorer") == []


def test_a_sweep_claims_each_candidate_once(settings):
    settings.SCORING_BATCH = 2
    ids = [make_candidate(state=State.NEW).pk for _ in range(3)]
    assert batches_claim() == [ids[:2], ids[2:]]
    assert batches_claim() == []


def test_a_claim_that_no_score_followed_is_handed_out_again(settings):
    old = timezone.now() - timedelta(seconds=settings.CLAIM_SECONDS + 1)
    candidate = make_candidate(state=State.NEW, claimed_at=old)
    assert batches_claim() == [[candidate.pk]]


def test_the_batch_shrinks_to_one_at_the_last_attempt(settings):
    settings.SCORING_BATCH = 128
    ids = [make_candidate(state=State.NEW, attempts=2).pk for _ in range(3)]
    assert batches_claim() == [[pk] for pk in ids]


def test_what_killed_its_worker_three_times_is_quarantined_with_its_reason():
    candidate = make_candidate(state=State.NEW, attempts=3)
    assert batches_claim() == []
    candidate.refresh_from_db()
    assert candidate.state == State.QUARANTINED
    assert "begun 3 times" in candidate.events.get().reason


def test_a_candidate_gives_back_the_detection_that_it_came_from():
    candidate = make_candidate()
    detection = as_detection(candidate)
    assert detection.mjd_mid == pytest.approx(candidate.mjd_mid)
    assert detection.position_angle == pytest.approx(90, abs=0.01)
