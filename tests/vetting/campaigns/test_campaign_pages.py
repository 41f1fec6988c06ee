"""Pages of campaigns: what a manager sends from them, and what others see of them."""

from uuid import uuid4

import pytest
from django.urls import reverse

from tests import factories
from vetting.campaigns.guidelines import guideline_html
from vetting.campaigns.models import Adjudication, Campaign, Membership, Role
from vetting.campaigns.services import campaign_clone, member_invite, pool_gold
from vetting.campaigns.templates import TEMPLATES
from vetting.candidates.models import SavedFilter

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(db):
    factories.make_default_campaign()
    return factories.logged_in(factories.make_user("mira"))


@pytest.fixture
def campaign(manager):
    return factories.make_campaign(manager.user)


def filled(manager, template, **over):
    """What the form of a template sends when only the given fields are touched."""
    form = manager.get("/campaigns/new/", {"template": template}).context["form"]
    first = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    return {name: value for name, value in (first | over).items() if value is not None and value is not False}


def test_a_list_becomes_a_campaign_with_its_pool_and_its_guideline(manager):
    rows = [factories.make_candidate() for _ in range(3)]
    names = f"{rows[0].source_id}, {rows[1].source_id}\n{rows[2].source_id}"
    sent = filled(manager, "gold", name="Spring", names=names, classes=["asteroid", "ghost"], text="*Look*")
    page = manager.post("/campaigns/new/?template=gold", sent, follow=True)
    made = Campaign.objects.get(name="Spring")
    assert page.redirect_chain == [(f"/campaigns/{made.pk}/", 302)]
    assert (made.pool_items.count(), made.votes_needed, made.status) == (3, 5, "draft")
    assert (made.guidelines.get().text, made.guidelines.get().classes) == ("*Look*", ["asteroid", "ghost"])


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_name_and_a_pool_are_enough_for_every_template(manager, template):
    saved = SavedFilter.objects.create(owner=manager.user, name="fast", parameters={"rate_min": "20"})
    sent = filled(manager, template, name="Spring", names=factories.make_candidate().source_id, saved_filter=saved.pk)
    manager.post(f"/campaigns/new/?template={template}", sent)
    made = Campaign.objects.get(name="Spring")
    assert {name: getattr(made, name) for name in TEMPLATES[template] if name != "description"} == {
        name: value for name, value in TEMPLATES[template].items() if name != "description"
    }
    assert made.pool_filter == ({"rate_min": "20"} if made.pool == "filter" else {})


def values_after_switch(manager, template, other, **over):
    sent = filled(manager, template, **over) | {"switch": other}
    page = manager.post(f"/campaigns/new/?template={template}", sent)
    return page, {name: page.context["form"][name].value() for name in page.context["form"].fields}


def test_another_template_keeps_what_was_typed_and_sets_the_rest(manager):
    typed = {"name": "Spring", "names": "17 18", "text": "*Look*", "classes": ["asteroid"], "lease_minutes": "7"}
    page, held = values_after_switch(manager, "gold", "nightly", **typed)
    assert {name: held[name] for name in typed} == typed
    assert (page.context["template"], held["rule"], held["votes_needed"]) == ("nightly", "n_agreeing", 1)
    assert held["description"] == TEMPLATES["nightly"]["description"]
    assert not Campaign.objects.filter(name="Spring").exists()


def test_a_switch_that_was_set_stays_and_one_that_was_not_stays_off(manager):
    _, held = values_after_switch(manager, "gold", "recheck", is_public="on")
    assert (held["is_public"], held["pool_grows"]) == (True, False)


def test_there_is_no_other_template_than_the_four(manager):
    assert manager.post("/campaigns/new/?template=gold", {"switch": "silver"}).status_code == 404


@pytest.mark.parametrize(
    ("over", "says"),
    [
        ({"names": ""}, "Paste the identifiers"),
        ({"names": "17"}, "there is no candidate 17"),
        ({"examples": "17 asteroid"}, "expected a known candidate and a class"),
        ({"pool": "filter"}, "Choose the filter"),
        ({"name": "Nightly vetting"}, "already exists"),
        ({"rule": "n_agreeing", "redundancy": "adaptive"}, "agreement asks until enough votes are equal"),
        ({"rule": "n_agreeing", "redundancy": "fixed", "votes_needed": 5, "votes_most": 2}, "at least the 5 votes"),
        ({"is_public": "on"}, "only staff of the site opens a campaign to every login"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_set_up(manager, over, says):
    sent = filled(manager, "gold", **({"name": "Spring", "names": factories.make_candidate().source_id} | over))
    page = manager.post("/campaigns/new/?template=gold", sent)
    assert says in page.content.decode()
    assert not Campaign.objects.filter(name="Spring").exists()


def test_a_filter_by_who_has_judged_makes_no_pool(manager):
    saved = SavedFilter.objects.create(owner=manager.user, name="new to me", parameters={"judged": "not_me"})
    sent = filled(manager, "training", name="Spring", saved_filter=saved.pk, pool="filter")
    page = manager.post("/campaigns/new/?template=training", sent)
    assert "“new to me”: a pool cannot be filtered by “Judged”" in page.content.decode()
    assert not Campaign.objects.filter(name="Spring").exists()


def test_an_example_is_shown_with_the_guideline(manager, campaign):
    row = factories.make_candidate()
    sent = {"text": "See", "classes": ["asteroid"], "examples": f"{row.source_id} asteroid"}
    page = manager.post(f"/campaigns/{campaign.pk}/guideline/new/", sent, follow=True).content.decode()
    assert reverse("thumb", args=[row.pk]) in page
    assert "version 2" in page


def test_a_guideline_keeps_its_versions(manager, campaign):
    for text in ("first words", "second words"):
        manager.post(f"/campaigns/{campaign.pk}/guideline/new/", {"text": text, "classes": ["asteroid"]})
    assert "second words" in manager.get(f"/campaigns/{campaign.pk}/guideline/").content.decode()
    assert "first words" in manager.get(f"/campaigns/{campaign.pk}/guideline/?version=2").content.decode()


TEXTS = ["<script>x</script>", "[a](javascript:x)", "<img src=x onerror=y>", "![a](data:text/html,x)"]


@pytest.mark.parametrize("text", TEXTS)
def test_a_guideline_holds_no_html_and_no_script(text):
    html = guideline_html(text)
    assert "<script" not in html
    assert "<img" not in html
    assert "href" not in html


@pytest.mark.parametrize(("name", "status"), [("pause", "paused"), ("close", "closed")])
def test_a_button_moves_the_campaign(manager, campaign, name, status):
    manager.post(f"/campaigns/{campaign.pk}/move/{name}/")
    campaign.refresh_from_db()
    assert campaign.status == status


def test_a_move_that_cannot_be_made_is_said_on_the_page(manager, campaign):
    page = manager.post(f"/campaigns/{campaign.pk}/move/reopen/", follow=True).content.decode()
    assert "it cannot become active" in page


def test_settings_change_and_are_told(manager, campaign):
    form = manager.get(f"/campaigns/{campaign.pk}/settings/").context["form"]
    sent = {name: value for name, value in form.initial.items() if value is not None and value is not False} | {
        "lease_minutes": 7
    }
    manager.post(f"/campaigns/{campaign.pk}/settings/", sent)
    campaign.refresh_from_db()
    assert campaign.lease_minutes == 7
    assert campaign.events.last().reason == "lease_minutes: 7"


def test_a_copy_has_the_policies_and_no_people(manager, campaign):
    manager.post(f"/campaigns/{campaign.pk}/clone/", {"name": "Again"})
    copy = Campaign.objects.get(name="Again")
    assert (copy.votes_needed, copy.status, copy.memberships.count()) == (1, "draft", 1)


def test_a_copy_of_a_public_campaign_is_public_by_staff_alone(manager):
    staff = factories.make_user("ada", is_staff=True)
    campaign = factories.make_campaign(staff, manager.user, role=Role.MANAGER, is_public=True)
    copies = [campaign_clone(campaign, name=user.username, by=user) for user in (manager.user, staff)]
    assert [copy.is_public for copy in copies] == [False, True]


def test_pasted_identifiers_join_the_pool(manager, campaign):
    row = factories.make_candidate()
    manager.post(f"/campaigns/{campaign.pk}/pool/", {"names": row.source_id})
    assert list(campaign.pool_items.values_list("candidate", flat=True)) == [row.pk]


def test_a_link_is_shown_once_and_makes_who_follows_it_a_member(manager, campaign):
    address = f"/campaigns/{campaign.pk}/"
    page = manager.post(f"{address}invite/", {"role": "vetter", "days": 3, "uses": 1}, follow=True)
    link = page.context["link"]
    assert link not in manager.get(address).content.decode()
    jan = factories.logged_in(factories.make_user("jan"))
    assert "mira invites you, jan" in jan.get(link).content.decode()
    jan.post(link)
    assert Membership.objects.get(campaign=campaign, user=jan.user).role == Role.VETTER


def test_a_link_that_was_withdrawn_lets_nobody_in(manager, campaign):
    made = member_invite(campaign, by=manager.user, role=Role.VETTER)
    manager.post(f"/campaigns/{campaign.pk}/invitations/{made.invitation.pk}/revoke/")
    jan = factories.logged_in(factories.make_user("jan"))
    assert jan.get(f"/join/{made.secret}/").status_code == 404
    jan.post(f"/join/{made.secret}/")
    assert not Membership.objects.filter(user=jan.user).exists()


def test_a_member_gets_another_role_and_is_removed(manager):
    jan = factories.make_user("jan")
    campaign = factories.make_campaign(manager.user, jan)
    held = Membership.objects.get(user=jan)
    address = f"/campaigns/{campaign.pk}/members/{held.pk}/"
    manager.post(address, {"role": "adjudicator"})
    held.refresh_from_db()
    assert held.role == Role.ADJUDICATOR
    manager.post(address, {"role": "adjudicator", "remove": "1"})
    assert not Membership.objects.filter(user=jan).exists()


def test_the_last_manager_stays(manager, campaign):
    held = Membership.objects.get(user=manager.user)
    page = manager.post(f"/campaigns/{campaign.pk}/members/{held.pk}/", {"remove": "1"}, follow=True)
    assert "keeps at least one manager" in page.content.decode()


def test_the_list_shows_own_and_public_campaigns_with_role_and_progress(manager, campaign):
    factories.make_campaign(factories.make_user("olga"))
    (row, *_) = factories.make_pool(campaign, 2)
    factories.make_label(row, manager.user, campaign=campaign)
    rows = {row.campaign: row for row in manager.get("/campaigns/").context["rows"]}
    assert {each.name for each in rows} == {campaign.name, "Nightly vetting"}
    assert (rows[campaign].role, rows[campaign].pool, rows[campaign].retired) == (Role.MANAGER, 2, 1)


def test_a_vetter_sees_no_form_of_the_manager(manager):
    jan = factories.make_user("jan")
    campaign = factories.make_campaign(manager.user, jan)
    page = factories.logged_in(jan).get(f"/campaigns/{campaign.pk}/").content.decode()
    assert campaign.name in page
    assert f"/campaigns/{campaign.pk}/invite/" not in page


@pytest.fixture
def contested(manager):
    """A candidate that two vetters call different things, in a campaign that mira manages."""
    people = [factories.make_user(name) for name in ("jan", "vera")]
    campaign = factories.make_campaign(manager.user, *people, rule="majority", votes_needed=2)
    (row,) = factories.make_pool(campaign, 1)
    for vetter, name in zip(people, ("asteroid", "ghost"), strict=True):
        factories.make_label(row, vetter, name, campaign=campaign)
    return campaign, row


def test_enter_in_a_comment_decides_nothing(manager, contested):
    campaign, _ = contested
    form = manager.get(f"/campaigns/{campaign.pk}/adjudicate/").content.decode().split('id="decide">')[1]
    assert form.split("<button")[1].startswith(' type="submit" disabled hidden>')  # what a browser presses for Enter


def test_a_contested_candidate_comes_with_its_votes(manager, contested):
    campaign, row = contested
    page = manager.get(f"/campaigns/{campaign.pk}/adjudicate/").content.decode()
    assert all(word in page for word in (row.source_id, "jan", "vera", "ghost", "vetters disagree"))


def test_a_decision_is_made_once_and_taken_back(manager, contested):
    campaign, row = contested
    sent = {"uuid": str(uuid4()), "fine_class": "ghost", "comment": "round"}
    for _ in range(2):
        page = manager.post(f"/campaigns/{campaign.pk}/adjudicate/{row.pk}/", sent, follow=True)
    assert "Nothing is contested" in page.content.decode()
    assert row.consensus.get(campaign=campaign).adjudicated_class == "ghost"
    decided = Adjudication.objects.get()
    manager.post(f"/campaigns/{campaign.pk}/adjudicate/{decided.uuid}/undo/", {"uuid": str(uuid4())})
    assert row.consensus.get(campaign=campaign).adjudicated_class == ""
    assert "vetters disagree" in manager.get(f"/campaigns/{campaign.pk}/adjudicate/").content.decode()


def send(client, campaign, row, fine_class, **over):
    sent = {"uuid": str(uuid4()), "fine_class": fine_class} | over
    return client.post(f"/campaigns/{campaign.pk}/adjudicate/{row.pk}/", sent)


@pytest.fixture
def second(contested):
    """Another adjudicator of the same campaign."""
    olga = factories.make_user("olga")
    Membership.objects.create(campaign=contested[0], user=olga, role=Role.ADJUDICATOR)
    return factories.logged_in(olga)


def test_a_stale_page_does_not_override_the_decision_of_another_adjudicator(manager, second, contested):
    campaign, row = contested
    send(second, campaign, row, "ghost")
    answer = send(manager, campaign, row, "asteroid", comment="moves by 3 px")
    content = answer.content.decode()
    assert 'value="moves by 3 px"' in content
    assert answer.status_code == 409
    assert "olga decided this meanwhile: ghost" in content
    assert 'class="badge"' not in content
    assert "Your choice was <strong>asteroid</strong>" in content
    assert row.consensus.get(campaign=campaign).adjudicated_class == "ghost"


def test_who_has_seen_the_other_decision_may_replace_it(manager, second, contested):
    campaign, row = contested
    send(second, campaign, row, "ghost")
    seen = send(manager, campaign, row, "asteroid").context["stands"].uuid
    assert send(manager, campaign, row, "asteroid", replaces=str(seen)).status_code == 302
    assert row.consensus.get(campaign=campaign).adjudicated_class == "asteroid"


def test_a_decision_that_was_taken_back_meanwhile_is_not_replaced(manager, contested):
    campaign, row = contested
    send(manager, campaign, row, "ghost")
    decided = Adjudication.objects.get()
    manager.post(f"/campaigns/{campaign.pk}/adjudicate/{decided.uuid}/undo/", {"uuid": str(uuid4())})
    answer = send(manager, campaign, row, "asteroid", replaces=str(decided.uuid))
    assert (answer.status_code, "taken back meanwhile" in answer.content.decode()) == (409, True)


def test_what_is_skipped_comes_again_after_the_others(manager, contested):
    campaign, first = contested
    (second,) = factories.make_pool(campaign, 1)
    for vetter, name in ((manager.user, "asteroid"), (factories.make_user("ada"), "ghost")):
        factories.make_label(second, vetter, name, campaign=campaign)
    address, seen = f"/campaigns/{campaign.pk}/adjudicate/", []
    page = manager.get(address)
    for _ in range(3):
        seen.append(page.context["candidate"])
        page = manager.get(address, {"skip": page.context["next"]})
    assert seen == [first, second, first]


def test_what_was_skipped_stays_so_after_a_decision(manager, contested):
    campaign, first = contested
    rows = factories.make_pool(campaign, 2)
    for row in rows:
        for vetter, name in ((manager.user, "asteroid"), (factories.make_user(f"ada{row.pk}"), "ghost")):
            factories.make_label(row, vetter, name, campaign=campaign)
    sent = {"uuid": str(uuid4()), "fine_class": "ghost"}
    address = f"/campaigns/{campaign.pk}/adjudicate/{rows[0].pk}/?skip={first.pk}"
    assert manager.post(address, sent, follow=True).context["candidate"] == rows[1]


def test_whoever_closes_a_campaign_is_told_what_vetters_learn_by_it(manager):
    campaign = factories.make_campaign(manager.user)
    rows = factories.make_pool(campaign, 2)
    learn = "Vetters are told at once which candidates were gold"
    assert learn not in manager.get(f"/campaigns/{campaign.pk}/").content.decode()
    pool_gold(campaign, {rows[0].pk: "ghost"}, source="listed")
    assert learn in manager.get(f"/campaigns/{campaign.pk}/").content.decode()


def test_the_nightly_campaign_is_never_offered_to_close(manager):
    nightly = factories.make_default_campaign()
    assert "Close …" not in manager.get(f"/campaigns/{nightly.pk}/").content.decode()


@pytest.mark.parametrize(
    ("over", "says"),
    [
        ({"rule": "n_agreeing", "votes_needed": 2, "votes_most": 4}, "until 2 are equal, at most 4"),
        ({"rule": "majority", "votes_needed": 3}, "fixed number of votes: 3"),
        ({"gold_share": 0.05}, "5 % of what is handed out"),
        ({"feedback": "days", "feedback_days": 9}, "some days after the vote: 9"),
    ],
)
def test_the_page_says_what_the_campaign_asks_for(manager, over, says):
    campaign = factories.make_campaign(manager.user, **over)
    assert says in manager.get(f"/campaigns/{campaign.pk}/").content.decode()


def preview(manager, **sent):
    return manager.post("/campaigns/preview/", sent).content.decode()


def test_the_preview_shows_the_guideline_as_vetters_will_see_it(manager):
    row = factories.make_candidate()
    shown = preview(manager, text="**Short**", classes=["asteroid"], examples=f"{row.source_id} asteroid")
    assert all(word in shown for word in ("<strong>Short</strong>", "Classes: asteroid.", f"of {row.source_id}"))


def test_the_preview_names_the_line_that_it_cannot_read(manager):
    shown = preview(manager, text="**Short**", examples="17 comet")
    assert "<strong>Short</strong>" in shown
    assert "got “17 comet”" in shown
