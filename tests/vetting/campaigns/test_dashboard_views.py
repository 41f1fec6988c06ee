import csv
import io

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.factories import PASSWORD, make_candidate, make_cast, make_label, make_user
from vetting.campaigns.models import Campaign, Membership, PoolItem, Role

EVERYONES = ("days", "agreement", "confusion", "classes")
MANAGERS = ("pairs", "vetters", "votes", "missed")


@pytest.fixture
def cast(db):
    return make_cast()


@pytest.fixture
def campaign(cast):
    """A campaign with two votes on one candidate, the second of them on gold."""
    made = Campaign.objects.create(name="spring", votes_needed=2)
    for user, role in ((cast.vetter, Role.VETTER), (cast.second_vetter, Role.MANAGER)):
        Membership.objects.create(campaign=made, user=user, role=role)
    first, second = make_candidate(), make_candidate()
    for user, fine_class in ((cast.vetter, "asteroid"), (cast.second_vetter, "ghost")):
        make_label(first, user, fine_class, campaign=made)
        make_label(second, user, fine_class, campaign=made)
    PoolItem.objects.create(campaign=made, candidate=second, gold_class="asteroid", gold_source="known")
    return made


def get(client, user, name, *args, **over):
    client.login(username=user.username, password=PASSWORD)
    return client.get(reverse(name, args=args), **over)


def rows(answer):
    return list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode())))


@pytest.mark.parametrize("table", EVERYONES)
def test_a_vetter_downloads_what_tells_of_all(client, cast, campaign, table):
    assert rows(get(client, cast.vetter, "dashboard-table", campaign.pk, table))


@pytest.mark.parametrize("table", [*MANAGERS, "nothing"])
def test_what_tells_of_single_people_or_gold_is_not_there_for_a_vetter(client, cast, campaign, table):
    assert get(client, cast.vetter, "dashboard-table", campaign.pk, table).status_code == 404


@pytest.mark.parametrize("table", MANAGERS)
def test_a_manager_downloads_everything(client, cast, campaign, table):
    assert rows(get(client, cast.second_vetter, "dashboard-table", campaign.pk, table))


def test_the_plots_hold_what_the_role_may_see(client, cast, campaign):
    own = get(client, cast.vetter, "dashboard-plots", campaign.pk).json()
    every = get(client, cast.second_vetter, "dashboard-plots", campaign.pk).json()
    assert set(every) - set(own) == {"pairs", "gold", "missed"}


@pytest.mark.parametrize("name", ["dashboard", "dashboard-plots", "dashboard-me"])
def test_a_campaign_of_others_is_not_there(client, campaign, name):
    assert get(client, make_user("olga"), name, campaign.pk).status_code == 404


def test_a_page_tells_agreement(client, cast, campaign):
    assert b"Krippendorff alpha" in get(client, cast.vetter, "dashboard", campaign.pk).content


def test_a_vetter_sees_the_own_page_and_no_other(client, cast, campaign):
    mine = get(client, cast.vetter, "dashboard-vetter", campaign.pk, cast.vetter.pk)
    other = get(client, cast.vetter, "dashboard-vetter", campaign.pk, cast.second_vetter.pk)
    assert (mine.status_code, other.status_code) == (200, 404)


@pytest.mark.parametrize("name", ["dashboard-vetter-plots", "dashboard-vetter"])
def test_a_manager_sees_everyones_page(client, cast, campaign, name):
    assert get(client, cast.second_vetter, name, campaign.pk, cast.vetter.pk).status_code == 200


def test_gold_is_told_to_the_vetter_after_the_campaign_alone(client, cast, campaign):
    before = get(client, cast.vetter, "dashboard-me", campaign.pk).content
    Campaign.objects.filter(pk=campaign.pk).update(status=Campaign.Status.CLOSED)
    after = get(client, cast.vetter, "dashboard-me", campaign.pk).content
    assert (b"known asteroid" in before, b"known asteroid" in after) == (False, True)


def test_own_votes_are_downloaded_without_those_of_others(client, cast, campaign):
    got = rows(get(client, cast.vetter, "dashboard-vetter-table", campaign.pk, cast.vetter.pk, "votes"))
    assert {row["vetter"] for row in got} == {"vera"}


def test_why_a_candidate_was_handed_out_is_told_to_managers_alone(client, cast, campaign):
    now = timezone.now()
    vote = campaign.labels.filter(vetter=cast.vetter).first()
    why = {"queue_reason": "random", "selection_prob": 0.25, "leased_at": now, "expires_at": now}
    campaign.assignments.create(candidate=vote.candidate, vetter=cast.vetter, **why)
    every = rows(get(client, cast.manager, "dashboard-table", campaign.pk, "votes"))
    own = rows(get(client, cast.vetter, "dashboard-vetter-table", campaign.pk, cast.vetter.pk, "votes"))

    told = {(row["vetter"], row["candidate"]): (row["queue_reason"], row["selection_prob"]) for row in every}
    assert told.pop(("vera", str(vote.candidate_id))) == ("random", "0.25")
    assert (set(told.values()), own[0].keys() & {"queue_reason", "selection_prob"}) == ({("", "")}, set())


def test_a_campaign_without_labels_says_so(client, cast):
    empty = Campaign.objects.create(name="empty", is_public=True, pool=Campaign.Pool.LIST)
    assert b"No labels yet" in get(client, cast.vetter, "dashboard", empty.pk).content
    assert b"No labels in this campaign yet" in get(client, cast.vetter, "dashboard-me", empty.pk).content
