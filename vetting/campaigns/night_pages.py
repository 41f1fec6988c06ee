"""The page of a night: its numbers and plots, its people, and what the scan page says that it has shown."""

import datetime as dt
import math
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from vetting.campaigns import nights, sent
from vetting.candidates import plots, selectors
from vetting.common import ApplicationError, user_of

MOST_LOOKS = 500  # in one request


@require_safe
def night(request: HttpRequest, night: dt.date) -> HttpResponse:
    """Show one night in numbers and plots; the plots come after the page."""
    summary = selectors.nights_summary([night]).get(night)
    if summary is None:
        raise Http404(f"there are no candidates of {night}")
    before, after = selectors.nights_around(night)
    context = {
        "night": night,
        "iso": night.isoformat(),
        "summary": summary,
        "before": before,
        "after": after,
        "states": [
            {"value": state.value, "title": state.label, "count": summary[state.value], "colour": colour}
            for state, colour in plots.STATE_COLOURS.items()
        ],
        "score_colours": plots.SCORE_COLOURS,
        "curves": plots.CURVES,
        **_now(night),
    }
    return render(request, "candidates/night.html", context)


@never_cache
@require_safe
def night_now(request: HttpRequest, night: dt.date) -> HttpResponse:
    """Give the part of the page that changes while people scan."""
    return render(request, "campaigns/_night_now.html", {"night": night, **_now(night)})


def _now(night: dt.date) -> dict[str, Any]:
    return {"standing": nights.standing_of(night), "present": nights.present(night), "clock": nights.clock(night)}


@require_POST
def looks(request: HttpRequest) -> JsonResponse:
    """Record which candidates the scan page has shown, and how long ago."""
    each = sent.listed(sent.body(request), "looks", most=MOST_LOOKS)
    seconds = {sent.whole_in(one, "candidate"): _ago(one) for one in each}
    return JsonResponse({"saved": nights.looks_save(user_of(request), seconds)})


def _ago(one: dict[str, Any]) -> float:
    ago = one.get("seconds_ago")
    if isinstance(ago, bool) or not isinstance(ago, int | float) or not math.isfinite(ago) or ago < 0:
        raise ApplicationError(f"expected seconds_ago to be a number of at least 0, got {ago!r}")
    return float(ago)
