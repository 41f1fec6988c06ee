"""Tasks of the scoring worker; the sweep is what guarantees them, a queue entry is only a hint."""

import logging

from celery import shared_task
from django.db.utils import OperationalError
from kombu.exceptions import OperationalError as BrokerError

from vetting.candidates.explaining import occlusion_make
from vetting.candidates.scorer import candidates_score
from vetting.candidates.services import batches_claim
from vetting.common import AwayError

EXPLAIN_WITHIN = 60  # s: who asked has gone on by then

log = logging.getLogger(__name__)


@shared_task(name="candidates.score", autoretry_for=(OperationalError,), retry_backoff=True, max_retries=3)
def score(ids: list[int]) -> None:
    """Score a batch of candidates."""
    candidates_score(ids)


@shared_task(name="candidates.explain", ignore_result=True)
def explain(candidate_id: int) -> None:
    """Make the occlusion map of a candidate that somebody looks at."""
    occlusion_make(candidate_id)


def explain_soon(candidate_id: int) -> None:
    """Ask a worker for a map; it is asked again by whoever still wants it."""
    try:
        explain.apply_async((candidate_id,), retry=False, expires=EXPLAIN_WITHIN)
    except BrokerError as error:
        raise AwayError("no worker can be asked now; try again in a few seconds") from error


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
