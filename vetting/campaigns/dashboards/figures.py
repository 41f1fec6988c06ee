"""The record of a campaign and the tables made of it, kept until anything that they are made of changes."""

import datetime as dt
from collections import OrderedDict
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from django.db.models import Count, Max, Q

from vetting.campaigns.dashboards.record import Record, gold_of, record_of
from vetting.campaigns.dashboards.tables import TABLES, Table
from vetting.campaigns.models import Campaign, Consensus, Label
from vetting.campaigns.selectors.asked import asked

KEPT = 8  # campaigns, as managers or others see them, in each process
_kept: OrderedDict[tuple[int, bool], tuple["State", "Figures"]] = OrderedDict()
_lock = Lock()


@dataclass(frozen=True, slots=True)
class State:
    """What tells that figures still hold. Labels are append-only, and are counted beside the last one's id.

    Of two labels that are saved at once the later id may be there first.
    """

    labels: tuple[int, int | None]
    consensus: tuple[int, int, int, dt.datetime | None]
    total: int
    gold: tuple[tuple[int, str], ...]
    skill: dict[str, Any]


@dataclass(slots=True)
class Figures:
    """A record, and every table of it that somebody has asked for."""

    record: Record
    tables: dict[str, Table] = field(default_factory=dict)

    def table(self, name: str) -> Table:
        """Return a table, made once."""
        if name not in self.tables:
            self.tables[name] = TABLES[name](self.record)
        return self.tables[name]


def figures_of(campaign: Campaign, *, is_manager: bool) -> Figures:
    """Return the figures of a campaign as it is now: those that are kept, where nothing has happened since."""
    state, key = _state(campaign), (campaign.pk, is_manager)  # what comes in from now on changes the next state
    with _lock:
        held = _kept.get(key)
    if held is None or held[0] != state:
        held = (state, Figures(record_of(campaign, is_manager=is_manager)))
    with _lock:
        _kept[key] = held
        _kept.move_to_end(key)
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return held[1]


def _state(campaign: Campaign) -> State:
    labels = Label.objects.filter(campaign=campaign).aggregate(count=Count("pk"), last=Max("pk"))
    decisions = Consensus.objects.filter(campaign=campaign).aggregate(
        count=Count("pk"),
        retired=Count("pk", filter=Q(retired_at__isnull=False)),
        decided=Count("pk", filter=~Q(fine_class="")),
        last=Max("updated_at"),
    )
    return State(
        labels=(labels["count"], labels["last"]),
        consensus=(decisions["count"], decisions["retired"], decisions["decided"], decisions["last"]),
        total=asked([campaign], told=[])[campaign.pk],
        gold=tuple(sorted(gold_of(campaign).items())),
        skill=campaign.skill,
    )
