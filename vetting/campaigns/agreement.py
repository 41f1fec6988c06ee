"""How far vetters agree: raw, Krippendorff's alpha with its interval, Gwet's AC1, Cohen's kappa, confusion.

All take one count table, candidate × class, or the votes as columns; missing votes are the rule, not an exception.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array

Floats = NDArray[np.float64]
DRAWS = 1000
FEWEST_BLOCKS = 10  # of fewer, draws differ too little: one block drawn from one is always the same
AT_ONCE = 50  # draws, so that the weights of 100,000 candidates stay small in memory


@dataclass(frozen=True, slots=True)
class Ballot:
    """Votes as columns: candidate, vetter and class of each, by any names; one vote for a candidate and vetter."""

    items: Sequence[object]
    vetters: Sequence[object]
    classes: Sequence[str]

    def table(self) -> Floats:
        """Count the votes: candidate × class."""
        item, cells = _places(self.items), _places(self.classes)
        counts = np.zeros((item.max(initial=-1) + 1, cells.max(initial=-1) + 1))
        np.add.at(counts, (item, cells), 1)
        return counts


def _places(names: Sequence[object]) -> NDArray[np.int64]:
    order: dict[object, int] = {}
    return np.array([order.setdefault(name, len(order)) for name in names], dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Agreement:
    """Agreement of all vetters; what cannot be computed is NaN.

    Attributes
    ----------
    items : candidates with at least two votes.
    raw : mean over candidates of the share of vetter pairs that agree.
    alpha, alpha_low, alpha_high : Krippendorff's nominal alpha and its 95 % bootstrap interval.
    blocks : how many blocks the interval draws; 0 where it draws single candidates.
    ac1 : Gwet's AC1.
    """

    items: int
    raw: float
    alpha: float
    alpha_low: float
    alpha_high: float
    ac1: float
    blocks: int


def agreement(ballot: Ballot, *, blocks: Sequence[object] | None = None, seed: int = 1) -> Agreement:
    """Return every figure of agreement.

    ``blocks`` names the group (night, object) that each vote's candidate is in. The interval draws whole groups where
    FEWEST_BLOCKS of them or more hold a candidate with two votes, and single candidates otherwise.
    """
    counts = ballot.table()
    of_item, drawn = None, 0
    if blocks is not None:
        of_item = np.zeros(len(counts), np.int64)
        of_item[_places(ballot.items)] = _places(blocks)
        drawn = len(np.unique(of_item[counts.sum(axis=1) > 1]))
        of_item, drawn = (of_item, drawn) if drawn >= FEWEST_BLOCKS else (None, 0)
    low, high = alpha_interval(counts, of_item, seed=seed)
    return Agreement(int((counts.sum(axis=1) > 1).sum()), raw(counts), alpha(counts), low, high, ac1(counts), drawn)


def raw(counts: ArrayLike) -> float:
    """Mean over candidates of the share of vetter pairs that agree.

    Examples
    --------
    >>> raw([[2, 0], [1, 1]])
    0.5
    """
    n, m = _rated(counts)
    return float(np.mean((n * (n - 1)).sum(axis=1) / (m * (m - 1)))) if len(n) else np.nan


def alpha(counts: ArrayLike) -> float:
    """Krippendorff's alpha for nominal classes and missing votes; NaN where all votes are of one class.

    Krippendorff 2011, "Computing Krippendorff's Alpha-Reliability".
    """
    n, m = _rated(counts)
    return float(_alpha(*_pairs(n, m))[0]) if len(n) else np.nan


def alpha_interval(
    counts: ArrayLike, blocks: NDArray[np.int64] | None = None, *, draws: int = DRAWS, seed: int = 1
) -> tuple[float, float]:
    """95 % interval of alpha when candidates, or whole blocks of them, are drawn again with replacement."""
    table = np.asarray(counts, float)
    n, m = _rated(table)
    if len(n) < 2:
        return np.nan, np.nan
    disagreeing, classes = _pairs(n, m)
    if blocks is not None:
        _, of = np.unique(np.asarray(blocks)[table.sum(axis=1) > 1], return_inverse=True)
        disagreeing = np.asarray(np.bincount(of, disagreeing), float)
        classes = np.stack([np.bincount(of, column) for column in classes.T], axis=1)
    rng = np.random.default_rng(seed)
    share = np.full(len(disagreeing), 1 / len(disagreeing))
    found = []
    for start in range(0, draws, AT_ONCE):
        weights = rng.multinomial(len(disagreeing), share, size=min(AT_ONCE, draws - start))
        found.append(_alpha(disagreeing, classes, weights))
    values = np.concatenate(found)
    values = values[np.isfinite(values)]
    if not len(values):
        return np.nan, np.nan
    low, high = np.percentile(values, [2.5, 97.5])
    return float(low), float(high)


def _rated(counts: ArrayLike) -> tuple[Floats, Floats]:
    n = np.asarray(counts, float)
    n = n[n.sum(axis=1) > 1]
    return n, n.sum(axis=1)


def _pairs(n: Floats, m: Floats) -> tuple[Floats, Floats]:
    """Return what each candidate adds to the observed disagreement and to the votes of each class."""
    return (m**2 - (n**2).sum(axis=1)) / (m - 1), n


def _alpha(disagreeing: Floats, classes: Floats, weights: ArrayLike | None = None) -> Floats:
    weight = np.ones((1, len(disagreeing))) if weights is None else np.asarray(weights, float)
    each = weight @ classes
    total = each.sum(axis=1)
    observed = weight @ disagreeing / total
    expected = (total**2 - (each**2).sum(axis=1)) / (total * (total - 1))
    return np.asarray(1 - np.divide(observed, expected, out=np.full(len(total), np.nan), where=expected > 0))


def ac1(counts: ArrayLike) -> float:
    """Gwet's AC1: chance-corrected agreement that stays put where one class is rare; 1 where all are of one class.

    Gwet 2008, "Computing inter-rater reliability and its variance in the presence of high agreement".
    """
    n = np.asarray(counts, float)
    n = n[n.sum(axis=1) > 0]
    observed = raw(n)
    share = (n / n.sum(axis=1, keepdims=True)).mean(axis=0) if len(n) else np.zeros(0)
    used = int((share > 0).sum())
    if used < 2:
        return observed
    expected = float((share * (1 - share)).sum()) / (used - 1)
    return (observed - expected) / (1 - expected)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two vetters on the candidates that both have judged; kappa is NaN where chance explains all."""

    one: object
    other: object
    items: int
    raw: float
    kappa: float


def pairwise(ballot: Ballot) -> list[Pair]:
    """Compare every two vetters that have judged a candidate in common."""
    if not ballot.items:
        return []
    item, vetter, cell = _places(ballot.items), _places(ballot.vetters), _places(ballot.classes)
    shape = (item.max() + 1, vetter.max() + 1)
    voted = _marked(item, vetter, shape)
    both = (voted.T @ voted).toarray()
    agreeing, by_chance = np.zeros_like(both), np.zeros_like(both)
    for place in range(cell.max() + 1):
        said = _marked(item[cell == place], vetter[cell == place], shape)
        agreeing += (said.T @ said).toarray()
        of_one = (said.T @ voted).toarray()  # how often each said it of what the other has judged
        by_chance += of_one * of_one.T
    names = list(dict.fromkeys(ballot.vetters))
    found = []
    for one, other in zip(*np.nonzero(np.triu(both, 1)), strict=True):
        n, observed = both[one, other], agreeing[one, other] / both[one, other]
        expected = by_chance[one, other] / n**2
        kappa_of = (observed - expected) / (1 - expected) if expected < 1 else np.nan
        found.append(Pair(names[one], names[other], int(n), float(observed), float(kappa_of)))
    return found


def _marked(item: NDArray[np.int64], vetter: NDArray[np.int64], shape: tuple[int, int]) -> csr_array:
    return csr_array((np.ones(len(item)), (item, vetter)), shape=shape)


def confusion(ballot: Ballot, one: object, other: object, classes: Sequence[str]) -> Floats:
    """Count what one vetter (rows) and another (columns) called the candidates that both have judged."""
    place = {name: at for at, name in enumerate(classes)}
    said: dict[object, dict[object, int]] = {one: {}, other: {}}
    for item, vetter, name in zip(ballot.items, ballot.vetters, ballot.classes, strict=True):
        if vetter in said:
            said[vetter][item] = place[name]
    table = np.zeros((len(classes), len(classes)))
    for item in said[one].keys() & said[other].keys():
        table[said[one][item], said[other][item]] += 1
    return table


def confusion_of_all(ballot: Ballot, classes: Sequence[str]) -> Floats:
    """Count how often a vote for one class met another vetter's for another; a candidate weighs as its votes do.

    This is Krippendorff's coincidence matrix: symmetric, its sum the number of votes that met another.
    """
    place = {name: at for at, name in enumerate(classes)}
    counts = np.zeros((_places(ballot.items).max(initial=-1) + 1, len(classes)))
    np.add.at(counts, (_places(ballot.items), np.array([place[name] for name in ballot.classes], np.int64)), 1)
    n, m = _rated(counts)
    weight = 1 / (m - 1)
    met = (n * weight[:, None]).T @ n
    return np.asarray(met - np.diag((n * weight[:, None]).sum(axis=0)))


def kappa(table: ArrayLike) -> float:
    """Cohen's kappa of two vetters' counts.

    Examples
    --------
    >>> round(kappa([[20, 5], [10, 15]]), 3)
    0.4
    """
    counts = np.asarray(table, float)
    total = counts.sum()
    expected = float((counts.sum(axis=0) * counts.sum(axis=1)).sum() / total**2)
    return float((np.trace(counts) / total - expected) / (1 - expected)) if expected < 1 else np.nan
