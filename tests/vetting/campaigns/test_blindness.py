import uuid

import pytest

from tests import factories
from vetting.campaigns.blindness import shown_to
from vetting.campaigns.models import Campaign
from vetting.campaigns.selectors import campaign_default
from vetting.campaigns.services import label_undo
from vetting.candidates.models import Candidate
from vetting.candidates.sight import sealed_for

pytestmark = pytest.mark.django_db
NIGHT = {"night": "2018-07-01"}
SCORE = {"p_asteroid": 0.8711, "rb": 0.9822, "sl": 0.9533, "kd": 0.9144}


@pytest.fixture
def blind():
    Campaign.objects.filter(is_default=True).update(blindness=Campaign.Blindness.FIRST_VOTE)
    return campaign_default()


@pytest.fixture
def vetter(client):
    user = factories.make_user("vera")
    client.force_login(user)
    client.user = user
    return client


@pytest.fixture
def candidate():
    row = factories.make_candidate()
    factories.make_score(row, **SCORE)
    return row


def test_an_open_campaign_shows_everything(vetter, candidate):
    assert shown_to(vetter.user, campaign_default(), candidate)


def test_a_blind_campaign_shows_a_candidate_after_the_own_vote_alone(blind, vetter, candidate):
    factories.make_label(candidate, factories.make_user("jan"))
    assert not shown_to(vetter.user, blind, candidate)
    factories.make_label(candidate, vetter.user)
    assert shown_to(vetter.user, blind, candidate)


def test_a_vote_that_was_taken_back_opens_nothing(blind, vetter, candidate):
    factories.make_label(candidate, vetter.user)
    label_undo(campaign=blind, vetter=vetter.user, uuid=uuid.uuid4())
    assert not shown_to(vetter.user, blind, candidate)


def test_sealed_are_the_candidates_without_an_own_vote(blind, vetter, candidate):
    voted = factories.make_candidate()
    factories.make_label(voted, vetter.user)
    assert list(Candidate.objects.filter(sealed_for(vetter.user))) == [candidate]


@pytest.mark.parametrize("address", ["/scan/", "/scan/queue/", "/grid/"])
def test_no_score_is_in_what_the_scanning_pages_are_sent(blind, vetter, candidate, address):
    content = vetter.get(address, NIGHT).content.decode()
    assert candidate.source_id in content
    assert not [value for value in SCORE.values() if str(value)[:4] in content]


def test_scores_are_in_the_card_of_a_candidate_with_an_own_vote(blind, vetter, candidate):
    factories.make_label(candidate, vetter.user)
    recent = vetter.get("/scan/queue/", NIGHT | {"recent": 1}).json()["recent"]
    assert "0.871" in recent[0]["candidate"]["html"]


LEAKS = ("0.87", "0.98", "0.95", "0.91", "ghost")
PLACES = (
    "/candidates/", "/candidates/{}/", "/nights/2018-07-01/plots.json", "/api/v1/candidates/", "/api/v1/candidates/{}/",
    "/api/v1/scores/", "/api/v1/labels/",
)  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
def test_neither_page_nor_api_tells_score_or_label_before_the_own_vote(blind, vetter, candidate, place):
    Campaign.objects.filter(pk=blind.pk).update(votes_needed=1)
    factories.make_label(candidate, factories.make_user("jan"), "ghost")
    content = vetter.get(place.format(candidate.pk)).content.decode().split("<main")[-1].split("</form>")[-1]
    assert not [value for value in LEAKS if value in content]


@pytest.mark.parametrize("place", PLACES)
def test_page_and_api_tell_all_after_the_own_vote(blind, vetter, candidate, place):
    factories.make_label(candidate, factories.make_user("jan"), "ghost")
    factories.make_label(candidate, vetter.user, "ghost")
    content = vetter.get(place.format(candidate.pk)).content.decode()
    assert [value for value in LEAKS if value in content]


@pytest.mark.parametrize("question", ["p_asteroid_min=0.5", "label=ghost", "plausible=true"])
def test_no_filter_tells_what_is_sealed(blind, vetter, candidate, question):
    factories.make_label(candidate, factories.make_user("jan"), "ghost")
    assert vetter.get(f"/api/v1/candidates/?{question}").json()["count"] == 0
    assert vetter.get("/api/v1/candidates/").json()["count"] == 1


def test_staff_reads_everything_outside_the_scan_page(blind, client, candidate):
    client.force_login(factories.make_user("mira", is_staff=True))
    assert client.get(f"/api/v1/candidates/{candidate.pk}/").json()["scores"]


@pytest.mark.parametrize("address", ["/export/download/", "/export/count/"])
def test_a_blind_campaign_is_not_exported_by_its_vetters(blind, vetter, candidate, address):
    assert vetter.get(address).status_code == 403
    assert b"<form id" not in vetter.get("/export/").content
