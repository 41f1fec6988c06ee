"""Scoring candidates with the active ensemble: the one part of the site that loads networks."""

import logging
from collections.abc import Sequence

from django.conf import settings
from django.db import transaction
from django.db.models import F

from scoring.cutout import CutoutError
from scoring.detection import CutoutKind
from scoring.inference import Scorable, Scores
from vetting.candidates.models import Candidate, Score, State
from vetting.candidates.selectors import as_detection
from vetting.candidates.services import candidates_move, cutout_decode
from vetting.common import ApplicationError
from vetting.registry.models import Ensemble
from vetting.registry.selectors import active_ensemble
from vetting.registry.services import ensemble_load

log = logging.getLogger(__name__)


def candidates_score(ids: Sequence[int]) -> int:
    """Score those of the candidates that are unscored with the active ensemble; return how many were.

    Without one that can be loaded none is, and none is counted as an attempt: they wait.
    """
    ensemble = active_ensemble()
    if ensemble is None:
        log.warning("no ensemble is active: register one with `manage.py register_models`")
        return 0
    try:
        loaded = ensemble_load(ensemble)
    except ApplicationError as error:
        log.error("candidates wait unscored: the active ensemble cannot be loaded: %s", error)  # noqa: TRY400
        return 0
    # Counted before the work, so that a candidate that kills its worker is known by it.
    Candidate.objects.filter(pk__in=ids, state=State.NEW).update(attempts=F("attempts") + 1)
    candidates = list(Candidate.objects.filter(pk__in=ids, state=State.NEW).prefetch_related("cutouts"))
    results = loaded.score([scorable(candidate) for candidate in candidates])
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
                classes=scores.classes,
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
