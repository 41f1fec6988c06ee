"""The report of a night as a page and as a download."""

import datetime as dt
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from vetting.candidates.models import Candidate
from vetting.candidates.sight import sealed_for
from vetting.common import ApplicationError
from vetting.datasets.night_report import Section, as_markdown, report_of


class BlindError(ApplicationError):
    """The report tells what a blind vetter may not know yet."""

    status = 403


@never_cache
@require_safe
def page(request: HttpRequest, night: dt.date) -> HttpResponse:
    """Show the report."""
    context: dict[str, Any] = {"night": night, "is_blind": sealed_for(request.user) is not None}
    if not context["is_blind"]:
        context["sections"] = _sections(night)
    return render(request, "datasets/night_report.html", context)


@never_cache
@require_safe
def markdown(request: HttpRequest, night: dt.date) -> HttpResponse:
    """Give the report as a file."""
    if sealed_for(request.user) is not None:
        raise BlindError("a blind campaign is running: until you have voted everywhere, reports are written by staff")
    return HttpResponse(
        as_markdown(f"Night {night}", _sections(night)),
        content_type="text/markdown; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="night-{night}.md"',
            "X-Content-Type-Options": "nosniff",
        },
    )


def _sections(night: dt.date) -> list[Section]:
    if not Candidate.objects.filter(night=night).exists():
        raise Http404(f"there are no candidates of {night}")
    return report_of(night, now=timezone.now())
