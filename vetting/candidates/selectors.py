"""Reading candidates: batches for the scorer, and what people filter and sort by."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q

from scoring.detection import Detection
from vetting.candidates.models import Candidate, State

MAX_ATTEMPTS = 3
# A batch that killed its worker comes back in smaller pieces, so that only the poison reaches its last attempt.
SHRINK = (1, 8, None)


def unclaimed(now: datetime) -> dict[int, list[int]]:
    """Return ids of unscored candidates that no worker holds, oldest first, by attempts already begun."""
    stale = now - timedelta(seconds=settings.CLAIM_SECONDS)
    rows = (
        Candidate.objects.filter(Q(claimed_at=None) | Q(claimed_at__lt=stale), state=State.NEW)
        .order_by("pk")
        .values_list("pk", "attempts")[: settings.SCORING_BATCH * 8]
    )
    found: dict[int, list[int]] = {}
    for pk, attempts in rows:
        found.setdefault(attempts, []).append(pk)
    return found


def batch_size(attempts: int) -> int:
    """Return how many candidates share a task at their next attempt."""
    share = SHRINK[min(attempts, len(SHRINK) - 1)]
    return 1 if share is None else max(1, settings.SCORING_BATCH // share)


def as_detection(candidate: Candidate) -> Detection:
    """Give a candidate back as the detection that its reader made, without the cutouts."""
    half = (candidate.exptime or 0) / 86400 / 2
    return Detection(
        survey=candidate.survey,
        source_id=candidate.source_id,
        layout=candidate.layout,
        exposure=candidate.exposure,
        origin=candidate.origin,
        mjd_start=candidate.mjd_mid - half,
        mjd_end=candidate.mjd_mid + half,
        ra=candidate.ra,
        dec=candidate.dec,
        ra1=candidate.ra1,
        dec1=candidate.dec1,
        ra2=candidate.ra2,
        dec2=candidate.dec2,
        band=candidate.band,
        field=candidate.field,
        ccd=candidate.ccd,
        quadrant=candidate.quadrant,
        values=candidate.values,
    )
