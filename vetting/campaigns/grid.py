"""The grid: many cutouts of the scan page's queue at a time, and one request for all that are judged together."""

from typing import Any, TypeVar
from uuid import UUID

from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET, require_POST

from scoring.detection import CutoutKind
from scoring.families import FineClass
from vetting.campaigns import selectors, sent
from vetting.campaigns.chosen import Queue, queue_asked, queue_opened
from vetting.campaigns.keys import KEYS
from vetting.campaigns.models import Campaign
from vetting.campaigns.services import labels_save, labels_undo
from vetting.candidates.models import Cutout
from vetting.candidates.selectors import filters_visible
from vetting.common import ApplicationError, user_of

Value = TypeVar("Value")
SIZES = (24, 48, 96)  # cutouts on a page
SIZE = "grid_size"  # in the session: the size that was chosen last
# "a" selects all here: asteroid has its digit alone.
GRID_KEYS = [(key, "" if key.fine_class is FineClass.ASTEROID else key.letter) for key in KEYS]
JUNK = [key for key in KEYS if key.fine_class not in {FineClass.ASTEROID, FineClass.UNSURE}]


@never_cache
@ensure_csrf_cookie
@require_GET
def grid(request: HttpRequest) -> HttpResponse:
    """Show a page of the night's cutouts; without a night, the latest that holds work for this vetter."""
    vetter = user_of(request)
    campaign = selectors.campaign_default()
    line = queue_opened(request, campaign)
    size = sent.one_of(request.GET.get("size"), SIZES, "size")
    if size:
        request.session[SIZE] = size
    size = size or request.session.get(SIZE, SIZES[0])
    context = {
        "campaign": campaign,
        "line": line,
        "night": line.night if line else None,
        "nights": line.nights if line else [],
        "saved": filters_visible(vetter),
        "keys": GRID_KEYS,
        "junk": JUNK,
        "size": size,
        "sizes": SIZES,
        "first": _page(vetter, line, size=size, after=None) if line else None,
    }
    return render(request, "campaigns/grid.html", context)


@never_cache
@require_GET
def cutouts(request: HttpRequest) -> JsonResponse:
    """Give the cutouts that follow one in a night's queue, and how far the vetter is."""
    line = queue_asked(request, selectors.campaign_default())
    size = sent.one_of(request.GET.get("size"), SIZES, "size")
    if size is None:
        raise ApplicationError("expected size, got none")
    after = sent.ids(request.GET.get("after", ""))
    if len(after) > 1:
        raise ApplicationError(f"expected after to be one id, got {len(after)}")
    return JsonResponse(_page(user_of(request), line, size=size, after=after[0] if after else None))


@require_POST
def labels(request: HttpRequest) -> JsonResponse:
    """Record one class for all candidates of a step; the same UUIDs again are the same labels."""
    given = sent.body(request)
    each = sent.listed(given, "labels", most=SIZES[-1])
    saved = labels_save(
        _distinct({sent.uuid_in(one, "uuid"): sent.whole_in(one, "candidate") for one in each}, len(each)),
        campaign=sent.campaign_in(given, user_of(request)),
        vetter=user_of(request),
        fine_class=str(given.get("fine_class")),
    )
    return JsonResponse({"saved": len(saved)})


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


def _page(vetter: User, line: Queue, *, size: int, after: int | None) -> dict[str, Any]:
    campaign = line.campaign
    image = Exists(Cutout.objects.filter(candidate=OuterRef("pk"), kind=CutoutKind.DIFF))
    waiting = line.rows(vetter)
    rows = selectors.queue_after(waiting, after).annotate(has_difference=image)
    progress = selectors.progress(campaign, vetter, waiting, night=line.night)
    return {
        "done": progress.done,
        "left": progress.left,
        "scoring": selectors.unscored(line.night) if line.night else 0,
        "candidates": [_tile(row, is_open=campaign.blindness == Campaign.Blindness.OPEN) for row in rows[:size]],
    }


def _tile(row: Any, *, is_open: bool) -> dict[str, Any]:
    """Collect what one cutout of the page shows; the row comes with the annotations of `_page`."""
    return {
        "id": row.pk,
        "name": row.source_id,
        "page": row.get_absolute_url(),
        "is_open": is_open,
        "p": row.p_asteroid if is_open else None,
        "length": row.length,
        "image": reverse("stamp", args=[row.pk]) if row.has_difference else None,
    }
