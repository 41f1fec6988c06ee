import pytest

from tests.factories import make_api, make_campaign, make_candidate, make_cast, make_label, make_pool
from vetting.campaigns.dashboards.figures import figures_of
from vetting.campaigns.models import Campaign
from vetting.campaigns.selectors.asked import asked
from vetting.campaigns.selectors.listing import campaigns_listed
from vetting.campaigns.selectors.work import campaign_progress
from vetting.campaigns.services import pool_add, pool_gold
from vetting.candidates.models import State


@pytest.fixture
def cast(db):
    return make_cast()


def counts(campaign, user, *, is_manager):
    """Return “retired of asked for” as each place has it."""
    told = campaign_progress(campaign, user)
    listed = next(row for row in campaigns_listed(user) if row.campaign == campaign)
    record = figures_of(campaign, is_manager=is_manager).record
    sent = make_api(user).get(f"/api/v1/campaigns/{campaign.pk}/progress/").json()
    return {
        (told["retired"], told["pool"]),
        (listed.retired, listed.pool),
        (len(record.retired), record.total),
        (sent["retired"], sent["pool"]),
    }


def test_a_campaign_with_gold_comes_to_its_end(cast):
    campaign = make_campaign(cast.manager, cast.vetter)
    rows = make_pool(campaign, 3)
    pool_gold(campaign, {rows[0].pk: "ghost"}, source="known")
    assert counts(campaign, cast.manager, is_manager=True) == {(0, 2)}
    for row in rows:
        make_label(row, cast.vetter, "ghost", campaign=campaign)
    assert counts(campaign, cast.manager, is_manager=True) == {(2, 2)}


def test_a_vetter_cannot_tell_by_the_counts_what_is_gold(cast):
    campaign = make_campaign(cast.manager, cast.vetter)
    rows = make_pool(campaign, 3)
    pool_gold(campaign, {rows[0].pk: "ghost"}, source="known")
    assert counts(campaign, cast.vetter, is_manager=False) == {(0, 3)}
    for done, row in enumerate(rows, 1):
        make_label(row, cast.vetter, "ghost", campaign=campaign)
        assert counts(campaign, cast.vetter, is_manager=False) == {(done, 3)}


def test_what_the_gate_rejected_is_not_asked_about(cast):
    campaign = make_campaign(cast.manager, cast.vetter, pool=Campaign.Pool.QUEUE)
    queued, gold, rejected, _new = (make_candidate(state=s) for s in [*[State.QUEUED] * 2, State.REJECTED, State.NEW])
    pool_gold(campaign, {gold.pk: "ghost"}, source="known")
    for row in (queued, gold, rejected):
        make_label(row, cast.vetter, "ghost", campaign=campaign)
    assert counts(campaign, cast.manager, is_manager=True) == {(1, 1)}


def test_of_a_list_what_is_not_scored_is_not_asked_about_yet(cast):
    campaign = make_campaign(cast.manager, cast.vetter)
    make_pool(campaign, 2)
    pool_add(campaign, [make_candidate(state=State.NEW).source_id])
    assert counts(campaign, cast.manager, is_manager=True) == {(0, 2)}


def test_campaigns_are_counted_in_queries_that_do_not_grow(cast, django_assert_max_num_queries):
    made = [make_campaign(cast.manager, pool=kind) for kind in [Campaign.Pool.QUEUE, Campaign.Pool.LIST] * 2]
    with django_assert_max_num_queries(3):
        assert set(asked(made, told=[row.pk for row in made]).values()) == {0}
