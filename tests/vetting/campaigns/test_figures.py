import uuid

import pytest

from tests import factories
from vetting.campaigns.dashboards import figures
from vetting.campaigns.dashboards.figures import figures_of
from vetting.campaigns.models import Campaign
from vetting.campaigns.services import adjudication_decide, label_undo, pool_add, pool_gold
from vetting.campaigns.services.skill import skill_refit


@pytest.fixture
def cast(db):
    return factories.make_cast()


@pytest.fixture
def campaign(cast):
    return factories.make_campaign(cast.manager, cast.vetter, cast.second_vetter, votes_needed=2)


@pytest.fixture
def pool(cast, campaign):
    rows = factories.make_pool(campaign, 2)
    factories.make_label(rows[0], cast.vetter, campaign=campaign)
    return rows


def test_figures_of_a_campaign_in_which_nothing_happened_are_made_once(campaign, pool):
    first = figures_of(campaign, is_manager=True)
    table = first.table("agreement")
    assert figures_of(campaign, is_manager=True) is first
    assert first.table("agreement") is table


HAPPENINGS = {
    "a vote": lambda cast, campaign, pool: factories.make_label(pool[1], cast.vetter, campaign=campaign),
    "a vote of another": lambda cast, campaign, pool: factories.make_label(
        pool[0], cast.second_vetter, campaign=campaign
    ),
    "a vote taken back": lambda cast, campaign, pool: label_undo(
        campaign=campaign, vetter=cast.vetter, uuid=uuid.uuid4()
    ),
    "a decision": lambda cast, campaign, pool: adjudication_decide(
        pool[1], campaign=campaign, adjudicator=cast.manager, uuid=uuid.uuid4(), fine_class="ghost"
    ),
    "a larger pool": lambda cast, campaign, pool: pool_add(campaign, [factories.make_candidate().source_id]),
    "a known answer": lambda cast, campaign, pool: pool_gold(campaign, {pool[0].pk: "ghost"}, source="known"),
    "a known answer that nobody voted on": lambda cast, campaign, pool: pool_gold(
        campaign, {pool[1].pk: "ghost"}, source="known"
    ),
    "skill fitted anew": lambda cast, campaign, pool: skill_refit(campaign),
}


@pytest.mark.parametrize("happens", HAPPENINGS.values(), ids=HAPPENINGS)
def test_nothing_is_stale_after(cast, campaign, pool, happens):
    before = figures_of(campaign, is_manager=True).record
    happens(cast, campaign, pool)
    after = figures_of(Campaign.objects.get(pk=campaign.pk), is_manager=True).record
    assert after == figures.record_of(Campaign.objects.get(pk=campaign.pk), is_manager=True)
    assert after != before


def test_figures_of_the_campaigns_asked_for_last_are_kept(cast, campaign, pool, monkeypatch):
    monkeypatch.setattr(figures, "KEPT", 1)
    first = figures_of(campaign, is_manager=True)
    figures_of(factories.make_campaign(cast.manager), is_manager=True)
    assert figures_of(campaign, is_manager=True) is not first
