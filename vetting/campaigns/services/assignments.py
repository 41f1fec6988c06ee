"""Lending candidates to vetters: chosen without locks, locked without waiting, and counted again once locked."""

import datetime as dt
from collections.abc import Collection
from random import Random, SystemRandom

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from vetting.campaigns.models import Assignment, Campaign, QueueReason
from vetting.campaigns.queueing import plan, shares
from vetting.campaigns.selectors.pool import DRAWN, available, closed, full, leases, untouched
from vetting.candidates.models import Candidate

PREFETCHED = 5
MOST_HELD = 30  # candidates that one vetter may hold: a page that asks without labelling takes no more from others
ROUNDS = 3  # attempts to fill a request while others lock what was chosen


@transaction.atomic
def assignments_lease(
    campaign: Campaign,
    vetter: User,
    *,
    count: int = PREFETCHED,
    night: dt.date | None = None,
    exclude: Collection[int] = (),
    random: Random | None = None,
) -> list[Assignment]:
    """Lend up to ``count`` candidates to a vetter, those first that the vetter holds already.

    ``exclude`` names candidates that the vetter's page shows: they stay lent and are not given again.
    """
    if campaign.status != Campaign.Status.ACTIVE:
        return []
    now, random = timezone.now(), random or SystemRandom()
    held = leases(campaign, now).filter(vetter=vetter).select_related("candidate").order_by("pk")
    held = held.filter(candidate__night=night) if night else held
    given = [lease for lease in held if lease.candidate_id not in exclude][:count]
    room = min(count - len(given), MOST_HELD - held.count())
    tried: set[int] = set(exclude)
    for _ in range(ROUNDS):
        if room <= 0:
            break
        chosen = _choose(campaign, vetter, room, now=now, night=night, tried=tried, random=random)
        if not chosen:
            break
        tried |= chosen.keys()
        lent = _lend(campaign, vetter, chosen, now=now)
        given += lent
        room -= len(lent)
    return given


def _choose(
    campaign: Campaign,
    vetter: User,
    count: int,
    *,
    now: dt.datetime,
    night: dt.date | None,
    tried: Collection[int],
    random: Random,
) -> dict[int, tuple[QueueReason, float]]:
    """Choose candidates by reason, each with the chance that one draw gave it; what a reason lacks, the others fill."""
    chosen: dict[int, tuple[QueueReason, float]] = {}
    over = full(campaign, now)

    def take(reason: QueueReason, share: float, number: int) -> None:
        rows = available(campaign, vetter, reason, now=now, over=over, night=night)
        rows = rows.exclude(pk__in={*tried, *chosen})
        if reason not in DRAWN:
            chosen.update(dict.fromkeys(rows.values_list("pk", flat=True)[:number], (reason, share)))
            return
        total = rows.order_by().count()
        for place in random.sample(range(total), min(number, total)):
            chosen.update(dict.fromkeys(rows.values_list("pk", flat=True)[place : place + 1], (reason, share / total)))

    take(QueueReason.PRIORITY, 1.0, count)
    given = shares(campaign.order, campaign.gold_share)
    reasons = plan(given, count - len(chosen), random)
    for reason in dict.fromkeys(reasons):
        take(reason, given[reason], reasons.count(reason))
    for reason in given:
        if len(chosen) < count and reason not in {QueueReason.GOLD, QueueReason.RECHECK}:
            take(reason, given[reason], count - len(chosen))
    return chosen


def _lend(
    campaign: Campaign, vetter: User, chosen: dict[int, tuple[QueueReason, float]], *, now: dt.datetime
) -> list[Assignment]:
    """Lock what is free of what was chosen, look again in a fresh view of the database, and lend what is still open."""
    locked = Candidate.objects.select_for_update(skip_locked=True).filter(pk__in=chosen).order_by("pk")
    ids = list(locked.values_list("pk", flat=True))
    mine = set(untouched(campaign, vetter, now).filter(pk__in=ids).values_list("pk", flat=True))
    done = closed(campaign).filter(candidate__in=ids).values_list("candidate", flat=True)
    over = {*full(campaign, now, ids), *done}
    apart = {QueueReason.GOLD, QueueReason.RECHECK}
    free = [pk for pk in chosen if pk in mine and (pk not in over or chosen[pk][0] in apart)]
    until = now + dt.timedelta(minutes=campaign.lease_minutes)
    rows = [
        Assignment(
            campaign=campaign,
            candidate_id=pk,
            vetter=vetter,
            queue_reason=chosen[pk][0],
            selection_prob=chosen[pk][1],
            leased_at=now,
            expires_at=until,
        )
        for pk in free
    ]
    # A lease of this vetter that expired, or whose label was taken back, is renewed in its own row.
    Assignment.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["campaign", "candidate", "vetter"],
        update_fields=["queue_reason", "selection_prob", "leased_at", "expires_at"],
    )
    lent = Assignment.objects.filter(campaign=campaign, vetter=vetter, candidate__in=free).select_related("candidate")
    order = {pk: place for place, pk in enumerate(free)}
    return sorted(lent, key=lambda lease: order[lease.candidate_id])


def assignments_return(campaign: Campaign, vetter: User, candidates: Collection[int]) -> int:
    """Give candidates back before their time, as for a page that is closed; return how many there were."""
    now = timezone.now()
    held = leases(campaign, now).filter(vetter=vetter, candidate__in=candidates)
    return held.update(expires_at=now)
