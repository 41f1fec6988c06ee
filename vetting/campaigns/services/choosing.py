"""Choosing what a vetter is lent next, without locks: whoever lends it looks again whether it is still open."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from random import Random

from django.contrib.auth.models import User
from django.db.models import QuerySet

from vetting.campaigns.models import Campaign, QueueReason
from vetting.campaigns.queueing import plan, shares
from vetting.campaigns.selectors.pool import DRAWN, available, lent, order_kept, touched
from vetting.candidates.models import Candidate

Chosen = dict[int, tuple[QueueReason, float]]  # candidate → why, and the chance that it was chosen so


@dataclass(frozen=True)
class Chooser:
    """What may be lent to one vetter of a campaign now, of one night or of all."""

    campaign: Campaign
    vetter: User
    now: dt.datetime
    night: dt.date | None
    random: Random

    def moved_to_front(self, count: int, tried: Collection[int]) -> Chosen:
        """Choose what was moved to the front."""
        found = self._rows(QueueReason.PRIORITY).exclude(pk__in=tried)
        return dict.fromkeys(found.values_list("pk", flat=True)[:count], (QueueReason.PRIORITY, 1.0))

    def drawn(self, count: int, tried: Collection[int]) -> Chosen:
        """Choose by reason, each with the chance that one draw gave it; what a reason lacks, the others fill."""
        chosen: Chosen = {}

        def take(reason: QueueReason, share: float, number: int) -> None:
            free = self._free(reason, number, {*tried, *chosen})
            if reason in DRAWN:
                picked, chance = self.random.sample(free, min(number, len(free))), share / max(len(free), 1)
            else:
                picked, chance = free[:number], share
            chosen.update(dict.fromkeys(picked, (reason, chance)))

        given = shares(self.campaign.order, self.campaign.gold_share)
        reasons = plan(given, count, self.random)
        for reason in dict.fromkeys(reasons):
            take(reason, given[reason], reasons.count(reason))
        for reason in given:
            if len(chosen) < count and reason not in {QueueReason.GOLD, QueueReason.RECHECK}:
                take(reason, given[reason], count - len(chosen))
        return chosen

    def _rows(self, reason: QueueReason) -> QuerySet[Candidate]:
        return available(self.campaign, self.vetter, reason, now=self.now, night=self.night)

    def _free(self, reason: QueueReason, count: int, tried: Collection[int]) -> list[int]:
        """Return what was not tried, in order: of a long queue from the order that is kept, while that holds enough."""
        kept = order_kept(self.campaign, reason, now=self.now, night=self.night)
        if kept:
            but = {*tried, *self._touched, *(() if reason == QueueReason.GOLD else self._with_others)}
            free = [pk for pk in kept if pk not in but]
            if len(free) >= count:
                return free
        return list(self._rows(reason).exclude(pk__in=tried).values_list("pk", flat=True))

    @cached_property
    def _touched(self) -> set[int]:
        return touched(self.campaign, self.vetter, self.now)

    @cached_property
    def _with_others(self) -> Collection[int]:
        return lent(self.campaign, self.vetter, self.now)[1].keys()
