import json
import uuid

import pytest

from scoring.families import FineClass
from tests import factories
from vetting.campaigns.dashboards.record import record_of
from vetting.campaigns.dashboards.tables import votes
from vetting.campaigns.models import Campaign, Label
from vetting.campaigns.selectors import campaign_default
from vetting.campaigns.services import label_save
from vetting.common import ApplicationError

pytestmark = pytest.mark.django_db
NIGHT = {"night": "2018-07-01"}


@pytest.fixture
def vetter():
    return factories.logged_in(factories.make_user("vera"))


@pytest.fixture
def candidate():
    row = factories.make_candidate()
    row.sha256 = factories.make_score(row).ensemble.sha256
    return row


def post(client, address, sent):
    headers = {"X-Vetter": str(client.user.pk)}
    return client.post(address, json.dumps(sent), content_type="application/json", headers=headers)


def label(client, candidate, shown):
    sent = {"uuid": str(uuid.uuid4()), "candidate": candidate.pk, "fine_class": "ghost", "shown": shown}
    return post(client, "/scan/labels/", sent)


def test_a_label_keeps_what_the_page_says_that_it_showed(vetter, candidate):
    shown = {"blind": False, "explanation": True, "neighbours": False, "ensemble": candidate.sha256}
    assert label(vetter, candidate, shown).status_code == 200
    assert Label.objects.get().shown == shown


def test_a_page_that_says_nothing_leaves_it_unknown(vetter, candidate):
    assert label(vetter, candidate, None).status_code == 200
    assert Label.objects.get().shown == {}


@pytest.mark.parametrize(
    "wrong",
    [
        [], "blind", {"blind": 1}, {"explanation": "yes"}, {"neighbours": None}, {"colour": True},
        {"ensemble": "0" * 64}, {"ensemble": 7}, {"ensemble": {}},
        {"blind": True, "explanation": True}, {"blind": True, "neighbours": True},
    ],
)  # fmt: skip
def test_what_cannot_have_been_shown_is_refused(vetter, candidate, wrong):
    response = label(vetter, candidate, wrong)
    assert (response.status_code, Label.objects.count()) == (400, 0)
    assert response.json()["detail"].startswith("expected")


def test_a_blind_vetter_was_shown_no_score(vetter, candidate):
    assert label(vetter, candidate, {"blind": True, "ensemble": candidate.sha256}).status_code == 400
    assert label(vetter, candidate, {"blind": True}).status_code == 200


def test_the_ensemble_must_have_scored_this_candidate(vetter, candidate):
    assert label(vetter, factories.make_candidate(), {"ensemble": candidate.sha256}).status_code == 400


@pytest.mark.parametrize("address", ["/scan/queue/", "/grid/cutouts/?size=24"])
def test_card_and_tile_name_the_ensemble_whose_score_they_show(vetter, candidate, address):
    factories.make_score(factories.make_candidate(), p_asteroid=None, plausible=None, reason="flat cutout")
    shown, without = vetter.get(address, NIGHT | {"size": 24}).json()["candidates"]
    assert (shown["ensemble"], without["ensemble"]) == (candidate.sha256, None)


@pytest.mark.parametrize("address", ["/scan/queue/", "/grid/cutouts/?size=24"])
def test_a_sealed_card_names_no_ensemble(vetter, candidate, address):
    Campaign.objects.filter(is_default=True).update(blindness=Campaign.Blindness.FIRST_VOTE)
    assert vetter.get(address, NIGHT | {"size": 24}).json()["candidates"][0]["ensemble"] is None


def test_labels_of_a_step_of_the_grid_keep_it_each(vetter, candidate):
    other = factories.make_candidate()
    told = [(candidate, {"blind": False, "ensemble": candidate.sha256}), (other, {"blind": False})]
    labels = [{"uuid": str(uuid.uuid4()), "candidate": row.pk, "shown": shown} for row, shown in told]
    assert post(vetter, "/grid/labels/", {"labels": labels, "fine_class": "ghost"}).json()["saved"] == 2
    assert [(row.candidate, row.shown) for row in Label.objects.all()] == told


def test_a_service_that_is_told_nonsense_says_so(candidate):
    with pytest.raises(ApplicationError, match="expected blind to be true or false"):
        label_save(
            candidate, campaign=campaign_default(), vetter=factories.make_user("jan"), uuid=uuid.uuid4(),
            fine_class="ghost", shown={"blind": "no"},
        )  # fmt: skip


def test_the_table_of_votes_tells_guideline_and_what_was_shown(vetter, candidate):
    campaign = campaign_default()
    if not campaign.guidelines.exists():  # it went with the first test that emptied the tables
        campaign.guidelines.create(number=1, classes=list(FineClass))
    label(vetter, candidate, {"blind": False, "neighbours": True, "ensemble": candidate.sha256})
    table = votes(record_of(campaign, is_manager=True))
    told = dict(zip(table.columns, table.rows[0], strict=True))
    assert {name: told[name] for name in table.columns[6:]} == {
        "guideline": 1, "shown_blind": False, "shown_explanation": None, "shown_neighbours": True,
        "shown_ensemble": candidate.sha256,
    }  # fmt: skip
