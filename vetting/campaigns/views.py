"""The scan page and its requests."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import asdict, replace
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET, require_POST

from vetting.campaigns import selectors, sent
from vetting.campaigns.blindness import shown_to
from vetting.campaigns.cards import card, cards, with_scores
from vetting.campaigns.chosen import Queue, queue_asked, queue_opened
from vetting.campaigns.deferrals import SPANS, deferrals_active
from vetting.campaigns.keys import ACTIONS, KEYS
from vetting.campaigns.models import Campaign
from vetting.campaigns.neighbours import neighbours_of
from vetting.campaigns.services import assignments_lease, label_save, label_undo
from vetting.candidates.models import Candidate
from vetting.candidates.selectors import filters_visible
from vetting.common import ApplicationError, user_of

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
    shared = _shared(request.GET.get("candidate"))
    line = replace(line, night=shared.night) if line and shared else line
    first = _session(vetter, line, held=[], is_start=True) if line else {}
    if shared:
        first["shared"] = {"candidate": _card_of(shared, vetter), "label": _own_label(shared, vetter)}
    context = {
        "line": line,
        "night": line.night if line else None,
        "nights": line.nights if line else [],
        "saved": filters_visible(vetter),
        "keys": KEYS,
        "actions": [asdict(action) for action in ACTIONS],
        "spans": SPANS,
        "first": first,
    }
    return render(request, "campaigns/scan.html", context)


@never_cache
@require_GET
def recent(request: HttpRequest) -> JsonResponse:
    """Give the own labels of a night that were given before a named one, for undo."""
    night, before = sent.night(request.GET.get("night")), sent.uuid_in(request.GET, "before")
    if night is None:
        raise ApplicationError("expected night=YYYY-MM-DD, got none")
    return JsonResponse({"recent": _recent(user_of(request), night, before=before)})


@never_cache
@require_GET
def one_card(request: HttpRequest) -> JsonResponse:
    """Give the card of one candidate as its vetter may see it now."""
    candidate = _shared(request.GET.get("candidate"))
    if candidate is None:
        raise ApplicationError("expected candidate to be an id, got none")
    return JsonResponse(_card_of(candidate, user_of(request)))


@never_cache
@require_GET
def neighbours(request: HttpRequest) -> HttpResponse:
    """Give the labelled candidates that look alike, as a piece of the page; nothing before a blind vote."""
    candidate, campaign = _shared(request.GET.get("candidate")), selectors.campaign_default()
    if candidate is None:
        raise ApplicationError("expected candidate to be an id, got none")
    user = user_of(request)
    is_shown = shown_to(user, campaign, candidate)
    found = neighbours_of(candidate, campaign=campaign, user=user) if is_shown else []
    return render(request, "campaigns/_neighbours.html", {"neighbours": found})


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
    found = cards(_next(vetter, campaign, line, held), is_open=campaign.blindness == Campaign.Blindness.OPEN)
    progress = selectors.progress(campaign, vetter, waiting, night=line.night)
    answer = {"done": progress.done, "left": progress.left, "candidates": found}
    if len(found) < BATCH:
        answer["scoring"] = selectors.unscored(line.night)
    if is_start:
        answer["recent"] = _recent(vetter, line.night)
    return answer


def _next(vetter: User, campaign: Campaign, line: Queue, held: list[int]) -> Iterable[Candidate]:
    """Return what the page gets next: where the campaign lends, what nobody else holds; what was chosen is not lent."""
    waiting = with_scores(line.rows(campaign, vetter).exclude(pk__in=held))
    if not campaign.assigns or line.choice:
        return waiting[:BATCH]
    put_off = deferrals_active(campaign).filter(vetter=vetter).values_list("candidate", flat=True)
    lent = assignments_lease(campaign, vetter, count=BATCH, night=line.night, exclude={*held, *put_off})
    return waiting.filter(pk__in=[lease.candidate_id for lease in lent])


def _recent(vetter: User, night: dt.date, before: UUID | None = None) -> list[dict[str, Any]]:
    labels = selectors.labels_recent(selectors.campaign_default(), vetter, night=night, limit=RECENT, before=before)
    return [
        {"uuid": str(label.uuid), "fine_class": label.fine_class, "candidate": card(label.candidate, is_open=True)}
        for label in labels
    ]


def _shared(text: str | None) -> Candidate | None:
    """Return the candidate that a link names."""
    ids = sent.ids(text or "")
    return get_object_or_404(with_scores(Candidate.objects.all()), pk=ids[0]) if len(ids) == 1 else None


def _card_of(candidate: Candidate, vetter: User) -> dict[str, Any]:
    return card(candidate, is_open=shown_to(vetter, selectors.campaign_default(), candidate))


def _own_label(candidate: Candidate, vetter: User) -> dict[str, str] | None:
    labels = selectors.labels_standing(selectors.campaign_default()).filter(vetter=vetter, candidate=candidate)
    return next(({"uuid": str(label.uuid), "fine_class": label.fine_class} for label in labels), None)
