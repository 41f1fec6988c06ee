"""What campaigns ask about: the one count behind every “so many of so many are retired”."""

from collections.abc import Collection

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from vetting.campaigns.models import Campaign, Consensus, PoolItem
from vetting.campaigns.selectors.pool import LABELLED, PASSED
from vetting.candidates.models import Candidate


def asked(campaigns: Collection[Campaign]) -> dict[int, int]:
    """Count the candidates that each campaign asks about.

    Where the answer is known nothing is asked, and votes never end; what is not scored yet takes no votes.
    """
    items = PoolItem.objects.filter(campaign__in=campaigns).order_by().values_list("campaign")
    listed = dict(items.filter(gold_class="", candidate__state__in=LABELLED).annotate(Count("pk")))
    if not any(campaign.takes_all for campaign in campaigns):
        return {campaign.pk: listed.get(campaign.pk, 0) for campaign in campaigns}
    known = dict(items.exclude(gold_class="").filter(candidate__state__in=PASSED).annotate(Count("pk")))
    passed = Candidate.objects.filter(state__in=PASSED).count()
    return {
        campaign.pk: passed - known.get(campaign.pk, 0) if campaign.takes_all else listed.get(campaign.pk, 0)
        for campaign in campaigns
    }


def of_asked(rows: QuerySet[Consensus]) -> QuerySet[Consensus]:
    """Keep the consensus of what `asked` counts."""
    item = PoolItem.objects.filter(campaign=OuterRef("campaign"), candidate=OuterRef("candidate"))
    passed = ~Q(campaign__pool=Campaign.Pool.QUEUE) | Q(candidate__state__in=PASSED)
    return rows.filter(~Exists(item.exclude(gold_class="")), passed)
