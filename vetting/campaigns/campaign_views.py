"""Pages of campaigns: the list, a new one, the page of one, and what its manager does there."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from vetting.campaigns import services
from vetting.campaigns.campaign_page import campaign_page, front_form, pool_form
from vetting.campaigns.forms import GuidelineForm, NewCampaignForm, SettingsForm
from vetting.campaigns.guidelines import guideline_html
from vetting.campaigns.models import Campaign, GuidelineVersion, Role
from vetting.campaigns.selectors import campaign_for, guideline_current, guideline_numbered, may, role_of
from vetting.campaigns.selectors.listing import campaigns_listed
from vetting.campaigns.selectors.pool import pool_named
from vetting.campaigns.templates import TEMPLATES
from vetting.candidates.models import Candidate
from vetting.common import ApplicationError, user_of

MOVES: dict[str, tuple[Callable[..., Campaign], str]] = {
    "start": (services.campaign_start, "started"),
    "pause": (services.campaign_pause, "paused: nothing new is handed out"),
    "close": (services.campaign_close, "closed"),
    "reopen": (services.campaign_reopen, "reopened"),
}


def carried_out(request: HttpRequest, do: Callable[[], Any], says: Callable[[Any], str]) -> Any:
    """Do what a form asks for and tell how it went; None where it could not be done."""
    try:
        done = do()
    except ApplicationError as error:
        messages.error(request, sentence(str(error)))
        return None
    messages.success(request, says(done))
    return done


def filled_in(request: HttpRequest, form: Form, do: Callable[[], Any], says: Callable[[Any], str]) -> Any:
    """Do what a form asks for once it is filled in well, as `carried_out`; None where it is not."""
    if form.is_valid():
        return carried_out(request, do, says)
    wrong = (f"{form.fields[name].label}: {' '.join(map(str, said))}" for name, said in form.errors.items())
    messages.error(request, sentence("; ".join(wrong)))
    return None


def sentence(text: str) -> str:
    """Write a reason with one full stop; it may begin with a name, which stays as it is."""
    return f"{text.rstrip('.')}."


@never_cache
@require_safe
def campaigns(request: HttpRequest) -> HttpResponse:
    """List the campaigns that the user has a part in."""
    return render(request, "campaigns/list.html", {"rows": campaigns_listed(user_of(request))})


@never_cache
def new(request: HttpRequest) -> HttpResponse:
    """Set a campaign up from a template."""
    user, template = user_of(request), request.GET.get("template", Campaign.Template.TRAINING)
    other = request.POST.get("switch", template)
    if template not in TEMPLATES or other not in TEMPLATES:
        raise Http404(f"there is no template {template if template not in TEMPLATES else other}")
    if "switch" in request.POST:
        form, template = NewCampaignForm.switched(request.POST, template, other, user=user), other
    elif request.method == "POST":
        form = NewCampaignForm(request.POST, instance=Campaign(), user=user)
        if form.is_valid() and (campaign := _created(request, form, template)):
            return redirect("campaign", campaign.pk)
    else:
        form = NewCampaignForm.of_template(template, user=user)
    templates = [
        {"value": value, "name": Campaign.Template(value).label, "says": given["description"]}
        for value, given in TEMPLATES.items()
    ]
    return render(request, "campaigns/new.html", {"form": form, "template": template, "templates": templates})


def _created(request: HttpRequest, form: NewCampaignForm, template: str) -> Campaign | None:
    given = form.settings()
    listed = form.cleaned_data["names"] if given["pool"] == Campaign.Pool.LIST else ()
    made: Campaign | None = carried_out(
        request,
        lambda: services.campaign_create(
            given.pop("name"),
            by=user_of(request),
            template=template,
            guideline=form.cleaned_data["text"],
            classes=form.cleaned_data["classes"],
            examples=form.cleaned_data["examples"],
            names=listed,
            **given,
        ),
        lambda campaign: f"{campaign} is set up. Invite your vetters, then start it.",
    )
    return made


@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    """Render a guideline that is being written as vetters will see it, and say which line of it cannot be read."""
    form = GuidelineForm(request.POST)
    form.is_valid()
    read = {name: form.cleaned_data.get(name) or [] for name in ("classes", "examples")}
    version = GuidelineVersion(text=request.POST.get("text", "")[:100_000], **read)
    context = guideline_shown(version) | {"wrong": form.errors.get("examples")}
    return render(request, "campaigns/_guideline.html", context)


@never_cache
@require_safe
def campaign(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a campaign: what it asks, how far it is; to its manager, all that can be done with it."""
    return campaign_page(request, campaign_for(request.user, pk))


@never_cache
def settings(request: HttpRequest, pk: int) -> HttpResponse:
    """Change the settings of a campaign."""
    campaign = campaign_for(request.user, pk, Role.MANAGER)
    shown = campaign_for(request.user, pk, Role.MANAGER)  # the form writes on its own copy
    form = SettingsForm(request.POST if request.method == "POST" else None, instance=shown, user=user_of(request))
    if request.method == "POST" and form.is_valid():
        given = form.settings()
        if carried_out(
            request,
            lambda: services.campaign_change(campaign, by=user_of(request), **given),
            lambda _: "The settings are saved.",
        ):
            return redirect("campaign", pk)
    return render(request, "campaigns/settings.html", {"form": form, "campaign": campaign})


@require_POST
def move(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Start, pause, close or reopen a campaign."""
    campaign = campaign_for(request.user, pk, Role.MANAGER)
    if name not in MOVES:
        raise Http404(f"a campaign cannot {name}")
    do, says = MOVES[name]
    carried_out(request, lambda: do(campaign, by=user_of(request)), lambda _: f"{campaign} is {says}.")
    return redirect("campaign", pk)


@require_POST
def clone(request: HttpRequest, pk: int) -> HttpResponse:
    """Set a copy up: the same policies, guideline and pool, without people and labels."""
    campaign = campaign_for(request.user, pk, Role.MANAGER)
    copy = carried_out(
        request,
        lambda: services.campaign_clone(campaign, name=request.POST.get("name", "").strip(), by=user_of(request)),
        lambda copy: f"{copy} is a copy of {campaign}, without people and labels.",
    )
    return redirect("campaign", (copy or campaign).pk)


@require_POST
def pool(request: HttpRequest, pk: int) -> HttpResponse:
    """Take candidates in: those pasted, or what the pool's definition means now."""
    campaign = campaign_for(request.user, pk, Role.MANAGER)

    def says(count: int) -> str:
        return f"{count} new candidate{'' if count == 1 else 's'} in the pool."

    if campaign.pool != Campaign.Pool.LIST:
        carried_out(request, lambda: services.pool_refresh(campaign), says)
        return redirect("campaign", pk)
    form = pool_form(request.POST)
    if filled_in(request, form, lambda: services.pool_add(campaign, form.cleaned_data["names"]), says) is None:
        return campaign_page(request, campaign, pool_form=form)
    return redirect("campaign", pk)


@require_POST
def front(request: HttpRequest, pk: int) -> HttpResponse:
    """Move pasted candidates of the pool to the front of the queue, or back to their places."""
    campaign, form = campaign_for(request.user, pk, Role.MANAGER), front_form(request.POST)
    goes_back = "back" in request.POST

    def moved() -> int:
        names = form.cleaned_data["names"]
        services.pool_prioritise(campaign, pool_named(campaign, names), priority=0 if goes_back else 1)
        return len(names)

    where = "back to their places" if goes_back else "to the front"
    if filled_in(request, form, moved, lambda count: f"{count} moved {where}.") is None:
        return campaign_page(request, campaign, front_form=form)
    return redirect("campaign", pk)


@never_cache
@require_safe
def guideline(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the guideline, the latest version or the one that is asked for."""
    campaign = campaign_for(request.user, pk)
    asked = request.GET.get("version", "")
    version = guideline_numbered(campaign, int(asked) if asked.isdecimal() and len(asked) < 6 else None)
    context = {"campaign": campaign, "is_manager": may(role_of(request.user, campaign), Role.MANAGER)}
    return render(request, "campaigns/guideline.html", context | guideline_shown(version))


def guideline_shown(version: GuidelineVersion | None) -> dict[str, Any]:
    """Return what the guideline's template shows."""
    if version is None:
        return {"version": None}
    found = Candidate.objects.in_bulk([example["candidate"] for example in version.examples])
    examples = [
        (found[example["candidate"]], example["fine_class"])
        for example in version.examples
        if example["candidate"] in found
    ]
    return {"version": version, "html": guideline_html(version.text), "examples": examples}


@never_cache
def guideline_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Write the next version of the guideline."""
    campaign = campaign_for(request.user, pk, Role.MANAGER)
    if request.method == "POST":
        form = GuidelineForm(request.POST)
        if form.is_valid() and carried_out(
            request,
            lambda: services.guideline_write(campaign, by=user_of(request), **form.cleaned_data),
            lambda version: f"Version {version.number} of the guideline holds from now on.",
        ):
            return redirect(f"{reverse('guideline', args=[pk])}")
    else:
        form = GuidelineForm(initial=GuidelineForm.first(guideline_current(campaign)))
    return render(request, "campaigns/guideline_new.html", {"form": form, "campaign": campaign})
