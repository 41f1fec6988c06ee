"""Tasks of the scoring worker; the sweep is what guarantees them, a queue entry is only a hint."""

import logging

from celery import shared_task
from django.db.utils import OperationalError
from kombu.exceptions import OperationalError as BrokerError

from vetting.candidates.scorer import candidates_score
from vetting.candidates.services import batches_claim

log = logging.getLogger(__name__)


@shared_task(name="candidates.score", autoretry_for=(OperationalError,), retry_backoff=True, max_retries=3)
def score(ids: list[int]) -> None:
    """Score a batch of candidates."""
    candidates_score(ids)


@shared_task(name="candidates.sweep")
def sweep() -> None:
    """Hand every unscored candidate that no worker holds to a worker."""
    for ids in batches_claim():
        score.delay(ids)


def sweep_soon() -> None:
    """Ask for a sweep now instead of at its next time; without a broker that answers, the next one does it."""
    try:
        sweep.apply_async(retry=False)
    except BrokerError as error:
        log.warning("the broker does not answer (%s): the next sweep of the worker finds what is unscored", error)
