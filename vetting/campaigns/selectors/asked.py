"""What campaigns ask about: the one count behind every “so many of so many are retired”."""

from collections.abc import Collection

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from vetting.campaigns.models import Campaign, Consensus, PoolItem
from vetting.campaigns.selectors.pool import LABELLED, PASSED
from vetting.candidates.models import Candidate


def asked(campaigns: Collection[Campaign], *, told: Collection[int]) -> dict[int, int]:
    """Count the candidates that each campaign asks about; what is not scored yet takes no votes.

    Where the answer is known nothing is asked, so that a campaign comes to its end. But only managers may know which
    these are: gold is left out in the campaigns of ``told`` alone.
    """
    items = PoolItem.objects.filter(campaign__in=campaigns).order_by().values_list("campaign")
    known = items.filter(campaign__in=told).exclude(gold_class="")
    listed = dict(items.exclude(pk__in=known.values("pk")).filter(candidate__state__in=LABELLED).annotate(Count("pk")))
    if not any(campaign.takes_all for campaign in campaigns):
        return {campaign.pk: listed.get(campaign.pk, 0) for campaign in campaigns}
    left_out = dict(known.filter(candidate__state__in=PASSED).annotate(Count("pk")))
    passed = Candidate.objects.filter(state__in=PASSED).count()
    return {
        campaign.pk: passed - left_out.get(campaign.pk, 0) if campaign.takes_all else listed.get(campaign.pk, 0)
        for campaign in campaigns
    }


def of_asked(rows: QuerySet[Consensus], *, told: Collection[int]) -> QuerySet[Consensus]:
    """Keep the consensus of what `asked` counts."""
    item = PoolItem.objects.filter(campaign=OuterRef("campaign"), candidate=OuterRef("candidate"), campaign__in=told)
    passed = ~Q(campaign__pool=Campaign.Pool.QUEUE) | Q(candidate__state__in=PASSED)
    return rows.filter(~Exists(item.exclude(gold_class="")), passed)
