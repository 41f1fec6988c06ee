import pytest

from scoring.families import FineClass
from tests import factories
from vetting.candidates.models import SavedFilter, State

NIGHT = "2018-07-01"


@pytest.fixture
def vera(client, db):
    client.user = factories.make_user("vera")
    client.force_login(client.user)
    return client


@pytest.fixture
def rows(db):
    """Make two that wait, one that the gate rejected, one that is vetted and one that is not scored yet."""
    states = (State.QUEUED, State.QUEUED, State.REJECTED, State.VETTED, State.NEW)
    made = [factories.make_candidate(state=state, snr=5 + place) for place, state in enumerate(states)]
    for place, row in enumerate(made):
        factories.make_score(row, p_asteroid=0.9 - place / 10)
    return made


def scanned(client, **query):
    return [card["id"] for card in client.get("/scan/queue/", {"night": NIGHT} | query).json()["candidates"]]


def ids(rows, *places):
    return [rows[place].pk for place in places]


def test_without_a_filter_the_queue_is_what_the_gate_passed(vera, rows):
    assert scanned(vera) == ids(rows, 0, 1)


def test_filters_bring_up_what_the_gate_rejected_but_neither_retired_nor_unscored(vera, rows):
    assert scanned(vera, snr_min=6) == ids(rows, 1, 2)


def test_a_filter_that_names_a_state_gives_that_state(vera, rows):
    assert scanned(vera, state="vetted") == ids(rows, 3)
    assert scanned(vera, state="rejected") == ids(rows, 2)
    assert scanned(vera, state="new") == []


def test_picked_candidates_are_scanned_best_first(vera, rows):
    assert scanned(vera, ids=f"{rows[2].pk},{rows[0].pk}") == ids(rows, 0, 2)


def test_what_is_judged_leaves_a_filtered_queue_too(vera, rows):
    factories.make_label(rows[2], vera.user, FineClass.GHOST)
    assert scanned(vera, snr_min=6) == ids(rows, 1)


@pytest.mark.parametrize("choice", [{"state": "queued"}, {"judged": "not_me"}, {"ids": "here"}, {"filter": "saved"}])
def test_what_is_judged_of_a_choice_is_counted_within_it(vera, rows, choice):
    saved = SavedFilter.objects.create(owner=vera.user, name="open", parameters={"label": "none", "ids": rows[0].pk})
    words = {"here": f"{rows[0].pk},{rows[1].pk}", "saved": saved.pk}
    for row in rows[:1] + rows[2:3]:
        factories.make_label(row, vera.user, FineClass.GHOST)
    asked = {name: words.get(value, value) for name, value in choice.items()} | {"snr_max": 6, "night": NIGHT}
    for answer in (vera.get("/scan/queue/", asked), vera.get("/grid/cutouts/", asked | {"size": 24})):
        assert answer.json()["done"] == 1


def test_a_saved_filter_is_a_queue_of_the_page_and_of_the_grid(vera, rows):
    saved = SavedFilter.objects.create(owner=vera.user, name="strong", parameters={"snr_min": "6"})
    page = vera.get("/scan/", {"filter": saved.pk})
    assert f"/scan/queue/?night={NIGHT}&amp;filter={saved.pk}" in page.content.decode()
    assert "Filter: strong" in page.content.decode()
    assert [row["id"] for row in vera.get("/grid/", {"filter": saved.pk}).context["first"]["candidates"]] == ids(
        rows, 1, 2
    )


def test_a_saved_filter_of_another_that_is_not_shared_is_refused(vera, rows):
    kept = SavedFilter.objects.create(owner=factories.make_user("jan"), name="x", parameters={"snr_min": "6"})
    assert vera.get("/scan/", {"filter": kept.pk}).status_code == 400


def test_a_filter_that_cannot_be_read_is_refused_with_its_name(vera, rows):
    answer = vera.get("/scan/queue/", {"night": NIGHT, "snr_min": "high"})
    assert (answer.status_code, "snr_min" in answer.json()["detail"]) == (400, True)


def test_the_page_opens_at_the_latest_night_where_the_filters_find_something(vera, rows):
    factories.make_candidate(mjd_mid=58400.3, snr=1)
    assert vera.get("/scan/", {"snr_min": 6}).context["night"] == rows[0].night


def test_saved_filters_are_offered_by_name(vera, rows):
    SavedFilter.objects.create(owner=factories.make_user("jan"), name="fast ones", parameters={}, is_shared=True)
    assert "fast ones <span>jan</span>" in vera.get("/scan/").content.decode()
