"""Reading pools: which candidates a campaign asks about, and what can be lent to a vetter now."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from typing import Any

from django.contrib.auth.models import User
from django.core.cache import cache
from django.db.models import Count, Exists, F, FilteredRelation, Max, OuterRef, Q, QuerySet
from django.db.models.functions import Abs, Coalesce
from django.http import QueryDict
from django.utils import timezone

from vetting.campaigns.deferrals import deferrals_active
from vetting.campaigns.models import Assignment, Campaign, Consensus, PoolItem, QueueReason
from vetting.campaigns.selectors.scanning import labels_untaken
from vetting.candidates.filters import CandidateFilter
from vetting.candidates.models import Candidate, State
from vetting.candidates.selectors import scored
from vetting.common import ApplicationError, MissingError
from vetting.registry.selectors import active_ensemble

LABELLED = [State.QUEUED, State.REJECTED, State.VETTED]  # states in which a candidate takes labels
PASSED = [State.QUEUED, State.VETTED]  # what a pool of all that is queued asks about: the gate has not rejected it
# Uniform draws; every other reason takes the first of its order.
DRAWN = {QueueReason.RANDOM, QueueReason.GOLD, QueueReason.RECHECK}
LONG = 500  # candidates from which on a queue's order is kept
KEPT_SECONDS = 2


def pool(campaign: Campaign) -> QuerySet[Candidate]:
    """Return the candidates that a campaign asks about."""
    rows = Candidate.objects.filter(state__in=LABELLED)
    return rows if campaign.takes_all else rows.filter(pool_items__campaign=campaign)


def in_pool(campaign: Campaign, candidate: Candidate) -> bool:
    """Say whether a campaign asks about a candidate."""
    return campaign.takes_all or PoolItem.objects.filter(campaign=campaign, candidate=candidate).exists()


def pool_named(campaign: Campaign, names: Collection[str]) -> list[int]:
    """Return the ids of candidates of a pool by the survey's identifier, of all that are named."""
    rows = list(pool(campaign).filter(source_id__in=names).order_by("pk").values_list("pk", "source_id"))
    missing = sorted(set(names) - {name for _, name in rows})
    if missing:
        more = " …" if len(missing) > 5 else ""
        raise MissingError(f"expected scored candidates of the pool of {campaign}, got {', '.join(missing[:5])}{more}")
    return [pk for pk, _ in rows]


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


def pool_filter_check(given: object) -> None:
    """Refuse what is no filter of a pool: names that mean nothing, and what differs from reader to reader."""
    if not isinstance(given, dict):
        raise ApplicationError(f"expected the pool's filter as names and texts, got {type(given).__name__}")
    if "judged" in given:
        raise ApplicationError("a pool cannot be filtered by “Judged”, which is another for every vetter: leave it out")
    known = CandidateFilter.base_filters.keys() - {"filter", "judged"}
    if unknown := sorted(given.keys() - known):
        raise ApplicationError(f"expected filters of candidates ({', '.join(sorted(known))}), got {', '.join(unknown)}")
    for name, value in given.items():
        if isinstance(value, bool) or not isinstance(value, str | int | float) or value == "":
            raise ApplicationError(f"expected a text or a number as {name} of the pool's filter, got {value!r}")


def leases(campaign: Campaign, now: dt.datetime) -> QuerySet[Assignment]:
    """Return what is lent and not labelled yet."""
    return Assignment.objects.filter(campaign=campaign, label=None, expires_at__gt=now)


def full(campaign: Campaign, now: dt.datetime) -> QuerySet[Assignment, Any]:
    """Return the ids of candidates that are lent to as many vetters as their missing votes need."""
    decided = FilteredRelation("candidate__consensus", condition=Q(candidate__consensus__campaign=campaign))
    lent = leases(campaign, now).annotate(decided=decided).values("candidate")
    lent = lent.annotate(lent=Count("pk"), votes=Coalesce(Max("decided__votes"), 0))
    return lent.filter(lent__gte=campaign.votes_needed - F("votes")).values("candidate")


def lent(
    campaign: Campaign, vetter: User, now: dt.datetime, among: Collection[int] | None = None
) -> tuple[set[int], dict[int, dt.datetime]]:
    """Return what a vetter holds, and until when others hold what is lent to as many as its missing votes need."""
    out = leases(campaign, now)
    if among is not None:
        out = out.filter(candidate__in=among)
    mine, theirs = set[int](), defaultdict[int, list[dt.datetime]](list)
    for pk, holder, until in out.values_list("candidate", "vetter", "expires_at"):
        if holder == vetter.pk:
            mine.add(pk)
        else:
            theirs[pk].append(until)
    votes: dict[int, int] = {}
    if campaign.votes_needed > 1:
        counted = Consensus.objects.filter(campaign=campaign, candidate__in=theirs)
        votes = dict(counted.values_list("candidate", "votes"))
    full = {pk for pk, untils in theirs.items() if len(untils) + votes.get(pk, 0) >= campaign.votes_needed}
    return mine, {pk: max(theirs[pk]) for pk in full - mine}


def closed(campaign: Campaign) -> QuerySet[Consensus, Any]:
    """Return the ids of candidates that need no more votes: retired, or waiting for an adjudicator."""
    rows = Consensus.objects.filter(campaign=campaign)
    return rows.filter(Q(retired_at__isnull=False) | ~Q(conflict="")).values("candidate")


def front_count(campaign: Campaign) -> int:
    """Count the candidates that were moved to the front and still need votes."""
    front = PoolItem.objects.filter(campaign=campaign, priority__gt=0)
    return front.exclude(candidate__in=closed(campaign)).count()


def untouched(campaign: Campaign, vetter: User, now: dt.datetime) -> QuerySet[Candidate]:
    """Return the candidates of the pool that a vetter has neither judged nor put off nor holds.

    By NOT EXISTS: of each NOT IN PostgreSQL believes that it takes half of the rows away, and so came to compare every
    candidate of a large pool with every consensus.
    """
    mine = {"candidate": OuterRef("pk"), "vetter": vetter}
    return pool(campaign).filter(
        ~Exists(labels_untaken(campaign).filter(**mine)),
        ~Exists(leases(campaign, now).filter(**mine)),
        ~Exists(deferrals_active(campaign).filter(**mine)),
    )


def touched(campaign: Campaign, vetter: User, now: dt.datetime) -> set[int]:
    """Return the ids of what `untouched` leaves out."""
    judged, *others = (
        rows.filter(vetter=vetter).values_list("candidate", flat=True)
        for rows in (labels_untaken(campaign).order_by(), leases(campaign, now), deferrals_active(campaign).order_by())
    )
    return set(judged.union(*others))


def available(
    campaign: Campaign, vetter: User, reason: QueueReason, *, now: dt.datetime, night: dt.date | None = None
) -> QuerySet[Candidate]:
    """Return what may be lent to a vetter for a reason, in the order in which it is lent."""
    return _open(campaign, untouched(campaign, vetter, now), reason, now=now, night=night)


def order_kept(campaign: Campaign, reason: QueueReason, *, now: dt.datetime, night: dt.date | None = None) -> list[int]:
    """Return the ids of what may be lent to anybody, in order, as it was some seconds ago; none of a short queue.

    To sort a pool of thousands costs more than all else that lending does, and the next vetter wants the same order.
    Who lends looks again whether a candidate is still open; a short queue is sorted anew, so that its end is exact.
    """
    key = f"queue-{campaign.pk}-{reason}-{night}"
    ids: list[int] | None = cache.get(key)
    if ids is None:
        ids = list(_open(campaign, pool(campaign), reason, now=now, night=night).values_list("pk", flat=True))
        ids = ids if len(ids) >= LONG else []
        cache.set(key, ids, KEPT_SECONDS)
    return ids


def _open(
    campaign: Campaign, rows: QuerySet[Candidate], reason: QueueReason, *, now: dt.datetime, night: dt.date | None
) -> QuerySet[Candidate]:
    """Keep what needs votes for a reason and is not lent often enough, in the order in which it is lent."""
    rows = rows.filter(night=night) if night else rows
    this = {"campaign": campaign, "candidate": OuterRef("pk")}
    gold = Exists(PoolItem.objects.filter(**this).exclude(gold_class=""))
    if reason == QueueReason.GOLD:
        return rows.filter(gold).order_by("pk")
    if reason != QueueReason.PRIORITY:  # gold may be moved to the front like any other
        rows = rows.filter(~gold)
    rows = rows.exclude(pk__in=full(campaign, now))
    if reason == QueueReason.RECHECK:
        decided = Consensus.objects.filter(**this, retirement=Consensus.Retirement.DECIDED)
        return rows.filter(Exists(decided)).order_by("pk")
    rows = rows.filter(~Exists(closed(campaign).filter(candidate=OuterRef("pk"))))
    if campaign.takes_all:
        # The nightly campaign's votes move the state; every other campaign goes by its own consensus alone.
        rows = rows.filter(state__in=[State.QUEUED] if campaign.is_default else PASSED)
    return _ordered(campaign, rows, reason)


def to_vet(campaign: Campaign, vetter: User) -> QuerySet[Candidate]:
    """Return what a vetter holds or may still be lent; where the answer is known, only while it is held.

    So their number falls by one with every label, whatever the candidate was lent for.
    """
    now = timezone.now()
    held = leases(campaign, now).filter(vetter=vetter).values("candidate")
    free = available(campaign, vetter, QueueReason.RANDOM, now=now).order_by().values("pk")
    return Candidate.objects.filter(Q(pk__in=held) | Q(pk__in=free))


def _ordered(campaign: Campaign, rows: QuerySet[Candidate], reason: QueueReason) -> QuerySet[Candidate]:
    if reason == QueueReason.RANDOM:
        return rows.order_by("pk")
    if reason == QueueReason.PRIORITY:
        item = FilteredRelation("pool_items", condition=Q(pool_items__campaign=campaign, pool_items__priority__gt=0))
        return rows.annotate(front=item).filter(front__isnull=False).order_by("-front__priority", "pk")
    rows = rows.annotate(
        by_networks=FilteredRelation("scores", condition=Q(scores__ensemble=active_ensemble())),
        by_people=FilteredRelation("consensus", condition=Q(consensus__campaign=campaign)),
        p=Coalesce("by_people__p_fused", "by_networks__p_asteroid"),
    )
    falling = F("p").desc(nulls_last=True)
    if reason == QueueReason.MARGIN:
        return rows.annotate(margin=Abs(F("p") - 0.5)).order_by(F("margin").asc(nulls_last=True), "pk")
    return rows.order_by(falling, "pk") if reason == QueueReason.TOP else rows.order_by("-night", falling, "pk")
