"""Reading pools: which candidates a campaign asks about, and what can be lent to a vetter now."""

import datetime as dt
from collections import Counter
from collections.abc import Collection
from typing import Any

from django.contrib.auth.models import User
from django.db.models import F, FilteredRelation, OuterRef, Q, QuerySet
from django.db.models.functions import Abs, Coalesce
from django.http import QueryDict
from django.utils import timezone

from vetting.campaigns.deferrals import deferrals_active
from vetting.campaigns.models import Assignment, Campaign, Consensus, PoolItem, QueueReason
from vetting.campaigns.selectors.scanning import labels_untaken
from vetting.candidates.filters import CandidateFilter
from vetting.candidates.models import Candidate, State
from vetting.candidates.selectors import scored
from vetting.common import ApplicationError
from vetting.registry.selectors import active_ensemble

LABELLED = [State.QUEUED, State.REJECTED, State.VETTED]  # states in which a candidate takes labels
# Uniform draws; every other reason takes the first of its order.
DRAWN = {QueueReason.RANDOM, QueueReason.GOLD, QueueReason.RECHECK}


def pool(campaign: Campaign) -> QuerySet[Candidate]:
    """Return the candidates that a campaign asks about."""
    rows = Candidate.objects.filter(state__in=LABELLED)
    return rows if campaign.takes_all else rows.filter(pool_items__campaign=campaign)


def in_pool(campaign: Campaign, candidate: Candidate) -> bool:
    """Say whether a campaign asks about a candidate."""
    return campaign.takes_all or PoolItem.objects.filter(campaign=campaign, candidate=candidate).exists()


def pool_wanted(campaign: Campaign) -> QuerySet[Candidate]:
    """Return the candidates that the pool's definition means now; none for a list, which is given once."""
    if campaign.pool == Campaign.Pool.FILTER:
        given = QueryDict(mutable=True)
        given.update(campaign.pool_filter)
        found = CandidateFilter(given, queryset=scored())
        if not found.form.is_valid():
            raise ApplicationError(f"the filter of the pool cannot be read: {found.form.errors.as_text()}")
        rows: QuerySet[Candidate] = found.qs.filter(state__in=LABELLED)
        return rows
    rows = Candidate.objects.filter(state__in=LABELLED)
    if campaign.pool != Campaign.Pool.NIGHTS:
        return rows.none()
    if campaign.pool_first_night:
        rows = rows.filter(night__gte=campaign.pool_first_night)
    if campaign.pool_last_night:
        rows = rows.filter(night__lte=campaign.pool_last_night)
    return rows


def leases(campaign: Campaign, now: dt.datetime) -> QuerySet[Assignment]:
    """Return what is lent and not labelled yet."""
    return Assignment.objects.filter(campaign=campaign, label=None, expires_at__gt=now)


def full(campaign: Campaign, now: dt.datetime, among: Collection[int] | None = None) -> list[int]:
    """Return the candidates that are lent to as many vetters as their missing votes need."""
    lent = leases(campaign, now)
    decided = Consensus.objects.filter(campaign=campaign)
    if among is not None:
        lent = lent.filter(candidate__in=among)
    counts = Counter(lent.values_list("candidate", flat=True))
    votes = dict(decided.filter(candidate__in=counts).values_list("candidate", "votes"))
    return [pk for pk, count in counts.items() if count >= max(campaign.votes_needed - votes.get(pk, 0), 1)]


def closed(campaign: Campaign) -> QuerySet[Consensus, Any]:
    """Return the ids of candidates that need no more votes: retired, or waiting for an adjudicator."""
    rows = Consensus.objects.filter(campaign=campaign)
    return rows.filter(Q(retired_at__isnull=False) | ~Q(conflict="")).values("candidate")


def untouched(campaign: Campaign, vetter: User, now: dt.datetime) -> QuerySet[Candidate]:
    """Return the candidates of the pool that a vetter has neither judged nor put off nor holds."""
    judged = labels_untaken(campaign).filter(vetter=vetter).values("candidate")
    held = leases(campaign, now).filter(vetter=vetter).values("candidate")
    deferred = deferrals_active(campaign).filter(vetter=vetter).values("candidate")
    return pool(campaign).filter(~Q(pk__in=judged), ~Q(pk__in=held), ~Q(pk__in=deferred))


def available(
    campaign: Campaign,
    vetter: User,
    reason: QueueReason,
    *,
    now: dt.datetime,
    over: Collection[int],
    night: dt.date | None = None,
) -> QuerySet[Candidate]:
    """Return what may be lent to a vetter for a reason, in the order in which it is lent; ``over`` is what is full."""
    rows = untouched(campaign, vetter, now)
    rows = rows.filter(night=night) if night else rows
    gold = PoolItem.objects.filter(campaign=campaign).exclude(gold_class="").values("candidate")
    if reason == QueueReason.GOLD:
        return rows.filter(pk__in=gold).order_by("pk")
    rows = rows.exclude(pk__in=gold).exclude(pk__in=over)
    if reason == QueueReason.RECHECK:
        decided = Consensus.objects.filter(campaign=campaign, retirement=Consensus.Retirement.DECIDED)
        return rows.filter(pk__in=decided.values("candidate")).order_by("pk")
    rows = rows.exclude(pk__in=closed(campaign))
    if campaign.takes_all:
        rows = rows.filter(state=State.QUEUED)
    return _ordered(campaign, rows, reason)


def to_vet(campaign: Campaign, vetter: User) -> QuerySet[Candidate]:
    """Return what a vetter holds or may still be lent; where the answer is known, only while it is held.

    So their number falls by one with every label, whatever the candidate was lent for.
    """
    now = timezone.now()
    held = leases(campaign, now).filter(vetter=vetter).values("candidate")
    over = full(campaign, now)
    free = available(campaign, vetter, QueueReason.RANDOM, now=now, over=over).order_by().values("pk")
    return Candidate.objects.filter(Q(pk__in=held) | Q(pk__in=free))


def _ordered(campaign: Campaign, rows: QuerySet[Candidate], reason: QueueReason) -> QuerySet[Candidate]:
    if reason == QueueReason.RANDOM:
        return rows.order_by("pk")
    if reason == QueueReason.PRIORITY:
        item = PoolItem.objects.filter(campaign=campaign, candidate=OuterRef("pk"), priority__gt=0)
        return rows.annotate(priority=item.values("priority")).filter(priority__gt=0).order_by("-priority", "pk")
    rows = rows.annotate(
        by_networks=FilteredRelation("scores", condition=Q(scores__ensemble=active_ensemble())),
        by_people=FilteredRelation("consensus", condition=Q(consensus__campaign=campaign)),
        p=Coalesce("by_people__p_fused", "by_networks__p_asteroid"),
    )
    falling = F("p").desc(nulls_last=True)
    if reason == QueueReason.MARGIN:
        return rows.annotate(margin=Abs(F("p") - 0.5)).order_by(F("margin").asc(nulls_last=True), "pk")
    return rows.order_by(falling, "pk") if reason == QueueReason.TOP else rows.order_by("-night", falling, "pk")
