"""What the dashboards of a campaign are made of: its votes, decisions and gold as plain rows, read once."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F, FilteredRelation, Q

from vetting.campaigns.agreement import Ballot
from vetting.campaigns.models import Campaign, Consensus
from vetting.campaigns.selectors import labels_standing
from vetting.campaigns.selectors.asked import asked, of_asked
from vetting.campaigns.selectors.gold import gold_items
from vetting.campaigns.skill import UNKNOWN, Skill


@dataclass(frozen=True, slots=True)
class Vote:
    """One standing label; ``at`` in UTC, ``seconds`` None and ``shown`` without what the page did not send."""

    candidate: int
    night: dt.date
    vetter: int
    username: str
    fine_class: str
    seconds: float | None
    at: dt.datetime
    guideline: int | None = None
    shown: Mapping[str, Any] = field(default_factory=dict)
    queue_reason: str | None = None  # of the loan, None where the vetter was lent nothing
    selection_prob: float | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """A campaign as its dashboards see it.

    Attributes
    ----------
    total : candidates that the campaign asks about; to managers, those of known answer are not among them.
    votes : in the order in which they were given.
    retired : when each of them that is retired was, rising.
    decided : class of each of them that is decided.
    gold : true class by candidate.
    skill : as last fitted.
    """

    total: int
    votes: list[Vote]
    retired: list[dt.datetime] = field(default_factory=list)
    decided: list[str] = field(default_factory=list)
    gold: dict[int, str] = field(default_factory=dict)
    skill: Skill = UNKNOWN

    def ballot(self) -> Ballot:
        """Return the votes as columns, the vetters by name."""
        votes = self.votes
        return Ballot([v.candidate for v in votes], [v.username for v in votes], [v.fine_class for v in votes])


def record_of(campaign: Campaign, *, is_manager: bool) -> Record:
    """Read a campaign, as its manager or as others may see it."""
    told = [campaign.pk] if is_manager else []
    whose = ("candidate", "candidate__night", "vetter", "vetter__username")
    what = ("fine_class", "seconds", "labelled_at", "guideline__number", "shown")
    own = Q(candidate__assignments__campaign=campaign, candidate__assignments__vetter=F("vetter"))
    lent = FilteredRelation("candidate__assignments", condition=own)
    standing = labels_standing(campaign).annotate(lent=lent).order_by("pk")
    rows = standing.values_list(*whose, *what, "lent__queue_reason", "lent__selection_prob")
    decisions = of_asked(Consensus.objects.filter(campaign=campaign), told=told)
    retired = decisions.filter(retired_at__isnull=False).order_by("retired_at")
    return Record(
        total=asked([campaign], told=told)[campaign.pk],
        votes=[Vote(*row) for row in rows.iterator()],
        retired=[at for at in retired.values_list("retired_at", flat=True) if at],
        decided=list(decisions.exclude(fine_class="").values_list("fine_class", flat=True)),
        gold=gold_of(campaign),
        skill=Skill.from_json(campaign.skill) if campaign.skill else UNKNOWN,
    )


def gold_of(campaign: Campaign) -> dict[int, str]:
    """Return the true class of the candidates of which it is known."""
    return dict(gold_items(campaign).values_list("candidate", "gold_class"))
