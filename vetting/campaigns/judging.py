"""What the votes on one candidate amount to, given what each vetter's vote is worth."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from scoring.families import FineClass
from vetting.campaigns.skill import CLASSES, CODES, MISSING, SAYS, TASKS, UNKNOWN, Floats, Skill, logit

SHARED = 0.25  # a vote's worth that each class of a group has before the first vote, so that none is impossible
TIED = 1e-9
UNSURE = CODES[FineClass.UNSURE]
BOGUS = [code for code, says in enumerate(SAYS) if says[0] == 0]
LONG = [code for code, says in enumerate(SAYS) if tuple(says) == (1, 0, 0)]


@dataclass(frozen=True, slots=True)
class Judgement:
    """Probabilities of a candidate by the votes on it.

    ``p_human`` is of a yes to rb, sl and kd by the votes, the latter two given that the streak is real. ``fine_class``
    is the most probable class, empty without one or where two tie.
    """

    p_human: tuple[float, ...]
    fine_class: str
    probability: float
    votes: int
    unsure: int

    @property
    def p_asteroid(self) -> float:
        """Probability of an asteroid by the votes alone: the target of training."""
        return asteroid(self.p_human)

    @property
    def sureness(self) -> float:
        """Return the least of max(p, 1 − p) over the questions that are asked: sl and kd only of what is real."""
        asked = self.p_human if self.p_human[0] >= 0.5 else self.p_human[:1]
        return min(max(each, 1 - each) for each in asked)


def judge(votes: Iterable[tuple[int, str]], skill: Skill = UNKNOWN) -> Judgement:
    """Fold the standing votes (vetter, fine class) of one candidate; every vote adds its evidence to the log-odds."""
    counts = np.zeros(len(CLASSES))
    evidence = np.zeros(len(TASKS))
    for vetter, fine_class in votes:
        code = CODES[fine_class]
        counts[code] += 1
        evidence += [skill.coin(vetter, task).evidence(SAYS[code, place]) for place, task in enumerate(TASKS)]
    human = expit(logit([skill.prevalence[task] for task in TASKS]) + evidence)
    leader, probability = leading(human[None], counts[None])
    name = CLASSES[leader[0]].value if leader[0] != MISSING else ""
    return Judgement(tuple(human.tolist()), name, float(probability[0]), int(counts.sum()), int(counts[UNSURE]))


def asteroid(p: Sequence[float]) -> float:
    """Return the probability of an asteroid, given those of rb, sl and kd."""
    return float(class_probabilities(np.array([p]), np.zeros((1, len(CLASSES))))[0, CODES[FineClass.ASTEROID]])


def class_probabilities(p: Floats, counts: Floats) -> Floats:
    """Return the probability of each fine class (m, 9) from those of rb, sl and kd (m, 3) and the class votes (m, 9).

    The questions part the classes into asteroid, cosmic ray, long and bogus; within long and bogus the votes share.
    What is kept is short, so that keep-and-long has no class, and the rest is scaled to what is real.
    """
    real, short, keep = p.T
    table = np.zeros((len(p), len(CLASSES)))
    groups = {
        (CODES[FineClass.ASTEROID],): short * keep,
        (CODES[FineClass.COSMIC_RAY],): short * (1 - keep),
        tuple(LONG): (1 - short) * (1 - keep),
    }
    total = sum(groups.values(), np.full(len(p), 1e-300))
    for members, weight in groups.items():
        table[:, members] = _shared(real * weight / total, counts[:, members])
    table[:, BOGUS] = _shared(1 - real, counts[:, BOGUS])
    return table


def _shared(p: Floats, counts: Floats) -> Floats:
    held = counts + SHARED
    return np.asarray(p[:, None] * held / held.sum(axis=1, keepdims=True))


def leading(p: Floats, counts: Floats) -> tuple[NDArray[np.int64], Floats]:
    """Return the place of the most probable class of each candidate and its probability.

    MISSING without a vote for any class, and where two classes tie.
    """
    table = class_probabilities(p, counts)
    second, first = np.sort(table, axis=1)[:, -2:].T
    voted = counts.sum(axis=1) > counts[:, UNSURE]
    return np.where(voted & (first - second > TIED), table.argmax(axis=1), MISSING), first
