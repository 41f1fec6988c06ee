"""What the scan page holds of a candidate before it is shown: its facts as HTML, and the address of its pixels."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse

from vetting.campaigns.members import member_strip
from vetting.candidates.frames import frames_version
from vetting.candidates.models import Candidate, Score


def with_scores(candidates: QuerySet[Candidate]) -> QuerySet[Candidate]:
    """Fetch the active ensemble's scores along, in one more query however many candidates there are."""
    scores = Score.objects.filter(ensemble__is_active=True).select_related("ensemble")
    return candidates.prefetch_related(Prefetch("scores", queryset=scores))


def cards(candidates: Iterable[Candidate], *, is_open: bool) -> list[dict[str, Any]]:
    """Make the cards of candidates that come from `with_scores`."""
    return [card(candidate, is_open=is_open) for candidate in candidates]


def card(candidate: Candidate, *, is_open: bool) -> dict[str, Any]:
    """Make one card; what `blindness.shown_to` keeps from the vetter is not in it at all."""
    score = next(iter(candidate.scores.all()), None) if is_open else None
    facts = {"candidate": candidate, "is_open": is_open, "score": score, "strip": member_strip(score)}
    return {
        "id": candidate.pk,
        "name": candidate.source_id,
        "is_open": is_open,
        "p": None if score is None else score.p_asteroid,
        "frames": f"{reverse('frames', args=[candidate.pk])}?v={frames_version(candidate)}",
        "occlusion": reverse("occlusion", args=[candidate.pk]),
        "html": render_to_string("campaigns/_facts.html", facts),
    }
