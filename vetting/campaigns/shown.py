"""What stood before a vetter's eyes when a label was given: told by the page, checked here, kept with the label."""

from collections.abc import Mapping
from typing import Any

from vetting.candidates.models import Candidate, Score
from vetting.common import ApplicationError

FLAGS = ("blind", "explanation", "neighbours")


def shown_checked(told: object, candidate: Candidate) -> dict[str, Any]:
    """Return what was shown as it is kept with the label; what nobody told stays unknown, and is left out.

    ``{"blind": scores and other labels were hidden, "explanation": the map of what moved the score was seen,
    "neighbours": labelled candidates that look alike were seen, "ensemble": sha256 of whose scores were shown}``
    """
    if told is None:
        return {}
    if not isinstance(told, Mapping) or not told.keys() <= {*FLAGS, "ensemble"}:
        raise ApplicationError(f"expected shown to be an object of {', '.join(FLAGS)} and ensemble, got {told!r:.200}")
    wrong = [name for name in FLAGS if name in told and not isinstance(told[name], bool)]
    if wrong:
        raise ApplicationError(f"expected {wrong[0]} to be true or false, got {told[wrong[0]]!r:.200}")
    if told.get("blind") and (told.get("explanation") or told.get("neighbours") or "ensemble" in told):
        raise ApplicationError("expected a blind vetter to be shown no score, no explanation and no other label")
    if "ensemble" in told and not _has_scored(told["ensemble"], candidate):
        raise ApplicationError(f"expected the sha256 of an ensemble that scored it, got {told['ensemble']!r:.200}")
    return dict(told)


def _has_scored(sha256: object, candidate: Candidate) -> bool:
    return isinstance(sha256, str) and Score.objects.filter(candidate=candidate, ensemble__sha256=sha256).exists()
