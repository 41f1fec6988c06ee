import io
import json
import uuid

import pytest
from PIL import Image

from scoring.families import FineClass
from tests import factories
from vetting.campaigns.grid import JUNK
from vetting.campaigns.keys import ON_GRID
from vetting.campaigns.models import Label
from vetting.campaigns.selectors import campaign_default, labels_standing, progress
from vetting.campaigns.services import guideline_write, labels_save, labels_undo
from vetting.candidates.models import Candidate, State
from vetting.common import ApplicationError, ConflictError

pytestmark = pytest.mark.django_db
NIGHT = "2018-07-01"


@pytest.fixture
def cast():
    return factories.make_cast()


@pytest.fixture
def vetter(client, cast):
    client.force_login(cast.vetter)
    client.user = cast.vetter
    return client


@pytest.fixture
def candidates():
    rows = [factories.make_candidate() for _ in range(6)]
    for row, p in zip(rows, (0.2, 0.9, 0.5, None, 0.5, None), strict=True):
        reason = "flat cutout" if p is None else ""
        factories.make_score(row, p_asteroid=p, plausible=None if reason else True, reason=reason)
    return rows


def step(rows):
    return {uuid.uuid4(): row.pk for row in rows}


def save(given, vetter, fine_class="ghost"):
    return labels_save(given, campaign=campaign_default(), vetter=vetter, fine_class=fine_class)


def take_back(given, vetter):
    back = {uuid.uuid4(): label for label in given}
    return labels_undo(back, campaign=campaign_default(), vetter=vetter), back


def standing(vetter):
    return list(labels_standing(campaign_default()).filter(vetter=vetter).values_list("fine_class", flat=True))


def test_a_step_sent_twice_is_one_label_for_each(cast, candidates):
    given = step(candidates)
    assert save(given, cast.vetter) == save(given, cast.vetter)
    assert Label.objects.count() == 6
    assert {row.consensus.get().votes for row in candidates} == {1}


def test_a_step_is_undone_as_a_whole_by_new_rows(cast, candidates):
    given = step(candidates)
    save(given, cast.vetter)
    take_back(given, cast.vetter)
    assert (standing(cast.vetter), Label.objects.count()) == ([], 12)
    assert {type(row).objects.get(pk=row.pk).state for row in candidates} == {State.QUEUED}


def test_an_undoing_sent_twice_takes_back_once(cast, candidates):
    given = step(candidates)
    save(given, cast.vetter)
    _, back = take_back(given, cast.vetter)
    again = labels_undo(back, campaign=campaign_default(), vetter=cast.vetter)
    assert (len(again), Label.objects.count()) == (6, 12)


def test_what_was_corrected_since_stays_when_the_step_is_undone(cast, candidates):
    given = step(candidates)
    save(given, cast.vetter)
    factories.make_label(candidates[0], cast.vetter, "asteroid")
    undone, _ = take_back(given, cast.vetter)
    assert (len(undone), standing(cast.vetter)) == (5, ["asteroid"])


def test_other_vetters_keep_their_labels(cast, candidates):
    factories.make_label(candidates[0], cast.second_vetter, "asteroid")
    given = step(candidates)
    save(given, cast.vetter)
    take_back(given, cast.vetter)
    assert standing(cast.second_vetter) == ["asteroid"]


def test_nobody_undoes_the_step_of_another(cast, candidates):
    given = step(candidates)
    save(given, cast.vetter)
    with pytest.raises(ApplicationError, match="no such label of yours"):
        take_back(given, cast.second_vetter)
    assert len(standing(cast.vetter)) == 6


def test_a_step_with_one_refused_label_saves_none(cast, candidates):
    given = step([*candidates, factories.make_candidate(state=State.NEW)])
    with pytest.raises(ConflictError, match="not been scored"):
        save(given, cast.vetter)
    assert not Label.objects.exists()


def test_a_step_with_a_candidate_that_is_not_there_is_refused(cast, candidates):
    with pytest.raises(ApplicationError, match="no candidate 999999"):
        save(step(candidates) | {uuid.uuid4(): 999999}, cast.vetter)


def post(client, name, sent):
    headers = {"X-Vetter": str(client.user.pk)}
    return client.post(f"/grid/{name}/", json.dumps(sent), content_type="application/json", headers=headers)


def sent_step(rows, fine_class="ghost"):
    return {"labels": [{"uuid": str(uuid.uuid4()), "candidate": row.pk} for row in rows], "fine_class": fine_class}


def page(client, **parameters):
    return client.get("/grid/cutouts/", {"night": NIGHT, "size": 24} | parameters).json()


def test_the_order_is_that_of_the_scan_page_and_can_be_followed_from_any_cutout(vetter, candidates):
    order = [one["id"] for one in page(vetter)["candidates"]]
    assert order == [candidates[i].pk for i in (1, 2, 4, 0, 3, 5)]
    for place, pk in enumerate(order):
        assert [one["id"] for one in page(vetter, after=pk)["candidates"]] == order[place + 1 :]


def test_the_page_after_a_labelled_cutout_goes_on_where_it_stood(vetter, candidates):
    factories.make_label(candidates[2], vetter.user)
    found = page(vetter, after=candidates[2].pk)
    assert [one["id"] for one in found["candidates"]] == [candidates[i].pk for i in (4, 0, 3, 5)]
    assert (found["done"], found["left"]) == (1, 5)


def test_a_step_and_its_undoing_by_request(vetter, candidates):
    sent = sent_step(candidates)
    assert post(vetter, "labels", sent).json()["saved"] == 6
    back = [{"uuid": str(uuid.uuid4()), "undoes": label["uuid"]} for label in sent["labels"]]
    assert post(vetter, "undo", {"labels": back}).json() == {"undone": 6}
    assert progress(campaign_default(), vetter.user, Candidate.objects.none()).done == 0


def test_a_step_keeps_the_guideline_that_the_page_showed_and_hears_of_the_new_one(vetter, candidates):
    campaign, mira = campaign_default(), factories.make_user("manu", is_staff=True)
    first, second = (guideline_write(campaign, by=mira, text=text, classes=list(FineClass)) for text in ("1", "2"))
    answer = post(vetter, "labels", sent_step(candidates) | {"guideline": first.number}).json()
    assert answer == {"saved": 6, "guideline": second.number}
    assert set(Label.objects.values_list("guideline", flat=True)) == {first.pk}


@pytest.mark.parametrize(
    "wrong",
    [
        {"labels": None},
        {"labels": []},
        {"labels": [1]},
        {"labels": [{"uuid": "1", "candidate": 1}]},
        {"labels": [{"uuid": str(uuid.UUID(int=1)), "candidate": "1"}]},
        {"labels": [{"uuid": str(uuid.UUID(int=n)), "candidate": 1} for n in range(2)]},
        {"labels": [{"uuid": str(uuid.UUID(int=1)), "candidate": n + 1} for n in range(2)]},
        {"labels": [{"uuid": str(uuid.UUID(int=n)), "candidate": n + 1} for n in range(97)]},
        {"fine_class": "junk"},
        {"fine_class": None},
    ],
)
def test_a_step_that_cannot_be_read_is_refused_with_a_reason(vetter, candidates, wrong):
    response = post(vetter, "labels", sent_step(candidates) | wrong)
    assert response.status_code == 400
    assert response.json()["detail"].startswith("expected")
    assert not Label.objects.exists()


@pytest.mark.parametrize(
    "wrong", [{"size": 25}, {"size": "x"}, {"size": ""}, {"night": ""}, {"after": "1,2"}, {"after": "x"}]
)
def test_a_page_that_cannot_be_read_is_refused(vetter, candidates, wrong):
    assert vetter.get("/grid/cutouts/", {"night": NIGHT, "size": 24} | wrong).status_code == 400


def test_a_step_of_a_page_whose_login_has_changed_is_refused(vetter, candidates):
    response = vetter.post("/grid/labels/", "{}", content_type="application/json", headers={"X-Vetter": "0"})
    assert response.status_code == 403


def test_the_size_that_was_chosen_last_is_kept(vetter, candidates):
    assert vetter.get("/grid/").context["size"] == 24
    vetter.get("/grid/", {"size": 96})
    assert vetter.get("/grid/").context["size"] == 96


def test_the_grid_needs_a_login(client):
    assert client.get("/grid/").url == "/login/?next=/grid/"


def test_an_empty_database_says_how_a_night_is_brought_in(vetter):
    assert "manage ingest" in vetter.get("/grid/").content.decode()


def test_keys_of_the_grid_are_distinct_and_junk_is_never_an_asteroid():
    keys = [key for action in ON_GRID for key in action.keys] + list("i?")
    assert len(keys) == len(set(keys))
    assert not {FineClass.ASTEROID, FineClass.UNSURE} & {key.fine_class for key in JUNK}


def test_a_stamp_is_as_wide_as_what_the_networks_see(vetter, candidates):
    factories.make_cutout(candidates[0])
    image = next(one["image"] for one in page(vetter)["candidates"] if one["id"] == candidates[0].pk)
    assert Image.open(io.BytesIO(vetter.get(image).content)).size == (144, 144)
    assert [one["image"] for one in page(vetter)["candidates"]].count(None) == 5
