"""The scan page of a campaign: who gets in, what is lent, what a label is filed under, what an empty page says."""

import json
import uuid

import pytest

from scoring.families import FineClass
from tests import factories
from vetting.campaigns.models import Assignment, Campaign, Deferral, GuidelineVersion, Label, Membership, PoolItem, Role
from vetting.campaigns.selectors import campaigns_visible
from vetting.campaigns.services import campaign_close, campaign_pause, guideline_write, pool_gold

pytestmark = pytest.mark.django_db
RARE = [FineClass.ASTEROID, FineClass.GHOST]


@pytest.fixture
def manager():
    return factories.make_user("mira")


@pytest.fixture
def vetter(client):
    client.user = factories.make_user("vera")
    client.force_login(client.user)
    return client


@pytest.fixture
def campaign(manager, vetter):
    return factories.make_campaign(manager, vetter.user, votes_needed=2)


@pytest.fixture
def pool(campaign):
    return factories.make_pool(campaign, 7)


def scan(client, campaign, **parameters):
    return client.get("/scan/", {"campaign": campaign.pk} | parameters)


def queue(client, campaign, **parameters):
    return client.get("/scan/queue/", {"campaign": campaign.pk} | parameters).json()


def post(client, what, **sent):
    headers = {"X-Vetter": str(client.user.pk)}
    sent = {"uuid": str(uuid.uuid4())} | sent
    return client.post(f"/scan/{what}/", json.dumps(sent), content_type="application/json", headers=headers)


def label(client, campaign, row, fine_class="asteroid", **sent):
    return post(client, "labels", candidate=row.pk, fine_class=fine_class, campaign=str(campaign.pk), **sent)


@pytest.mark.parametrize("address", ["/scan/", "/scan/queue/", "/scan/recent/", "/scan/card/", "/put-off/"])
@pytest.mark.parametrize("pk", ["foreign", "999999", "x", "9" * 30])
def test_campaign_that_one_has_no_part_in_is_not_found(vetter, manager, address, pk):
    foreign = factories.make_campaign(manager)
    named = foreign.pk if pk == "foreign" else pk
    assert vetter.get(address, {"campaign": named}).status_code == 404


def test_viewer_is_refused_in_words(vetter, manager):
    campaign = factories.make_campaign(manager, vetter.user, role=Role.VIEWER)
    response = scan(vetter, campaign)
    assert response.status_code == 403
    assert f"needs the role vetter in {campaign.name}; yours is viewer" in response.content.decode()


@pytest.mark.parametrize("role", [Role.VETTER, Role.ADJUDICATOR, Role.MANAGER])
def test_vetter_or_better_is_let_in(vetter, manager, role):
    assert scan(vetter, factories.make_campaign(manager, vetter.user, role=role)).status_code == 200


def test_page_without_a_campaign_is_the_nightly_one(vetter, campaign, pool):
    assert vetter.get("/scan/").context["campaign"].is_default


def test_who_has_no_part_in_the_nightly_campaign_starts_with_the_own_one(vetter, campaign):
    Campaign.objects.filter(is_default=True).update(is_public=False)
    assert vetter.get("/scan/").context["campaign"] == campaign


def test_candidates_are_lent_in_fives(vetter, campaign, pool):
    assert len(queue(vetter, campaign)["candidates"]) == Assignment.objects.count() == 5


def test_what_the_page_holds_is_not_given_again(vetter, campaign, pool):
    held = [card["id"] for card in queue(vetter, campaign)["candidates"]]
    more = queue(vetter, campaign, exclude=",".join(map(str, held)))["candidates"]
    assert {card["id"] for card in more} == {row.pk for row in pool} - {*held}


def test_order_is_the_campaigns_and_not_the_score(vetter, campaign, pool):
    lent = [card["id"] for card in scan(vetter, campaign).context["first"]["candidates"]]
    assert lent == list(Assignment.objects.order_by("pk").values_list("candidate", flat=True))
    assert {card["p"] for card in queue(vetter, campaign)["candidates"]} == {None}


def test_label_is_filed_under_its_campaign_and_counted_there(vetter, campaign, pool):
    assert label(vetter, campaign, pool[0]).status_code == 200
    assert Label.objects.get().campaign == campaign
    answer = queue(vetter, campaign)
    assert (answer["done"], answer["left"]) == (1, 6)


def test_label_keeps_the_guideline_that_was_read_and_that_it_was_blind(vetter, campaign, pool, manager):
    guideline_write(campaign, by=manager, text="Look twice.")
    label(vetter, campaign, pool[0], guideline=1, shown={"blind": True})
    row = Label.objects.get()
    assert (row.guideline.number, row.shown) == (1, {"blind": True})
    assert GuidelineVersion.objects.filter(campaign=campaign).count() == 2


def test_answer_to_a_label_tells_which_guideline_holds_now(vetter, campaign, pool, manager):
    before = label(vetter, campaign, pool[0], guideline=1).json()["guideline"]
    guideline_write(campaign, by=manager, text="Look twice.")
    assert (before, label(vetter, campaign, pool[1], guideline=1).json()["guideline"]) == (1, 2)
    assert {row.guideline.number for row in Label.objects.all()} == {1}


@pytest.mark.parametrize("version", ["1", True, 0, 2**20])
def test_guideline_that_is_no_version_is_refused(vetter, campaign, pool, version):
    assert label(vetter, campaign, pool[0], guideline=version).status_code == 400


def test_label_for_a_campaign_without_a_part_in_it_says_so(vetter, manager):
    foreign = factories.make_campaign(manager)
    response = label(vetter, foreign, factories.make_pool(foreign, 1)[0])
    assert (response.status_code, Label.objects.count()) == (404, 0)
    assert "no part in campaign" in response.json()["detail"]


def test_label_of_a_role_that_was_lowered_is_refused_for_good(vetter, campaign, pool):
    """A 403 would mean to the page that the login is gone: it would keep what waits behind it back."""
    Membership.objects.filter(user=vetter.user).update(role=Role.VIEWER)
    response = label(vetter, campaign, pool[0])
    assert (response.status_code, Label.objects.count()) == (409, 0)
    assert "yours is viewer" in response.json()["detail"]


def test_undo_is_of_the_same_campaign(vetter, campaign, pool):
    given = label(vetter, campaign, pool[0]).json()["uuid"]
    assert post(vetter, "undo", undoes=given).status_code == 400
    assert post(vetter, "undo", undoes=given, campaign=str(campaign.pk)).status_code == 200


def test_earlier_labels_of_the_campaign_alone_can_be_undone(vetter, campaign, pool):
    label(vetter, campaign, pool[0])
    factories.make_label(pool[1], vetter.user)
    recent = queue(vetter, campaign, recent=1)["recent"]
    assert [entry["candidate"]["id"] for entry in recent] == [pool[0].pk]


def test_deferral_is_of_the_campaign_and_gives_the_candidate_back(vetter, campaign, pool):
    held = queue(vetter, campaign)["candidates"]
    sent = {"candidate": held[0]["id"], "defer": "purgatory", "campaign": str(campaign.pk)}
    assert post(vetter, "deferrals", **sent).status_code == 200
    assert Deferral.objects.get().campaign == campaign
    assert queue(vetter, campaign)["left"] == 6
    assert len(vetter.get("/put-off/", {"campaign": campaign.pk}).context["page"]) == 1
    assert len(vetter.get("/put-off/").context["page"]) == 0


def test_blind_campaign_shows_no_score_before_the_vote_and_then_does(vetter, manager):
    blind = factories.make_campaign(manager, vetter.user, blindness=Campaign.Blindness.FIRST_VOTE)
    (row,) = factories.make_pool(blind, 1)
    assert "Blind" in queue(vetter, blind)["candidates"][0]["html"]
    label(vetter, blind, row)
    card = vetter.get("/scan/card/", {"campaign": blind.pk, "candidate": row.pk}).json()
    assert card["is_open"]
    assert "0.900" in card["html"]


def test_candidate_outside_the_pool_is_not_found_in_the_campaign(vetter, campaign, pool):
    other = factories.make_candidate()
    for address in ("/scan/", "/scan/card/", "/scan/neighbours/"):
        assert vetter.get(address, {"campaign": campaign.pk, "candidate": other.pk}).status_code == 404


def test_link_opens_a_candidate_of_the_pool(vetter, campaign, pool):
    first = scan(vetter, campaign, candidate=pool[6].pk).context["first"]
    assert first["shared"]["candidate"]["id"] == pool[6].pk


def test_classes_of_the_guideline_alone_are_offered(vetter, campaign, pool, manager):
    guideline_write(campaign, by=manager, text="**Only** these.", classes=[value.value for value in RARE])
    response = scan(vetter, campaign)
    assert [key.fine_class for key in response.context["keys"]] == RARE
    named = [action["name"] for action in response.context["actions"]]
    assert [name for name in named if name.startswith("class.")] == ["class.asteroid", "class.ghost"]
    assert "<strong>Only</strong> these." in response.content.decode()


def test_chooser_lists_the_running_campaigns_that_one_vets_in(vetter, campaign, manager):
    factories.make_campaign(manager)
    factories.make_campaign(manager, vetter.user, role=Role.VIEWER)
    paused, closed = (factories.make_campaign(manager, vetter.user) for _ in range(2))
    campaign_pause(paused, by=manager)
    campaign_close(closed, by=manager)
    shown = scan(vetter, campaign).context["campaigns"]
    assert shown == [Campaign.objects.get(is_default=True), campaign, paused]


def test_empty_pool_says_so(vetter, campaign):
    assert "No candidate is in the pool" in queue(vetter, campaign)["nothing"]


@pytest.mark.parametrize(("halt", "says"), [(campaign_pause, "is paused"), (campaign_close, "is closed")])
def test_campaign_that_hands_nothing_out_says_so(vetter, campaign, pool, halt, says):
    halt(campaign, by=campaign.created_by)
    answer = queue(vetter, campaign)
    assert answer["candidates"] == []
    assert says in answer["nothing"]


def test_page_says_why_nothing_is_left(vetter, campaign, manager):
    rows = factories.make_pool(campaign, 4)
    others = [factories.make_user(name) for name in ("jan", "ida")]
    Membership.objects.bulk_create(Membership(campaign=campaign, user=user) for user in others)
    for user in others:
        factories.make_label(rows[0], user, campaign=campaign)
    for row in rows[1:3]:
        label(vetter, campaign, row)
    post(vetter, "deferrals", candidate=rows[3].pk, defer="hide", campaign=str(campaign.pk))
    says = queue(vetter, campaign)["nothing"]
    assert "judged 2, 1 has the votes it needs without yours, 1 is put off by you" in says


def test_candidates_with_a_known_answer_are_in_no_number_until_they_are_lent(vetter, campaign, pool):
    pool_gold(campaign, {pool[0].pk: "asteroid"}, source=PoolItem.Gold.KNOWN)
    answer = queue(vetter, campaign)
    assert answer["left"] == 6


def test_a_public_campaign_is_not_offered_to_its_viewers_to_scan():
    manager = factories.make_user("mia", is_staff=True)
    viewer, other = factories.make_user("otto"), factories.make_user("olga")
    campaign = factories.make_campaign(manager, viewer, role=Role.VIEWER, is_public=True)
    assert campaign in campaigns_visible(viewer)
    assert campaign not in campaigns_visible(viewer, Role.VETTER)
    assert campaign in campaigns_visible(other, Role.VETTER)
