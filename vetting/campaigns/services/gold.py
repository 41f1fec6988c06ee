"""Declaring gold: known objects of a pool, what adjudicators decided, a manager's list; and taking it back."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import transaction

from scoring.families import FineClass
from vetting.campaigns.models import Campaign, Consensus, PoolItem, Role
from vetting.campaigns.selectors.access import campaigns_visible
from vetting.campaigns.selectors.gold import classes_of_gold, gold_items
from vetting.campaigns.selectors.pool import pool, pool_named
from vetting.campaigns.services.pool import pool_gold
from vetting.common import ApplicationError


@dataclass(frozen=True, slots=True)
class Declared:
    """How many candidates became gold, and how many were before and stay as they were."""

    made: int
    already: int


@transaction.atomic
def gold_known(campaign: Campaign) -> Declared:
    """Make the known objects of the pool gold, as asteroids."""
    _check(campaign, FineClass.ASTEROID.value)
    known = pool(campaign).exclude(known_object="").values_list("pk", flat=True)
    return _declare(campaign, dict.fromkeys(known, FineClass.ASTEROID.value), source=PoolItem.Gold.KNOWN)


@transaction.atomic
def gold_adjudicated(campaign: Campaign, *, by: User) -> Declared:
    """Make what was adjudicated of the pool gold, here or where else ``by`` may adjudicate.

    What campaigns decide differently, or as a class that is not offered here, has no known answer.
    """
    decided = Consensus.objects.filter(
        campaign__in=campaigns_visible(by, Role.ADJUDICATOR), candidate__in=pool(campaign)
    )
    found = defaultdict[int, set[str]](set)
    for candidate, fine_class in decided.exclude(adjudicated_class="").values_list("candidate", "adjudicated_class"):
        found[candidate].add(fine_class)
    agreed = {pk: min(classes) for pk, classes in found.items() if len(classes) == 1}
    offered = classes_of_gold(campaign)
    classes = {pk: fine_class for pk, fine_class in agreed.items() if fine_class in offered}
    return _declare(campaign, classes, source=PoolItem.Gold.ADJUDICATED)


@transaction.atomic
def gold_listed(campaign: Campaign, names: Collection[str], *, fine_class: str) -> Declared:
    """Make listed candidates of the pool gold of one class, all of them or none."""
    _check(campaign, fine_class)
    return _declare(campaign, dict.fromkeys(pool_named(campaign, names), fine_class), source=PoolItem.Gold.LISTED)


@transaction.atomic
def gold_take_back(campaign: Campaign, *, source: str) -> int:
    """Take back what a source declared; return how many candidates are no longer gold."""
    ids = list(gold_items(campaign).filter(gold_source=source).values_list("candidate", flat=True))
    pool_gold(campaign, dict.fromkeys(ids, ""), source=source)
    return len(ids)


@transaction.atomic
def gold_take_back_listed(campaign: Campaign, names: Collection[str]) -> int:
    """Take back what is gold among listed candidates of the pool, whatever declared it; return how many were."""
    ids = list(
        gold_items(campaign).filter(candidate__in=pool_named(campaign, names)).values_list("candidate", flat=True)
    )
    pool_gold(campaign, dict.fromkeys(ids, ""), source=PoolItem.Gold.LISTED)
    return len(ids)


def _check(campaign: Campaign, fine_class: str) -> None:
    offered = classes_of_gold(campaign)
    if fine_class not in offered:
        raise ApplicationError(
            f"expected a class that the guideline of {campaign} offers ({', '.join(offered)}), got {fine_class!r}"
        )


def _declare(campaign: Campaign, classes: Mapping[int, str], *, source: str) -> Declared:
    held = set(gold_items(campaign).filter(candidate__in=classes).values_list("candidate", flat=True))
    pool_gold(campaign, {pk: name for pk, name in classes.items() if pk not in held}, source=source)
    return Declared(len(classes) - len(held), len(held))
