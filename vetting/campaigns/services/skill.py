"""Fitting what each vetter's vote is worth, over all votes of a campaign."""

import datetime as dt

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from vetting.campaigns.models import Campaign, Label
from vetting.campaigns.selectors.gold import gold_items
from vetting.campaigns.selectors.scanning import labels_standing
from vetting.campaigns.services.consensus import consensus_refresh
from vetting.campaigns.skill import codes, fit

SAVING = dt.timedelta(seconds=10)  # a label has its time before others can read it


def skill_refit(campaign: Campaign) -> None:
    """Fit the coins of a campaign's vetters, then fold anew what is open; what is retired stays so."""
    begun = timezone.now()  # before the votes are read, so that one which comes meanwhile is in the next fit
    votes = list(labels_standing(campaign).values_list("candidate", "vetter", "fine_class"))
    items, vetters, classes = zip(*votes, strict=True) if votes else ((), (), ())
    known = gold_items(campaign).values_list("candidate", "gold_class")
    campaign.skill = fit(items, vetters, codes(classes), gold=dict(known)).skill.as_json()
    campaign.skill_fitted_at = begun
    campaign.save(update_fields=["skill", "skill_fitted_at"])
    consensus_refresh(campaign, actor="skill")


def skills_refit() -> int:
    """Fit again where votes came in since the last fit, whatever the rule; return in how many campaigns."""
    newer = Label.objects.filter(campaign=OuterRef("pk")).filter(
        Q(labelled_at__gt=OuterRef("skill_fitted_at") - SAVING) | Q(campaign__skill_fitted_at=None)
    )
    behind = list(Campaign.objects.filter(Exists(newer)))
    for campaign in behind:
        skill_refit(campaign)
    return len(behind)
