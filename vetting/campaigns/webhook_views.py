"""The page of a campaign's webhooks: who is told of what, the log of what was sent, and sending it again."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from vetting.campaigns.campaign_views import carried_out
from vetting.campaigns.forms import WebhookForm
from vetting.campaigns.models import Delivery, Role, Webhook
from vetting.campaigns.selectors import campaign_for
from vetting.campaigns.services.webhooks import delivery_resend, webhook_change, webhook_create
from vetting.common import user_of

SECRET = "webhook_secret"  # noqa: S105 (its name in the session, until it was shown once)
LOGGED = 20  # deliveries of each webhook


@never_cache
def webhooks(request: HttpRequest, pk: int) -> HttpResponse:
    """List a campaign's webhooks with the latest of what was sent; make another one, whose secret is shown once."""
    campaign = campaign_for(request.user, pk, Role.MANAGER)
    form = WebhookForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        made = carried_out(
            request,
            lambda: webhook_create(campaign, by=user_of(request), **form.cleaned_data),
            lambda hook: f"{hook.address} is told from now on.",
        )
        if made:
            request.session[SECRET] = {str(campaign.pk): made.secret}
            return redirect("webhooks", pk)
    rows = [(hook, hook.deliveries.all()[:LOGGED]) for hook in Webhook.objects.filter(campaign=campaign)]
    secret = request.session.pop(SECRET, {}).get(str(campaign.pk))
    return render(
        request, "campaigns/webhooks.html", {"campaign": campaign, "rows": rows, "form": form, "secret": secret}
    )


@require_POST
def switch(request: HttpRequest, campaign: int, pk: int) -> HttpResponse:
    """Switch a webhook off, or on again: what waits is sent then. Or remove it, with its log."""
    rows = Webhook.objects.filter(campaign=campaign_for(request.user, campaign, Role.MANAGER))
    hook, is_active = get_object_or_404(rows, pk=pk), "on" in request.POST
    if "remove" in request.POST:
        hook.delete()
        messages.success(request, f"{hook.address} is removed, and the log of what it was sent.")
        return redirect("webhooks", campaign)
    carried_out(
        request,
        lambda: webhook_change(hook, is_active=is_active),
        lambda _: f"{hook.address} is switched {'on' if is_active else 'off'}.",
    )
    return redirect("webhooks", campaign)


@require_POST
def resend(request: HttpRequest, campaign: int, pk: int) -> HttpResponse:
    """Send an event again; the receiver knows it by its id."""
    rows = Delivery.objects.filter(webhook__campaign=campaign_for(request.user, campaign, Role.MANAGER))
    delivery = get_object_or_404(rows, pk=pk)
    carried_out(request, lambda: delivery_resend(delivery), lambda again: f"{again.event} is sent again.")
    return redirect("webhooks", campaign)
