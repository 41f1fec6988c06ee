"""95 % intervals by drawing whole blocks (groups of nights that share an object) again, all draws at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scoring.evaluation import checked

Floats = NDArray[np.float64]
AT_ONCE = 2**22  # weights that are held at once: 32 MiB
FPR_GRID = np.concatenate([[0.0], np.geomspace(1e-4, 1, 61)])  # where bands of a ROC are given
RECALL_GRID = np.linspace(0.02, 1, 50)  # where bands of precision are given


@dataclass(frozen=True, eq=False)
class Draws:
    """Resamples of whole blocks: detections of one object or night are not independent.

    Attributes
    ----------
    times : (draws, blocks), how often each block was drawn.
    of_block : (n,), number of the block that each row belongs to.
    """

    times: Floats
    of_block: NDArray[np.int_]

    @classmethod
    def of(cls, blocks: ArrayLike, draws: int = 1000, seed: int = 1) -> Self:
        """Draw as many blocks as there are, with replacement, `draws` times.

        Parameters
        ----------
        blocks : (n,), name of the block that each row belongs to.
        """
        names, of_block = np.unique(np.asarray(blocks), return_inverse=True)
        share = np.full(len(names), 1 / len(names))
        times = np.random.default_rng(seed).multinomial(len(names), share, size=draws)
        return cls(times.astype(np.float64), of_block)

    def at(self, rows: NDArray[np.bool_]) -> "Draws":
        """Give the same draws of some rows."""
        return Draws(self.times, self.of_block[rows])

    def totals(self, values: ArrayLike) -> Floats:
        """Sum of a value over the rows of each draw: (draws,) for values (n,)."""
        by_block = np.bincount(self.of_block, np.asarray(values, np.float64), minlength=self.times.shape[1])
        return np.asarray(self.times @ by_block)

    def share(self, hits: ArrayLike, of: ArrayLike) -> Floats:
        """Share of `of` that are hits, in each draw; NaN in a draw that has none of them."""
        counted = np.asarray(of, bool)
        total = self.totals(counted)
        with np.errstate(invalid="ignore"):
            return np.where(total > 0, self.totals(counted & np.asarray(hits, bool)) / np.maximum(total, 1), np.nan)


def interval(values: Floats) -> tuple[float, float] | None:
    """Give the 2.5th and 97.5th percentile over the draws; None where no draw could be measured.

    Examples
    --------
    >>> interval(np.array([np.nan, 0.5, 0.5]))
    (0.5, 0.5)
    """
    known = values[np.isfinite(values)]
    if not len(known):
        return None
    low, high = np.percentile(known, [2.5, 97.5])
    return float(low), float(high)


@dataclass(frozen=True)
class RankedDraws:
    """What a ranking score reaches in each draw; draws without a positive or a negative are left out.

    Attributes
    ----------
    auc, average_precision : (draws,).
    tpr_at : (draws, rates), highest true positive rate at each false positive rate that was asked for.
    tpr : (draws, len(FPR_GRID)), the same over ``FPR_GRID``.
    precision : (draws, len(RECALL_GRID)), best precision of a threshold that recalls at least so much.
    """

    auc: Floats
    average_precision: Floats
    tpr_at: Floats
    tpr: Floats
    precision: Floats


def ranked_draws(scores: ArrayLike, truth: ArrayLike, draws: Draws, rates: Sequence[float] = ()) -> RankedDraws:
    """Measure a ranking score in every draw, as `scoring.evaluation` does in the whole sample.

    Parameters
    ----------
    scores, truth : (n,), as for `scoring.evaluation.roc`.
    rates : false positive rates whose true positive rate is wanted.
    """
    values, positive = checked(scores, truth)
    order = np.argsort(-values, kind="stable")
    steps = np.append(np.flatnonzero(np.diff(values[order])), len(values) - 1)  # ends of runs of equal scores
    wanted = np.concatenate([rates, FPR_GRID])
    size = max(1, AT_ONCE // len(values))
    parts = [
        _measure(draws.times[at : at + size][:, draws.of_block[order]], positive[order], steps, wanted)
        for at in range(0, len(draws.times), size)
    ]
    area, average, tpr, precision = (np.concatenate(column) for column in zip(*parts, strict=True))
    return RankedDraws(area, average, tpr[:, : len(rates)], tpr[:, len(rates) :], precision)


def _measure(
    weights: Floats, positive: NDArray[np.bool_], steps: NDArray[np.int_], rates: Floats
) -> tuple[Floats, Floats, Floats, Floats]:
    """AUC, average precision, true positive rates and precisions of some draws; weights (draws, n) fall by score."""
    hits = np.cumsum(weights * positive, axis=1)[:, steps]
    alarms = np.cumsum(weights * ~positive, axis=1)[:, steps]
    both = (hits[:, -1] > 0) & (alarms[:, -1] > 0)
    hits, alarms = hits[both], alarms[both]
    zero = np.zeros((len(hits), 1))
    tpr, fpr = np.hstack([zero, hits / hits[:, -1:]]), np.hstack([zero, alarms / alarms[:, -1:]])
    with np.errstate(invalid="ignore"):
        precision = np.nan_to_num(hits / (hits + alarms), nan=1.0)
    area = np.trapezoid(tpr, fpr, axis=1)
    average = np.sum(np.diff(tpr, axis=1) * precision, axis=1)
    best = np.maximum.accumulate(precision[:, ::-1], axis=1)[:, ::-1]
    reached = [tpr[row, np.searchsorted(fpr[row], rates, "right") - 1] for row in range(len(tpr))]
    precise = [best[row, np.searchsorted(tpr[row, 1:], RECALL_GRID)] for row in range(len(tpr))]
    return area, average, np.reshape(reached, (-1, len(rates))), np.reshape(precise, (-1, len(RECALL_GRID)))
