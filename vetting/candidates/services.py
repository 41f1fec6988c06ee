"""Changing candidates: moves between states, claims of batches, scoring."""

import logging
from collections.abc import Iterable, Sequence

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from scoring.cutout import Cutout, CutoutError, decode
from scoring.detection import CutoutKind, RawCutout
from scoring.inference import Scorable, Scores
from vetting.candidates.models import ARROWS, Candidate, CandidateEvent, Score, State
from vetting.candidates.models import Cutout as CutoutRow
from vetting.candidates.selectors import MAX_ATTEMPTS, as_detection, batch_size, unclaimed
from vetting.common import ConflictError
from vetting.registry.models import Ensemble
from vetting.registry.selectors import active_ensemble
from vetting.registry.services import ensemble_load

log = logging.getLogger(__name__)


@transaction.atomic
def candidates_move(ids: Iterable[int], *, from_state: str, to_state: str, actor: str, reason: str = "") -> list[int]:
    """Move those of the candidates that still are in ``from_state``; return their ids. Every move is an event row."""
    if to_state not in ARROWS[from_state]:
        raise ConflictError(f"a candidate cannot move from {from_state} to {to_state}")
    rows = Candidate.objects.select_for_update().filter(pk__in=list(ids), state=from_state)
    moved = list(rows.values_list("pk", flat=True))
    Candidate.objects.filter(pk__in=moved, state=from_state).update(state=to_state)
    CandidateEvent.objects.bulk_create(
        CandidateEvent(candidate_id=pk, from_state=from_state, to_state=to_state, actor=actor, reason=reason[:300])
        for pk in moved
    )
    return moved


@transaction.atomic
def batches_claim() -> list[list[int]]:
    """Claim unscored candidates for workers, in batches; those that failed too often go to quarantine."""
    now = timezone.now()
    batches: list[list[int]] = []
    for attempts, ids in unclaimed(now).items():
        if attempts >= MAX_ATTEMPTS:
            reason = f"scoring was begun {attempts} times and never ended: its worker died or stopped each time"
            candidates_move(ids, from_state=State.NEW, to_state=State.QUARANTINED, actor="sweep", reason=reason)
            continue
        Candidate.objects.filter(pk__in=ids).update(claimed_at=now)
        size = batch_size(attempts)
        batches += [ids[start : start + size] for start in range(0, len(ids), size)]
    return batches


def claims_release() -> None:
    """Forget the claims of a worker that is gone: for the embedded worker, whose queue dies with it."""
    Candidate.objects.filter(state=State.NEW).update(claimed_at=None)


def candidates_score(ids: Sequence[int]) -> int:
    """Score those of the candidates that are unscored with the active ensemble; return how many were."""
    ensemble = active_ensemble()
    if ensemble is None:
        log.warning("no ensemble is active: register one with `manage.py register_models`")
        return 0
    # Counted before the work, so that a candidate that kills its worker is known by it.
    Candidate.objects.filter(pk__in=ids, state=State.NEW).update(attempts=F("attempts") + 1)
    candidates = list(Candidate.objects.filter(pk__in=ids, state=State.NEW).prefetch_related("cutouts"))
    results = ensemble_load(ensemble).score([scorable(candidate) for candidate in candidates])
    _record(ensemble, dict(zip((candidate.pk for candidate in candidates), results, strict=True)))
    return len(candidates)


def scorable(candidate: Candidate) -> Scorable:
    """Give the scorer what it needs of a candidate; a broken cutout is left out with its reason."""
    detection = as_detection(candidate)
    row = next((cutout for cutout in candidate.cutouts.all() if cutout.kind == CutoutKind.DIFF), None)
    if row is None:
        return Scorable(diff=None, detection=detection, reason="no difference image")
    try:
        return Scorable(diff=cutout_decode(row), detection=detection)
    except (CutoutError, OSError) as error:
        return Scorable(diff=None, detection=detection, reason=str(error))


def cutout_decode(row: CutoutRow) -> Cutout:
    """Decode a stored cutout into pixels, masks and WCS."""
    raw = RawCutout(kind=CutoutKind(row.kind), name=row.name, content=row.content())
    return decode(raw, as_detection(row.candidate))


@transaction.atomic
def _record(ensemble: Ensemble, results: dict[int, Scores]) -> None:
    Score.objects.bulk_create(
        (
            Score(
                candidate_id=pk,
                ensemble=ensemble,
                rb=scores.rb,
                sl=scores.sl,
                kd=scores.kd,
                members=scores.members,
                plausible=scores.plausible,
                p_asteroid=scores.p_asteroid,
                reason=scores.reason[:300],
            )
            for pk, scores in results.items()
        ),
        ignore_conflicts=True,
        batch_size=settings.SCORING_BATCH,
    )
    rejected = [pk for pk, scores in results.items() if scores.plausible is False]
    queued = [pk for pk, scores in results.items() if scores.plausible is not False]
    # What cannot be scored is shown to people: None is not False.
    candidates_move(queued, from_state=State.NEW, to_state=State.QUEUED, actor="scorer")
    candidates_move(rejected, from_state=State.NEW, to_state=State.REJECTED, actor="scorer")
