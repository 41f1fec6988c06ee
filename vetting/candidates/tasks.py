"""Tasks of the scoring worker; the sweep is what guarantees them, a queue entry is only a hint."""

from celery import shared_task
from django.db.utils import OperationalError

from vetting.candidates.scorer import candidates_score
from vetting.candidates.services import batches_claim


@shared_task(name="candidates.score", autoretry_for=(OperationalError,), retry_backoff=True, max_retries=3)
def score(ids: list[int]) -> None:
    """Score a batch of candidates."""
    candidates_score(ids)


@shared_task(name="candidates.sweep")
def sweep() -> None:
    """Hand every unscored candidate that no worker holds to a worker."""
    for ids in batches_claim():
        score.delay(ids)
