"""The page that shows that nothing was lost."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from vetting.ingest.models import IngestBatch, Quarantine
from vetting.ingest.selectors import balance

RUNS_SHOWN = 20
ROWS_A_PAGE = 50


@require_safe
def arrivals(request: HttpRequest) -> HttpResponse:
    """Show the balance over all runs, the latest runs, and the quarantine page by page."""
    rows = Quarantine.objects.order_by("-pk").defer("raw")
    context = {
        "balance": balance(),
        "runs": IngestBatch.objects.order_by("-pk")[:RUNS_SHOWN],
        "page": Paginator(rows, ROWS_A_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "ingest/arrivals.html", context)
