"""What a vetter is told of the own votes on gold: by the campaign's policy, on the own page alone."""

import datetime as dt

import pytest
from django.utils import timezone

from tests import factories
from vetting.campaigns.models import Campaign
from vetting.campaigns.services import pool_gold

pytestmark = pytest.mark.django_db
KEPT, MISSED = "of 2 known asteroids kept", "Missed, of what is known"


@pytest.fixture
def people(db):
    return factories.make_user("mira"), factories.make_user("vera")


@pytest.fixture
def campaign(people):
    """Vera keeps one known asteroid and ditches another, eight days ago."""
    campaign = factories.make_campaign(*people)
    right, wrong, plain = factories.make_pool(campaign, 3)
    pool_gold(campaign, {right.pk: "asteroid", wrong.pk: "asteroid"}, source="known")
    for row, fine_class in ((right, "asteroid"), (wrong, "ghost"), (plain, "blank")):
        factories.make_label(row, people[1], fine_class, campaign=campaign)
    campaign.labels.update(labelled_at=timezone.now() - dt.timedelta(days=8))
    campaign.wrong, campaign.others = wrong, (right, plain)
    return campaign


def own_page(client, user, campaign, vetter="me/", **policy):
    Campaign.objects.filter(pk=campaign.pk).update(**policy)
    client.force_login(user)
    return client.get(f"/campaigns/{campaign.pk}/dashboard/{vetter}").content.decode()


@pytest.mark.parametrize(
    ("policy", "is_told"),
    [
        ({}, False),
        ({"status": "closed"}, True),
        ({"status": "closed", "feedback": "never"}, False),
        ({"feedback": "days", "feedback_days": 7}, True),
        ({"feedback": "days", "feedback_days": 9}, False),
        ({"feedback": "days", "feedback_days": 9, "status": "closed"}, False),
    ],
)
def test_a_vetter_is_told_as_the_policy_says(client, people, campaign, policy, is_told):
    page = own_page(client, people[1], campaign, **policy)
    assert "3</strong> labels" in page
    assert (KEPT in page, MISSED in page, campaign.wrong.source_id in page) == (is_told,) * 3
    assert not any(row.source_id in page for row in campaign.others)


def test_a_manager_sees_it_whatever_the_policy(client, people, campaign):
    page = own_page(client, people[0], campaign, f"vetters/{people[1].pk}/", feedback="never")
    assert (KEPT in page, f"{campaign.wrong.source_id}</a>: ghost was said, asteroid is known" in page) == (True, True)


def test_an_unsure_vote_misses_nothing(client, people, campaign):
    factories.make_label(campaign.wrong, people[1], "unsure", campaign=campaign)
    page = own_page(client, people[1], campaign, status="closed")
    assert ("of 1 known asteroid kept" in page, MISSED in page) == (True, False)
