import json
import time
import uuid
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from tests.factories import make_api, make_campaign, make_candidate, make_cast, make_label
from tests.vetting.campaigns.receiver import receiving
from vetting.campaigns import sending
from vetting.campaigns.models import Campaign, Delivery, Role, Webhook
from vetting.campaigns.services import adjudication_decide, campaign_close, label_undo
from vetting.campaigns.services.webhooks import (
    BACKOFF,
    delivery_resend,
    webhook_change,
    webhook_create,
    webhook_send,
    webhooks_due,
)
from vetting.campaigns.signing import is_signed
from vetting.common import ApplicationError, ConflictError


@pytest.fixture
def cast(db):
    return make_cast()


@pytest.fixture
def campaign(cast):
    return make_campaign(cast.manager, cast.vetter, pool=Campaign.Pool.QUEUE, votes_needed=1)


@pytest.fixture
def receiver(settings):
    with receiving() as made:
        settings.WEBHOOK_ALLOW = [made.host]
        yield made


@pytest.fixture
def hook(cast, campaign, receiver):
    return webhook_create(campaign, by=cast.manager, address=receiver.address, events=list(Webhook.Event.values))


def types(receiver):
    return [json.loads(body)["type"] for _, body in receiver.got]


def test_a_label_and_what_follows_from_it_are_told_in_order(cast, campaign, hook, receiver):
    label = make_label(make_candidate(), cast.vetter, campaign=campaign)
    assert webhook_send(hook.pk) == 2
    assert types(receiver) == ["label.created", "candidate.retired"]
    assert json.loads(receiver.got[0][1])["data"]["uuid"] == str(label.uuid)


def test_what_is_sent_is_signed_over_its_bytes(cast, campaign, hook, receiver):
    make_label(make_candidate(), cast.vetter, campaign=campaign)
    webhook_send(hook.pk)
    headers, body = receiver.got[0]
    told = [headers[f"webhook-{name}"] for name in ("id", "timestamp", "signature")]
    assert is_signed(hook.secret, *told, body, now=time.time())
    assert json.loads(body)["id"] == told[0]


def test_undoing_adjudicating_and_closing_are_told(cast, campaign, hook, receiver):
    candidate = make_candidate()
    label = make_label(candidate, cast.vetter, campaign=campaign)
    label_undo(campaign=campaign, vetter=cast.vetter, uuid=uuid.uuid4(), undoes=label.uuid)
    adjudication_decide(candidate, campaign=campaign, adjudicator=cast.manager, uuid=uuid.uuid4(), fine_class="ghost")
    campaign_close(campaign, by=cast.manager)
    webhook_send(hook.pk)
    assert types(receiver)[2:] == [
        "label.created", "candidate.returned", "adjudication.decided", "candidate.retired", "campaign.closed",
    ]  # fmt: skip


def test_only_the_events_that_are_wanted_are_told(cast, campaign, hook, receiver):
    webhook_change(hook, events=["candidate.retired"])
    make_label(make_candidate(), cast.vetter, campaign=campaign)
    webhook_send(hook.pk)
    assert types(receiver) == ["candidate.retired"]


def test_what_is_rolled_back_is_not_told(cast, campaign, hook):
    with transaction.atomic():
        make_label(make_candidate(), cast.vetter, campaign=campaign)
        transaction.set_rollback(True)
    assert not Delivery.objects.exists()


def test_a_label_that_is_sent_again_is_told_once(cast, campaign, hook):
    api, sent = make_api(cast.vetter), {"uuid": str(uuid.uuid4()), "candidate": make_candidate().pk}
    for _ in range(2):
        api.post("/api/v1/labels/", sent | {"fine_class": "ghost", "campaign": campaign.pk})
    assert Delivery.objects.filter(event="label.created").count() == 1


def test_a_failure_waits_and_keeps_the_order(cast, campaign, hook, receiver):
    receiver.answers += [503]
    make_label(make_candidate(), cast.vetter, campaign=campaign)
    assert webhook_send(hook.pk) == 0
    hook.refresh_from_db()
    assert (hook.failures, len(receiver.got), webhooks_due()) == (1, 1, [])
    assert hook.next_at - timezone.now() == pytest.approx(timedelta(seconds=BACKOFF[0]), abs=timedelta(seconds=9))


def test_after_the_wait_everything_is_sent(cast, campaign, hook, receiver):
    receiver.answers += [500]
    make_label(make_candidate(), cast.vetter, campaign=campaign)
    webhook_send(hook.pk)
    Webhook.objects.update(next_at=timezone.now())
    assert webhooks_due() == [hook.pk]
    assert webhook_send(hook.pk) == 2
    hook.refresh_from_db()
    assert (hook.failures, Delivery.objects.filter(state="delivered").count()) == (0, 2)


def test_after_the_last_failure_it_is_switched_off_and_on_again(cast, campaign, hook, receiver):
    receiver.answers += [500] * len(BACKOFF)
    make_label(make_candidate(), cast.vetter, campaign=campaign)
    for _ in BACKOFF:
        Webhook.objects.update(next_at=timezone.now())
        webhook_send(hook.pk)
    hook.refresh_from_db()
    assert (hook.is_active, sorted(Delivery.objects.values_list("state", flat=True))) == (False, ["failed", "waiting"])
    webhook_change(hook, is_active=True)
    assert webhook_send(hook.pk) == 2  # what failed last, too
    assert types(receiver)[-2:] == ["label.created", "candidate.retired"]


def test_changing_a_webhook_does_not_undo_what_a_worker_does_meanwhile(hook):
    soon = timezone.now() + timedelta(seconds=60)
    Webhook.objects.filter(pk=hook.pk).update(next_at=soon, failures=3)
    webhook_change(hook, events=["label.created"])
    hook.refresh_from_db()
    assert (hook.next_at, hook.failures, hook.events) == (soon, 3, ["label.created"])


def test_a_webhook_that_a_worker_holds_is_not_sent_to_by_another(cast, campaign, hook, receiver):
    make_label(make_candidate(), cast.vetter, campaign=campaign)
    Webhook.objects.update(next_at=timezone.now() + timedelta(seconds=60))
    assert (webhook_send(hook.pk), receiver.got) == (0, [])


def test_a_redirect_is_not_followed(cast, campaign, hook, receiver):
    receiver.answers += [302]
    make_label(make_candidate(), cast.vetter, campaign=campaign)
    webhook_send(hook.pk)
    assert [Delivery.objects.last().status, len(receiver.got)] == [302, 1]


def test_an_answer_that_drips_is_cut_off(cast, campaign, hook, receiver, monkeypatch):
    monkeypatch.setattr(sending, "DEADLINE", 0.3)
    receiver.answers += [0]
    make_label(make_candidate(), cast.vetter, campaign=campaign)
    webhook_send(hook.pk)
    first = Delivery.objects.last()
    assert (first.status, first.state, "longer than" in first.said) == (None, "waiting", True)


def test_a_receiver_that_says_nothing_is_cut_off(cast, campaign, hook, receiver, monkeypatch):
    monkeypatch.setattr(sending, "DEADLINE", 0.3)
    receiver.answers += [1]
    make_label(make_candidate(), cast.vetter, campaign=campaign)
    assert webhook_send(hook.pk) == 0
    first = Delivery.objects.order_by("pk").first()
    assert (first.status, first.state, "longer than" in first.said) == (None, "waiting", True)


def test_a_receiver_without_a_certificate_gets_nothing(cast, campaign, hook, receiver):
    webhook_change(hook, address=receiver.address.replace("http:", "https:"))
    make_label(make_candidate(), cast.vetter, campaign=campaign)
    webhook_send(hook.pk)
    assert (receiver.got, "SSLError" in Delivery.objects.last().said) == ([], True)


def test_a_receiver_that_became_private_gets_nothing(cast, campaign, hook, receiver, settings):
    settings.WEBHOOK_ALLOW = []
    make_label(make_candidate(), cast.vetter, campaign=campaign)
    webhook_send(hook.pk)
    assert (receiver.got, "https" in Delivery.objects.last().said) == ([], True)


def test_a_delivery_is_sent_again_under_the_same_event_id(cast, campaign, hook, receiver):
    make_label(make_candidate(), cast.vetter, campaign=campaign)
    webhook_send(hook.pk)
    delivery_resend(Delivery.objects.last())
    webhook_send(hook.pk)
    assert receiver.got[0][0]["webhook-id"] == receiver.got[2][0]["webhook-id"]


def test_what_waits_is_not_sent_again(cast, campaign, hook):
    make_label(make_candidate(), cast.vetter, campaign=campaign)
    with pytest.raises(ConflictError):
        delivery_resend(Delivery.objects.last())


@pytest.mark.parametrize("events", [[], ["label.deleted"]])
def test_events_that_do_not_exist_are_refused(cast, campaign, receiver, events):
    with pytest.raises(ApplicationError, match="expected events"):
        webhook_create(campaign, by=cast.manager, address=receiver.address, events=events)


def address(campaign, *parts):
    return "/".join(["/api/v1/campaigns", str(campaign.pk), "webhooks", *map(str, parts), ""])


def test_a_manager_makes_changes_and_removes_a_webhook_by_api(cast, campaign, receiver):
    api = make_api(cast.manager)
    made = api.post(address(campaign), {"address": receiver.address, "events": ["label.created"]})
    one = address(campaign, made.json()["id"])
    assert (made.status_code, made.json()["secret"][:6]) == (201, "whsec_")
    assert "secret" not in api.get(one).json()
    assert api.patch(one, {"is_active": False}).json()["is_active"] is False
    assert api.delete(one).status_code == 204


def test_the_log_is_read_and_a_delivery_sent_again_by_api(cast, campaign, hook, receiver):
    make_label(make_candidate(), cast.vetter, campaign=campaign)
    webhook_send(hook.pk)
    api = make_api(cast.manager)
    log = api.get(address(campaign, hook.pk, "deliveries")).json()["results"]
    assert [(row["event"], row["state"], row["status"]) for row in log[1:]] == [("label.created", "delivered", 200)]
    assert api.post(address(campaign, hook.pk, "deliveries", log[0]["id"], "resend")).status_code == 201


@pytest.mark.parametrize("who", ["vetter", "second_vetter"])
def test_webhooks_are_for_managers(cast, campaign, hook, who):
    campaign.memberships.filter(user=cast.vetter).update(role=Role.ADJUDICATOR)
    wanted = {"vetter": 403, "second_vetter": 404}[who]
    api = make_api(getattr(cast, who))
    assert api.get(address(campaign)).status_code == wanted
    assert api.get(address(campaign, hook.pk, "deliveries")).status_code == wanted


def test_a_webhook_of_another_campaign_is_not_there(cast, campaign, hook):
    other = make_campaign(cast.manager)
    assert make_api(cast.manager).get(address(other, hook.pk)).status_code == 404


def test_a_private_address_is_refused_with_what_was_expected(cast, campaign):
    answer = make_api(cast.manager).post(
        address(campaign), {"address": "http://169.254.169.254/latest", "events": ["label.created"]}
    )
    assert (answer.status_code, "https" in answer.json()["detail"]) == (400, True)
