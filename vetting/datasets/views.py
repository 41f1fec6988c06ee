"""The export page, its count, and its download."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from vetting.campaigns.selectors import campaign_default
from vetting.candidates.sight import sealed_for
from vetting.common import user_of
from vetting.datasets.archive import zip_stream
from vetting.datasets.exports import export_members
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
    wanted = form.export()
    chunks = zip_stream(export_members(wanted, now=timezone.now()), wanted.stamp)
    return StreamingHttpResponse(
        chunks,
        content_type="application/zip",
        headers={
            "Content-Disposition": f'attachment; filename="{wanted.name}.zip"',
            "Cache-Control": "no-store",
            "X-Accel-Buffering": "no",
        },
    )


def _page(request: HttpRequest, form: ExportForm, status: int = 200) -> HttpResponse:
    counted = None
    if not form.is_bound:
        counted = summary(Selection(campaign=campaign_default(), sealed=sealed_for(request.user)))
    elif form.is_valid():
        counted = summary(form.selection())
    return render(request, "datasets/export.html", {"form": form, "summary": counted}, status=status)
