"""How well vetters do on gold: candidates whose class is known, and that look like any other to them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np

from scoring.evaluation import wilson
from scoring.families import TARGETS, Family, FineClass


@dataclass(frozen=True, slots=True)
class GoldVote:
    """One standing vote on a gold candidate."""

    vetter: int
    night: date
    fine_class: str
    truth: str


@dataclass(frozen=True, slots=True)
class Share:
    """A share with Wilson's 95 % interval; NaN of nothing. A trial that is right in part is a part of a hit."""

    hits: float
    total: int
    value: float
    low: float
    high: float


def share(hits: float, total: int) -> Share:
    """Return a share with its interval."""
    if not total:
        return Share(0, 0, np.nan, np.nan, np.nan)
    low, high = wilson(hits, total)
    return Share(hits, total, hits / total, max(float(low), 0.0), min(float(high), 1.0))  # rounding oversteps


@dataclass(frozen=True, slots=True)
class GoldScore:
    """A vetter on gold: asteroids called asteroid (sensitivity), the rest called anything else (specificity).

    An unsure vote counts as neither right nor wrong, but is counted.
    """

    sensitivity: Share
    specificity: Share
    unsure: int


def gold_scores(votes: Iterable[GoldVote]) -> dict[int, GoldScore]:
    """Score every vetter who has judged gold."""
    of_vetter: dict[int, list[GoldVote]] = {}
    for vote in votes:
        of_vetter.setdefault(vote.vetter, []).append(vote)
    return {vetter: _score(own) for vetter, own in of_vetter.items()}


def _score(votes: Iterable[GoldVote]) -> GoldScore:
    """Score votes on gold."""
    counts = {True: [0, 0], False: [0, 0]}
    unsure = 0
    for vote in votes:
        if vote.fine_class == FineClass.UNSURE:
            unsure += 1
            continue
        positive = is_asteroid(vote.truth)
        counts[positive][0] += is_asteroid(vote.fine_class) == positive
        counts[positive][1] += 1
    return GoldScore(share(*counts[True]), share(*counts[False]), unsure)


NO_GOLD = _score([])


def is_asteroid(fine_class: str) -> bool:
    """Say whether a class is what is kept."""
    return TARGETS[FineClass(fine_class)][Family.KD] == 1


def missed_by_night(votes: Iterable[GoldVote]) -> dict[date, Share]:
    """Return the share of votes on true asteroids that missed them, by night; an unsure vote misses none."""
    counts: dict[date, list[int]] = {}
    for vote in votes:
        if is_asteroid(vote.truth):
            night = counts.setdefault(vote.night, [0, 0])
            night[0] += vote.fine_class != FineClass.UNSURE and not is_asteroid(vote.fine_class)
            night[1] += 1
    return {night: share(*counts[night]) for night in sorted(counts)}
