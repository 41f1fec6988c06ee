"""Requests that put a candidate off, and the page of what is put off."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from vetting.campaigns import sent
from vetting.campaigns.deferrals import deferral_end, deferral_save, deferrals_by_candidate, deferrals_listed
from vetting.campaigns.models import Deferral, Role
from vetting.campaigns.selectors import campaign_for
from vetting.campaigns.services import assignments_return
from vetting.candidates.models import Candidate
from vetting.candidates.sight import sealed_for
from vetting.common import ApplicationError, user_of

PAGE = 48
SAYS = {
    Deferral.Kind.SNOOZE: "They come back into your queue by themselves.",
    Deferral.Kind.PURGATORY: "Too good to junk, too poor to report: everybody's list, to be swept through from time to"
    " time. Each has left only the queue of the vetter who put it here.",
    Deferral.Kind.HIDE: "You do not want to see them again. They are neither rejected nor vetted: everybody else still"
    " has them.",
}


@require_POST
def save(request: HttpRequest) -> JsonResponse:
    """Put one candidate off; the same UUID again is the same deferral."""
    given = sent.body(request)
    vetter = user_of(request)
    campaign = sent.campaign_in(given, vetter)
    deferral = deferral_save(
        get_object_or_404(Candidate, pk=sent.whole_in(given, "candidate")),
        campaign=campaign,
        vetter=vetter,
        uuid=sent.uuid_in(given, "uuid"),
        kind=str(given.get("defer")),
        span=given.get("span"),
    )
    assignments_return(campaign, vetter, [deferral.candidate_id])  # others need not wait for it
    return JsonResponse({"uuid": str(deferral.uuid), "until": deferral.until})


@require_POST
def end(request: HttpRequest) -> JsonResponse:
    """Take one candidate back into the queue."""
    deferral = deferral_end(sent.uuid_in(sent.body(request), "undoes"), vetter=user_of(request))
    return JsonResponse({"uuid": str(deferral.uuid)})


@never_cache
@require_GET
def put_off(request: HttpRequest) -> HttpResponse:
    """List what is put off, one kind at a time."""
    kind = request.GET.get("kind", Deferral.Kind.PURGATORY)
    if kind not in set(Deferral.Kind):
        raise ApplicationError(f"expected kind to be one of {', '.join(Deferral.Kind)}, got {kind!r}")
    user, sealed = user_of(request), sealed_for(request.user)
    campaign = campaign_for(user, request.GET.get("campaign"), Role.VETTER)
    listed = deferrals_listed(campaign, user, sealed=sealed)
    lists = {each: deferrals_by_candidate(listed.filter(kind=each), user) for each in Deferral.Kind}
    context = {
        "campaign": campaign,
        "kind": Deferral.Kind(kind),
        "kinds": [(each, rows.count()) for each, rows in lists.items()],
        "says": SAYS[Deferral.Kind(kind)],
        "page": Paginator(lists[Deferral.Kind(kind)].order_by("until", "-pk"), PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "campaigns/put_off.html", context)


@require_POST
def take_back(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """End a deferral from its page."""
    deferral = deferral_end(uuid, vetter=user_of(request))
    messages.success(request, f"{deferral.candidate.source_id} is back in your queue.")
    where = "" if deferral.campaign.is_default else f"campaign={deferral.campaign_id}&"
    return redirect(f"{reverse('put-off')}?{where}kind={deferral.kind}")
