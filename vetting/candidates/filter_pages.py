"""Requests of the list's filters: live counts while the sliders move, and filters kept under a name."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from vetting.candidates import selectors
from vetting.candidates.filters import CandidateFilter, saved_asked, unfolded
from vetting.candidates.services import filter_delete, filter_save
from vetting.candidates.sight import sealed_for
from vetting.common import ApplicationError, user_of


@never_cache
@require_safe
def counts(request: HttpRequest) -> JsonResponse:
    """Count what the filters find, and what their bounds on scores gain and lose against the gate."""
    given = unfolded(request.GET, saved_asked(request.GET, request.user))
    found = CandidateFilter(given, queryset=selectors.scored(sealed_for(request.user)), request=request)
    if not found.is_valid():
        return JsonResponse({"detail": "a filter cannot be read", "errors": found.errors}, status=400)
    return JsonResponse(selectors.counts_by_scores(found.without_scores().qs, found.score_bounds()))


@require_POST
def save(request: HttpRequest) -> HttpResponseRedirect:
    """Keep the filter that the form holds, and show what it finds."""
    try:
        saved = filter_save(
            user_of(request),
            name=request.POST.get("name", ""),
            given=unfolded(request.POST, saved_asked(request.POST, request.user)),
            share=request.POST.get("share", ""),
        )
    except ApplicationError as error:
        messages.error(request, f"Not saved: {error}.")
        names = {*CandidateFilter.base_filters, "saved"}
        kept = {name: value for name, value in request.POST.items() if value and name in names}
        return redirect(f"{reverse('candidates')}?{urlencode(kept)}")
    with_whom = "everybody here" if saved.is_shared else saved.team
    messages.success(request, f"Saved as “{saved.name}”{f', shared with {with_whom}' if with_whom else ''}.")
    return redirect(f"{reverse('candidates')}?filter={saved.pk}")


@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget a filter of one's own."""
    user = user_of(request)
    saved = get_object_or_404(selectors.filters_visible(user), pk=pk)
    filter_delete(saved, owner=user)
    messages.success(request, f"The filter “{saved.name}” is deleted.")
    return redirect("candidates")
