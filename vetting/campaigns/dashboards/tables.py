"""The figures of a campaign as named tables: what the plots draw and what is downloaded as CSV."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from statistics import median
from typing import Any

import numpy as np

from scoring.families import Family, FineClass
from vetting.campaigns.agreement import agreement, confusion_of_all, pairwise
from vetting.campaigns.dashboards.record import Record, Vote
from vetting.campaigns.gold import NO_GOLD, GoldVote, Share, gold_scores, missed_by_night, share
from vetting.campaigns.shown import FLAGS

CLASSES = [name.value for name in FineClass]
Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Named columns and rows; None is not known."""

    columns: tuple[str, ...]
    rows: list[Row]

    def column(self, name: str) -> list[Any]:
        """Return one column."""
        place = self.columns.index(name)
        return [row[place] for row in self.rows]


def votes(record: Record) -> Table:
    """List every standing vote, with what the vetter saw."""
    seen = (*FLAGS, "ensemble")
    columns = ("candidate", "night", "vetter", "fine_class", "seconds", "labelled_at", "guideline")
    rows: list[Row] = [
        (v.candidate, v.night, v.username, v.fine_class, v.seconds, v.at, v.guideline, *map(v.shown.get, seen))
        for v in record.votes
    ]
    return Table((*columns, *(f"shown_{name}" for name in seen)), rows)


def votes_and_draws(record: Record) -> Table:
    """List every standing vote, also with why its vetter got the candidate, which tells managers alone what is gold."""
    told = votes(record)
    rows = [(*row, v.queue_reason, v.selection_prob) for row, v in zip(told.rows, record.votes, strict=True)]
    return Table((*told.columns, "queue_reason", "selection_prob"), rows)


def days(record: Record) -> Table:
    """Count labels and retired candidates by UTC day, from the first to the last day with any; quiet days are 0."""
    columns = ("day", "labels", "vetters", "median_seconds", "labels_total", "retired", "retired_total")
    by_day: dict[dt.date, list[Vote]] = {}
    for vote in record.votes:
        by_day.setdefault(vote.at.date(), []).append(vote)
    retired = Counter(at.date() for at in record.retired)
    seen = sorted(by_day.keys() | retired.keys())
    rows: list[Row] = []
    labels_total = retired_total = 0
    for number in range((seen[-1] - seen[0]).days + 1 if seen else 0):
        day = seen[0] + dt.timedelta(days=number)
        own = by_day.get(day, [])
        labels_total, retired_total = labels_total + len(own), retired_total + retired[day]
        people = len({vote.vetter for vote in own})
        rows.append((day, len(own), people, _median(own), labels_total, retired[day], retired_total))
    return Table(columns, rows)


def _median(given: Iterable[Vote]) -> float | None:
    seconds = [vote.seconds for vote in given if vote.seconds is not None]
    return round(median(seconds), 2) if seconds else None


def measures(record: Record) -> Table:
    """Return the figures of agreement; the interval of alpha draws whole nights, or candidates where nights are few."""
    found = agreement(record.ballot(), blocks=[vote.night for vote in record.votes])
    interval = [_known(found.alpha_low), _known(found.alpha_high)]
    drawn = None if None in interval else "nights" if found.blocks else "candidates"
    rows: list[Row] = [
        ("raw agreement", found.items, _known(found.raw), None, None, None),
        ("Krippendorff alpha", found.items, _known(found.alpha), *interval, drawn),
        ("Gwet AC1", found.items, _known(found.ac1), None, None, None),
    ]
    return Table(("measure", "candidates", "value", "low", "high", "drawn"), rows)


def _known(value: float) -> float | None:
    return round(float(value), 4) if np.isfinite(value) else None


def pairs(record: Record) -> Table:
    """Compare every two vetters on the candidates that both have judged."""
    rows: list[Row] = [
        (pair.one, pair.other, pair.items, _known(pair.raw), _known(pair.kappa)) for pair in pairwise(record.ballot())
    ]
    return Table(("vetter", "other", "candidates", "raw", "kappa"), rows)


def confusion(record: Record) -> Table:
    """Say of the votes for one class how often another vetter's vote on the same candidate was for another."""
    met = confusion_of_all(record.ballot(), CLASSES)
    rows: list[Row] = []
    for place, name in enumerate(CLASSES):
        total = float(met[place].sum())
        shares = [None if not total else round(float(each) / total, 4) for each in met[place]]
        rows.extend((name, other, shares[at], round(float(met[place, at]), 2)) for at, other in enumerate(CLASSES))
    return Table(("fine_class", "other", "share", "votes"), rows)


def classes(record: Record) -> Table:
    """Count votes and decided candidates by class."""
    voted, decided = Counter(vote.fine_class for vote in record.votes), Counter(record.decided)
    rows: list[Row] = [
        (name, of_votes, _share(of_votes, len(record.votes)), of_decided, _share(of_decided, len(record.decided)))
        for name in CLASSES
        for of_votes, of_decided in [(voted[name], decided[name])]
    ]
    return Table(("fine_class", "votes", "votes_share", "candidates", "candidates_share"), rows)


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def missed(record: Record) -> Table:
    """Return by night the share of votes on known asteroids that missed them."""
    rows: list[Row] = [(night, *_ends(found)) for night, found in missed_by_night(gold_votes(record)).items()]
    return Table(("night", "missed", "votes", "rate", "low", "high"), rows)


def _ends(found: Share) -> Row:
    return found.hits, found.total, *map(_known, (found.value, found.low, found.high))


def gold_votes(record: Record) -> list[GoldVote]:
    """Return the votes on gold."""
    return [
        GoldVote(vote.vetter, vote.night, vote.fine_class, record.gold[vote.candidate])
        for vote in record.votes
        if vote.candidate in record.gold
    ]


def vetters(record: Record) -> Table:
    """Return what each vetter did: pace, agreement with the others, gold, and what the vote is worth."""
    columns = (
        "vetter", "id", "labels", "unsure", "first", "last", "median_seconds",
        "agreeing", "compared", "agreement", "agreement_low", "agreement_high",
        "asteroids_kept", "asteroids_shown", "sensitivity", "sensitivity_low", "sensitivity_high",
        "others_ditched", "others_shown", "specificity", "specificity_low", "specificity_high",
        "fitted_rb_sensitivity", "fitted_rb_specificity", "fitted_kd_sensitivity", "fitted_kd_specificity",
    )  # fmt: skip
    own: dict[int, list[Vote]] = {}
    for vote in record.votes:
        own.setdefault(vote.vetter, []).append(vote)
    scores = gold_scores(gold_votes(record))
    others = _with_others(record)
    rows: list[Row] = []
    for vetter, given in own.items():
        score = scores.get(vetter, NO_GOLD)
        fitted: list[float | None] = [None] * 4
        if vetter in record.skill.coins:
            coins = [record.skill.coin(vetter, task) for task in (Family.RB, Family.KD)]
            fitted = [_known(each) for coin in coins for each in (coin.sensitivity, coin.specificity)]
        unsure = sum(vote.fine_class == FineClass.UNSURE for vote in given)
        did = (given[0].username, vetter, len(given), unsure, given[0].at, given[-1].at, _median(given))
        known = (*_ends(others[vetter]), *_ends(score.sensitivity), *_ends(score.specificity))
        rows.append((*did, *known, *fitted))
    return Table(columns, sorted(rows, key=lambda row: -row[2]))


def _with_others(record: Record) -> dict[int, Share]:
    """Return how far each vetter agrees with the others: on each candidate the share of them that say the same.

    Candidates are the trials, however many others judged each: a share between 0 and 1 varies no more than a yes or no
    of the same mean, so that Wilson's interval is never too narrow for what each candidate adds.
    """
    said: dict[int, Counter[str]] = {}
    for vote in record.votes:
        said.setdefault(vote.candidate, Counter())[vote.fine_class] += 1
    shares: dict[int, list[float]] = {vote.vetter: [] for vote in record.votes}
    for vote in record.votes:
        others = said[vote.candidate].total() - 1
        if others:
            shares[vote.vetter].append((said[vote.candidate][vote.fine_class] - 1) / others)
    return {vetter: share(round(sum(own), 4), len(own)) for vetter, own in shares.items()}


TABLES: dict[str, Callable[[Record], Table]] = {
    "days": days,
    "agreement": measures,
    "confusion": confusion,
    "classes": classes,
    "missed": missed,
    "pairs": pairs,
    "vetters": vetters,
    "votes": votes_and_draws,
}
OF_MANAGERS = frozenset({"pairs", "vetters", "votes", "missed"})  # they tell of single people, or what gold there is


def tables_for(*, is_manager: bool) -> list[str]:
    """Return the names of the tables that a role may see."""
    return [name for name in TABLES if is_manager or name not in OF_MANAGERS]
