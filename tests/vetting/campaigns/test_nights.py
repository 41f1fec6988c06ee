import json
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from scoring.families import FineClass
from tests import factories as make
from vetting.campaigns.models import Label, Look
from vetting.campaigns.nights import clock, first_looks, looks_save, present, standing_of, step
from vetting.candidates.formatting import datetime_of_mjd
from vetting.candidates.models import CandidateEvent, Score, State

NIGHT = date(2018, 7, 1)


@pytest.fixture
def vera(client, db):
    client.user = make.make_user("vera")
    client.force_login(client.user)
    return client


def look(client, *looks, vetter=None):
    body = json.dumps({"looks": [{"candidate": row.pk, "seconds_ago": ago} for row, ago in looks]})
    headers = {"X-Vetter": str(client.user.pk if vetter is None else vetter)}
    return client.post(reverse("looks"), body, content_type="application/json", headers=headers)


def test_a_look_is_recorded_by_the_server_s_clock(vera):
    row = make.make_candidate()
    assert look(vera, (row, 60)).status_code == 200
    assert abs((timezone.now() - Look.objects.get().at).total_seconds() - 60) < 30


def test_only_the_first_look_of_a_vetter_counts_however_often_it_is_sent(vera):
    row = make.make_candidate()
    for ago in (60, 1):
        look(vera, (row, ago))
    assert (timezone.now() - Look.objects.get().at).total_seconds() > 30


def test_looks_at_what_does_not_exist_are_left_out(vera):
    assert looks_save(vera.user, {10**9: 1.0}) == 0


@pytest.mark.parametrize("ago", [-1, "x", None, True])
def test_a_look_without_a_time_is_refused(vera, ago):
    assert look(vera, (make.make_candidate(), ago)).status_code == 400
    assert not Look.objects.exists()


def test_looks_of_another_login_are_refused(vera):
    assert look(vera, (make.make_candidate(), 1), vetter=0).status_code == 403


def test_who_looked_or_labelled_within_minutes_is_present(vera):
    row, jan = make.make_candidate(), make.make_user("jan")
    looks_save(vera.user, {row.pk: 2.0})
    make.make_label(row, jan)
    assert [(one.name, one.decisions) for one in present(NIGHT)] == [("jan", 1), ("vera", 0)]
    assert present(date(2018, 7, 2)) == []


def test_who_left_is_not_present(vera):
    looks_save(vera.user, {make.make_candidate().pk: 600.0})
    assert present(NIGHT) == []


def test_a_night_stands_at_what_is_scored_vetted_and_left(vera):
    rows = [make.make_candidate(), make.make_candidate(), make.make_candidate(state=State.REJECTED)]
    make.make_candidate(state=State.NEW)
    for row in rows:
        make.make_score(row, plausible=row.state != State.REJECTED)
    make.make_label(rows[0], vera.user)
    now = standing_of(NIGHT)
    assert (now.total, now.scored, now.plausible, now.vetted, now.left, now.share) == (4, 3, 2, 1, 1, 0.5)


def test_the_clock_runs_from_mid_exposure_to_score_look_and_decision(vera):
    row = make.make_candidate()
    exposed = datetime_of_mjd(row.mjd_mid)
    make.make_score(row)
    make.make_label(row, vera.user)
    Score.objects.update(scored_at=exposed + timedelta(minutes=10))
    Look.objects.create(candidate=row, vetter=vera.user, at=exposed + timedelta(minutes=90))
    CandidateEvent.objects.update(at=exposed + timedelta(minutes=100))
    assert [(one.name, round(one.median), one.in_time) for one in clock(NIGHT)] == [
        ("scored", 600, 1), ("first look", 5400, 0), ("decided", 6000, 1),
    ]  # fmt: skip


def test_a_label_on_the_grid_is_a_look(vera):
    label = make.make_label(make.make_candidate(), vera.user, FineClass.GHOST)
    assert first_looks(NIGHT) == {label.candidate_id: Label.objects.get().labelled_at}


def test_without_any_the_clock_has_no_median():
    assert step("decided", [], 60.0).median is None


def test_a_target_is_met_when_half_are_in_time():
    assert step("scored", [1.0, 2.0, 99.0, 99.0], 60.0).is_met
    assert not step("scored", [1.0, 99.0, 99.0], 60.0).is_met


def test_the_page_of_a_night_shows_progress_people_and_clock(vera):
    row = make.make_candidate()
    make.make_score(row)
    make.make_label(row, vera.user)
    for name in ("night", "night-now"):
        text = vera.get(reverse(name, args=[NIGHT])).content.decode()
        assert "<strong>vera</strong>" in text
        assert "0 of 1" in text


def test_the_changing_part_of_a_night_is_not_kept_by_browsers(vera):
    assert "no-store" in vera.get(reverse("night-now", args=[NIGHT]))["Cache-Control"]
