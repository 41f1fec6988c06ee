"""The scan page and its requests."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET, require_POST

from vetting.campaigns import selectors, sent
from vetting.campaigns.blindness import sealed_by, shown_to
from vetting.campaigns.campaign_views import guideline_shown
from vetting.campaigns.cards import card, cards, with_scores
from vetting.campaigns.chosen import Queue, campaign_opened, queue_asked, queue_opened
from vetting.campaigns.deferrals import SPANS, span_of
from vetting.campaigns.keys import ACTIONS, offered
from vetting.campaigns.lending import lend, lend_named, lend_own, missing, stamp
from vetting.campaigns.models import Campaign, Deferral, Label
from vetting.campaigns.neighbours import neighbours_of
from vetting.campaigns.selectors.pool import in_pool
from vetting.campaigns.selectors.work import nothing_left
from vetting.campaigns.services import label_save, label_undo
from vetting.candidates.models import Candidate
from vetting.candidates.selectors import filters_visible
from vetting.common import ApplicationError, user_of

BATCH = 12  # candidates an answer: the six that are prefetched, and as many again
LOW = 8  # candidates ahead below which the page asks for more
LENT_LOW = 3  # the same where they are lent, in fives: nobody holds more than is soon labelled
RECENT = 12  # own decisions that undo goes back through at a time after the page was reloaded


def home(_request: HttpRequest) -> HttpResponse:
    """Send people to where the work is."""
    return redirect("scan")


@never_cache
@ensure_csrf_cookie
@require_GET
def scan(request: HttpRequest) -> HttpResponse:
    """Show candidates one at a time: a campaign's, or those of a night, the latest that holds work for this vetter."""
    vetter, campaign = user_of(request), campaign_opened(request)
    line = queue_opened(request, campaign)
    shared = _shared(request.GET.get("candidate"), campaign)
    blind = sealed_by(vetter, shared) if shared and "campaign" not in request.GET else None
    if shared and blind and blind != campaign:  # its vote is asked for there
        return redirect(f"{reverse('scan')}?{urlencode({'campaign': blind.pk, 'candidate': shared.pk})}")
    line = replace(line, night=shared.night) if line and line.night and shared else line
    first = _session(vetter, line, held=[], is_start=True) if line else {}
    if shared:
        label = _own_label(shared, vetter, campaign)
        first["shared"] = {"candidate": card(shared, is_open=shown_to(vetter, campaign, shared)), "label": label}
        if label is None and line and line.lends:
            lend_named(campaign, vetter, shared)
    guideline = selectors.guideline_current(campaign)
    context = {
        "campaign": campaign,
        "campaigns": selectors.campaigns_to_scan(vetter, campaign),
        **guideline_shown(guideline),
        "low": LOW if line and line.night else LENT_LOW,
        "line": line,
        "night": line.night if line else None,
        "nights": line.nights if line else [],
        "saved": filters_visible(vetter),
        **offered(selectors.classes_offered(guideline), ACTIONS),
        "spans": SPANS,
        "first": first,
    }
    return render(request, "campaigns/scan.html", context)


@never_cache
@require_GET
def recent(request: HttpRequest) -> JsonResponse:
    """Give the own decisions of a night or campaign that were made before a named one, for undo."""
    line, before = queue_asked(request), sent.uuid_in(request.GET, "before")
    return JsonResponse({"recent": _recent(user_of(request), line, before=before)})


@never_cache
@require_GET
def one_card(request: HttpRequest) -> JsonResponse:
    """Give the card of one candidate as its vetter may see it now."""
    candidate, campaign = _named(request)
    return JsonResponse(card(candidate, is_open=shown_to(user_of(request), campaign, candidate)))


@never_cache
@require_GET
def neighbours(request: HttpRequest) -> HttpResponse:
    """Give the labelled candidates that look alike, as a piece of the page; nothing before a blind vote."""
    candidate, campaign = _named(request)
    user = user_of(request)
    is_shown = shown_to(user, campaign, candidate)
    found = neighbours_of(candidate, campaign=campaign, user=user) if is_shown else []
    return render(request, "campaigns/_neighbours.html", {"neighbours": found})


@never_cache
@require_GET
def queue(request: HttpRequest) -> JsonResponse:
    """Give the next candidates without those that the page holds, and how far the vetter is."""
    held, is_start = sent.ids(request.GET.get("exclude", "")), "recent" in request.GET
    line = queue_asked(request)
    return JsonResponse(_session(user_of(request), line, held=held, is_start=is_start))


@require_POST
def labels(request: HttpRequest) -> JsonResponse:
    """Record one label in its campaign, and tell which guideline holds now; the same UUID again is the same label."""
    given, vetter = sent.body(request), user_of(request)
    campaign = sent.campaign_in(given, vetter)
    guidelines = selectors.guidelines_from(campaign, sent.version_in(given))
    label = label_save(
        get_object_or_404(Candidate, pk=sent.whole_in(given, "candidate")),
        campaign=campaign,
        vetter=vetter,
        uuid=sent.uuid_in(given, "uuid"),
        fine_class=str(given.get("fine_class")),
        seconds=sent.seconds_in(given),
        confidence=sent.confidence_in(given),
        comment=sent.comment_in(given),
        guideline=guidelines[0] if guidelines else None,
        shown=given.get("shown"),
    )
    latest = guidelines[-1].number if guidelines else None
    return JsonResponse({"uuid": str(label.uuid), "candidate": label.candidate_id, "guideline": latest})


@require_POST
def undo(request: HttpRequest) -> JsonResponse:
    """Take one named label of this vetter back."""
    given, vetter = sent.body(request), user_of(request)
    label = label_undo(
        campaign=sent.campaign_in(given, vetter),
        vetter=vetter,
        uuid=sent.uuid_in(given, "uuid"),
        undoes=sent.uuid_in(given, "undoes"),
    )
    return JsonResponse({"uuid": str(label.uuid), "candidate": label.candidate_id})


def _session(vetter: User, line: Queue, *, held: list[int], is_start: bool) -> dict[str, Any]:
    """Collect what the page starts from and asks for again; the own recent decisions only at the start."""
    waiting = line.rows(vetter)
    found = cards(_next(vetter, line, waiting, held), vetter=vetter, campaign=line.campaign)
    progress = line.progress(vetter, waiting)
    answer: dict[str, Any] = {"done": progress.done, "left": progress.left, "candidates": found}
    if line.lends:
        answer |= stamp()
    if line.night is None:
        for each in found:
            each["p"] = None  # the page sorts by it, and this order is the campaign's
        if not found:
            answer["nothing"] = nothing_left(line.campaign, vetter)
    elif len(found) < BATCH:
        answer["scoring"] = selectors.unscored(line.night)
        answer |= missing(line, vetter, waiting)
    if is_start:
        answer["recent"] = _recent(vetter, line)
    return answer


def _next(vetter: User, line: Queue, waiting: QuerySet[Candidate], held: list[int]) -> Iterable[Candidate]:
    """Return what the page gets next, in its order."""
    if line.night is None:
        ids = lend_own(line.campaign, vetter, exclude=held)
        rows = with_scores(Candidate.objects.all()).in_bulk(ids)
        return [rows[pk] for pk in ids]
    if not line.lends:
        return with_scores(waiting.exclude(pk__in=held))[:BATCH]
    return with_scores(waiting.filter(pk__in=lend(line, vetter, waiting, count=BATCH, exclude=held)))


def _recent(vetter: User, line: Queue, before: UUID | None = None) -> list[dict[str, Any]]:
    made = selectors.decisions_recent(line.campaign, vetter, night=line.night, limit=RECENT, before=before)
    seen = cards([decision.candidate for decision in made], vetter=vetter, campaign=line.campaign)
    return [_kept(decision) | {"candidate": each} for decision, each in zip(made, seen, strict=True)]


def _named(request: HttpRequest) -> tuple[Candidate, Campaign]:
    """Return the candidate that a request is about, and the campaign in which it is seen."""
    campaign = campaign_opened(request)
    candidate = _shared(request.GET.get("candidate"), campaign)
    if candidate is None:
        raise ApplicationError("expected candidate to be an id, got none")
    return candidate, campaign


def _shared(text: str | None, campaign: Campaign) -> Candidate | None:
    """Return the candidate that a link names, if the campaign asks about it."""
    ids = sent.ids(text or "")
    if len(ids) != 1:
        return None
    candidate = get_object_or_404(with_scores(Candidate.objects.all()), pk=ids[0])
    if not in_pool(campaign, candidate):
        raise Http404(f"candidate {candidate.pk} is not in the pool of {campaign}")
    return candidate


def _own_label(candidate: Candidate, vetter: User, campaign: Campaign) -> dict[str, Any] | None:
    labels = selectors.labels_standing(campaign).filter(vetter=vetter, candidate=candidate)
    return next(map(_kept, labels), None)


def _kept(made: Label | Deferral) -> dict[str, Any]:
    """Return what the page holds of an own decision: enough to take it back and to make it again."""
    if isinstance(made, Deferral):
        return {"uuid": str(made.uuid), "kind": made.kind, "span": span_of(made)}
    said = {"confidence": made.confidence, "comment": made.comment}
    return {"uuid": str(made.uuid), "fine_class": made.fine_class, "said": said}
