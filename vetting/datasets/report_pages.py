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
from vetting.common import RefusedError, user_of
from vetting.datasets.night_report import Section, as_markdown, report_of


@never_cache
@require_safe
def page(request: HttpRequest, night: dt.date) -> HttpResponse:
    """Show the report."""
    context: dict[str, Any] = {"night": night, "kept_back": _kept_back(request, night)}
    if not context["kept_back"]:
        context["sections"] = _sections(night)
    return render(request, "datasets/night_report.html", context)


@never_cache
@require_safe
def markdown(request: HttpRequest, night: dt.date) -> HttpResponse:
    """Give the report as a file."""
    if count := _kept_back(request, night):
        raise RefusedError(
            f"the report tells of what you have still to judge in a blind campaign: {count} of this night"
        )
    return HttpResponse(
        as_markdown(f"Night {night}", _sections(night)),
        content_type="text/markdown; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="night-{night}.md"',
            "X-Content-Type-Options": "nosniff",
        },
    )


def _kept_back(request: HttpRequest, night: dt.date) -> int:
    """Count the candidates of the night that blind campaigns keep from who asks: the report tells of all of a night."""
    sealed = sealed_for(user_of(request))
    return 0 if sealed is None else Candidate.objects.filter(sealed, night=night).count()


def _sections(night: dt.date) -> list[Section]:
    if not Candidate.objects.filter(night=night).exists():
        raise Http404(f"there are no candidates of {night}")
    return report_of(night, now=timezone.now())
