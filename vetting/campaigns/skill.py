"""How well each vetter tells streaks apart: the two-coin model, fitted by MAP-EM over all votes of a campaign.

A vetter is two coins for each task: how often a yes is seen as yes (sensitivity), and a no as no (specificity). rb asks
every vote; sl and kd ask only what was seen as real, so that a bogus vote leaves them missing. An unsure vote says
nothing to any task. Dawid and Skene 1979, with Beta(8, 2) priors on both coins; the model never touches the coins.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array
from scipy.special import expit

from scoring.families import TARGETS, Family, FineClass

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]

TASKS = (Family.RB, Family.SL, Family.KD)
CLASSES = tuple(FineClass)
CODES = {fine_class.value: code for code, fine_class in enumerate(CLASSES)}
MISSING = -1
RIGHT, WRONG = 8.0, 2.0  # the Beta prior of either coin: better than chance, in the weight of ten votes
ROUNDS = 60
SETTLED = 1e-4  # a change of no probability by more ends the rounds
FARTHEST = 1e-6  # probabilities stay this far from 0 and 1 where they become odds


def _says(fine_class: FineClass) -> list[int]:
    target = TARGETS[fine_class]
    if target[Family.RB] != 1:
        return [MISSING if target[Family.RB] is None else 0, MISSING, MISSING]
    return [cast("int", target[task]) for task in TASKS]


SAYS = np.array([_says(fine_class) for fine_class in CLASSES])  # class × task: 1, 0 or MISSING


@dataclass(frozen=True, slots=True)
class Coin:
    """What one vetter's answer to one task is worth."""

    sensitivity: float = (RIGHT - 1) / (RIGHT + WRONG - 2)
    specificity: float = (RIGHT - 1) / (RIGHT + WRONG - 2)

    def evidence(self, says: int) -> float:
        """Return the log-odds that one answer adds; an answer that is missing adds none."""
        if says == MISSING:
            return 0.0
        if says:
            return float(np.log(self.sensitivity) - np.log1p(-self.specificity))
        return float(np.log1p(-self.sensitivity) - np.log(self.specificity))


@dataclass(frozen=True, slots=True)
class Skill:
    """The coins of a campaign's vetters, and how frequent a yes is to each task; what is not known yet is the prior."""

    prevalence: Mapping[Family, float]
    coins: Mapping[int, Mapping[Family, Coin]]

    def coin(self, vetter: int, task: Family) -> Coin:
        """Return the coin of a vetter, the prior's for one who has not voted."""
        return self.coins.get(vetter, {}).get(task, Coin())

    def as_json(self) -> dict[str, Any]:
        """Return what JSON can hold."""
        coins = {
            str(vetter): {task.value: [coin.sensitivity, coin.specificity] for task, coin in own.items()}
            for vetter, own in self.coins.items()
        }
        return {"prevalence": {task.value: share for task, share in self.prevalence.items()}, "coins": coins}

    @classmethod
    def from_json(cls, held: Mapping[str, Any]) -> "Skill":
        """Read what `as_json` wrote."""
        coins = {
            int(vetter): {Family(task): Coin(*pair) for task, pair in own.items()}
            for vetter, own in held["coins"].items()
        }
        return cls({Family(task): float(share) for task, share in held["prevalence"].items()}, coins)


UNKNOWN = Skill(dict.fromkeys(TASKS, 0.5), {})  # before the first fit


@dataclass(frozen=True, slots=True)
class Fit:
    """The outcome of a fit.

    Attributes
    ----------
    p_human : (m, 3), probability of a yes to each of TASKS by votes and gold; sl and kd given that the streak is real.
    skill : the coins.
    """

    p_human: Floats
    skill: Skill


def logit(p: ArrayLike) -> Floats:
    """Return the log-odds of probabilities, finite also at 0 and 1."""
    held = np.clip(np.asarray(p, float), FARTHEST, 1 - FARTHEST)
    return np.asarray(np.log(held) - np.log1p(-held))


def codes(classes: Iterable[str]) -> Codes:
    """Return the place of each fine class in CLASSES."""
    return np.array([CODES[name] for name in classes], dtype=np.int64)


def fit(
    items: Sequence[int] | Codes,
    vetters: Sequence[int] | Codes,
    classes: Codes,
    *,
    gold: Mapping[int, str] | None = None,
) -> Fit:
    """Fit coins and probabilities to standing votes.

    Parameters
    ----------
    items, vetters : (n,) ids of candidate and vetter of each vote, at most one vote for each pair.
    classes : (n,) places in CLASSES, see `codes`.
    gold : the true class of candidates that have one: their answers are held fixed.
    """
    ids, item = np.unique(np.asarray(items, np.int64), return_inverse=True)
    people, vetter = np.unique(np.asarray(vetters, np.int64), return_inverse=True)
    known = _answers_known(ids, gold or {})
    p_human = np.empty((len(ids), len(TASKS)))
    prevalence: dict[Family, float] = {}
    coins: dict[int, dict[Family, Coin]] = {int(person): {} for person in people}
    weight = np.ones(len(ids))
    for place, task in enumerate(TASKS):
        answers = _Answers(item, vetter, SAYS[classes, place], (len(ids), len(people)))
        share, sensitivity, specificity, p = _settle(answers, known[:, place], weight)
        p_human[:, place] = p
        prevalence[task] = share
        for person, seen, spared in zip(people, sensitivity, specificity, strict=True):
            coins[int(person)][task] = Coin(float(seen), float(spared))
        if task is Family.RB:
            weight = p  # what is hardly real says hardly anything of who tells short from long
    return Fit(p_human, Skill(prevalence, coins))


def _answers_known(ids: Codes, gold: Mapping[int, str]) -> Floats:
    """Lay the true answers out beside ids, MISSING where none is known; gold without an id is left out."""
    table = np.full((len(ids), len(TASKS)), float(MISSING))
    place = {int(pk): at for at, pk in enumerate(ids)}
    for pk, name in gold.items():
        if pk in place:
            table[place[pk]] = SAYS[CODES[name]]
    return table


class _Answers:
    """The answers to one task, yes and no, as sparse tables of item × vetter."""

    def __init__(self, item: Codes, vetter: Codes, says: Codes, shape: tuple[int, int]) -> None:
        self.yes, self.no = (
            csr_array((np.ones(of.sum()), (item[of], vetter[of])), shape=shape) for of in (says == 1, says == 0)
        )

    def evidence(self, sensitivity: Floats, specificity: Floats) -> Floats:
        """Return the log-odds that the answers add to each item."""
        seen = np.log(sensitivity) - np.log1p(-specificity)
        spared = np.log1p(-sensitivity) - np.log(specificity)
        return np.asarray(self.yes @ seen + self.no @ spared)

    def coins(self, p: Floats, weight: Floats) -> tuple[Floats, Floats]:
        """Return the most probable sensitivity and specificity of each vetter, given the answers' truth."""
        true, false = weight * p, weight * (1 - p)
        return (
            _share(true @ self.yes, true @ self.no),
            _share(false @ self.no, false @ self.yes),
        )


def _share(right: Floats, wrong: Floats) -> Floats:
    return np.asarray((right + RIGHT - 1) / (right + wrong + RIGHT + WRONG - 2))


def _settle(answers: _Answers, known: Floats, weight: Floats) -> tuple[float, Floats, Floats, Floats]:
    """Turn truth and coins about until they settle: prevalence where no truth is known, the coins, probabilities."""
    yes, no = answers.yes.sum(axis=1), answers.no.sum(axis=1)
    p = _clamped((yes + 0.5) / (yes + no + 1), known)
    # What is gold was chosen: it does not tell how frequent a yes is.
    asked = np.where((yes + no > 0) & (known == MISSING), weight, 0.0)
    for _ in range(ROUNDS):
        share = float((asked @ p + 1) / (asked.sum() + 2))
        sensitivity, specificity = answers.coins(p, weight)
        before, p = p, _clamped(expit(logit(share) + answers.evidence(sensitivity, specificity)), known)
        if np.abs(p - before).max(initial=0) < SETTLED:
            break
    return share, sensitivity, specificity, p


def _clamped(p: Floats, known: Floats) -> Floats:
    return np.where(known == MISSING, p, known)
