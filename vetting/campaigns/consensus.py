"""Consensus as a pure fold over labels: no database, no counters."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from scoring.families import FineClass


@dataclass(frozen=True, slots=True)
class Vote:
    """One label row as the fold sees it: ``undoes`` names the vote that an undo takes back."""

    id: int
    vetter: int
    fine_class: str
    undoes: int | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the votes amount to; ``fine_class`` is empty while they do not decide."""

    fine_class: str
    votes: int
    agreeing: int


def standing(rows: Iterable[Vote]) -> dict[int, Vote]:
    """Return the vote that stands for each vetter: the latest that was not taken back."""
    ordered = sorted(rows, key=lambda row: row.id)
    undone = {row.undoes for row in ordered if row.undoes is not None}
    return {row.vetter: row for row in ordered if row.undoes is None and row.id not in undone}


def verdict(votes: Mapping[int, Vote], *, needed: int) -> Verdict:
    """Decide by the first class that ``needed`` vetters agree on; unsure votes count but decide nothing.

    A tie for the lead decides nothing either.
    """
    counts = Counter(vote.fine_class for vote in votes.values() if vote.fine_class != FineClass.UNSURE)
    ranked = counts.most_common(2)
    if not ranked:
        return Verdict("", len(votes), 0)
    (leader, agreeing), tied = ranked[0], len(ranked) > 1 and ranked[1][1] == ranked[0][1]
    return Verdict(leader if agreeing >= needed and not tied else "", len(votes), agreeing)
