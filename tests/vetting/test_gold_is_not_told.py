"""What the API and the scan page tell a member of a candidate is the same whether its answer is known or not."""

from random import Random

import pytest
from django.test import Client

from tests.factories import make_api, make_campaign, make_cast, make_label, make_pool, make_user
from vetting.campaigns.models import Assignment, Consensus, QueueReason, Role
from vetting.campaigns.services import assignments_lease, pool_gold
from vetting.campaigns.services.skill import skill_refit

# What differs between any two candidates; of times only whether there is one is compared.
OWN = {"id", "uuid", "candidate", "source_id", "url", "exposure", "origin", "digest", "mjd_mid", "ra", "ra1", "ra2"}
SAID = {
    "no votes": [],
    "a vote": ["ghost"],
    "votes that decide": ["ghost", "ghost"],
    "votes that disagree": ["ghost", "asteroid"],
    "a late vote": ["ghost", "ghost", "asteroid"],
    "unsure votes": ["unsure", "unsure"],
}


@pytest.fixture
def cast(db):
    return make_cast()


@pytest.fixture
def campaign(cast):
    return make_campaign(cast.manager, cast.vetter, cast.second_vetter, gold_share=0.5, votes_needed=2)


@pytest.fixture
def members(campaign):
    """One of each role below the manager's."""
    found = [make_user(f"a {role}") for role in (Role.VIEWER, Role.VETTER, Role.ADJUDICATOR)]
    for user in found:
        campaign.memberships.create(user=user, role=user.username.removeprefix("a "))
    return found


@pytest.fixture
def twins(campaign):
    """Two candidates that differ in nothing but that the answer of the first is known."""
    rows = make_pool(campaign, 2)
    for row in rows:
        row.scores.update(p_asteroid=0.7)
    pool_gold(campaign, {rows[0].pk: "asteroid"}, source="known")
    return rows


def bare(content):
    """Mask what is each candidate's own."""
    if isinstance(content, list):
        return [bare(each) for each in content]
    if not isinstance(content, dict):
        return content
    return {
        name: None if name in OWN else value is None if name.endswith("_at") else bare(value)
        for name, value in content.items()
    }


def seen(user, campaign, row):
    """Return all that a member is told of a candidate, by the question."""
    api, part = make_api(user), f"/api/v1/campaigns/{campaign.pk}"
    filters = ["", "is_open=true", "is_open=false", "fine_class=ghost", "conflict=contested", "conflict=unsure"]
    told = {query: bare(api.get(f"{part}/consensus/?{query}&candidate={row.pk}").json()) for query in filters}
    told["labels"] = bare(api.get(f"/api/v1/labels/?candidate={row.pk}").json())
    told["candidate"] = bare(api.get(f"/api/v1/candidates/{row.pk}/").json())
    for place in (f"{part}/inbox/", "/api/v1/candidates/"):
        held = api.get(place).json().get("results", [])
        told[place] = [bare(each) for each in held if row.pk in {each.get("id"), each.get("candidate")}]
    return told


@pytest.mark.parametrize("said", SAID.values(), ids=SAID)
def test_members_are_told_of_gold_what_they_are_told_of_any_candidate(cast, campaign, members, twins, said):
    for row in twins:
        for person, fine_class in zip([cast.vetter, cast.second_vetter, members[1]], said, strict=False):
            make_label(row, person, fine_class, campaign=campaign)
    skill_refit(campaign)
    for member in members:
        gold, ordinary = (seen(member, campaign, row) for row in twins)
        assert gold == ordinary


def lent_both(campaign, vetter):
    """Lend until both twins are held; return why each was."""
    for seed in range(20):
        held = assignments_lease(campaign, vetter, count=2, random=Random(seed))
    return {row.candidate: row.queue_reason for row in held}


def test_lent_work_tells_nothing_either(cast, campaign, members, twins):
    lent_both(campaign, members[1])
    lent = make_api(members[1]).post(f"/api/v1/campaigns/{campaign.pk}/next/", {"count": 2}).json()
    assert len(lent) == 2
    assert bare(lent[0]) == bare(lent[1])


def test_the_scan_pages_queue_tells_nothing_either(campaign, members, twins):
    lent_both(campaign, members[1])
    client = Client()
    client.force_login(members[1])
    cards = client.get("/scan/queue/", {"campaign": campaign.pk}).json()["candidates"]
    assert len(cards) == 2
    assert cards[0].keys() == cards[1].keys()
    assert not any("gold" in str(card) for card in cards)


@pytest.mark.parametrize("reason", [QueueReason.GOLD, QueueReason.RECHECK, QueueReason.RANDOM])
def test_a_vote_after_the_end_is_flagged_whatever_it_was_lent_for(cast, campaign, members, twins, reason):
    for person in (cast.vetter, cast.second_vetter):
        make_label(twins[0], person, campaign=campaign)
    lent_both(campaign, members[1])
    Assignment.objects.update(queue_reason=reason)
    assert make_label(twins[0], members[1], campaign=campaign).is_late


def test_declaring_gold_leaves_the_consensus_alone(campaign, twins):
    assert not Consensus.objects.exists()
    pool_gold(campaign, {twins[0].pk: ""}, source="known")
    assert not Consensus.objects.exists()


def test_gold_that_was_retired_by_votes_is_lent_on(cast, campaign, members, twins):
    for person in (cast.vetter, cast.second_vetter):
        make_label(twins[0], person, campaign=campaign)
    assert lent_both(campaign, members[1])[twins[0]] == QueueReason.GOLD
