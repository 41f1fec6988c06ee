import datetime as dt
import uuid

import pytest
from django.apps import apps
from django.contrib import admin
from django.urls import reverse
from django.utils import timezone

from tests.factories import make_candidate, make_cast, make_cutout, make_ensemble, make_label, make_score, make_token
from vetting.campaigns.models import (
    Adjudication,
    Assignment,
    Campaign,
    CampaignEvent,
    Comment,
    Deferral,
    Delivery,
    Descriptor,
    GuidelineVersion,
    Invitation,
    Look,
    Membership,
    Mention,
    PoolItem,
    Webhook,
)
from vetting.candidates.models import Preference, SavedFilter
from vetting.ingest.models import IngestBatch, Quarantine
from vetting.registry.models import Ensemble, ModelVersion
from vetting.tokens.models import ApiToken

BY_HAND = {Campaign, Preference}  # what staff may change
WITHOUT = {Comment, Deferral, Delivery, Descriptor, Mention, Webhook}  # the site's own pages or the API have them
OURS = {model for model in apps.get_models() if model.__module__.startswith("vetting.")}
APPEND_ONLY = sorted(OURS - BY_HAND - WITHOUT, key=lambda model: model.__name__)
ALL = [*APPEND_ONLY, Campaign, Preference]


@pytest.fixture
def cast(db):
    return make_cast()


@pytest.fixture
def staff(cast, client):
    client.force_login(cast.manager)
    return client


@pytest.fixture
def rows(cast):
    candidate = make_candidate()
    batch = IngestBatch.objects.create(path="night")
    Quarantine.objects.create(batch=batch, origin="a.txt", reason="broken", raw=b"\x00")
    SavedFilter.objects.create(owner=cast.vetter, name="faint", parameters={"snr_max": "5"})
    Preference.objects.create(user=cast.vetter, name="viewer", value={"stretch": "log"})
    ModelVersion.objects.create(name="rb_vgg6", sha256="0" * 64, card={})
    make_token(cast.vetter)
    label = make_label(candidate, cast.vetter)
    make_campaign_rows(label.campaign, candidate, cast)
    return [candidate, make_cutout(candidate), make_score(candidate), label, batch]


def make_campaign_rows(campaign, candidate, cast):
    now, both = timezone.now(), {"campaign": campaign, "candidate": candidate}
    tomorrow = now + dt.timedelta(days=1)
    Membership.objects.create(campaign=campaign, user=cast.vetter)
    Invitation.objects.create(campaign=campaign, sha256="0" * 64, expires_at=tomorrow, made_by=cast.manager)
    GuidelineVersion.objects.create(campaign=campaign, number=99)
    CampaignEvent.objects.create(campaign=campaign, kind="created", actor="mira")
    PoolItem.objects.create(**both)
    Look.objects.create(candidate=candidate, vetter=cast.vetter, at=now)
    lent = {"queue_reason": "random", "selection_prob": 1, "leased_at": now, "expires_at": tomorrow}
    Assignment.objects.create(**both, vetter=cast.vetter, **lent)
    Adjudication.objects.create(**both, uuid=uuid.uuid4(), adjudicator=cast.manager, fine_class="ghost")


def address(model, page, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


@pytest.mark.parametrize("model", ALL)
def test_every_list_opens(staff, rows, model):
    assert staff.get(address(model, "changelist")).status_code == 200


@pytest.mark.parametrize("model", ALL)
def test_every_row_opens(staff, rows, model):
    assert staff.get(address(model, "change", model.objects.first().pk)).status_code == 200


@pytest.mark.parametrize("model", APPEND_ONLY)
def test_what_is_append_only_is_neither_added_changed_nor_deleted_by_hand(staff, rows, model):
    pk = model.objects.first().pk

    assert staff.get(address(model, "add")).status_code == 403
    assert staff.post(address(model, "change", pk), {}).status_code == 403
    assert staff.post(address(model, "delete", pk), {"post": "yes"}).status_code == 403


def test_every_model_of_the_site_has_its_administration():
    ours = {model for model in admin.site._registry if model.__module__.startswith("vetting.")}

    assert ours == OURS - WITHOUT


def test_a_person_activates_one_ensemble(staff):
    old, new = make_ensemble(), make_ensemble(is_active=False)
    staff.post(address(Ensemble, "changelist"), {"action": "activate", "_selected_action": [new.pk]})

    assert list(Ensemble.objects.filter(is_active=True)) == [new]
    assert old.pk != new.pk


def test_two_ensembles_are_never_activated_together(staff):
    old, new = make_ensemble(), make_ensemble(is_active=False)
    staff.post(address(Ensemble, "changelist"), {"action": "activate", "_selected_action": [old.pk, new.pk]})

    assert list(Ensemble.objects.filter(is_active=True)) == [old]


def test_staff_revokes_a_token_that_leaked(staff, cast):
    make_token(cast.vetter)
    pk = ApiToken.objects.get().pk
    staff.post(address(ApiToken, "changelist"), {"action": "revoke", "_selected_action": [pk]})

    assert ApiToken.objects.get().revoked_at is not None


def test_the_votes_that_decide_are_fixed_once_a_campaign_exists(staff):
    campaign = Campaign.objects.create(name="second look", votes_needed=2)
    sent = {"name": "third look", "votes_needed": 5, "description": "", "blindness": "open"}
    staff.post(address(Campaign, "change", campaign.pk), sent)
    campaign.refresh_from_db()

    assert (campaign.name, campaign.votes_needed) == ("third look", 2)


def test_staff_sets_somebody_back_to_the_defaults(staff, rows):
    staff.post(address(Preference, "delete", Preference.objects.get().pk), {"post": "yes"})

    assert not Preference.objects.exists()


def test_a_vetter_does_not_see_the_administration(cast, client):
    client.force_login(cast.vetter)

    assert client.get(reverse("admin:index")).status_code == 302
