"""The grid: many cutouts of the scan page's queue at a time, and one request for all that are judged together."""

import datetime as dt
from typing import Any, TypeVar, cast
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
from vetting.campaigns.keys import KEYS
from vetting.campaigns.models import Campaign
from vetting.campaigns.services import labels_save, labels_undo
from vetting.candidates.models import Cutout
from vetting.common import ApplicationError

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
    vetter = cast("User", request.user)
    nights = selectors.nights_to_scan(selectors.campaign_default(), vetter)
    night = sent.night(request.GET.get("night")) or (nights[0][0] if nights else selectors.night_latest())
    size = sent.one_of(request.GET.get("size"), SIZES, "size")
    if size:
        request.session[SIZE] = size
    size = size or request.session.get(SIZE, SIZES[0])
    context = {
        "night": night,
        "nights": nights,
        "keys": GRID_KEYS,
        "junk": JUNK,
        "size": size,
        "sizes": SIZES,
        "first": None if night is None else _page(vetter, night, size=size, after=None),
    }
    return render(request, "campaigns/grid.html", context)


@never_cache
@require_GET
def cutouts(request: HttpRequest) -> JsonResponse:
    """Give the cutouts that follow one in a night's queue, and how far the vetter is."""
    night, size = sent.night(request.GET.get("night")), sent.one_of(request.GET.get("size"), SIZES, "size")
    if night is None or size is None:
        raise ApplicationError("expected night=YYYY-MM-DD and size, got one or none of them")
    after = sent.ids(request.GET.get("after", ""))
    if len(after) > 1:
        raise ApplicationError(f"expected after to be one id, got {len(after)}")
    return JsonResponse(_page(cast("User", request.user), night, size=size, after=after[0] if after else None))


@require_POST
def labels(request: HttpRequest) -> JsonResponse:
    """Record one class for all candidates of a step; the same UUIDs again are the same labels."""
    given = sent.body(request)
    each = sent.listed(given, "labels", most=SIZES[-1])
    saved = labels_save(
        _distinct({sent.uuid_in(one, "uuid"): sent.whole_in(one, "candidate") for one in each}, len(each)),
        campaign=selectors.campaign_default(),
        vetter=cast("User", request.user),
        fine_class=str(given.get("fine_class")),
    )
    return JsonResponse({"saved": len(saved)})


@require_POST
def undo(request: HttpRequest) -> JsonResponse:
    """Take the labels of a step back; what was corrected since stays."""
    each = sent.listed(sent.body(request), "labels", most=SIZES[-1])
    undone = labels_undo(
        _distinct({sent.uuid_in(one, "uuid"): sent.uuid_in(one, "undoes") for one in each}, len(each)),
        campaign=selectors.campaign_default(),
        vetter=cast("User", request.user),
    )
    return JsonResponse({"undone": len(undone)})


def _distinct(pairs: dict[UUID, Value], count: int) -> dict[UUID, Value]:
    if len(pairs) < count or len(set(pairs.values())) < count:
        raise ApplicationError("expected every label and every candidate once")
    return pairs


def _page(vetter: User, night: dt.date, *, size: int, after: int | None) -> dict[str, Any]:
    campaign = selectors.campaign_default()
    image = Exists(Cutout.objects.filter(candidate=OuterRef("pk"), kind=CutoutKind.DIFF))
    rows = selectors.queue_after(campaign, vetter, night=night, after=after).annotate(has_difference=image)
    progress = selectors.progress(campaign, vetter, night=night)
    return {
        "done": progress.done,
        "left": progress.left,
        "scoring": selectors.unscored(night),
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
