"""What is saved once stays findable, what is decided stays decided, what is over takes no change."""

import datetime as dt
from uuid import uuid4

import pytest

from tests.factories import (
    make_api,
    make_campaign,
    make_candidate,
    make_cast,
    make_ensemble,
    make_label,
    make_pool,
    make_score,
    make_user,
)
from vetting.campaigns.models import Assignment, Label, Membership, Role
from vetting.campaigns.selectors import inbox
from vetting.campaigns.services import (
    assignments_lease,
    campaign_clone,
    campaign_close,
    campaign_start,
    guideline_write,
    invitation_accept,
    label_save,
    label_undo,
    member_invite,
    member_remove,
    pool_gold,
    pool_prioritise,
    pool_refresh,
)
from vetting.campaigns.services.consensus import ensemble_follow
from vetting.candidates.models import Candidate, State
from vetting.common import ConflictError, MissingError
from vetting.registry.services import ensemble_activate

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return make_cast()


@pytest.fixture
def campaign(cast):
    return make_campaign(cast.manager, cast.vetter, cast.second_vetter, votes_needed=2, votes_most=4)


def again(label):
    return label_save(
        label.candidate,
        campaign=label.campaign,
        vetter=label.vetter,
        uuid=label.uuid,
        fine_class=label.fine_class,
        shown={"nonsense": 1},
    )


def test_a_retry_finds_its_label_though_it_would_not_be_taken_now(cast, campaign):
    (row,) = make_pool(campaign, 1)
    label = make_label(row, cast.vetter, "ghost", campaign=campaign)
    guideline_write(campaign, by=cast.manager, text="no ghosts", classes=["asteroid", "blank"])
    Candidate.objects.update(state=State.NEW)
    label.candidate.refresh_from_db()
    assert again(label) == label
    assert Label.objects.count() == 1


def test_one_uuid_undoes_one_label(cast, campaign):
    first, second = (make_label(row, cast.vetter, campaign=campaign) for row in make_pool(campaign, 2))
    sent = {"campaign": campaign, "vetter": cast.vetter, "uuid": uuid4()}
    undone = label_undo(**sent, undoes=first.uuid)
    assert label_undo(**sent, undoes=first.uuid) == undone
    with pytest.raises(ConflictError, match="already recorded with other content"):
        label_undo(**sent, undoes=second.uuid)


@pytest.mark.parametrize("number", [2, 99])
def test_a_guideline_that_does_not_exist_is_refused(cast, campaign, number):
    (row,) = make_pool(campaign, 1)
    sent = {"uuid": str(uuid4()), "campaign": campaign.pk, "candidate": row.pk, "fine_class": "ghost"}
    answer = make_api(cast.vetter).post("/api/v1/labels/", sent | {"guideline": number})
    assert (answer.status_code, "expected a version of the guideline" in str(answer.json())) == (400, True)
    assert not Label.objects.exists()


def test_the_same_class_given_again_settles_no_conflict(cast, campaign):
    (row,), late = make_pool(campaign, 1), make_user("ida")
    for person in (cast.vetter, cast.second_vetter):
        make_label(row, person, "ghost", campaign=campaign)
    make_label(row, late, "asteroid", campaign=campaign)
    make_label(row, cast.vetter, "ghost", campaign=campaign)
    consensus = row.consensus.get()
    assert (consensus.fine_class, consensus.conflict, inbox(campaign).count()) == ("ghost", "contested", 1)
    assert late.labels.get().pk not in consensus.counted


def test_a_closed_campaign_takes_no_change(cast, campaign):
    (row,) = make_pool(campaign, 1)
    assignments_lease(campaign, cast.vetter)
    given = [make_label(row, person, "ghost", campaign=campaign) for person in (cast.vetter, cast.second_vetter)]
    campaign = campaign_close(campaign, by=cast.manager)
    with pytest.raises(ConflictError, match="is closed"):
        make_label(row, cast.vetter, "asteroid", campaign=campaign)
    with pytest.raises(ConflictError, match="is closed"):
        label_undo(campaign=campaign, vetter=cast.vetter, uuid=uuid4(), undoes=given[0].uuid)
    assert row.consensus.get().fine_class == "ghost"


@pytest.mark.parametrize(("p", "conflict"), [(0.999, "model"), (0.5, "")])
def test_another_ensemble_brings_what_it_contradicts_to_the_inbox_and_takes_the_rest_out(cast, p, conflict):
    campaign = make_campaign(cast.manager, cast.vetter)
    (row,) = make_pool(campaign, 1)
    row.scores.update(p_asteroid=0.5 if conflict else 0.999)
    make_label(row, cast.vetter, "ghost", campaign=campaign)
    before = row.consensus.get()
    new = make_ensemble(is_active=False)
    make_score(row, ensemble=new, p_asteroid=p)
    ensemble_activate(new)
    ensemble_follow()
    now = row.consensus.get()
    assert (before.conflict == "", now.conflict) == (bool(conflict), conflict)
    assert (now.fine_class, now.p_fused, now.retired_at) == ("ghost", before.p_fused, before.retired_at)


def test_what_is_moved_to_the_front_is_next_whoever_holds_it(cast):
    campaign = make_campaign(cast.manager, cast.vetter, cast.second_vetter, order="urgency")
    rows = make_pool(campaign, 12)
    idle = [lease.candidate for lease in assignments_lease(campaign, cast.second_vetter, count=5)]
    (first,) = assignments_lease(campaign, cast.vetter, count=1, ahead=5)
    behind = Assignment.objects.filter(vetter=cast.vetter).order_by("-pk").first().candidate
    pool_prioritise(campaign, [behind.pk, idle[-1].pk], priority=1)
    exclude = [first.candidate_id]
    given = assignments_lease(campaign, cast.vetter, count=2, exclude=exclude, ahead=5)
    assert {lease.candidate for lease in given} == {behind, idle[-1]}
    assert len(rows) == 12


def test_gold_is_moved_to_the_front_like_any_other(cast):
    campaign = make_campaign(cast.manager, cast.vetter, order="urgency")
    rows = make_pool(campaign, 3)
    pool_gold(campaign, {rows[2].pk: "ghost"}, source="listed")
    pool_prioritise(campaign, [rows[2].pk], priority=1)
    assert [lease.candidate for lease in assignments_lease(campaign, cast.vetter, count=1)] == [rows[2]]


def test_the_copy_of_a_frozen_pool_is_not_filled_anew(cast):
    campaign = make_campaign(cast.manager, pool="nights", pool_grows=False)
    make_candidate()
    pool_refresh(campaign)
    copy = campaign_clone(campaign, name="again", by=cast.manager)
    make_candidate()
    campaign_start(copy, by=cast.manager)
    assert copy.pool_items.count() == campaign.pool_items.count() == 1


def test_nobody_joins_by_the_link_of_a_login_that_was_switched_off(cast, campaign):
    secret = member_invite(campaign, by=cast.manager, role=Role.MANAGER).secret
    cast.manager.is_active = False
    cast.manager.save()
    with pytest.raises(MissingError, match="ask for a new one"):
        invitation_accept(secret, user=cast.outsider)


def test_a_link_takes_nothing_away_that_every_login_may(cast):
    campaign = make_campaign(cast.manager, is_public=True)
    secret = member_invite(campaign, by=cast.manager, role=Role.VIEWER).secret
    assert invitation_accept(secret, user=cast.outsider).role == Role.VETTER


def test_what_a_removed_member_held_is_free_at_once(cast):
    campaign = make_campaign(cast.manager, cast.vetter, cast.second_vetter)
    rows = make_pool(campaign, 2)
    assignments_lease(campaign, cast.vetter)
    assert assignments_lease(campaign, cast.second_vetter) == []
    member_remove(Membership.objects.get(campaign=campaign, user=cast.vetter))
    assert {lease.candidate for lease in assignments_lease(campaign, cast.second_vetter)} == set(rows)
    assert Assignment.objects.filter(expires_at__gt=dt.datetime.now(dt.UTC)).count() == 2


def test_a_vote_after_a_vote_was_not_blind_whatever_the_page_says(cast):
    campaign = make_campaign(cast.manager, cast.vetter, blindness="first_vote")
    (row,) = make_pool(campaign, 1)
    sent = {"campaign": campaign, "vetter": cast.vetter, "shown": {"blind": True}}
    thrown_away = label_save(row, uuid=uuid4(), fine_class="ghost", **sent)
    label_undo(campaign=campaign, vetter=cast.vetter, uuid=uuid4(), undoes=thrown_away.uuid)
    again = label_save(row, uuid=uuid4(), fine_class="asteroid", **sent)
    assert (thrown_away.shown, again.shown) == ({"blind": True}, {"blind": False})
