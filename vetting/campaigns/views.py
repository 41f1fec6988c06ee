"""The scan page and its requests."""

import datetime as dt
from typing import Any, cast

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET, require_POST

from vetting.campaigns import selectors, sent
from vetting.campaigns.cards import card, cards, with_scores
from vetting.campaigns.keys import KEYS
from vetting.campaigns.models import Campaign
from vetting.campaigns.services import label_save, label_undo
from vetting.candidates.models import Candidate
from vetting.common import ApplicationError

BATCH = 12  # candidates an answer: the six that are prefetched, and as many again
RECENT = 12  # own labels that can be undone after the page was reloaded


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
    night = sent.night(request.GET.get("night")) or (nights[0][0] if nights else selectors.night_latest())
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
    night = sent.night(request.GET.get("night"))
    if night is None:
        raise ApplicationError("expected night=YYYY-MM-DD, got none")
    held, is_start = sent.ids(request.GET.get("exclude", "")), "recent" in request.GET
    return JsonResponse(_session(cast("User", request.user), night, held=held, is_start=is_start))


@require_POST
def labels(request: HttpRequest) -> JsonResponse:
    """Record one label; the same UUID again is the same label."""
    given = sent.body(request)
    label = label_save(
        get_object_or_404(Candidate, pk=sent.whole_in(given, "candidate")),
        campaign=selectors.campaign_default(),
        vetter=cast("User", request.user),
        uuid=sent.uuid_in(given, "uuid"),
        fine_class=str(given.get("fine_class")),
        seconds=sent.seconds_in(given),
    )
    return JsonResponse({"uuid": str(label.uuid), "candidate": label.candidate_id})


@require_POST
def undo(request: HttpRequest) -> JsonResponse:
    """Take one named label of this vetter back."""
    given = sent.body(request)
    label = label_undo(
        campaign=selectors.campaign_default(),
        vetter=cast("User", request.user),
        uuid=sent.uuid_in(given, "uuid"),
        undoes=sent.uuid_in(given, "undoes"),
    )
    return JsonResponse({"uuid": str(label.uuid), "candidate": label.candidate_id})


def _session(vetter: User, night: dt.date, *, held: list[int], is_start: bool) -> dict[str, Any]:
    """Collect what the page starts from and asks for again; the own recent labels only at the start."""
    campaign = selectors.campaign_default()
    waiting = selectors.queue(campaign, vetter, night=night).exclude(pk__in=held)
    found = cards(with_scores(waiting)[:BATCH], is_open=campaign.blindness == Campaign.Blindness.OPEN)
    progress = selectors.progress(campaign, vetter, night=night)
    answer = {"done": progress.done, "left": progress.left, "candidates": found}
    if len(found) < BATCH:
        answer["scoring"] = selectors.unscored(night)
    if is_start:
        answer["recent"] = [
            {"uuid": str(label.uuid), "fine_class": label.fine_class, "candidate": card(label.candidate, is_open=True)}
            for label in selectors.labels_recent(campaign, vetter, night=night, limit=RECENT)
        ]
    return answer
