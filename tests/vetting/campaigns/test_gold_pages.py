"""Gold on the manager's page of a campaign: what becomes gold, what was, what is taken back, and who sees it."""

from uuid import uuid4

import pytest

from tests import factories
from vetting.campaigns.services import adjudication_decide, pool_gold

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(db):
    return factories.logged_in(factories.make_user("mira"))


@pytest.fixture
def campaign(manager):
    return factories.make_campaign(manager.user)


def sent(manager, campaign, where="", **form):
    """Send a form of the page and return the page that follows."""
    page = manager.post(f"/campaigns/{campaign.pk}/gold/{where}", form, follow=True)
    return page.content.decode()


def gold(campaign):
    return dict(campaign.pool_items.exclude(gold_class="").values_list("candidate", "gold_class"))


def known(rows):
    for row in rows:
        row.known_object = "2018 NM"
        row.save()


def decided(campaign, row, fine_class):
    by = campaign.created_by
    adjudication_decide(row, campaign=campaign, adjudicator=by, uuid=uuid4(), fine_class=fine_class)


def test_known_objects_of_the_pool_become_gold_once(manager, campaign):
    rows = factories.make_pool(campaign, 3)
    known([*rows[:2], factories.make_candidate()])
    assert "2 candidates are gold now; 0 were already" in sent(manager, campaign, source="known")
    assert "0 candidates are gold now; 2 were already" in sent(manager, campaign, source="known")
    assert gold(campaign) == {rows[0].pk: "asteroid", rows[1].pk: "asteroid"}


def test_known_objects_need_the_class_asteroid(manager):
    campaign = factories.make_campaign(manager.user, classes=["ghost", "unsure"])
    known(factories.make_pool(campaign, 1))
    assert "expected a class that the guideline" in sent(manager, campaign, source="known")
    assert gold(campaign) == {}


def test_what_was_adjudicated_becomes_gold_of_its_class(manager, campaign):
    rows = factories.make_pool(campaign, 3)
    decided(campaign, rows[0], "ghost")
    decided(campaign, rows[1], "asteroid")
    assert "2 candidates are gold now" in sent(manager, campaign, source="adjudicated")
    assert gold(campaign) == {rows[0].pk: "ghost", rows[1].pk: "asteroid"}


def test_adjudications_of_other_campaigns_count_where_they_agree_and_may_be_known(manager, campaign):
    foreign = factories.make_campaign(factories.make_user("olga"))
    own = [factories.make_campaign(manager.user) for _ in range(2)]
    rows = factories.make_pool(campaign, 3)
    for other in (*own, foreign):
        other.pool_items.bulk_create([other.pool_items.model(campaign=other, candidate=row) for row in rows])
    decided(own[0], rows[0], "ghost")
    decided(own[0], rows[1], "ghost")
    decided(own[1], rows[1], "blank")
    decided(foreign, rows[2], "ghost")
    sent(manager, campaign, source="adjudicated")
    assert gold(campaign) == {rows[0].pk: "ghost"}


def test_a_list_becomes_gold_and_keeps_what_was(manager, campaign):
    rows = factories.make_pool(campaign, 3)
    pool_gold(campaign, {rows[0].pk: "asteroid"}, source="known")
    names = f"{rows[0].source_id}, {rows[1].source_id}"
    assert "1 candidate is gold now; 1 was already" in sent(manager, campaign, names=names, fine_class="ghost")
    assert gold(campaign) == {rows[0].pk: "asteroid", rows[1].pk: "ghost"}


@pytest.mark.parametrize("fine_class", ["ghost", ""])
def test_a_list_with_a_stranger_changes_nothing(manager, campaign, fine_class):
    rows, stranger = factories.make_pool(campaign, 1), factories.make_candidate()
    names = f"{rows[0].source_id} {stranger.source_id}"
    page = sent(manager, campaign, names=names, fine_class=fine_class)
    assert f"expected scored candidates of the pool of {campaign}, got {stranger.source_id}" in page
    assert f">\n{names}</textarea>" in page  # nobody pastes it again
    assert gold(campaign) == {}


@pytest.mark.parametrize("fine_class", ["unsure", "comet"])
def test_an_answer_is_a_class_that_decides(manager, campaign, fine_class):
    (row,) = factories.make_pool(campaign, 1)
    assert "Select a valid choice" in sent(manager, campaign, names=row.source_id, fine_class=fine_class)
    assert gold(campaign) == {}


def test_the_list_form_begins_with_a_class(manager, campaign):
    form = manager.get(f"/campaigns/{campaign.pk}/").context["gold_form"]
    assert form["fine_class"].value() == "asteroid"


def test_gold_is_taken_back_by_source_and_by_list(manager, campaign):
    rows = factories.make_pool(campaign, 4)
    pool_gold(campaign, {row.pk: "asteroid" for row in rows[:2]}, source="known")
    pool_gold(campaign, {rows[2].pk: "ghost"}, source="listed")
    assert "2 candidates are no longer gold" in sent(manager, campaign, "back/", source="known")
    assert gold(campaign) == {rows[2].pk: "ghost"}
    page = sent(manager, campaign, names=f"{rows[2].source_id} {rows[3].source_id}", fine_class="")
    assert "1 candidate is no longer gold" in page
    assert gold(campaign) == {}


def test_the_page_counts_gold_by_source_and_class(manager, campaign):
    rows = factories.make_pool(campaign, 3)
    pool_gold(campaign, {row.pk: "asteroid" for row in rows[:2]}, source="known")
    pool_gold(campaign, {rows[2].pk: "ghost"}, source="adjudicated")
    shown = manager.get(f"/campaigns/{campaign.pk}/").context["gold"]
    assert [(row["source"], row["count"], row["classes"]) for row in shown] == [
        ("known", 2, [("asteroid", 2)]),
        ("adjudicated", 1, [("ghost", 1)]),
    ]


EMPTY, UNUSED = "should be gold, but no candidate is", "Gold is handed out to nobody"


def test_a_share_without_gold_and_gold_without_a_share_are_told(manager):
    campaign = factories.make_campaign(manager.user, gold_share=0.05)
    (row,) = factories.make_pool(campaign, 1)
    assert EMPTY in manager.get(f"/campaigns/{campaign.pk}/").content.decode()
    page = sent(manager, campaign, names=row.source_id, fine_class="ghost")
    assert EMPTY not in page
    assert UNUSED not in page
    campaign.gold_share = 0
    campaign.save()
    assert UNUSED in manager.get(f"/campaigns/{campaign.pk}/").content.decode()


@pytest.mark.parametrize("role", ["viewer", "vetter", "adjudicator"])
def test_no_other_member_is_told_of_gold(manager, role):
    person = factories.make_user("jan")
    campaign = factories.make_campaign(manager.user, person, role=role, gold_share=0.05)
    pool_gold(campaign, {row.pk: "asteroid" for row in factories.make_pool(campaign, 2)}, source="known")
    page = factories.logged_in(person).get(f"/campaigns/{campaign.pk}/").content.decode()
    assert campaign.name in page
    assert "gold" not in page.lower().replace("gold standard", "")
