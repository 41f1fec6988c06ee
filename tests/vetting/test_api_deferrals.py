import uuid

import pytest

from tests.factories import make_api, make_campaign, make_candidate, make_cast, make_default_campaign, make_pool
from vetting.campaigns.models import Campaign, Deferral

ADDRESS = "/api/v1/deferrals/"


@pytest.fixture
def cast(db):
    make_default_campaign()
    return make_cast()


@pytest.fixture
def api(cast):
    return make_api(cast.vetter)


def put_off(api, kind="hide", **over):
    content = {"uuid": str(uuid.uuid4()), "candidate": make_candidate().pk, "kind": kind} | over
    return api.post(ADDRESS, content)


def listed(api, **query):
    return [(row["vetter"], row["kind"]) for row in api.get(ADDRESS, query).json()["results"]]


def test_a_candidate_is_put_off_listed_and_brought_back(api):
    row = put_off(api, "snooze", span="1h").json()
    assert row["until"] > row["created_at"]
    assert listed(api) == [("vera", "snooze")]
    assert api.post(f"{ADDRESS}{row['uuid']}/end/").json()["ended_at"]
    assert api.post(f"{ADDRESS}{row['uuid']}/end/").status_code == 200
    assert listed(api) == []


def test_a_retry_is_the_same_row(api):
    content = {"uuid": str(uuid.uuid4()), "candidate": make_candidate().pk}
    answers = [put_off(api, **content).status_code for _ in range(2)]
    assert (answers, Deferral.objects.count()) == ([201, 200], 1)
    assert put_off(api, "purgatory", **content).status_code == 409


def test_everybody_sees_purgatory_and_nobody_what_others_hide(api, cast):
    other = make_api(cast.second_vetter)
    put_off(other, "purgatory")
    hidden = put_off(other).json()
    put_off(api)
    assert listed(api) == [("vera", "hide"), ("jan", "purgatory")]
    assert listed(api, kind="purgatory") == [("jan", "purgatory")]
    assert api.post(f"{ADDRESS}{hidden['uuid']}/end/").status_code == 404


def test_a_blind_vetter_does_not_see_who_else_stopped_at_a_candidate(api, cast):
    Campaign.objects.filter(is_default=True).update(blindness="first_vote")
    put_off(make_api(cast.second_vetter), "purgatory")
    assert listed(api) == []


@pytest.mark.parametrize("content", [{"kind": "later"}, {"kind": "snooze"}, {"kind": "snooze", "span": "2h"}])
def test_what_is_no_way_to_put_off_is_refused(api, content):
    assert (put_off(api, **content).status_code, Deferral.objects.count()) == (400, 0)


def test_a_campaign_of_others_is_not_found(api, cast):
    campaign = make_campaign(cast.manager)
    assert put_off(api, campaign=campaign.pk).status_code == 404
    assert api.get(ADDRESS, {"campaign": campaign.pk}).status_code == 404


def test_what_was_borrowed_goes_to_the_others_at_once(api, cast):
    campaign = make_campaign(cast.manager, cast.vetter, cast.second_vetter)
    (row,) = make_pool(campaign, 1)
    others = make_api(cast.second_vetter)
    address = f"/api/v1/campaigns/{campaign.pk}/next/"
    assert [len(each.post(address, {}).json()) for each in (api, others)] == [1, 0]
    assert put_off(api, candidate=row.pk, campaign=campaign.pk).status_code == 201
    assert [lent["candidate"] for lent in others.post(address, {}).json()] == [row.pk]
