"""Pages of candidates and nights."""

import json
from dataclasses import asdict
from datetime import date
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.http import content_disposition_header, quote_etag
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from scoring.cutout import CutoutError
from scoring.detection import CutoutKind
from scoring.preprocessing import Unscorable
from vetting.candidates import plots, selectors
from vetting.candidates.columns import described
from vetting.candidates.filters import CandidateFilter, saved_asked, unfolded
from vetting.candidates.formatting import position_deg
from vetting.candidates.frames import frame_fits, frames_of, frames_version
from vetting.candidates.keys import OCCLUSION
from vetting.candidates.models import Candidate, Cutout
from vetting.candidates.mpc import mpc80
from vetting.candidates.services import cutout_decode
from vetting.candidates.sight import sealed_for
from vetting.candidates.sky_links import sky_links
from vetting.candidates.thumbnails import SIDE, thumbnail, unreadable
from vetting.common import user_of
from vetting.registry.selectors import active_ensemble

PAGE = 50
SIBLINGS = 48  # of an exposure: one frame of a slewing telescope holds hundreds


@require_safe
def candidates(request: HttpRequest) -> HttpResponse:
    """List candidates, filtered and sorted by the address.

    The class that the default campaign decided is filtered by from here, not from campaigns: it is one column among
    others, and the reverse relation reaches it without an import against the layers.
    """
    ensemble = active_ensemble()
    rows = selectors.scored(sealed_for(request.user), ensemble=ensemble)
    saved = saved_asked(request.GET, request.user)
    found = CandidateFilter(unfolded(request.GET, saved), queryset=rows, request=request)
    context = {
        "filter": found,
        "form": found.form,
        "sliders": found.sliders(selectors.thresholds_active(ensemble)),
        "page": _page(found, request.GET.get("page")),
        "saved": saved,
        "saved_filters": selectors.filters_visible(request.user),
        "is_own": saved is not None and saved.owner_id == request.user.pk,
        "teams": user_of(request).groups.order_by("name"),
    }
    return render(request, "candidates/list.html", context)


def _page(found: CandidateFilter, number: str | None) -> Page[Any]:
    """Find the ids of a page first: what a row shows besides is not worked out for all rows that are sorted."""
    page: Page[Any] = Paginator(found.qs.values_list("pk", flat=True), PAGE).get_page(number)
    page.object_list = selectors.in_order(list(page), found.queryset)
    return page


@require_safe
def candidate(request: HttpRequest, pk: int) -> HttpResponse:
    """Show all that is known of one candidate."""
    shown = selectors.scored(sealed_for(request.user))
    row = get_object_or_404(shown.prefetch_related("cutouts", "events"), pk=pk)
    before, after = selectors.neighbours(row)
    siblings = shown.filter(exposure=row.exposure, night=row.night).exclude(pk=pk)
    is_sealed = getattr(row, "is_sealed", False)
    context = {
        "candidate": row,
        "link": request.build_absolute_uri(row.get_absolute_url()),
        "frames": f"{reverse('frames', args=[pk])}?v={frames_version(row)}",
        "scores": [] if is_sealed else selectors.scores_of(row),
        "put_off": selectors.put_off_by(row, user_of(request)),
        "values": described(row.values),
        "labels": [] if is_sealed else selectors.labels_of(row, user_of(request)),
        "before": before,
        "after": after,
        "siblings": siblings.order_by("mjd_mid", "pk")[:SIBLINGS],
        "siblings_total": siblings.count(),
        "position": position_deg(row.ra, row.dec),
        "opposite": None if row.position_angle is None else row.position_angle + 180,
        "mpc": mpc80(row),
        "links": sky_links(row.ra, row.dec, row.mjd_mid),
        "actions": json.dumps([asdict(OCCLUSION)]),
    }
    return render(request, "candidates/detail.html", context)


@require_safe
def thumb(request: HttpRequest, pk: int, side: int = SIDE) -> HttpResponse:
    """Draw the difference image for a list or the grid; a cutout never changes, so the browser keeps it.

    Whoever draws it otherwise gives it another name in ``urls.py``.
    """
    row = get_object_or_404(Cutout.objects.select_related("candidate"), candidate=pk, kind=CutoutKind.DIFF)
    etag = quote_etag(row.sha256)
    if request.headers.get("If-None-Match") == etag:
        return HttpResponse(status=304)
    try:
        response = HttpResponse(thumbnail(cutout_decode(row), side), content_type="image/png")
    except (CutoutError, Unscorable, OSError):
        return HttpResponse(unreadable(), content_type="image/png")
    response["ETag"] = etag
    patch_cache_control(response, private=True, max_age=31_536_000, immutable=True)
    return response


@require_safe
def frames(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the pixels of all frames of one candidate; under the address of their version the browser keeps them."""
    row = get_object_or_404(Candidate.objects.prefetch_related("cutouts"), pk=pk)
    version = frames_version(row)
    if request.headers.get("If-None-Match") == quote_etag(version):
        return HttpResponse(status=304)
    content, is_lasting = frames_of(row)
    response = HttpResponse(content, content_type="application/octet-stream")
    if is_lasting:
        response["ETag"] = quote_etag(version)
    if is_lasting and request.GET.get("v") == version:
        patch_cache_control(response, private=True, max_age=31_536_000, immutable=True)
    else:
        patch_cache_control(response, private=True, no_cache=True)
    return response


@require_safe
def cutout_fits(_request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Give one frame of a candidate as FITS with its WCS, whatever the survey's own file is."""
    row = get_object_or_404(Cutout.objects.select_related("candidate"), candidate=pk, kind=kind)
    detection = selectors.as_detection(row.candidate)
    try:
        content = frame_fits(cutout_decode(row), CutoutKind(kind), detection)
    except (CutoutError, OSError) as error:
        raise Http404(f"the {kind} cutout cannot be read: {error}") from error
    response = HttpResponse(content, content_type="application/fits")
    response["Content-Disposition"] = content_disposition_header(True, f"{detection.source_id}_{kind}.fits")
    return response


@require_safe
def nights(request: HttpRequest) -> HttpResponse:
    """List the nights with their counts."""
    page = Paginator(selectors.nights(), PAGE).get_page(request.GET.get("page"))
    summary = selectors.nights_summary(list(page))
    return render(request, "candidates/nights.html", {"page": page, "nights": [(n, summary[n]) for n in page]})


@gzip_page
@require_safe
def night_plots(request: HttpRequest, night: date) -> HttpResponse:
    """Give the night's plots as Bokeh's JSON, by name."""
    page, picture = (reverse(name, args=[0]).replace("/0/", "/@pk/") for name in ("candidate", "thumb"))
    columns = selectors.night_columns(night, sealed=sealed_for(request.user))
    items = plots.night_items(columns, plots.Links(page, picture))
    return HttpResponse(json.dumps(items, allow_nan=False), content_type="application/json")
