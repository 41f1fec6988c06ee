import json
import time
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from scoring.families import FineClass
from tests import factories
from vetting.campaigns.keys import KEYS
from vetting.campaigns.models import Campaign, Label
from vetting.campaigns.selectors import campaign_default
from vetting.candidates.models import Candidate, Score, State

NIGHT = "2018-07-01"


@pytest.fixture
def vetter(db):
    return factories.logged_in(factories.make_user("vera"))


@pytest.fixture
def candidates(db):
    rows = [factories.make_candidate() for _ in range(5)]
    for row, p in zip(rows, (0.2, 0.9, 0.5, None, 0.7), strict=True):
        reason = "flat cutout" if p is None else ""
        factories.make_score(row, p_asteroid=p, plausible=None if reason else True, reason=reason)
    return rows


def post(client, url, **sent):
    return client.post(
        url, json.dumps(sent), content_type="application/json", headers={"X-Vetter": str(client.user.pk)}
    )


def label(client, row, fine_class="asteroid", **over):
    sent = {"uuid": str(uuid.uuid4()), "candidate": row.pk, "fine_class": fine_class, "seconds": 1.2} | over
    return post(client, "/scan/labels/", **sent)


def queue(client, **parameters):
    return client.get("/scan/queue/", {"night": NIGHT} | parameters).json()


def test_front_page_leads_to_the_scan_page(vetter):
    assert vetter.get("/").url == "/scan/"


def test_scan_page_needs_a_login(client, db):
    assert client.get("/scan/").url == "/login/?next=/scan/"


def test_empty_database_says_how_a_night_is_brought_in(vetter):
    assert "manage ingest" in vetter.get("/scan/").content.decode()


def test_scan_page_opens_at_the_latest_night_with_work(vetter, candidates):
    later = factories.make_candidate(mjd_mid=58400.3, state=State.REJECTED)
    assert vetter.get("/scan/").context["night"] == candidates[0].night < later.night


def test_scan_page_opens_at_the_latest_night_where_none_has_work(vetter):
    done = factories.make_candidate(mjd_mid=58400.3, state=State.REJECTED)
    assert vetter.get("/scan/").context["night"] == done.night


def test_night_that_is_no_date_is_refused_with_what_came(vetter):
    response = vetter.get("/scan/?night=tonight")
    assert response.status_code == 400
    assert "'tonight'" in response.json()["detail"]


def test_every_fine_class_has_keys_of_its_own():
    assert [key.fine_class for key in KEYS] == list(FineClass)
    keys = [key.digit for key in KEYS] + [key.letter for key in KEYS] + list("uitrbm?")
    assert len(keys) == len(set(keys))


def test_queue_is_best_first_and_ends_with_the_unscorable(vetter, candidates):
    order = [card["id"] for card in queue(vetter)["candidates"]]
    assert order == [candidates[i].pk for i in (1, 4, 2, 0, 3)]


def test_unscorable_candidate_shows_its_reason(vetter, candidates):
    assert "Cannot be scored: flat cutout" in queue(vetter)["candidates"][-1]["html"]


def test_queue_leaves_out_what_the_page_holds(vetter, candidates):
    held = ",".join(str(row.pk) for row in candidates[:4])
    assert [card["id"] for card in queue(vetter, exclude=held)["candidates"]] == [candidates[4].pk]


@pytest.mark.parametrize("held", ["1,x", "1;2", "-1", "9" * 30, "1," * 2000, "²"])
def test_list_of_ids_that_cannot_be_read_is_refused(vetter, candidates, held):
    assert vetter.get("/scan/queue/", {"night": NIGHT, "exclude": held}).status_code == 400


def test_queue_says_how_many_are_still_being_scored(vetter, candidates):
    factories.make_candidate(state=State.NEW)
    assert queue(vetter)["scoring"] == 1


def test_ids_of_the_survey_are_text(vetter, candidates):
    assert queue(vetter)["candidates"][0]["name"] == candidates[1].source_id


def test_facts_are_escaped(vetter, db):
    factories.make_score(factories.make_candidate(source_id="<script>alert(1)</script>"))
    assert "<script>" not in queue(vetter)["candidates"][0]["html"]


def test_facts_hold_position_rate_and_thresholds(vetter, db):
    ensemble = factories.make_ensemble(description={"thresholds": {"rb": {"rb_vgg6": 0.5}, "kd": {"kd_vgg6": 0.97}}})
    factories.make_score(factories.make_candidate(ra=150.5, dec=-2.25), ensemble=ensemble)
    html = queue(vetter)["candidates"][0]["html"]
    for text in (
        "150.50000°",
        "10:02:00.00 -02:15:00.0",
        "23.0 deg/day",
        "±180° ambiguous",
        "28.4 px · 28.8″",
        "&lt; 0.970",
    ):
        assert text in html


def test_label_is_saved_with_its_time_and_leaves_the_queue(vetter, candidates):
    assert label(vetter, candidates[1], "cosmic_ray").status_code == 200
    row = Label.objects.get()
    assert (row.fine_class, row.seconds, row.vetter) == ("cosmic_ray", 1.2, vetter.user)
    answer = queue(vetter)
    assert (answer["done"], answer["left"]) == (1, 4)


def test_label_sent_twice_is_one_row(vetter, candidates):
    sent = str(uuid.uuid4())
    assert [label(vetter, candidates[0], uuid=sent).status_code for _ in range(2)] == [200, 200]
    assert Label.objects.count() == 1


def test_uuid_that_comes_back_with_another_class_is_refused(vetter, candidates):
    sent = str(uuid.uuid4())
    label(vetter, candidates[0], uuid=sent)
    assert label(vetter, candidates[0], "ghost", uuid=sent).status_code == 409


def test_undo_is_a_row_of_its_own_and_brings_the_candidate_back(vetter, candidates):
    given = label(vetter, candidates[1]).json()["uuid"]
    assert post(vetter, "/scan/undo/", uuid=str(uuid.uuid4()), undoes=given).status_code == 200
    assert Label.objects.count() == 2
    assert queue(vetter)["candidates"][0]["id"] == candidates[1].pk


def test_label_of_another_vetter_cannot_be_taken_back(vetter, candidates):
    other = factories.make_label(candidates[0], factories.make_user("jan"))
    assert post(vetter, "/scan/undo/", uuid=str(uuid.uuid4()), undoes=str(other.uuid)).status_code == 400


def test_page_starts_with_the_latest_own_labels_of_the_night(vetter, candidates):
    for row in candidates[:2]:
        factories.make_label(row, vetter.user)
    recent = queue(vetter, recent=1)["recent"]
    assert [entry["candidate"]["id"] for entry in recent] == [row.pk for row in candidates[:2]]


def test_label_of_a_page_whose_login_has_changed_is_refused(vetter, candidates):
    """Two logins in one browser share its cookies: a kept label must not be saved as somebody else's."""
    response = vetter.post("/scan/labels/", "{}", content_type="application/json", headers={"X-Vetter": "0"})
    assert response.status_code == 403
    assert not Label.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"uuid": "1"},
        {"candidate": "1"},
        {"candidate": True},
        {"candidate": 2**63},
        {"fine_class": "comet"},
        {"fine_class": None},
        {"seconds": "long"},
        {"seconds": -1},
    ],
)
def test_label_that_cannot_be_read_is_refused_with_a_reason(vetter, candidates, wrong):
    sent = {"uuid": str(uuid.uuid4()), "candidate": candidates[0].pk, "fine_class": "ghost"} | wrong
    response = post(vetter, "/scan/labels/", **sent)
    assert response.status_code == 400
    assert response.json()["detail"].startswith("expected")


@pytest.mark.parametrize("body", ["", "[1]", "{", "null", '{"seconds": Infinity}'])
def test_body_that_is_no_label_is_refused(vetter, body):
    headers = {"X-Vetter": str(vetter.user.pk)}
    assert vetter.post("/scan/labels/", body, content_type="application/json", headers=headers).status_code == 400


def test_label_of_a_candidate_that_is_gone_is_404(vetter):
    assert label(vetter, Candidate(pk=999)).status_code == 404


def test_labels_need_the_csrf_token(candidates, db):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    client.force_login(factories.make_user("otto"))
    assert client.post("/scan/labels/", "{}", content_type="application/json").status_code == 403


def test_queue_of_a_large_night_with_many_labels_stays_quick(vetter, db):
    """Two correlated subqueries took five seconds here: what a vetter has judged is one set, found once."""
    ensemble, like = factories.make_ensemble(), factories.make_candidate()
    plain = {
        f.attname: getattr(like, f.attname) for f in Candidate._meta.fields if f.attname not in {"id", "source_id"}
    }
    rows = Candidate.objects.bulk_create(Candidate(**plain, source_id=str(number)) for number in range(3000))
    Score.objects.bulk_create(Score(candidate=r, ensemble=ensemble, plausible=True, p_asteroid=0.5) for r in rows)
    given = {"campaign": campaign_default(), "vetter": vetter.user, "fine_class": "unsure"}
    Label.objects.bulk_create(Label(**given, uuid=uuid.uuid4(), candidate=row) for row in rows[:1500])
    start = time.process_time()
    assert queue(vetter, exclude="1")["left"] == 1501
    assert time.process_time() - start < 0.5


@pytest.mark.parametrize(("assigns", "most"), [(False, 9), (True, 18)])
def test_number_of_queries_does_not_grow_with_the_queue(vetter, candidates, assigns, most):
    Campaign.objects.filter(is_default=True).update(assigns=assigns)

    def count():
        with CaptureQueriesContext(connection) as queries:
            queue(vetter, exclude="1")
        return len(queries)

    few = count()
    for _ in range(6):
        factories.make_score(factories.make_candidate())
    assert count() == few <= most


def test_address_that_does_not_exist_says_so_in_the_sites_own_words(vetter):
    response = vetter.get("/candidates/1/nothing/")
    assert response.status_code == 404
    assert "Nothing is at this address" in response.content.decode()


def test_page_for_our_own_errors_needs_neither_database_nor_login():
    from django.template.loader import render_to_string

    assert "Labels that you gave on the scan page are kept" in render_to_string("500.html")
