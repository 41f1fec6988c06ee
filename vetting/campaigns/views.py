"""The scan page and its requests."""

from typing import Any

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET, require_POST

from vetting.campaigns import selectors, sent
from vetting.campaigns.cards import card, cards, with_scores
from vetting.campaigns.chosen import Queue, queue_asked, queue_opened
from vetting.campaigns.keys import KEYS
from vetting.campaigns.models import Campaign
from vetting.campaigns.services import label_save, label_undo
from vetting.candidates.models import Candidate
from vetting.candidates.selectors import filters_visible
from vetting.common import user_of

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
    vetter = user_of(request)
    line = queue_opened(request, selectors.campaign_default())
    context = {
        "line": line,
        "night": line.night if line else None,
        "nights": line.nights if line else [],
        "saved": filters_visible(vetter),
        "keys": KEYS,
        "first": _session(vetter, line, held=[], is_start=True) if line else None,
    }
    return render(request, "campaigns/scan.html", context)


@never_cache
@require_GET
def queue(request: HttpRequest) -> JsonResponse:
    """Give the next candidates of a night without those that the page holds, and how far the vetter is."""
    held, is_start = sent.ids(request.GET.get("exclude", "")), "recent" in request.GET
    return JsonResponse(_session(user_of(request), queue_asked(request), held=held, is_start=is_start))


@require_POST
def labels(request: HttpRequest) -> JsonResponse:
    """Record one label; the same UUID again is the same label."""
    given = sent.body(request)
    label = label_save(
        get_object_or_404(Candidate, pk=sent.whole_in(given, "candidate")),
        campaign=selectors.campaign_default(),
        vetter=user_of(request),
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
        vetter=user_of(request),
        uuid=sent.uuid_in(given, "uuid"),
        undoes=sent.uuid_in(given, "undoes"),
    )
    return JsonResponse({"uuid": str(label.uuid), "candidate": label.candidate_id})


def _session(vetter: User, line: Queue, *, held: list[int], is_start: bool) -> dict[str, Any]:
    """Collect what the page starts from and asks for again; the own recent labels only at the start."""
    campaign = selectors.campaign_default()
    waiting = line.rows(campaign, vetter)
    shown = with_scores(waiting.exclude(pk__in=held))[:BATCH]
    found = cards(shown, is_open=campaign.blindness == Campaign.Blindness.OPEN)
    progress = selectors.progress(campaign, vetter, waiting, night=line.night)
    answer = {"done": progress.done, "left": progress.left, "candidates": found}
    if len(found) < BATCH:
        answer["scoring"] = selectors.unscored(line.night)
    if is_start:
        answer["recent"] = [
            {"uuid": str(label.uuid), "fine_class": label.fine_class, "candidate": card(label.candidate, is_open=True)}
            for label in selectors.labels_recent(campaign, vetter, night=line.night, limit=RECENT)
        ]
    return answer
