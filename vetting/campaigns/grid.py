"""The grid: many cutouts of the scan page's queue at a time, and one request for all that are judged together."""

from collections.abc import Collection
from typing import Any, TypeVar
from uuid import UUID

from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET, require_POST

from scoring.detection import CutoutKind
from scoring.families import FineClass
from vetting.campaigns import selectors, sent
from vetting.campaigns.blindness import shown_among
from vetting.campaigns.campaign_views import guideline_shown
from vetting.campaigns.chosen import Queue, campaign_opened, queue_asked, queue_opened
from vetting.campaigns.keys import KEYS, ON_GRID, offered
from vetting.campaigns.lending import lend, lend_own, missing, stamp
from vetting.campaigns.selectors.work import nothing_left
from vetting.campaigns.services import labels_save, labels_undo
from vetting.candidates.models import Candidate, Cutout, Score
from vetting.candidates.selectors import filters_visible
from vetting.common import ApplicationError, user_of
from vetting.registry.models import Ensemble
from vetting.registry.selectors import active_ensemble

Value = TypeVar("Value")
SIZES = (24, 48, 96)  # cutouts on a page
SIZE = "grid_size"  # in the session: the size that was chosen last
JUNK = [key for key in KEYS if key.fine_class not in {FineClass.ASTEROID, FineClass.UNSURE}]


@never_cache
@ensure_csrf_cookie
@require_GET
def grid(request: HttpRequest) -> HttpResponse:
    """Show a page of the night's cutouts; without a night, the latest that holds work for this vetter."""
    vetter, campaign = user_of(request), campaign_opened(request)
    line = queue_opened(request, campaign)
    guideline = selectors.guideline_current(campaign)
    classes = selectors.classes_offered(guideline)
    size = sent.one_of(request.GET.get("size"), SIZES, "size")
    if size:
        request.session[SIZE] = size
    size = size or request.session.get(SIZE, SIZES[0])
    context = {
        "campaign": campaign,
        "campaigns": selectors.campaigns_to_scan(vetter, campaign),
        **guideline_shown(guideline),
        "line": line,
        "night": line.night if line else None,
        "nights": line.nights if line else [],
        "saved": filters_visible(vetter),
        **offered(classes, ON_GRID),
        "junk": [key for key in JUNK if key.fine_class in classes],
        "size": size,
        "sizes": SIZES,
        "first": _page(vetter, line, size=size) if line else None,
    }
    return render(request, "campaigns/grid.html", context)


@never_cache
@require_GET
def cutouts(request: HttpRequest) -> JsonResponse:
    """Give the cutouts that follow one in a night's queue, or more of a campaign's, and how far the vetter is."""
    line = queue_asked(request)
    size = sent.one_of(request.GET.get("size"), SIZES, "size")
    if size is None:
        raise ApplicationError("expected size, got none")
    after = sent.ids(request.GET.get("after", ""))
    if len(after) > 1:
        raise ApplicationError(f"expected after to be one id, got {len(after)}")
    exclude = sent.ids(request.GET.get("exclude", ""))
    return JsonResponse(_page(user_of(request), line, size=size, after=after[0] if after else None, exclude=exclude))


@require_POST
def labels(request: HttpRequest) -> JsonResponse:
    """Record one class for all candidates of a step, and tell which guideline holds now; sent again, it is the same."""
    given, vetter = sent.body(request), user_of(request)
    each = sent.listed(given, "labels", most=SIZES[-1])
    campaign = sent.campaign_in(given, vetter)
    guidelines = selectors.guidelines_from(campaign, sent.version_in(given))
    saved = labels_save(
        _distinct({sent.uuid_in(one, "uuid"): sent.whole_in(one, "candidate") for one in each}, len(each)),
        campaign=campaign,
        vetter=vetter,
        fine_class=str(given.get("fine_class")),
        guideline=guidelines[0] if guidelines else None,
        shown={sent.uuid_in(one, "uuid"): one.get("shown") for one in each},
    )
    return JsonResponse({"saved": len(saved), "guideline": guidelines[-1].number if guidelines else None})


@require_POST
def undo(request: HttpRequest) -> JsonResponse:
    """Take the labels of a step back; what was corrected since stays."""
    given = sent.body(request)
    each = sent.listed(given, "labels", most=SIZES[-1])
    undone = labels_undo(
        _distinct({sent.uuid_in(one, "uuid"): sent.uuid_in(one, "undoes") for one in each}, len(each)),
        campaign=sent.campaign_in(given, user_of(request)),
        vetter=user_of(request),
    )
    return JsonResponse({"undone": len(undone)})


def _distinct(pairs: dict[UUID, Value], count: int) -> dict[UUID, Value]:
    if len(pairs) < count or len(set(pairs.values())) < count:
        raise ApplicationError("expected every label and every candidate once")
    return pairs


def _page(
    vetter: User, line: Queue, *, size: int, after: int | None = None, exclude: Collection[int] = ()
) -> dict[str, Any]:
    campaign, waiting = line.campaign, line.rows(vetter)
    if line.night:
        ids = lend(line, vetter, selectors.queue_after(waiting, after), count=size)
    else:
        ids = lend_own(campaign, vetter, count=size, exclude=exclude)
    shown = shown_among(vetter, campaign, ids)
    ensemble = active_ensemble() if shown else None
    found = {row.pk: row for row in _with_facts(ids)}
    progress = line.progress(vetter, waiting)
    answer: dict[str, Any] = {
        "done": progress.done,
        "left": progress.left,
        "candidates": [_tile(found[pk], ensemble, is_open=pk in shown) for pk in ids],
    }
    if line.lends:
        answer |= stamp()
    if line.night is None:
        return answer if ids else answer | {"nothing": nothing_left(campaign, vetter)}
    answer["scoring"] = selectors.unscored(line.night)
    return answer if len(ids) == size else answer | missing(line, vetter, waiting)


def _with_facts(ids: Collection[int]) -> QuerySet[Candidate]:
    image = Exists(Cutout.objects.filter(candidate=OuterRef("pk"), kind=CutoutKind.DIFF))
    best = Score.objects.filter(candidate=OuterRef("pk"), ensemble__is_active=True).values("p_asteroid")[:1]
    return Candidate.objects.filter(pk__in=ids).annotate(has_difference=image, p_asteroid=best)


def _tile(row: Any, ensemble: Ensemble | None, *, is_open: bool) -> dict[str, Any]:
    """Collect what one cutout of the page shows; the row comes with the annotations of `_with_facts`."""
    return {
        "id": row.pk,
        "name": row.source_id,
        "page": row.get_absolute_url(),
        "is_open": is_open,
        "p": row.p_asteroid if is_open else None,
        "ensemble": ensemble.sha256 if is_open and ensemble and row.p_asteroid is not None else None,
        "length": row.length,
        "image": reverse("stamp", args=[row.pk]) if row.has_difference else None,
    }
