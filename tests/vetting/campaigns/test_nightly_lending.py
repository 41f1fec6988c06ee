"""The nightly campaign lends: two who scan side by side get different candidates, and each comes back to somebody."""

import datetime as dt
import json
import uuid
from importlib import import_module

import pytest
from django.apps import apps
from django.test import Client
from django.utils import timezone

from tests import factories
from vetting.campaigns.models import Assignment, Campaign, PoolItem
from vetting.campaigns.services.assignments import MOST_SHOWN
from vetting.candidates.models import Candidate, State

pytestmark = pytest.mark.django_db
NIGHT = "2018-07-01"


def page_of(username):
    client = Client()
    client.user = factories.make_user(username)
    client.force_login(client.user)
    return client


@pytest.fixture
def vera():
    factories.make_default_campaign()
    return page_of("vera")


@pytest.fixture
def jan(vera):
    return page_of("jan")


def make_night(count):
    rows = [factories.make_candidate() for _ in range(count)]
    for place, row in enumerate(rows):
        factories.make_score(row, p_asteroid=0.9 - place / 1000)
    return [row.pk for row in rows]


def ask(client, **parameters):
    return client.get("/scan/queue/", {"night": NIGHT} | parameters).json()


def ids(answer):
    return [card["id"] for card in answer["candidates"]]


def post(client, address, **sent):
    headers = {"X-Vetter": str(client.user.pk)}
    return client.post(address, json.dumps(sent), content_type="application/json", headers=headers)


def borrowed(client, **sent):
    return post(client, f"/scan/borrowed/?night={NIGHT}", **sent).json()


def expire():
    Assignment.objects.update(expires_at=timezone.now() - dt.timedelta(seconds=1))


def test_a_new_site_lends_and_so_does_one_that_is_brought_up_to_date(db):
    lend = import_module("vetting.campaigns.migrations.0014_the_nightly_campaign_lends").lend
    Campaign.objects.filter(is_default=True).update(assigns=False, lease_minutes=30)
    other = factories.make_campaign(factories.make_user("mira"), assigns=False, lease_minutes=30)
    lend(apps, None)
    rows = Campaign.objects.order_by("-is_default").values_list("assigns", "lease_minutes")
    assert list(rows) == [(True, 10), (False, 30)]
    assert other.pk
    Campaign.objects.filter(is_default=True).update(lease_minutes=3)
    lend(apps, None)
    assert Campaign.objects.get(is_default=True).lease_minutes == 3


def test_two_vetters_side_by_side_get_different_candidates_the_most_urgent_first(vera, jan):
    rows = make_night(15)
    assert (ids(ask(vera)), ids(ask(jan))) == (rows[:12], rows[12:])


def test_where_two_votes_are_needed_two_vetters_get_the_same_and_a_third_none(vera, jan):
    Campaign.objects.filter(is_default=True).update(votes_needed=2)
    rows = make_night(2)
    assert [ids(ask(client)) for client in (vera, jan, page_of("ida"))] == [rows, rows, []]


def test_what_is_left_with_others_is_said_with_the_minutes(vera, jan):
    make_night(3)
    ask(vera)
    answer = ask(jan)
    assert (ids(answer), answer["left"], answer["away"]) == ([], 3, {"count": 3, "minutes": 10})
    assert "away" not in ask(vera)


def test_a_night_without_anything_left_is_not_with_others(vera, jan):
    row = factories.make_candidate()
    factories.make_label(row, vera.user)
    assert "away" not in ask(jan)


def test_what_is_skipped_goes_to_others_and_not_straight_back(vera, jan):
    rows = make_night(2)
    ask(vera)
    assert borrowed(vera, left=rows[:1])["gone"] == []
    assert ids(ask(vera, exclude=",".join(map(str, rows)))) == []
    assert ids(ask(jan)) == rows[:1]


def test_who_skips_more_than_may_be_held_is_not_starved(vera):
    rows, seen = make_night(40), []
    while given := ids(ask(vera, exclude=",".join(map(str, seen)))):
        seen += given
        borrowed(vera, left=given)
    assert seen == rows


def test_who_takes_without_labelling_holds_no_more_than_pages_show(vera):
    rows, seen = make_night(MOST_SHOWN + 5), []
    while given := ids(ask(vera, exclude=",".join(map(str, seen)))):
        seen += given
    assert seen == rows[:MOST_SHOWN]


@pytest.mark.parametrize("kind", ["snooze", "purgatory", "hide"])
def test_what_is_put_off_goes_to_others(vera, jan, kind):
    (row,) = make_night(1)
    ask(vera)
    sent = {"uuid": str(uuid.uuid4()), "candidate": row, "defer": kind, "span": "1h" if kind == "snooze" else None}
    post(vera, "/scan/deferrals/", **sent)
    assert (ids(ask(vera)), ids(ask(jan))) == ([], [row])


def test_what_runs_out_goes_to_others_and_the_first_page_is_told(vera, jan):
    rows = make_night(2)
    ask(vera)
    expire()
    assert ids(ask(jan)) == rows
    assert borrowed(vera, kept=rows)["gone"] == rows


def test_what_ran_out_is_lent_anew_where_nobody_has_taken_it(vera, jan):
    rows = make_night(2)
    ask(vera)
    expire()
    assert borrowed(vera, kept=rows)["gone"] == []
    assert ids(ask(jan)) == []


def test_what_another_has_decided_by_a_link_is_not_kept(vera, jan):
    rows = make_night(2)
    ask(vera)
    post(jan, "/scan/labels/", uuid=str(uuid.uuid4()), candidate=rows[0], fine_class="ghost")
    assert borrowed(vera, kept=rows)["gone"] == rows[:1]


def test_a_page_that_was_loaded_anew_keeps_what_the_one_before_gives_back(vera, jan):
    rows = make_night(2)
    before = ask(vera)["lent_by"]
    assert ids(ask(vera)) == rows
    borrowed(vera, left=rows, lent_by=before)
    assert ids(ask(jan)) == []


@pytest.mark.parametrize("wrong", [{"left": 1}, {"left": ["1"]}, {"kept": [0]}, {"lent_by": "x"}, {"lent_by": 1}])
def test_what_cannot_be_read_is_refused_with_a_reason(vera, wrong):
    answer = post(vera, f"/scan/borrowed/?night={NIGHT}", **wrong)
    assert (answer.status_code, answer.json()["detail"][:8]) == (400, "expected")


def test_a_time_without_its_zone_is_refused(vera):
    assert post(vera, f"/scan/borrowed/?night={NIGHT}", lent_by="2026-01-01T00:00:00").status_code == 400


def test_filters_choose_among_what_others_do_not_hold(vera, jan):
    rows = make_night(14)
    ask(vera)
    assert ids(ask(jan, snr_min=6)) == rows[12:]
    assert set(Assignment.objects.filter(vetter=jan.user).values_list("queue_reason", flat=True)) == {"chosen"}


def test_a_filter_for_what_is_vetted_lends_it_too(vera, jan):
    row = factories.make_candidate(state=State.VETTED)
    factories.make_score(row)
    assert (ids(ask(vera, state="vetted")), ids(ask(jan, state="vetted"))) == ([row.pk], [])


def test_what_is_picked_is_shown_whoever_holds_it_and_what_is_free_is_lent(vera, jan):
    rows = make_night(13)
    ask(vera)
    picked = f"{rows[0]},{rows[12]}"
    assert ids(ask(jan, ids=picked)) == [rows[0], rows[12]]
    assert list(Assignment.objects.filter(vetter=jan.user).values_list("candidate", flat=True)) == [rows[12]]
    sent = post(jan, f"/scan/borrowed/?night={NIGHT}&ids={picked}", kept=[rows[0], rows[12]])
    assert sent.json()["gone"] == []


def test_a_link_shows_a_candidate_whoever_holds_it(vera, jan):
    rows = make_night(1)
    ask(vera)
    assert jan.get("/scan/", {"candidate": rows[0]}).context["first"]["shared"]["candidate"]["id"] == rows[0]
    assert not Assignment.objects.filter(vetter=jan.user).exists()


def test_what_a_link_opened_is_lent_where_it_is_free(vera, jan):
    rows = make_night(30)
    vera.get("/scan/", {"candidate": rows[20]})
    assert rows[20] not in {*ids(ask(jan)), *ids(ask(jan, exclude=",".join(map(str, rows[:20]))))}


def test_undo_of_what_was_retired_brings_it_back_to_its_vetter(vera, jan):
    (row,) = make_night(1)
    ask(vera)
    given = str(uuid.uuid4())
    post(vera, "/scan/labels/", uuid=given, candidate=row, fine_class="ghost")
    post(vera, "/scan/undo/", uuid=str(uuid.uuid4()), undoes=given)
    assert (ids(ask(jan)), ids(ask(vera))) == ([], [row])


def test_a_paused_campaign_hands_nothing_new_out_and_says_so(vera):
    make_night(1)
    Campaign.objects.filter(is_default=True).update(status=Campaign.Status.PAUSED)
    answer = ask(vera)
    assert (ids(answer), "is paused" in answer["nothing"]) == ([], True)


def test_a_campaign_that_does_not_lend_shows_the_same_to_all(vera, jan):
    Campaign.objects.filter(is_default=True).update(assigns=False)
    rows = make_night(3)
    assert (ids(ask(vera)), ids(ask(jan))) == (rows, rows)
    assert "lent_by" not in ask(vera)


def cutouts(client, **parameters):
    return client.get("/grid/cutouts/", {"night": NIGHT, "size": 24} | parameters).json()


def test_pages_of_the_grid_are_lent_too(vera, jan):
    rows = make_night(30)
    assert (ids(cutouts(vera)), ids(cutouts(jan))) == (rows[:24], rows[24:])
    assert cutouts(jan, after=rows[29])["away"] == {"count": 24, "minutes": 10}


def test_a_large_page_and_the_one_after_it_are_lent_at_once(vera):
    rows = make_night(200)
    first = ids(cutouts(vera, size=96))
    assert first + ids(cutouts(vera, size=96, after=first[-1])) == rows[:192]


def test_a_page_that_was_turned_goes_to_others(vera, jan):
    rows = make_night(48)
    ids(cutouts(vera)), ids(cutouts(vera, after=rows[23]))
    borrowed(vera, left=rows[:24])
    assert ids(cutouts(jan)) == rows[:24]
    assert borrowed(vera, kept=rows[:24])["gone"] == rows[:24]


@pytest.fixture
def campaign(vera, jan):
    return factories.make_campaign(factories.make_user("mira"), vera.user, jan.user)


def test_the_grid_of_a_campaign_lends_in_its_order_and_leaves_out_what_the_page_holds(vera, jan, campaign):
    rows = [row.pk for row in factories.make_pool(campaign, 30)]
    sent = {"campaign": campaign.pk, "size": 24}
    first = ids(vera.get("/grid/cutouts/", sent).json())
    assert first == list(Assignment.objects.order_by("pk").values_list("candidate", flat=True))
    more = ids(vera.get("/grid/cutouts/", sent | {"exclude": ",".join(map(str, first))}).json())
    assert {*first, *more} == {*rows}
    assert "30 are with other vetters" in jan.get("/grid/cutouts/", sent).json()["nothing"]


def test_the_grid_of_a_campaign_has_its_classes_and_its_labels(vera, campaign):
    (row,) = factories.make_pool(campaign, 1)
    campaign.guidelines.update(classes=["asteroid", "ghost"])
    page = vera.get("/grid/", {"campaign": campaign.pk})
    assert [key.fine_class for key in page.context["keys"]] == ["asteroid", "ghost"]
    assert ids(page.context["first"]) == [row.pk]
    sent = {"labels": [{"uuid": str(uuid.uuid4()), "candidate": row.pk}], "fine_class": "ghost"}
    assert post(vera, "/grid/labels/", campaign=str(campaign.pk), **sent).status_code == 200
    assert row.consensus.get().campaign == campaign


def test_a_page_of_a_campaign_keeps_what_it_holds_for_its_old_reason(vera, campaign):
    rows = [row.pk for row in factories.make_pool(campaign, 3)]
    vera.get("/scan/queue/", {"campaign": campaign.pk})
    expire()
    answer = post(vera, f"/scan/borrowed/?campaign={campaign.pk}", kept=rows).json()
    assert answer["gone"] == []
    assert set(Assignment.objects.values_list("queue_reason", flat=True)) == {"random"}
    assert not PoolItem.objects.exclude(gold_class="").exists()


@pytest.mark.parametrize("address", ["/grid/", "/grid/cutouts/?size=24&"])
def test_the_grid_of_a_campaign_that_one_has_no_part_in_is_not_found(vera, address):
    foreign = factories.make_campaign(factories.make_user("mira"))
    assert vera.get(address, {"campaign": foreign.pk, "size": 24}).status_code == 404


@pytest.mark.parametrize("asked", ["", "&rate_min=1"])
def test_what_waits_for_an_adjudicator_is_neither_lent_nor_counted(vera, asked):
    contested, other = make_night(2)
    for name in ("jan", "olga"):
        factories.make_label(Candidate.objects.get(pk=contested), factories.make_user(name), "unsure")
    shown = vera.get(f"/scan/queue/?night={NIGHT}{asked}").json()
    assert ([each["id"] for each in shown["candidates"]], shown["left"]) == ([other], 1)
