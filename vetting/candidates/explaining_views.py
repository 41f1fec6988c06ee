"""The occlusion map of a candidate: asked for by POST, fetched by GET once a worker has made it."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_http_methods

from vetting.candidates.explaining import occlusion_kept
from vetting.candidates.models import Candidate
from vetting.candidates.sight import sealed_for
from vetting.candidates.tasks import explain_soon
from vetting.common import MissingError


@require_http_methods(["GET", "POST"])
def occlusion(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the map, 204 while there is none; POST asks a worker for it, also where there is one already."""
    row = get_object_or_404(Candidate, pk=pk)
    sealed = sealed_for(request.user)
    if sealed is not None and Candidate.objects.filter(sealed, pk=pk).exists():
        raise MissingError("you vote blind on this candidate: its map appears after your label")
    content = occlusion_kept(row)
    if request.method == "POST":
        if content is None:
            explain_soon(pk)
        return JsonResponse({"made": content is not None}, status=200 if content else 202)
    response = HttpResponse(content or b"", content_type="application/octet-stream", status=200 if content else 204)
    patch_cache_control(response, private=True, no_cache=True)  # another ensemble has another map
    return response
