"""What goes with a label of the scan page: how sure its vetter was, and a few words."""

import json
from uuid import uuid4

import pytest

from tests import factories
from vetting.campaigns.models import Label

pytestmark = pytest.mark.django_db


@pytest.fixture
def vetter(client):
    factories.make_default_campaign()
    client.user = factories.make_user("vera")
    client.force_login(client.user)
    return client


def label(vetter, **over):
    row = factories.make_candidate()
    sent = {"uuid": str(uuid4()), "candidate": row.pk, "fine_class": "asteroid"} | over
    headers = {"X-Vetter": str(vetter.user.pk)}
    return vetter.post("/scan/labels/", json.dumps(sent), content_type="application/json", headers=headers)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ({}, (None, "")),
        ({"confidence": None, "comment": ""}, (None, "")),
        ({"confidence": 25, "comment": " faint "}, (25, "faint")),
    ],
)
def test_a_label_keeps_what_was_said_with_it(vetter, sent, kept):
    assert label(vetter, **sent).status_code == 200
    assert Label.objects.values_list("confidence", "comment").get() == kept


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"confidence": 101}, "expected confidence to be a whole number from 0 to 100, got 101"),
        ({"confidence": True}, "expected confidence to be a whole number from 0 to 100, got True"),
        ({"confidence": "high"}, "got 'high'"),
        ({"comment": 3}, "expected comment to be a text of at most 1000 characters, got 3"),
        ({"comment": "x" * 1001}, "expected comment to be a text of at most 1000 characters"),
        ({"comment": "a\x00"}, "expected comment to be a text of at most 1000 characters"),
    ],
)
def test_what_cannot_be_kept_is_refused(vetter, sent, says):
    answer = label(vetter, **sent)
    assert (answer.status_code, says in answer.json()["detail"]) == (400, True)
    assert not Label.objects.exists()


def test_the_page_gets_back_what_an_own_label_said(vetter):
    label(vetter, confidence=75, comment="faint")
    (held,) = vetter.get("/scan/queue/", {"night": "2018-07-01", "recent": "1"}).json()["recent"]
    assert held["said"] == {"confidence": 75, "comment": "faint"}
