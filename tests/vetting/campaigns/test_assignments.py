import datetime as dt
from collections import Counter
from random import Random

import pytest
from django.utils import timezone

from tests.factories import (
    make_campaign,
    make_candidate,
    make_cast,
    make_default_campaign,
    make_label,
    make_pool,
    make_user,
)
from vetting.campaigns.models import Assignment, Campaign, PoolItem, QueueReason
from vetting.campaigns.queueing import shares
from vetting.campaigns.services import (
    assignments_lease,
    assignments_return,
    campaign_change,
    campaign_pause,
    label_undo,
    pool_gold,
    pool_prioritise,
)
from vetting.campaigns.services.choosing import Chooser
from vetting.candidates.models import State

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return make_cast()


@pytest.fixture
def campaign(cast):
    return make_campaign(cast.manager, cast.vetter, cast.second_vetter, order="urgency")


def lent(campaign, vetter, count=5, **over):
    return [row.candidate for row in assignments_lease(campaign, vetter, count=count, random=Random(1), **over)]


def expire():
    Assignment.objects.update(expires_at=timezone.now() - dt.timedelta(seconds=1))


def test_candidates_are_lent_in_fives_most_urgent_first(campaign, cast):
    rows = make_pool(campaign, 7)
    assert lent(campaign, cast.vetter) == rows[:5]


def test_asking_again_gives_what_is_held_already(campaign, cast):
    make_pool(campaign, 7)
    assert lent(campaign, cast.vetter) == lent(campaign, cast.vetter)


def test_lending_takes_few_queries(campaign, cast, django_assert_max_num_queries):
    make_pool(campaign, 7)
    lent(campaign, cast.second_vetter, 1)
    with django_assert_max_num_queries(9):  # of which a savepoint takes two
        assert len(lent(campaign, cast.vetter)) == 5


def test_what_is_chosen_ahead_is_held_for_the_next_requests(campaign, cast, django_assert_max_num_queries):
    rows = make_pool(campaign, 20)
    assert lent(campaign, cast.vetter, 1, ahead=5) == rows[:1]
    assert Assignment.objects.filter(vetter=cast.vetter).count() == 5
    with django_assert_max_num_queries(6):  # nothing has to be chosen
        assert lent(campaign, cast.vetter, 1, exclude=[rows[0].pk], ahead=5) == rows[1:2]
    assert lent(campaign, cast.vetter, 4, exclude=[rows[0].pk], ahead=5) == rows[1:5]


def test_what_is_moved_to_the_front_comes_before_what_is_held_ahead(campaign, cast):
    rows = make_pool(campaign, 20)
    assert lent(campaign, cast.vetter, 1, ahead=5) == rows[:1]
    pool_prioritise(campaign, [rows[9].pk], priority=1)
    assert lent(campaign, cast.vetter, 2, exclude=[rows[0].pk], ahead=5) == [rows[9], rows[1]]
    assert lent(campaign, cast.vetter, 1, exclude=[rows[0].pk, rows[9].pk, rows[1].pk], ahead=5) == [rows[2]]


def test_what_was_moved_to_the_front_and_judged_leaves_holding_ahead_as_it_is(campaign, cast):
    rows = make_pool(campaign, 20)
    pool_prioritise(campaign, [rows[9].pk], priority=1)
    make_label(rows[9], cast.vetter, campaign=campaign)
    assert lent(campaign, cast.vetter, 1, ahead=5) == rows[:1]
    assert Assignment.objects.filter(vetter=cast.vetter, label=None).count() == 5


def test_nothing_is_held_ahead_where_little_is_left(campaign, cast):
    rows = make_pool(campaign, 3)
    assert lent(campaign, cast.vetter, 1, ahead=5) == rows[:1]
    assert Assignment.objects.count() == 1


def test_what_the_page_holds_is_not_given_again(campaign, cast):
    rows = make_pool(campaign, 7)
    first = lent(campaign, cast.vetter)
    assert lent(campaign, cast.vetter, exclude=[row.pk for row in first]) == rows[5:]


def test_two_vetters_get_different_candidates_where_one_vote_decides(campaign, cast):
    make_pool(campaign, 7)
    first, second = lent(campaign, cast.vetter), lent(campaign, cast.second_vetter)
    assert (len(first), len(second), set(first) & set(second)) == (5, 2, set())


def test_as_many_vetters_as_votes_are_needed_get_the_same_candidate(cast):
    third = make_user("ana")
    campaign = make_campaign(cast.manager, cast.vetter, cast.second_vetter, third, votes_needed=2)
    make_pool(campaign, 1)
    assert [len(lent(campaign, user)) for user in (cast.vetter, cast.second_vetter, third)] == [1, 1, 0]


def test_an_expired_lease_comes_back_to_others(campaign, cast):
    rows = make_pool(campaign, 2)
    lent(campaign, cast.vetter)
    expire()
    assert lent(campaign, cast.second_vetter) == rows


def test_an_expired_lease_is_renewed_in_its_own_row(campaign, cast):
    make_pool(campaign, 2)
    lent(campaign, cast.vetter)
    expire()
    assert len(lent(campaign, cast.vetter)) == Assignment.objects.count() == 2


def test_what_a_vetter_gives_back_goes_to_others(campaign, cast):
    rows = make_pool(campaign, 2)
    lent(campaign, cast.vetter)
    assert assignments_return(campaign, cast.vetter, [rows[0].pk]) == 1
    assert lent(campaign, cast.second_vetter) == [rows[0]]


def test_a_label_ends_the_lease_and_nobody_is_asked_twice(campaign, cast):
    rows = make_pool(campaign, 2)
    lent(campaign, cast.vetter, 1)
    label = make_label(rows[0], cast.vetter, campaign=campaign)
    assert Assignment.objects.get().label == label
    assert lent(campaign, cast.vetter) == [rows[1]]


def test_a_label_that_is_taken_back_opens_the_lease_again(campaign, cast):
    rows = make_pool(campaign, 1)
    lent(campaign, cast.vetter)
    label = make_label(rows[0], cast.vetter, campaign=campaign)
    label_undo(campaign=campaign, vetter=cast.vetter, uuid="0b6f1c5e-9d53-4f9b-8d0a-3f8f6a1c2b11", undoes=label.uuid)
    assert lent(campaign, cast.vetter) == rows


def test_what_is_retired_or_contested_is_lent_to_nobody(campaign, cast):
    retired, contested, left = make_pool(campaign, 3)
    make_label(retired, cast.second_vetter, campaign=campaign)
    for user in (cast.second_vetter, cast.manager):
        make_label(contested, user, "unsure", campaign=campaign)
    assert lent(campaign, cast.vetter) == [left]


def test_a_paused_campaign_lends_nothing(campaign, cast):
    make_pool(campaign, 2)
    assert lent(campaign_pause(campaign, by=cast.manager), cast.vetter) == []


def test_only_the_pool_is_lent(campaign, cast):
    make_candidate()
    assert lent(campaign, cast.vetter) == []


def test_what_is_moved_to_the_front_is_lent_next(campaign, cast):
    rows = make_pool(campaign, 4)
    pool_prioritise(campaign, [rows[3].pk], priority=1)
    assert lent(campaign, cast.vetter, 2) == [rows[3], rows[0]]


def test_another_order_counts_from_the_next_lease_on(campaign, cast):
    rows = make_pool(campaign, 5)
    campaign = campaign_change(campaign, by=cast.manager, order=Campaign.Order.MIX)
    given = lent(campaign, cast.vetter, 1, exclude=[])
    assert given == [rows[2]]  # p 0.58: the nearest to one half


def test_the_default_campaign_lends_what_is_queued_of_a_night(cast):
    from tests.factories import make_default_campaign

    tonight, _other = make_candidate(), make_candidate(mjd_mid=58400.3)
    assert lent(make_default_campaign(), cast.vetter, night=tonight.night) == [tonight]


def test_gold_is_drawn_by_its_share_and_only_so(cast):
    campaign = make_campaign(cast.manager, cast.vetter, order="random", gold_share=0.5)
    rows = make_pool(campaign, 12)
    pool_gold(campaign, {row.pk: "ghost" for row in rows[:6]}, source="known")
    given = assignments_lease(campaign, cast.vetter, count=8, random=Random(4))
    reasons = {row.candidate: row.queue_reason for row in given}
    assert {reasons[row] for row in rows[:6] if row in reasons} == {QueueReason.GOLD}
    assert {reasons[row] for row in rows[6:] if row in reasons} == {QueueReason.RANDOM}


def test_what_others_decided_is_asked_again_in_the_mix(cast):
    campaign = make_campaign(cast.manager, cast.vetter, cast.second_vetter, order="mix")
    rows = make_pool(campaign, 2)
    make_label(rows[0], cast.second_vetter, campaign=campaign)
    given = {row.queue_reason for seed in range(60) for row in fresh_lease(campaign, cast.vetter, seed)}
    assert QueueReason.RECHECK in given


def fresh_lease(campaign, vetter, seed):
    Assignment.objects.all().delete()
    return assignments_lease(campaign, vetter, count=1, random=Random(seed))


def test_a_recheck_comes_after_the_end_and_a_dissent_calls_an_adjudicator(cast):
    campaign = make_campaign(cast.manager, cast.vetter, cast.second_vetter, order="mix")
    row, _ = make_pool(campaign, 2)
    make_label(row, cast.second_vetter, campaign=campaign)
    while [lease.candidate for lease in fresh_lease(campaign, cast.vetter, None)] != [row]:
        pass
    label = make_label(row, cast.vetter, "ghost", campaign=campaign)
    assert (label.is_late, row.consensus.get().conflict) == (True, "contested")


def test_the_chance_of_a_random_draw_is_its_share_over_the_number_open(cast):
    campaign = make_campaign(cast.manager, cast.vetter, order="random")
    make_pool(campaign, 4)
    (row,) = assignments_lease(campaign, cast.vetter, count=1, random=Random(1))
    assert (row.queue_reason, row.selection_prob) == (QueueReason.RANDOM, 0.25)


@pytest.mark.parametrize("order", Campaign.Order.values)
@pytest.mark.parametrize("gold", [0, 0.05, 0.5])
def test_the_shares_add_up_to_one(order, gold):
    assert sum(shares(order, gold).values()) == pytest.approx(1)


def drawn(campaign, vetter, count, seed=1):
    return Chooser(campaign, vetter, timezone.now(), None, Random(seed)).drawn(count, ())


def test_a_draw_follows_the_shares(cast):
    campaign = make_campaign(cast.manager, cast.vetter, cast.second_vetter, order="mix", gold_share=0.2)
    rows = make_pool(campaign, 12)
    pool_gold(campaign, {row.pk: "ghost" for row in rows[:4]}, source=PoolItem.Gold.LISTED)
    make_label(rows[4], cast.second_vetter, campaign=campaign)
    reasons = Counter(reason for seed in range(400) for reason, _ in drawn(campaign, cast.vetter, 1, seed).values())
    assert reasons[QueueReason.GOLD] / 400 == pytest.approx(0.2, abs=0.08)
    assert reasons[QueueReason.MARGIN] / 400 == pytest.approx(0.6 / 0.95 * 0.8, abs=0.1)
    assert reasons[QueueReason.RECHECK] / 400 == pytest.approx(0.05 / 0.95 * 0.8, abs=0.04)


@pytest.mark.parametrize(
    ("over", "gold", "chances"),
    [
        ({"order": "random", "gold_share": 0.5}, 0, {"random": 1 / 6}),  # no gold: all goes to the others
        ({"order": "random", "gold_share": 0.5}, 2, {"random": 0.5 / 4, "gold": 0.5 / 2}),
        ({"order": "urgency", "gold_share": 0.2}, 0, {"urgency": 1}),
        ({"order": "mix", "gold_share": 0.05}, 0, {"margin": 0.6 / 0.9, "top": 0.1 / 0.9, "random": 0.2 / 0.9 / 6}),
    ],
)
def test_the_chance_is_that_of_the_draw_among_what_there_is(cast, over, gold, chances):
    campaign = make_campaign(cast.manager, cast.vetter, **over)
    rows = make_pool(campaign, 6)
    pool_gold(campaign, {row.pk: "ghost" for row in rows[:gold]}, source=PoolItem.Gold.LISTED)
    found = {each for seed in range(80) for each in drawn(campaign, cast.vetter, 1, seed).values()}
    assert {reason.value: chance for reason, chance in found} == pytest.approx(chances)


def test_of_several_at_once_each_has_the_chance_of_its_own_draw(cast):
    campaign = make_campaign(cast.manager, cast.vetter, order="random", gold_share=0.5)
    rows = make_pool(campaign, 5)
    pool_gold(campaign, {rows[0].pk: "ghost"}, source=PoolItem.Gold.LISTED)
    left, is_gold_left = 4, True
    for reason, chance in drawn(campaign, cast.vetter, 5).values():
        share = 0.5 if is_gold_left else 1
        assert chance == pytest.approx(share / (1 if reason == QueueReason.GOLD else left))
        is_gold_left, left = (False, left) if reason == QueueReason.GOLD else (is_gold_left, left - 1)


def test_the_end_of_a_queue_is_not_filled_with_gold(cast):
    campaign = make_campaign(cast.manager, cast.vetter, order="random", gold_share=0.1)
    rows = make_pool(campaign, 40)
    pool_gold(campaign, {row.pk: "ghost" for row in rows[:30]}, source=PoolItem.Gold.LISTED)
    gold = [sum(r == "gold" for r, _ in drawn(campaign, cast.vetter, 96, seed).values()) for seed in range(20)]
    assert max(gold) < 6  # beside ten others


def test_gold_alone_is_no_work(cast):
    campaign = make_campaign(cast.manager, cast.vetter, order="random", gold_share=0.5)
    rows = make_pool(campaign, 2)
    pool_gold(campaign, {row.pk: "ghost" for row in rows}, source=PoolItem.Gold.LISTED)
    assert drawn(campaign, cast.vetter, 5) == {}


def test_a_second_campaign_about_all_that_is_queued_goes_by_its_own_votes(cast):
    second = make_campaign(cast.manager, cast.vetter, pool="queue", order="urgency")
    rows = [make_candidate() for _ in range(3)]
    make_candidate(state=State.REJECTED)
    make_label(rows[0], cast.second_vetter)  # in the nightly campaign, whose vote decides
    make_label(rows[1], cast.manager, campaign=second)
    assert {*lent(second, cast.vetter)} == {rows[0], rows[2]}
    assert {*lent(make_default_campaign(), cast.vetter)} == {rows[1], rows[2]}
