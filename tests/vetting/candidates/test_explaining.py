import json

import numpy as np
import pytest

from scoring.inference import SHIPPED
from tests import factories
from vetting.campaigns.models import Campaign
from vetting.candidates.explaining import occlusion_kept, occlusion_make
from vetting.common import MissingError
from vetting.registry.services import ensemble_register

pytestmark = pytest.mark.django_db


@pytest.fixture
def ensemble():
    return ensemble_register(SHIPPED, activate=True)


@pytest.fixture
def candidate():
    row = factories.make_candidate()
    factories.make_cutout(row)
    return row


def decoded(content):
    length = int.from_bytes(content[:4], "little")
    header = json.loads(content[4 : 4 + length])
    return header, np.frombuffer(content[4 + length :], "<f4")


def test_the_map_of_a_streak_has_its_peak_at_the_streak(ensemble, candidate):
    occlusion_make(candidate.pk)
    header, values = decoded(occlusion_kept(candidate))
    frame = next(frame for frame in header["frames"] if frame["kind"] == "kd")
    size = frame["width"] * frame["height"]
    peak = values[frame["offset"] : frame["offset"] + size].reshape(frame["height"], frame["width"])
    y, x = np.unravel_index(np.abs(peak).argmax(), peak.shape)
    assert abs(y - 78) <= 24
    assert abs(x - 78) <= 30


def test_a_map_is_made_once(ensemble, candidate, monkeypatch):
    occlusion_make(candidate.pk)
    monkeypatch.setattr("vetting.candidates.explaining.occlusion", None)  # a second call would fail
    occlusion_make(candidate.pk)


def test_what_cannot_be_scored_says_so_in_place_of_a_map(ensemble):
    row = factories.make_candidate()
    occlusion_make(row.pk)
    header, values = decoded(occlusion_kept(row))
    assert (header["frames"], header["reason"], values.size) == ([], "no difference image", 0)


def test_without_an_active_ensemble_there_is_nothing_to_explain(candidate):
    with pytest.raises(MissingError, match="no ensemble is active"):
        occlusion_kept(candidate)


def test_the_page_asks_and_fetches(client, ensemble, candidate):
    client.force_login(factories.make_user("vera"))
    address = f"/candidates/{candidate.pk}/occlusion/"
    assert client.get(address).status_code == 204
    occlusion_make(candidate.pk)
    assert client.get(address).content == occlusion_kept(candidate)
    assert client.post(address).json() == {"made": True}


def test_a_blind_vetter_gets_no_map(client, ensemble, candidate):
    factories.make_default_campaign()
    Campaign.objects.update(blindness="first_vote")
    occlusion_make(candidate.pk)
    client.force_login(factories.make_user("vera"))
    assert client.get(f"/candidates/{candidate.pk}/occlusion/").status_code == 404
