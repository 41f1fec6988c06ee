"""The page of one campaign: what it asks and how far it is; to its manager, all that can be done with it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from vetting.campaigns.forms import GoldForm, InviteForm, NamedForm
from vetting.campaigns.models import Campaign, CampaignEvent, GuidelineVersion, Role
from vetting.campaigns.selectors import guideline_current, may, role_of
from vetting.campaigns.selectors.gold import classes_of_gold, gold_counts
from vetting.campaigns.selectors.listing import invitations_open, members_of
from vetting.campaigns.selectors.pool import front_count
from vetting.campaigns.selectors.work import campaign_progress
from vetting.common import user_of

LINK = "invitation_link"  # in the session, until it was shown once
EVENTS = 10
OFFERED = {
    Campaign.Status.DRAFT: ("start",),
    Campaign.Status.ACTIVE: ("pause",),
    Campaign.Status.PAUSED: ("start",),
    Campaign.Status.CLOSED: ("reopen",),
}


def campaign_page(request: HttpRequest, campaign: Campaign, **forms: Any) -> HttpResponse:
    """Draw the page; ``forms`` are those of a manager as filled in, where what they ask for could not be done."""
    user = user_of(request)
    role = role_of(user, campaign)
    is_manager = may(role, Role.MANAGER)
    context: dict[str, Any] = {
        "campaign": campaign,
        "role": role,
        "is_manager": is_manager,
        "is_adjudicator": may(role, Role.ADJUDICATOR),
        "vets": may(role, Role.VETTER) and campaign.status == Campaign.Status.ACTIVE,
        "progress": campaign_progress(campaign, user),
        "members": members_of(campaign),
        "guideline": guideline_current(campaign),
        "policies": _policies(campaign, is_manager=is_manager),
    }
    if is_manager:
        context |= _managed(request, campaign) | forms
    return render(request, "campaigns/campaign.html", context)


def _managed(request: HttpRequest, campaign: Campaign) -> dict[str, Any]:
    return {
        "pool_form": pool_form(),
        "front": front_count(campaign),
        "front_form": front_form(),
        "gold": gold_counts(campaign),
        "gold_form": gold_form(campaign),
        "moves": OFFERED[Campaign.Status(campaign.status)],
        "may_close": campaign.status != Campaign.Status.CLOSED and not campaign.is_default,
        "invite": InviteForm(),
        "invitations": invitations_open(campaign),
        "link": request.session.pop(LINK, {}).get(str(campaign.pk)),
        "roles": Role.choices,
        "events": CampaignEvent.objects.filter(campaign=campaign, candidate=None).order_by("-pk")[:EVENTS],
        "versions": GuidelineVersion.objects.filter(campaign=campaign).select_related("written_by"),
    }


def pool_form(given: Any = None) -> NamedForm:
    """Return the form that takes candidates into the pool, empty or as filled in."""
    return NamedForm(given, auto_id="pool_%s", label="More candidates, by the survey's identifier")


def front_form(given: Any = None) -> NamedForm:
    """Return the form that moves candidates to the front, empty or as filled in."""
    return NamedForm(given, auto_id="front_%s")


def gold_form(campaign: Campaign, given: Any = None) -> GoldForm:
    """Return the form that says of candidates what they are, empty or as filled in."""
    return GoldForm(given, classes=classes_of_gold(campaign), auto_id="gold_%s")


def _policies(campaign: Campaign, *, is_manager: bool) -> list[tuple[str, str]]:
    """Say the settings in words; of gold only to managers."""
    pool = campaign.get_pool_display()
    if campaign.pool == Campaign.Pool.NIGHTS:
        pool += f": {campaign.pool_first_night or 'the first'} to {campaign.pool_last_night or 'the last'}"
    if campaign.pool == Campaign.Pool.FILTER:
        pool += f": {', '.join(f'{name} {value}' for name, value in campaign.pool_filter.items()) or 'all'}"
    feedback = campaign.get_feedback_display()
    if campaign.feedback == Campaign.Feedback.DAYS:
        feedback += f": {campaign.feedback_days}"
    said = [
        ("Pool", pool + ("; growing" if campaign.pool_grows else "")),
        ("Votes", _votes(campaign)),
        ("Consensus", campaign.get_rule_display()),
        ("Order", campaign.get_order_display()),
        ("Before voting", campaign.get_blindness_display()),
        ("Feedback", feedback),
        ("Lent for", f"{campaign.lease_minutes} min"),
    ]
    return [*said, ("Gold", f"{100 * campaign.gold_share:g} % of what is handed out")] if is_manager else said


def _votes(campaign: Campaign) -> str:
    if campaign.rule == Campaign.Rule.AGREEING:
        one = "one" if campaign.votes_needed == 1 else f"until {campaign.votes_needed} are equal"
        return f"{one}, at most {max(campaign.votes_most, campaign.votes_needed)}"
    votes = f"{campaign.get_redundancy_display()}: {campaign.votes_needed}"
    if campaign.redundancy == Campaign.Redundancy.ADAPTIVE:
        votes += f" to {campaign.votes_most}, sure at {campaign.certainty:.0%}"
    return votes
