from uuid import uuid4

import pytest

from scoring.families import FineClass
from tests.factories import make_candidate, make_cast, make_label, make_score
from vetting.campaigns.models import Consensus, Label
from vetting.campaigns.selectors import campaign_default, progress, queue
from vetting.campaigns.services import label_save, label_undo
from vetting.candidates.models import State
from vetting.common import ApplicationError, ConflictError

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return make_cast()


def test_a_label_decides_and_moves_the_candidate(cast):
    candidate = make_candidate()
    make_label(candidate, cast.vetter)
    candidate.refresh_from_db()
    assert candidate.state == State.VETTED
    assert Consensus.objects.get().fine_class == "asteroid"


def test_a_label_sent_twice_is_one_row(cast):
    candidate, sent = make_candidate(), uuid4()
    for _ in range(2):
        label_save(candidate, campaign=campaign_default(), vetter=cast.vetter, uuid=sent, fine_class="ghost")
        candidate.refresh_from_db()
    assert Label.objects.count() == 1


def test_a_uuid_that_comes_back_with_another_class_is_refused(cast):
    label = make_label(make_candidate(), cast.vetter)
    with pytest.raises(ConflictError, match="already recorded with other content"):
        label_save(
            label.candidate, campaign=label.campaign, vetter=cast.vetter, uuid=label.uuid, fine_class=FineClass.GHOST
        )


def test_undo_adds_a_row_and_gives_the_candidate_back(cast):
    candidate = make_candidate()
    make_label(candidate, cast.vetter)
    label_undo(campaign=campaign_default(), vetter=cast.vetter, uuid=uuid4())
    candidate.refresh_from_db()
    assert candidate.state == State.QUEUED
    assert Label.objects.count() == 2


def test_an_undo_sent_twice_takes_back_one_label(cast):
    make_label(make_candidate(), cast.vetter)
    make_label(make_candidate(), cast.vetter)
    sent = uuid4()
    for _ in range(2):
        label_undo(campaign=campaign_default(), vetter=cast.vetter, uuid=sent)
    assert progress(campaign_default(), cast.vetter, queue(campaign_default(), cast.vetter)).done == 1


def test_nobody_takes_back_the_label_of_another(cast):
    label = make_label(make_candidate(), cast.vetter)
    with pytest.raises(ApplicationError, match="no label of yours"):
        label_undo(campaign=label.campaign, vetter=cast.second_vetter, uuid=uuid4(), undoes=label.uuid)


def test_an_undone_label_of_a_rejected_candidate_leaves_it_rejected(cast):
    candidate = make_candidate(state=State.REJECTED)
    make_label(candidate, cast.vetter)
    label_undo(campaign=campaign_default(), vetter=cast.vetter, uuid=uuid4())
    candidate.refresh_from_db()
    assert candidate.state == State.REJECTED


def test_a_candidate_without_a_score_takes_no_label(cast):
    with pytest.raises(ConflictError, match="not been scored"):
        make_label(make_candidate(state=State.NEW), cast.vetter)


def test_an_unknown_class_is_refused_with_the_known_ones(cast):
    with pytest.raises(ApplicationError, match="expected a fine class"):
        make_label(make_candidate(), cast.vetter, "comet")


def test_the_queue_is_best_first_and_ends_with_what_cannot_be_scored(cast):
    poor, unscorable, good = make_candidate(), make_candidate(), make_candidate()
    make_score(poor, p_asteroid=0.2)
    make_score(good, p_asteroid=0.9)
    make_score(unscorable, rb=None, sl=None, kd=None, plausible=None, p_asteroid=None, reason="flat cutout")
    assert list(queue(campaign_default(), cast.vetter)) == [good, poor, unscorable]


def test_what_a_vetter_called_unsure_leaves_the_own_queue_only(cast):
    candidate = make_candidate()
    make_label(candidate, cast.vetter, FineClass.UNSURE)
    assert not queue(campaign_default(), cast.vetter).exists()
    assert queue(campaign_default(), cast.second_vetter).get() == candidate
