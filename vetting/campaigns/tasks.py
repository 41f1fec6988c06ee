"""Tasks of campaigns; each is found by a sweep where the queue lost it."""

import threading

from celery import shared_task
from django.db import connections

from vetting.campaigns.neighbours import descriptors_fill
from vetting.campaigns.services import pools_refresh
from vetting.campaigns.services.consensus import ensemble_follow
from vetting.campaigns.services.skill import skills_refit
from vetting.campaigns.services.webhooks import webhook_send, webhooks_due

SENDING = threading.BoundedSemaphore(8)  # webhooks that are sent to at a time; the sweep comes back to the others


@shared_task(name="webhooks.send")
def send(webhook: int) -> None:
    """Send what waits for a webhook in a thread of its own, so that a slow receiver never holds the scoring."""
    if SENDING.acquire(blocking=False):
        threading.Thread(target=_send, args=(webhook,), name=f"webhook {webhook}", daemon=True).start()


def _send(webhook: int) -> None:
    try:
        webhook_send(webhook)
    finally:
        connections.close_all()  # they belong to this thread alone
        SENDING.release()


@shared_task(name="campaigns.describe")
def describe() -> None:
    """Describe what was decided lately, so that it is found where something looks alike."""
    descriptors_fill()


@shared_task(name="webhooks.sweep")
def sweep() -> None:
    """Hand every webhook that has something due to a worker."""
    for webhook in webhooks_due():
        send.delay(webhook)


@shared_task(name="campaigns.refresh")
def refresh() -> None:
    """Take new candidates into pools that grow, and weigh votes anew where some came in or other networks score now."""
    pools_refresh()
    skills_refit()
    ensemble_follow()
