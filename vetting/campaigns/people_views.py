"""What a manager does with a campaign's people, and the page on which an invitation is accepted."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from vetting.campaigns import services
from vetting.campaigns.campaign_page import LINK, campaign_page
from vetting.campaigns.campaign_views import carried_out, filled_in
from vetting.campaigns.forms import InviteForm
from vetting.campaigns.models import Invitation, Membership, Role
from vetting.campaigns.selectors import campaign_for
from vetting.campaigns.services.people import invitation_open
from vetting.common import MissingError, user_of


@require_POST
def invite(request: HttpRequest, pk: int) -> HttpResponse:
    """Make an invitation; its link is shown once, on the page that follows."""
    campaign = campaign_for(request.user, pk, Role.MANAGER)
    form = InviteForm(request.POST)
    made = filled_in(
        request,
        form,
        lambda: services.member_invite(campaign, by=user_of(request), **form.cleaned_data),
        lambda made: f"The link for a {made.invitation.role} is made.",
    )
    if made is None:
        return campaign_page(request, campaign, invite=form)
    address = request.build_absolute_uri(reverse("join", args=[made.secret]))
    request.session[LINK] = {str(campaign.pk): address}
    return redirect(f"{reverse('campaign', args=[pk])}#people")


@require_POST
def revoke(request: HttpRequest, campaign: int, pk: int) -> HttpResponse:
    """Make an invitation worthless."""
    rows = Invitation.objects.filter(campaign=campaign_for(request.user, campaign, Role.MANAGER))
    services.invitation_revoke(get_object_or_404(rows, pk=pk))
    messages.success(request, "The invitation is withdrawn; who followed it before stays.")
    return redirect(f"{reverse('campaign', args=[campaign])}#people")


@require_POST
def member(request: HttpRequest, campaign: int, pk: int) -> HttpResponse:
    """Give a member another role, or take the member out."""
    rows = Membership.objects.filter(campaign=campaign_for(request.user, campaign, Role.MANAGER))
    row = get_object_or_404(rows.select_related("user"), pk=pk)
    name, role = row.user.get_username(), request.POST.get("role", "")
    if "remove" in request.POST:
        carried_out(
            request, lambda: services.member_remove(row), lambda _: f"{name} is no longer a member; the labels stay."
        )
    else:
        carried_out(request, lambda: services.member_change(row, role=role), lambda _: f"{name} is {role} now.")
    return redirect(f"{reverse('campaign', args=[campaign])}#people")


@never_cache
def join(request: HttpRequest, secret: str) -> HttpResponse:
    """Ask whether to accept an invitation, then accept it."""
    user = user_of(request)
    if request.method == "POST":
        membership = carried_out(
            request,
            lambda: services.invitation_accept(secret, user=user),
            lambda made: f"Welcome to {made.campaign}. You are its {made.role}.",
        )
        return redirect("campaign", membership.campaign_id) if membership else redirect("campaigns")
    try:
        invitation = invitation_open(secret)
    except MissingError as error:
        return render(request, "campaigns/join.html", {"trouble": str(error)}, status=error.status)
    return render(request, "campaigns/join.html", {"invitation": invitation, "role": Role(invitation.role)})
