"""The scan page and its requests."""

import datetime as dt
import json
import math
from typing import Any, cast
from uuid import UUID

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET, require_POST

from vetting.campaigns import selectors
from vetting.campaigns.cards import card, cards, with_scores
from vetting.campaigns.keys import KEYS
from vetting.campaigns.services import label_save, label_undo
from vetting.candidates.models import Candidate
from vetting.common import ApplicationError

BATCH = 12  # candidates an answer: the six that are prefetched, and as many again
RECENT = 12  # own labels that can be undone after the page was reloaded
MOST_HELD = 1000  # ids in one request


def home(_request: HttpRequest) -> HttpResponse:
    """Send people to where the work is."""
    return redirect("scan")


@never_cache
@ensure_csrf_cookie
@require_GET
def scan(request: HttpRequest) -> HttpResponse:
    """Show the night's candidates one at a time; without a night, the latest that holds work for this vetter."""
    vetter = cast("User", request.user)
    campaign = selectors.campaign_default()
    nights = selectors.nights_to_scan(campaign, vetter)
    night = _night(request.GET.get("night")) or (nights[0][0] if nights else selectors.night_latest())
    context = {
        "night": night,
        "nights": nights,
        "keys": KEYS,
        "first": None if night is None else _session(vetter, night, held=[], is_start=True),
    }
    return render(request, "campaigns/scan.html", context)


@never_cache
@require_GET
def queue(request: HttpRequest) -> JsonResponse:
    """Give the next candidates of a night without those that the page holds, and how far the vetter is."""
    night = _night(request.GET.get("night"))
    if night is None:
        raise ApplicationError("expected night=YYYY-MM-DD, got none")
    held, is_start = _ids(request.GET.get("exclude", "")), "recent" in request.GET
    return JsonResponse(_session(cast("User", request.user), night, held=held, is_start=is_start))


@require_POST
def labels(request: HttpRequest) -> JsonResponse:
    """Record one label; the same UUID again is the same label."""
    sent = _sent(request)
    label = label_save(
        get_object_or_404(Candidate, pk=_whole(sent, "candidate")),
        campaign=selectors.campaign_default(),
        vetter=cast("User", request.user),
        uuid=_uuid(sent, "uuid"),
        fine_class=str(sent.get("fine_class")),
        seconds=_seconds(sent),
    )
    return JsonResponse({"uuid": str(label.uuid), "candidate": label.candidate_id})


@require_POST
def undo(request: HttpRequest) -> JsonResponse:
    """Take one named label of this vetter back."""
    sent = _sent(request)
    label = label_undo(
        campaign=selectors.campaign_default(),
        vetter=cast("User", request.user),
        uuid=_uuid(sent, "uuid"),
        undoes=_uuid(sent, "undoes"),
    )
    return JsonResponse({"uuid": str(label.uuid), "candidate": label.candidate_id})


def _session(vetter: User, night: dt.date, *, held: list[int], is_start: bool) -> dict[str, Any]:
    """Collect what the page starts from and asks for again; the own recent labels only at the start."""
    campaign = selectors.campaign_default()
    waiting = selectors.queue(campaign, vetter, night=night).exclude(pk__in=held)
    found = cards(with_scores(waiting)[:BATCH])
    progress = selectors.progress(campaign, vetter, night=night)
    answer = {"done": progress.done, "left": progress.left, "candidates": found}
    if len(found) < BATCH:
        answer["scoring"] = selectors.unscored(night)
    if is_start:
        answer["recent"] = [
            {"uuid": str(label.uuid), "fine_class": label.fine_class, "candidate": card(label.candidate)}
            for label in selectors.labels_recent(campaign, vetter, night=night, limit=RECENT)
        ]
    return answer


def _sent(request: HttpRequest) -> dict[str, Any]:
    """Read a JSON object from the vetter whose page sent it: another login may have taken over the browser since."""
    if request.headers.get("X-Vetter") != str(request.user.pk):
        raise NotYoursError(f"you are logged in as {request.user.get_username()} now; this label is another vetter's")
    try:
        sent = json.loads(request.body)
    except ValueError as error:
        raise ApplicationError("expected a JSON object, got something else") from error
    if not isinstance(sent, dict):
        raise ApplicationError(f"expected a JSON object, got {type(sent).__name__}")
    return sent


class NotYoursError(ApplicationError):
    """A label that was given under another login."""

    status = 403


def _uuid(sent: dict[str, Any], name: str) -> UUID:
    try:
        return UUID(str(sent.get(name)))
    except ValueError as error:
        raise ApplicationError(f"expected {name} to be a UUID, got {sent.get(name)!r}") from error


def _whole(sent: dict[str, Any], name: str) -> int:
    value = sent.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < 2**63:
        raise ApplicationError(f"expected {name} to be the id of a candidate, got {value!r}")
    return value


def _seconds(sent: dict[str, Any]) -> float | None:
    value = sent.get("seconds")
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value < 0:
        raise ApplicationError(f"expected seconds to be a number of at least 0, got {value!r}")
    return float(value)


def _ids(text: str) -> list[int]:
    parts = text.split(",") if text else []
    if len(parts) > MOST_HELD or not all(part.isdecimal() and part.isascii() and len(part) < 19 for part in parts):
        raise ApplicationError(f"expected exclude to be at most {MOST_HELD} ids with commas between them")
    return [int(part) for part in parts]


def _night(text: str | None) -> dt.date | None:
    if not text:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise ApplicationError(f"expected night to be a date such as 2018-07-01, got {text!r}") from error
