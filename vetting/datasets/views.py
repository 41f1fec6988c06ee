"""The export page, its count, and its download."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from vetting.campaigns.selectors import campaign_default
from vetting.candidates.sight import sealed_for
from vetting.common import user_of
from vetting.datasets.download import zip_answer
from vetting.datasets.forms import ExportForm
from vetting.datasets.selectors import Selection, summary


@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """Show the form and what the export would hold; without JavaScript a button counts."""
    return _page(request, ExportForm.of_link(request.GET, user=user_of(request)))


@require_safe
def export_count(request: HttpRequest) -> HttpResponse:
    """Answer with the piece of the page that says what the export would hold."""
    form = ExportForm(request.GET, user=user_of(request))
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=400)
    return render(request, "datasets/_count.html", {"summary": summary(form.selection())})


@require_safe
def export_download(request: HttpRequest) -> HttpResponseBase:
    """Stream the zip; a form with mistakes comes back with its messages."""
    form = ExportForm(request.GET, user=user_of(request))
    if not form.is_valid():
        return _page(request, form, status=400)
    return zip_answer(form.export())


def _page(request: HttpRequest, form: ExportForm, status: int = 200) -> HttpResponse:
    counted = None
    if not form.is_bound:
        counted = summary(Selection(campaign=campaign_default(), sealed=sealed_for(request.user)))
    elif form.is_valid():
        counted = summary(form.selection())
    return render(request, "datasets/export.html", {"form": form, "summary": counted}, status=status)
