"""Fitting what each vetter's vote is worth, over all votes of a campaign."""

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from vetting.campaigns.models import Campaign, Consensus, Label, PoolItem
from vetting.campaigns.selectors.scanning import labels_standing
from vetting.campaigns.services.consensus import consensus_recompute
from vetting.campaigns.skill import codes, fit
from vetting.candidates.models import Candidate


def skill_refit(campaign: Campaign) -> None:
    """Fit the coins of a campaign's vetters, then fold anew what is open; what is retired stays so."""
    votes = list(labels_standing(campaign).values_list("candidate", "vetter", "fine_class"))
    if not votes:
        return
    items, vetters, classes = zip(*votes, strict=True)
    known = PoolItem.objects.filter(campaign=campaign).exclude(gold_class="").values_list("candidate", "gold_class")
    campaign.skill = fit(items, vetters, codes(classes), gold=dict(known)).skill.as_json()
    campaign.skill_fitted_at = timezone.now()
    campaign.save(update_fields=["skill", "skill_fitted_at"])
    waiting = Consensus.objects.filter(campaign=campaign, retired_at=None, votes__gt=0)
    for candidate_id in list(waiting.values_list("candidate", flat=True)):
        with transaction.atomic():
            Candidate.objects.select_for_update().get(pk=candidate_id)
            consensus_recompute(campaign, candidate_id, actor="skill")


def skills_refit() -> int:
    """Fit again where votes came in since the last fit, whatever the rule; return in how many campaigns."""
    newer = Label.objects.filter(campaign=OuterRef("pk")).filter(
        Q(labelled_at__gt=OuterRef("skill_fitted_at")) | Q(campaign__skill_fitted_at=None)
    )
    behind = list(Campaign.objects.filter(Exists(newer)))
    for campaign in behind:
        skill_refit(campaign)
    return len(behind)
