"""Choosing what a vetter is lent next, without locks: whoever lends it looks again whether it is still open."""

import datetime as dt
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from random import Random

from django.contrib.auth.models import User
from django.db.models import QuerySet

from vetting.campaigns.models import Campaign, QueueReason
from vetting.campaigns.queueing import shares
from vetting.campaigns.selectors.pool import DRAWN, available, lent, order_kept, touched
from vetting.candidates.models import Candidate

BESIDE = {QueueReason.GOLD, QueueReason.RECHECK}  # a share of them comes beside what needs votes
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
        """Choose one by one: a reason by its share among those that have candidates, then one of its candidates.

        Each comes with the chance that its own draw gave it so. Once gold and re-checks alone are left nothing is
        drawn, so that their share stays what it is and a campaign comes to its end.
        """
        given = shares(self.campaign.order, self.campaign.gold_share)
        free = {reason: self._free(reason, count, tried) for reason in given}
        chosen: Chosen = {}
        while len(chosen) < count and any(free[reason] for reason in free if reason not in BESIDE):
            among = {reason: share for reason, share in given.items() if free[reason]}
            (reason,) = self.random.choices(list(among), list(among.values()))
            rows, chance = free[reason], among[reason] / sum(among.values())
            pk = self.random.choice(rows) if reason in DRAWN else rows[0]
            chosen[pk] = (reason, chance / len(rows) if reason in DRAWN else chance)
            for others in free.values():
                with suppress(ValueError):
                    others.remove(pk)
        return chosen

    def _rows(self, reason: QueueReason) -> QuerySet[Candidate]:
        return available(self.campaign, self.vetter, reason, now=self.now, night=self.night)

    def _free(self, reason: QueueReason, count: int, tried: Collection[int]) -> list[int]:
        """Return what was not tried: all that is drawn among, or the first ``count`` in order.

        Of a long queue they come from the order that is kept, while that holds enough.
        """
        kept = order_kept(self.campaign, reason, now=self.now, night=self.night)
        most = None if reason in DRAWN else count
        if kept:
            but = {*tried, *self._touched, *(() if reason == QueueReason.GOLD else self._with_others)}
            free = list(islice((pk for pk in kept if pk not in but), most))
            if len(free) >= count:
                return free
        return list(self._rows(reason).exclude(pk__in=tried).values_list("pk", flat=True)[:most])

    @cached_property
    def _touched(self) -> set[int]:
        return touched(self.campaign, self.vetter, self.now)

    @cached_property
    def _with_others(self) -> Collection[int]:
        return lent(self.campaign, self.vetter, self.now)[1].keys()
