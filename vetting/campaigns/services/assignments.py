"""Lending candidates to vetters: chosen without locks, locked without waiting, and counted again once locked."""

import datetime as dt
from collections.abc import Callable, Collection
from functools import partial
from random import Random, SystemRandom

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from vetting.campaigns.models import Assignment, Campaign, PoolItem, QueueReason
from vetting.campaigns.selectors.pool import closed, full, leases, lent, untouched
from vetting.campaigns.services.choosing import BESIDE, Chooser, Chosen
from vetting.candidates.models import Candidate

PREFETCHED = 5
MOST_HELD = 30  # candidates that one vetter may hold: a page that asks without labelling takes no more from others
MOST_SHOWN = 2 * 96 + MOST_HELD  # the same for a page of the grid, the next one, and a scan page beside them
ROUNDS = 3  # attempts to fill a request while others lock what was chosen


@transaction.atomic
def assignments_lease(
    campaign: Campaign,
    vetter: User,
    *,
    count: int = PREFETCHED,
    night: dt.date | None = None,
    exclude: Collection[int] = (),
    most: int = MOST_HELD,
    ahead: int = 0,
    random: Random | None = None,
) -> list[Assignment]:
    """Lend up to ``count`` candidates to a vetter, those first that the vetter holds already, for a new time.

    ``exclude`` names candidates that the vetter's page shows: they stay lent and are not given again. ``ahead`` is how
    many are chosen at once where any have to be: what is not given yet is held for the vetter's next requests, behind
    what is moved to the front meanwhile. None is held so when there are too few left.
    """
    if campaign.status != Campaign.Status.ACTIVE:
        return []
    now = timezone.now()
    held = leases(campaign, now).filter(vetter=vetter)
    held = held.filter(candidate__night=night) if night else held
    ids = dict(held.order_by("pk").values_list("candidate", "pk"))
    asked = [pk for candidate, pk in ids.items() if candidate not in exclude][:count]
    given = list(Assignment.objects.filter(pk__in=asked).select_related("candidate").order_by("pk")) if asked else []
    _renew(campaign, given, now=now)
    chooser = Chooser(campaign, vetter, now, night, random or SystemRandom())
    fill = partial(_fill, campaign, vetter, now=now, tried=set(exclude))
    free = most - len(ids)
    room = count if ahead else count - len(given)
    if room > 0 and PoolItem.objects.filter(campaign=campaign, priority__gt=0).exists():
        front = fill(chooser.moved_to_front, min(room, free))
        given = [*front, *given] if ahead else [*given, *front]
        free -= len(front)
    room = min(count - len(given), free)
    return [*given, *fill(chooser.drawn, room, ahead=min(ahead, free))][:count]


def _fill(
    campaign: Campaign,
    vetter: User,
    choose: Callable[[int, Collection[int]], Chosen],
    room: int,
    *,
    now: dt.datetime,
    tried: set[int],
    ahead: int = 0,
) -> list[Assignment]:
    """Lend ``room`` of what is chosen from what was not tried yet; up to ``ahead`` where so many are found."""
    given: list[Assignment] = []
    wanted = max(room, ahead)
    for _ in range(ROUNDS):
        if room <= 0:
            break
        chosen = choose(wanted, tried)
        if len(chosen) < wanted:
            wanted, chosen = room, dict(list(chosen.items())[:room])
        if not chosen:
            break
        tried |= chosen.keys()
        lent_now = _lend(campaign, vetter, chosen, now=now)
        given += lent_now
        room, wanted = room - len(lent_now), wanted - len(lent_now)
    return given


def _renew(campaign: Campaign, given: list[Assignment], *, now: dt.datetime) -> None:
    until = now + dt.timedelta(minutes=campaign.lease_minutes)
    for lease in given:
        lease.leased_at, lease.expires_at = now, until
    Assignment.objects.filter(pk__in=[lease.pk for lease in given]).update(leased_at=now, expires_at=until)


def _lend(campaign: Campaign, vetter: User, chosen: Chosen, *, now: dt.datetime) -> list[Assignment]:
    """Lock what is free of what was chosen, look again in a fresh view of the database, and lend what is still open."""
    locked = _locked(chosen)
    this = {"candidate": OuterRef("pk")}
    still = untouched(campaign, vetter, now).filter(pk__in=list(locked.values_list("pk", flat=True)))
    over = Exists(full(campaign, now).filter(**this)) | Exists(closed(campaign).filter(**this))
    open_now = {row.pk: row for row in still.annotate(is_over=over) if not row.is_over or chosen[row.pk][0] in BESIDE}
    free = [open_now[pk] for pk in chosen if pk in open_now]
    lent_now = _write(campaign, vetter, {row.pk: chosen[row.pk] for row in free}, now=now, says_why=True)
    for lease in lent_now:
        lease.candidate = open_now[lease.candidate_id]
    return lent_now


@transaction.atomic
def assignments_take(
    campaign: Campaign,
    vetter: User,
    rows: QuerySet[Candidate],
    *,
    count: int,
    reason: QueueReason,
    exclude: Collection[int] = (),
) -> list[int]:
    """Lend the first ``count`` of a queue that others do not hold, also what the vetter holds; return them in order."""
    now = timezone.now()
    mine, theirs = lent(campaign, vetter, now)
    fresh = MOST_SHOWN - len(mine) if campaign.status == Campaign.Status.ACTIVE else 0
    given: list[int] = []
    tried = {*exclude, *theirs}
    for _ in range(ROUNDS):
        room = count - len(given)
        wanted = list(rows.exclude(pk__in=tried).values_list("pk", flat=True)[:room])
        tried |= set(wanted)
        for pk in _free(campaign, vetter, rows, wanted, now=now):
            if pk in mine or fresh > 0:
                given.append(pk)
                fresh -= pk not in mine
        if len(wanted) < room or len(given) == count:
            break
    _write(campaign, vetter, dict.fromkeys(given, (reason, 1.0)), now=now)
    return given


def _free(
    campaign: Campaign, vetter: User, rows: QuerySet[Candidate], wanted: Collection[int], *, now: dt.datetime
) -> list[int]:
    """Lock what nobody else has locked, look again in a fresh view of the database, and return what is still open."""
    locked = list(_locked(wanted).values_list("pk", flat=True))
    still = set(rows.order_by().filter(pk__in=locked).values_list("pk", flat=True))
    _, theirs = lent(campaign, vetter, now, locked)
    return [pk for pk in wanted if pk in still and pk not in theirs]


def _locked(ids: Collection[int]) -> QuerySet[Candidate]:
    return Candidate.objects.select_for_update(skip_locked=True).filter(pk__in=ids).order_by("pk")


def _write(
    campaign: Campaign,
    vetter: User,
    chosen: Chosen,
    *,
    now: dt.datetime,
    says_why: bool = False,
) -> list[Assignment]:
    """Write leases; one that expired, or whose label was taken back, is renewed in its own row.

    It keeps the reason that it had, unless ``says_why``.
    """
    until = now + dt.timedelta(minutes=campaign.lease_minutes)
    rows = [
        Assignment(
            campaign=campaign,
            candidate_id=pk,
            vetter=vetter,
            queue_reason=reason,
            selection_prob=chance,
            leased_at=now,
            expires_at=until,
        )
        for pk, (reason, chance) in chosen.items()
    ]
    why = ["queue_reason", "selection_prob"] if says_why else []
    return Assignment.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["campaign", "candidate", "vetter"],
        update_fields=[*why, "leased_at", "expires_at"],
    )


def assignments_return(
    campaign: Campaign, vetter: User, candidates: Collection[int], *, lent_by: dt.datetime | None = None
) -> int:
    """Give candidates back before their time, as for a page that is closed; return how many there were.

    What was lent after ``lent_by`` stays: another page of this vetter shows it by now.
    """
    now = timezone.now()
    held = leases(campaign, now).filter(vetter=vetter, candidate__in=candidates)
    return (held.filter(leased_at__lte=lent_by) if lent_by else held).update(expires_at=now)
