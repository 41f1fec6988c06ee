import re
import uuid

import pytest

from tests import factories
from vetting.campaigns.blindness import shown_to
from vetting.campaigns.deferrals import deferral_save
from vetting.campaigns.models import Campaign
from vetting.campaigns.selectors import campaign_default
from vetting.campaigns.services import assignments_lease, label_undo, pool_add
from vetting.candidates.models import Candidate, State
from vetting.candidates.selectors import night_columns
from vetting.candidates.sight import sealed_for

pytestmark = pytest.mark.django_db
NIGHT = {"night": "2018-07-01"}
SCORE = {"p_asteroid": 0.8711, "rb": 0.9822, "sl": 0.9533, "kd": 0.9144}


@pytest.fixture
def blind():
    Campaign.objects.filter(is_default=True).update(blindness=Campaign.Blindness.FIRST_VOTE)
    return campaign_default()


@pytest.fixture
def vetter():
    return factories.logged_in(factories.make_user("vera"))


@pytest.fixture
def candidate():
    row = factories.make_candidate()
    factories.make_score(row, **SCORE)
    return row


def read(answer):
    """Return what was sent without times of day, whose fractions of a second may look like a score."""
    return re.sub(r"\d\d:\d\d:\d\d\.\d+", "", answer.content.decode())


def body(answer):
    """Return what stands on a page without its forms, whose choices name every class and state."""
    return re.sub(r"<form.*?</form>", "", read(answer).split("<main")[-1], flags=re.DOTALL)


def told(content, values):
    """Which values stand there; the end of a longer number, as of a place on the sky, is none of them."""
    return [value for value in values if re.search(rf"(?<!\d){re.escape(value)}", content)]


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
    content = read(vetter.get(address, NIGHT))
    assert candidate.source_id in content
    assert not told(content, [str(value)[:4] for value in SCORE.values()])


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
    content = body(vetter.get(place.format(candidate.pk)))
    assert not told(content, LEAKS)


@pytest.mark.parametrize("place", PLACES)
def test_page_and_api_tell_all_after_the_own_vote(blind, vetter, candidate, place):
    factories.make_label(candidate, factories.make_user("jan"), "ghost")
    factories.make_label(candidate, vetter.user, "ghost")
    content = read(vetter.get(place.format(candidate.pk)))
    assert told(content, LEAKS)


@pytest.mark.parametrize("question", ["p_asteroid_min=0.5", "label=ghost", "plausible=true", "state=vetted"])
def test_no_filter_tells_what_is_sealed(blind, vetter, candidate, question):
    factories.make_label(candidate, factories.make_user("jan"), "ghost")
    assert vetter.get(f"/api/v1/candidates/?{question}").json()["count"] == 0
    assert vetter.get("/api/v1/candidates/").json()["count"] == 1


@pytest.mark.parametrize("state", [State.QUEUED, State.REJECTED, State.VETTED])
@pytest.mark.parametrize("place", ["/candidates/", "/candidates/{}/", "/api/v1/candidates/", "/api/v1/candidates/{}/"])
def test_the_state_of_what_is_sealed_is_no_more_than_scored(blind, vetter, state, place):
    row = factories.make_candidate(state=state)
    row.events.create(from_state=State.NEW, to_state=state, actor="scorer")
    content = body(vetter.get(place.format(row.pk)))
    assert "scored" in content
    assert state not in content


@pytest.mark.parametrize("state", [State.NEW, State.QUARANTINED])
def test_a_state_that_is_no_verdict_is_told(blind, vetter, state):
    row = factories.make_candidate(state=state)
    assert vetter.get(f"/api/v1/candidates/{row.pk}/").json()["state"] == state
    assert vetter.get(f"/api/v1/candidates/?state={state}").json()["count"] == 1


def test_no_order_and_no_plot_tells_the_state_of_what_is_sealed(blind, vetter):
    first, second = (factories.make_candidate(state=state) for state in (State.VETTED, State.QUEUED))
    shown = vetter.get("/api/v1/candidates/?sort=state").json()["results"]
    assert [row["id"] for row in shown] == [first.pk, second.pk]
    sealed = sealed_for(vetter.user)
    assert night_columns(first.night, sealed=sealed)["seen_state"] == ["scored", "scored"]


def test_what_is_put_off_does_not_tell_its_state_either(blind, vetter):
    row = factories.make_candidate(state=State.REJECTED)
    deferral_save(row, campaign=blind, vetter=vetter.user, uuid=uuid.uuid4(), kind="hide")
    content = body(vetter.get("/put-off/?kind=hide"))
    assert row.source_id in content
    assert 'class="state' not in content


def test_state_and_moves_are_told_after_the_own_vote(blind, vetter, candidate):
    factories.make_label(candidate, vetter.user)
    shown = vetter.get(f"/api/v1/candidates/{candidate.pk}/").json()
    assert (shown["state"], shown["events"][-1]["to_state"]) == (State.VETTED, State.VETTED)


def test_staff_reads_everything_outside_the_scan_page(blind, client, candidate):
    client.force_login(factories.make_user("mira", is_staff=True))
    assert client.get(f"/api/v1/candidates/{candidate.pk}/").json()["scores"]


@pytest.fixture
def public(candidate):
    """Return a blind campaign that every login may vet in, which asks about the candidate, too."""
    staff = factories.make_user("mira", is_staff=True)
    campaign = factories.make_campaign(staff, is_public=True, blindness=Campaign.Blindness.FIRST_VOTE)
    pool_add(campaign, [candidate.source_id])
    return campaign


def test_a_public_blind_campaign_seals_nothing_from_who_takes_no_part_in_it(public, vetter, candidate):
    assert vetter.get(f"/api/v1/candidates/{candidate.pk}/").json()["scores"]


def test_a_public_blind_campaign_seals_what_it_has_lent_and_the_rest_of_its_pool(public, vetter, candidate):
    other = factories.make_candidate()
    pool_add(public, [other.source_id])
    assignments_lease(public, vetter.user, count=1)
    assert {*Candidate.objects.filter(sealed_for(vetter.user))} == {candidate, other}


def test_a_public_blind_campaign_seals_from_who_has_voted_in_it(public, vetter, candidate):
    other = factories.make_candidate()
    pool_add(public, [other.source_id])
    factories.make_label(candidate, vetter.user, campaign=public)
    assert [*Candidate.objects.filter(sealed_for(vetter.user))] == [other]


@pytest.fixture
def sealed_elsewhere(vetter, candidate):
    """Return a blind campaign beside the open nightly one, which asks this vetter about the candidate, too."""
    campaign = factories.make_campaign(
        factories.make_user("mira"), vetter.user, blindness=Campaign.Blindness.FIRST_VOTE
    )
    pool_add(campaign, [candidate.source_id])
    return campaign


@pytest.mark.parametrize("address", ["/scan/", "/scan/queue/", "/scan/card/", "/grid/"])
def test_an_open_campaign_keeps_back_what_a_blind_one_seals(sealed_elsewhere, vetter, candidate, address):
    asked = {"candidate": candidate.pk, "campaign": campaign_default().pk}
    content = read(vetter.get(address, asked if address == "/scan/card/" else NIGHT))
    assert candidate.source_id in content
    assert not told(content, [str(value)[:4] for value in SCORE.values()])
    factories.make_label(candidate, vetter.user, campaign=sealed_elsewhere)
    if address != "/grid/":
        assert "0.871" in read(vetter.get(address, asked if address == "/scan/card/" else NIGHT))


def test_the_page_of_a_sealed_candidate_leads_to_the_campaign_that_asks_blind(sealed_elsewhere, vetter, candidate):
    link = re.search(r'href="([^"]+)">Label it now', vetter.get(candidate.get_absolute_url()).content.decode())[1]
    assert vetter.get(link).url == f"/scan/?campaign={sealed_elsewhere.pk}&candidate={candidate.pk}"
    assert vetter.get(link, follow=True).status_code == 200
