"""Webhooks: events are written beside what they tell of, and sent in their order by a worker.

The row is the outbox: it is written in the transaction of the event, the queue is told after its commit, and the sweep
finds what the queue lost. A webhook that fails is tried again later and later; the events behind it wait, so that their
order holds. After the last try it is switched off: no new event is written for it, and what failed and waits is sent
once it is switched on again.
"""

import json
import logging
import time
from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Any

from celery import current_app
from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from kombu.exceptions import OperationalError as BrokerError

from vetting.campaigns.models import Campaign, Delivery, Webhook
from vetting.campaigns.sending import Answer, address_check, send
from vetting.campaigns.signing import secret_new, signature
from vetting.common import ApplicationError, ConflictError

log = logging.getLogger(__name__)
BACKOFF = (10, 60, 300, 1800, 7200, 21_600, 43_200, 86_400)  # s to wait after the first, second, … failure
CLAIM = timedelta(seconds=120)  # longer than one turn of a worker takes
TURN = 30.0  # s after which a worker gives the webhook back
MOST_WEBHOOKS = 20  # of one campaign
QUIET = 30.0  # s in which a broker that did not answer is not asked again: each try holds a request for seconds
_quiet_until = 0.0  # by this process' clock


def webhook_create(
    campaign: Campaign, *, by: User, address: str, events: Sequence[str], is_active: bool = True
) -> Webhook:
    """Make a webhook with a secret of its own."""
    if Webhook.objects.filter(campaign=campaign).count() >= MOST_WEBHOOKS:
        raise ConflictError(f"{campaign} has {MOST_WEBHOOKS} webhooks already: remove one first")
    _check(address, events)
    return Webhook.objects.create(
        campaign=campaign,
        address=address,
        events=sorted(set(events)),
        is_active=is_active,
        secret=secret_new(),
        made_by=by,
    )


def webhook_change(
    webhook: Webhook, *, address: str | None = None, events: Sequence[str] | None = None, is_active: bool | None = None
) -> Webhook:
    """Change a webhook; one that is switched on again is tried at once, with what failed last and what has waited."""
    changed: dict[str, Any] = {
        "address": webhook.address if address is None else address,
        "events": webhook.events if events is None else sorted(set(events)),
    }
    _check(**changed)
    with transaction.atomic():
        row = Webhook.objects.select_for_update().get(pk=webhook.pk)  # a worker may have moved its time on
        if is_active and not row.is_active:
            changed |= {"failures": 0, "next_at": timezone.now()}
            row.deliveries.filter(state=Delivery.State.FAILED).update(state=Delivery.State.WAITING)
        if is_active is not None:
            changed |= {"is_active": is_active}
        for name, value in changed.items():
            setattr(row, name, value)
        row.save(update_fields=list(changed))
    _send_soon([row.pk])
    return row


def _check(address: str, events: Sequence[str]) -> None:
    address_check(address, settings.WEBHOOK_ALLOW)
    unknown = sorted(set(events) - set(Webhook.Event.values))
    if unknown or not events:
        raise ApplicationError(f"expected events among {', '.join(Webhook.Event)}, got {', '.join(unknown) or 'none'}")


def event_tell(campaign_id: int, event: str, content: Mapping[str, Any]) -> None:
    """Write an event for every webhook that wants it; call it in the transaction of the event itself."""
    wanted = [hook for hook in Webhook.objects.filter(campaign=campaign_id, is_active=True) if event in hook.events]
    if not wanted:
        return
    body = {"type": event, "campaign": campaign_id, "at": timezone.now().isoformat(), "data": dict(content)}
    rows = [Delivery(webhook=hook, event=event, content=body) for hook in wanted]
    Delivery.objects.bulk_create(rows)
    _send_soon([hook.pk for hook in wanted])


def delivery_resend(delivery: Delivery) -> Delivery:
    """Send an event again, as a row of its own with the id of the event, so that the receiver knows it."""
    if delivery.state == Delivery.State.WAITING:
        raise ConflictError("this delivery is still waiting: it is sent without being asked for again")
    again = Delivery.objects.create(
        webhook=delivery.webhook, event=delivery.event, event_id=delivery.event_id, content=delivery.content
    )
    _send_soon([delivery.webhook_id])
    return again


def _send_soon(webhooks: Sequence[int]) -> None:
    for pk in webhooks:
        transaction.on_commit(partial(_hint, pk))


def _hint(webhook: int) -> None:
    """Tell the queue; where no broker answers, the sweep finds the rows."""
    global _quiet_until  # noqa: PLW0603 (of the process, as the connection is)
    if time.monotonic() < _quiet_until:
        return
    try:
        current_app.send_task("webhooks.send", args=[webhook], retry=False)
    except BrokerError as error:
        _quiet_until = time.monotonic() + QUIET
        log.warning("the broker does not answer (%s): the next sweep sends what waits for webhook %d", error, webhook)


def webhooks_due() -> list[int]:
    """Return the webhooks that have something to send now."""
    due = Webhook.objects.filter(is_active=True, next_at__lte=timezone.now())
    return list(due.filter(deliveries__state=Delivery.State.WAITING).distinct().values_list("pk", flat=True))


def webhook_send(pk: int) -> int:
    """Send what waits for a webhook, oldest first, until something fails; return how many were taken.

    The webhook is claimed by moving its time on, so that two workers never send the same event at once.
    """
    now = timezone.now()
    if not Webhook.objects.filter(pk=pk, is_active=True, next_at__lte=now).update(next_at=now + CLAIM):
        return 0
    taken, ends = 0, time.monotonic() + TURN
    while time.monotonic() < ends:
        delivery = Delivery.objects.filter(webhook=pk, state=Delivery.State.WAITING).order_by("pk").first()
        if delivery is None:
            break
        if not _try(delivery):
            return taken
        taken += 1
    Webhook.objects.filter(pk=pk).update(next_at=timezone.now())
    return taken


def _try(delivery: Delivery) -> bool:
    """Try once and note how it went; the attempt is counted before the work."""
    Delivery.objects.filter(pk=delivery.pk).update(attempts=F("attempts") + 1, tried_at=timezone.now())
    hook = Webhook.objects.get(pk=delivery.webhook_id)
    answer = send(hook.address, *signed(delivery, hook.secret, int(time.time())), allowed=settings.WEBHOOK_ALLOW)
    noted = {"status": answer.status, "said": answer.said.replace("\x00", "")[:300]}
    if answer.is_taken:
        Delivery.objects.filter(pk=delivery.pk).update(state=Delivery.State.DELIVERED, **noted)
        Webhook.objects.filter(pk=hook.pk).update(failures=0)
        return True
    Delivery.objects.filter(pk=delivery.pk).update(**noted)
    _postpone(hook, delivery, answer)
    return False


def signed(delivery: Delivery, secret: str, now: int) -> tuple[bytes, dict[str, str]]:
    """Return the body of a delivery and the headers that prove whom it comes from."""
    body = json.dumps({**delivery.content, "id": str(delivery.event_id)}, separators=(",", ":")).encode()
    return body, {
        "Content-Type": "application/json",
        "User-Agent": "DeepStreaks-webhooks/1",
        "webhook-id": str(delivery.event_id),
        "webhook-timestamp": str(now),
        "webhook-signature": signature(secret, str(delivery.event_id), now, body),
    }


def _postpone(hook: Webhook, delivery: Delivery, answer: Answer) -> None:
    """Wait longer after each failure; after the last, switch the webhook off and give the event up until re-sent."""
    failures = hook.failures + 1
    if failures < len(BACKOFF):
        next_at = timezone.now() + timedelta(seconds=BACKOFF[failures - 1])
        Webhook.objects.filter(pk=hook.pk).update(failures=failures, next_at=next_at)
        return
    log.warning("webhook %d is switched off after %d failures, the last: %s", hook.pk, failures, answer.said)
    Webhook.objects.filter(pk=hook.pk).update(failures=failures, is_active=False)
    Delivery.objects.filter(pk=delivery.pk).update(state=Delivery.State.FAILED)
