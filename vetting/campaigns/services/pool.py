"""Filling a pool: the candidates that its definition means, a list, the front of the queue, and what is gold."""

from collections.abc import Collection, Iterable, Mapping

from django.db import transaction
from django.utils import timezone

from scoring.families import FineClass
from vetting.campaigns.models import Campaign, PoolItem
from vetting.campaigns.selectors.pool import leases, pool_wanted
from vetting.candidates.models import Candidate
from vetting.common import ApplicationError, MissingError, table_analyse

CHUNK = 1000  # rows in one statement
MANY = 100  # new rows, from which the database is told at once that the pool has grown


def pool_refresh(campaign: Campaign) -> int:
    """Take in the candidates that the pool's definition means now; nothing ever leaves a pool. Return how many came."""
    wanted = pool_wanted(campaign).order_by("pk").exclude(pool_items__campaign=campaign)
    count = _take_in(campaign, wanted.values_list("pk", flat=True))
    campaign.pool_refreshed_at = timezone.now()
    campaign.save(update_fields=["pool_refreshed_at"])
    return count


def pools_refresh() -> int:
    """Refresh the pools that grow, of campaigns that run; return how many candidates came."""
    growing = Campaign.objects.filter(status=Campaign.Status.ACTIVE, pool_grows=True).exclude(pool=Campaign.Pool.QUEUE)
    return sum(pool_refresh(campaign) for campaign in growing)


@transaction.atomic
def pool_add(campaign: Campaign, names: Collection[str]) -> int:
    """Take in candidates by the survey's identifier, all of them or none; return how many are new."""
    if campaign.takes_all:
        raise ApplicationError(f"{campaign} asks about all that is queued: its pool takes no list")
    rows = list(Candidate.objects.filter(source_id__in=names).values_list("pk", "source_id"))
    unknown = sorted(set(names) - {name for _, name in rows})
    if unknown:
        raise ApplicationError(f"there is no candidate {', '.join(unknown[:5])}{' …' if len(unknown) > 5 else ''}")
    return _take_in(campaign, sorted(pk for pk, _ in rows))


def pool_prioritise(campaign: Campaign, ids: Collection[int], *, priority: int) -> None:
    """Move candidates to the front of the queue, or back with 0; it counts from the next request on.

    What vetters hold and have not judged yet is handed out anew, so that none waits behind somebody's break.
    """
    if campaign.is_default and priority:
        raise ApplicationError(f"{campaign} hands out a night, the most probable first: nothing is moved to its front")
    rows = _items(campaign, ids)
    for row in rows:
        row.priority = priority
    PoolItem.objects.bulk_update(rows, ["priority"], batch_size=CHUNK)
    if priority:
        now = timezone.now()
        leases(campaign, now).filter(candidate__in=ids).update(expires_at=now)


def pool_gold(campaign: Campaign, classes: Mapping[int, str], *, source: str) -> None:
    """Declare the true class of candidates of the pool; an empty class takes the declaration back.

    Their consensus stays as the votes make it, so that nobody sees there which they are.
    """
    wrong = sorted(set(classes.values()) - {*FineClass, ""} | {FineClass.UNSURE} & set(classes.values()))
    if wrong:
        raise ApplicationError(f"expected the fine class of a known answer, got {wrong[0]!r}")
    if source not in PoolItem.Gold.values:
        raise ApplicationError(f"expected a source of gold ({', '.join(PoolItem.Gold.values)}), got {source!r}")
    rows = _items(campaign, classes)
    for row in rows:
        row.gold_class = classes[row.candidate_id]
        row.gold_source = source if row.gold_class else ""
    PoolItem.objects.bulk_update(rows, ["gold_class", "gold_source"], batch_size=CHUNK)


def _items(campaign: Campaign, ids: Collection[int]) -> list[PoolItem]:
    """Return the rows of candidates in a pool; a pool that takes all has a row for those that need one."""
    if campaign.takes_all:
        _take_in(campaign, Candidate.objects.filter(pk__in=ids).values_list("pk", flat=True))
    rows = list(PoolItem.objects.filter(campaign=campaign, candidate__in=ids).order_by("candidate"))
    if len(rows) < len(set(ids)):
        raise MissingError(f"expected candidates of the pool of {campaign}, got others too")
    return rows


def _take_in(campaign: Campaign, ids: Iterable[int]) -> int:
    before = PoolItem.objects.filter(campaign=campaign).count()
    found = list(ids)
    for start in range(0, len(found), CHUNK):
        rows = [PoolItem(campaign=campaign, candidate_id=pk) for pk in found[start : start + CHUNK]]
        PoolItem.objects.bulk_create(rows, ignore_conflicts=True)
    count = PoolItem.objects.filter(campaign=campaign).count() - before
    if count >= MANY:
        table_analyse(PoolItem)
    return count
