import uuid

import pytest

from scoring.families import FineClass
from tests.factories import make_api, make_campaign, make_candidate, make_cast, make_label
from vetting.campaigns.models import Campaign, Label
from vetting.campaigns.services import campaign_close, pool_add
from vetting.candidates.models import State

ADDRESS = "/api/v1/labels/"


@pytest.fixture
def cast(db):
    return make_cast()


@pytest.fixture
def api(cast):
    return make_api(cast.vetter)


@pytest.fixture
def candidate(cast):
    return make_candidate()


def label(labelled, **over):
    return {"uuid": str(uuid.uuid4()), "candidate": labelled.pk, "fine_class": "asteroid", "seconds": 2.5} | over


def test_a_label_is_saved_for_who_sends_it(api, candidate):
    answer = api.post(ADDRESS, label(candidate))
    candidate.refresh_from_db()

    assert answer.status_code == 201
    assert (answer.json()["vetter"], answer.json()["fine_class"], answer.json()["seconds"]) == ("vera", "asteroid", 2.5)
    assert candidate.state == State.VETTED


def test_a_label_that_is_sent_again_is_the_same_label(api, candidate):
    sent = label(candidate)
    first, second = api.post(ADDRESS, sent), api.post(ADDRESS, sent)

    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()
    assert Label.objects.count() == 1


def test_saving_a_label_takes_few_queries(api, cast, candidate, django_assert_max_num_queries):
    campaign = make_campaign(cast.manager, cast.vetter, votes_needed=2)
    pool_add(campaign, [candidate.source_id])
    with django_assert_max_num_queries(16):  # of which a savepoint takes two, the token's first use one
        assert api.post(ADDRESS, label(candidate, campaign=campaign.pk)).status_code == 201


def test_a_retry_after_the_end_of_a_campaign_is_the_same_label(api, cast, candidate):
    campaign = make_campaign(cast.manager, cast.vetter, votes_needed=2)
    pool_add(campaign, [candidate.source_id])
    sent = label(candidate, campaign=campaign.pk)
    api.post(ADDRESS, sent)
    campaign_close(campaign, by=cast.manager)
    assert (api.post(ADDRESS, sent).status_code, Label.objects.count()) == (200, 1)


def test_a_uuid_that_comes_back_with_another_class_is_a_conflict(api, candidate):
    sent = label(candidate)
    api.post(ADDRESS, sent)
    answer = api.post(ADDRESS, sent | {"fine_class": "ghost"})

    assert (answer.status_code, "other content" in answer.json()["detail"]) == (409, True)


def test_a_uuid_of_someone_else_is_a_conflict(api, cast, candidate):
    other = make_label(candidate, cast.second_vetter)

    assert api.post(ADDRESS, label(candidate, uuid=str(other.uuid))).status_code == 409


def test_a_candidate_that_is_not_scored_yet_takes_no_label(api):
    answer = api.post(ADDRESS, label(make_candidate(state=State.NEW)))

    assert (answer.status_code, "has not been scored" in answer.json()["detail"]) == (409, True)


@pytest.mark.parametrize(
    "wrong",
    [
        {"uuid": "1"},
        {"candidate": 0},
        {"candidate": 10**30},
        {"fine_class": "comet"},
        {"campaign": 0},
        {"seconds": -1},
        {"seconds": "NaN"},
        {"seconds": "inf"},
    ],
)
def test_what_cannot_be_a_label_is_a_400_with_the_name_of_the_field(api, candidate, wrong):
    answer = api.post(ADDRESS, label(candidate, **wrong))

    assert (answer.status_code, list(answer.json())) == (400, list(wrong))


def test_nobody_labels_for_someone_else(api, cast, candidate):
    api.post(ADDRESS, label(candidate, vetter="jan"))

    assert Label.objects.get().vetter == cast.vetter


def test_a_label_goes_to_the_campaign_that_is_named(api, candidate):
    other = Campaign.objects.create(name="second look", is_public=True)
    api.post(ADDRESS, label(candidate, campaign=other.pk))

    assert Label.objects.get().campaign == other


def test_a_label_is_undone_by_a_new_row(api, cast, candidate):
    mine = make_label(candidate, cast.vetter)
    answer = api.post(f"{ADDRESS}{mine.uuid}/undo/", {"uuid": str(uuid.uuid4())})
    candidate.refresh_from_db()

    assert (answer.status_code, answer.json()["undoes"]) == (201, str(mine.uuid))
    assert (Label.objects.count(), candidate.state) == (2, State.QUEUED)


def test_an_undoing_that_is_sent_again_is_the_same_undoing(api, cast, candidate):
    mine, sent = make_label(candidate, cast.vetter), {"uuid": str(uuid.uuid4())}
    answers = [api.post(f"{ADDRESS}{mine.uuid}/undo/", sent) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [201, 200]
    assert Label.objects.count() == 2


def test_nobody_undoes_the_label_of_someone_else(api, cast, candidate):
    other = make_label(candidate, cast.second_vetter)
    answer = api.post(f"{ADDRESS}{other.uuid}/undo/", {"uuid": str(uuid.uuid4())})

    assert (answer.status_code, Label.objects.count()) == (400, 1)


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_a_label_is_never_changed_or_deleted(cast, candidate, method):
    mine = make_label(candidate, cast.vetter)

    assert getattr(make_api(cast.manager), method)(f"{ADDRESS}{mine.uuid}/").status_code == 405


@pytest.mark.parametrize(
    ("query", "vetters"),
    [({"vetter": "jan"}, ["jan"]), ({"fine_class": "ghost"}, ["jan"]), ({"action": "undo"}, []), ({}, ["jan", "vera"])],
)
def test_labels_are_listed_latest_first_and_filtered(api, cast, candidate, query, vetters):
    make_label(candidate, cast.vetter)
    make_label(candidate, cast.second_vetter, FineClass.GHOST)

    assert [row["vetter"] for row in api.get(ADDRESS, query).json()["results"]] == vetters
