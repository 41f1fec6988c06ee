"""What a manager does with a campaign's gold: candidates whose answer is known, and that no vetter is told of."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from vetting.campaigns import services
from vetting.campaigns.campaign_page import campaign_page, gold_form
from vetting.campaigns.campaign_views import carried_out, filled_in
from vetting.campaigns.forms import GoldForm
from vetting.campaigns.models import Campaign, PoolItem, Role
from vetting.campaigns.selectors import campaign_for
from vetting.campaigns.services.gold import Declared
from vetting.common import ApplicationError, user_of


@require_POST
def declare(request: HttpRequest, pk: int) -> HttpResponse:
    """Make candidates of the pool gold: known objects, what was adjudicated, or those pasted; these, or no longer."""
    campaign = campaign_for(request.user, pk, Role.MANAGER)
    source = request.POST.get("source", PoolItem.Gold.LISTED)
    if source != PoolItem.Gold.LISTED:
        carried_out(request, lambda: _found(request, campaign, source), _says)
        return _back(pk)
    form = gold_form(campaign, request.POST)
    if filled_in(request, form, lambda: _listed(form, campaign), _says) is None:
        return campaign_page(request, campaign, gold_form=form)
    return _back(pk)


@require_POST
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back all that one source declared."""
    campaign = campaign_for(request.user, pk, Role.MANAGER)
    source = request.POST.get("source", "")
    carried_out(request, lambda: services.gold_take_back(campaign, source=source), _says)
    return _back(pk)


def _back(pk: int) -> HttpResponse:
    return redirect(f"{reverse('campaign', args=[pk])}#gold")


def _found(request: HttpRequest, campaign: Campaign, source: str) -> Declared:
    do: dict[str, Callable[[], Declared]] = {
        PoolItem.Gold.KNOWN: lambda: services.gold_known(campaign),
        PoolItem.Gold.ADJUDICATED: lambda: services.gold_adjudicated(campaign, by=user_of(request)),
    }
    if source not in do:
        raise ApplicationError(f"expected what becomes gold ({', '.join([*do, 'listed'])}), got {source!r}")
    return do[source]()


def _listed(form: GoldForm, campaign: Campaign) -> Declared | int:
    names, fine_class = form.cleaned_data["names"], form.cleaned_data["fine_class"]
    if not fine_class:
        return services.gold_take_back_listed(campaign, names)
    return services.gold_listed(campaign, names, fine_class=fine_class)


def _says(done: Declared | int) -> str:
    """Say how many candidates became gold and were before, or are it no longer."""
    if isinstance(done, int):
        return f"{_are(done)} no longer gold."
    if not done.made and not done.already:
        return "Nothing of the pool is among them: no candidate became gold."
    return f"{_are(done.made)} gold now; {done.already} {'was' if done.already == 1 else 'were'} already, and stay so."


def _are(count: int) -> str:
    return f"{count} candidate{' is' if count == 1 else 's are'}"
