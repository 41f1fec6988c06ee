"""How far a campaign is, and why it has nothing for somebody."""

from typing import Any

from django.contrib.auth.models import User
from django.db.models import Count, Q
from django.utils import timezone

from vetting.campaigns.deferrals import deferrals_active
from vetting.campaigns.models import Campaign, Consensus, Role
from vetting.campaigns.selectors.access import may, role_of
from vetting.campaigns.selectors.asked import asked, of_asked
from vetting.campaigns.selectors.gold import gold_items
from vetting.campaigns.selectors.pool import closed, leases, pool
from vetting.campaigns.selectors.scanning import labels_standing, labels_untaken

HALTED = {
    Campaign.Status.DRAFT: "This campaign has not started yet.",
    Campaign.Status.PAUSED: "This campaign is paused: nothing new is handed out. Your labels stay.",
    Campaign.Status.CLOSED: "This campaign is closed. Your labels stay.",
}


def campaign_progress(campaign: Campaign, user: User) -> dict[str, Any]:
    """Count what a campaign asks about, what became of it, and who holds it; gold is left out for managers alone."""
    ended = Consensus.objects.filter(campaign=campaign)
    labels = labels_standing(campaign).aggregate(labels=Count("pk"), yours=Count("pk", filter=Q(vetter=user)))
    out = leases(campaign, timezone.now())
    told = [campaign.pk] if may(role_of(user, campaign), Role.MANAGER) else []
    return {
        "status": campaign.status,
        "pool": asked([campaign], told=told)[campaign.pk],
        "retired": of_asked(ended.filter(retired_at__isnull=False), told=told).count(),
        "contested": ended.exclude(conflict="").count(),
        **labels,
        "lent": out.values("candidate").distinct().count(),
    }


def nothing_left(campaign: Campaign, vetter: User) -> str:
    """Say in words why a vetter gets nothing now; candidates whose answer is known are in no number."""
    if campaign.status in HALTED:
        return HALTED[Campaign.Status(campaign.status)]
    gold = gold_items(campaign).values("candidate")
    rows = pool(campaign).exclude(pk__in=gold)
    if not rows.exists():
        return "No candidate is in the pool of this campaign yet."
    judged = labels_untaken(campaign).filter(vetter=vetter).values("candidate")
    put_off = deferrals_active(campaign).filter(vetter=vetter).exclude(candidate__in=judged).values("candidate")
    rest = rows.exclude(pk__in=judged).exclude(pk__in=put_off)
    done = rest.filter(pk__in=closed(campaign)).count()
    lent = rest.exclude(pk__in=closed(campaign)).filter(pk__in=leases(campaign, timezone.now()).values("candidate"))
    away, kept = lent.count(), put_off.count()
    parts = [
        f"you have judged {judged.exclude(candidate__in=gold).distinct().count()}",
        f"{done} {_have(done)} the votes {'it needs' if done == 1 else 'they need'} without yours" if done else "",
        f"{away} {_are(away)} with other vetters just now" if away else "",
        f"{kept} {_are(kept)} put off by you" if kept else "",
    ]
    return f"Of this campaign {', '.join(filter(None, parts))}. New ones appear here by themselves."


def _are(count: int) -> str:
    return "is" if count == 1 else "are"


def _have(count: int) -> str:
    return "has" if count == 1 else "have"
