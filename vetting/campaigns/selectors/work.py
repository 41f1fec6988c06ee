"""How far a campaign is."""

from typing import Any

from django.contrib.auth.models import User
from django.db.models import Count, Q
from django.utils import timezone

from vetting.campaigns.models import Campaign, Consensus
from vetting.campaigns.selectors.pool import leases, pool
from vetting.campaigns.selectors.scanning import labels_standing


def campaign_progress(campaign: Campaign, user: User) -> dict[str, Any]:
    """Count a campaign's pool, what became of it, and who holds it."""
    ended = Consensus.objects.filter(campaign=campaign).aggregate(
        retired=Count("pk", filter=Q(retired_at__isnull=False)), contested=Count("pk", filter=~Q(conflict=""))
    )
    labels = labels_standing(campaign).aggregate(labels=Count("pk"), yours=Count("pk", filter=Q(vetter=user)))
    out = leases(campaign, timezone.now())
    return {
        "status": campaign.status,
        "pool": pool(campaign).count(),
        **ended,
        **labels,
        "lent": out.values("candidate").distinct().count(),
    }
