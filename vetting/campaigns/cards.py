"""What the scan page holds of a candidate before it is shown: its facts as HTML, and the address of its pixels."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Prefetch, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse

from vetting.campaigns.blindness import shown_among
from vetting.campaigns.members import member_strip
from vetting.campaigns.models import Campaign
from vetting.candidates.formatting import position_deg, position_sexagesimal
from vetting.candidates.frames import frames_version
from vetting.candidates.models import Candidate, Score


def with_scores(candidates: QuerySet[Candidate]) -> QuerySet[Candidate]:
    """Fetch the active ensemble's scores along, in one more query however many candidates there are."""
    scores = Score.objects.filter(ensemble__is_active=True).select_related("ensemble")
    return candidates.prefetch_related(Prefetch("scores", queryset=scores))


def cards(candidates: Iterable[Candidate], *, vetter: User, campaign: Campaign) -> list[dict[str, Any]]:
    """Make the cards of candidates that come from `with_scores`, as a vetter of a campaign may see them now."""
    rows = list(candidates)
    shown = shown_among(vetter, campaign, [row.pk for row in rows])
    return [card(row, is_open=row.pk in shown) for row in rows]


def card(candidate: Candidate, *, is_open: bool) -> dict[str, Any]:
    """Make one card; what `blindness.shown_to` keeps from the vetter is not in it at all."""
    score = next(iter(candidate.scores.all()), None) if is_open else None
    facts = {
        "candidate": candidate,
        "sexagesimal": position_sexagesimal(candidate.ra, candidate.dec),
        "position": position_deg(candidate.ra, candidate.dec),
        "is_open": is_open,
        "score": score,
        "strip": member_strip(score),
    }
    return {
        "id": candidate.pk,
        "name": candidate.source_id,
        "is_open": is_open,
        "p": None if score is None else score.p_asteroid,
        "ensemble": None if score is None or score.p_asteroid is None else score.ensemble.sha256,
        "frames": f"{reverse('frames', args=[candidate.pk])}?v={frames_version(candidate)}",
        "occlusion": reverse("occlusion", args=[candidate.pk]),
        "html": render_to_string("campaigns/_facts.html", facts),
    }
