"""Reading what is gold in a campaign; for its managers."""

from typing import Any

from django.db.models import Count, QuerySet

from scoring.families import FineClass
from vetting.campaigns.models import Campaign, PoolItem
from vetting.campaigns.selectors.guidelines import classes_offered, guideline_current

NAMES = {
    PoolItem.Gold.KNOWN: "known objects",
    PoolItem.Gold.INJECTED: "injected streaks",
    PoolItem.Gold.ADJUDICATED: "adjudicated",
    PoolItem.Gold.LISTED: "of a manager's list",
}


def gold_items(campaign: Campaign) -> QuerySet[PoolItem]:
    """Return the rows of a pool whose answer is known."""
    return PoolItem.objects.filter(campaign=campaign).exclude(gold_class="")


def gold_counts(campaign: Campaign) -> list[dict[str, Any]]:
    """Count gold by its source and class."""
    rows = gold_items(campaign).order_by().values("gold_source", "gold_class").annotate(count=Count("pk"))
    by_source: dict[str, dict[str, int]] = {}
    for row in rows:
        by_source.setdefault(row["gold_source"], {})[row["gold_class"]] = row["count"]
    return [
        {"source": source, "name": name, "count": sum(classes.values()), "classes": sorted(classes.items())}
        for source, name in NAMES.items()
        if (classes := by_source.get(source))
    ]


def classes_of_gold(campaign: Campaign) -> list[str]:
    """Return the classes that the answer of a candidate may be: those that the guideline offers, but unsure."""
    offered = classes_offered(guideline_current(campaign))
    return [name.value for name in FineClass if name in offered and name != FineClass.UNSURE]
