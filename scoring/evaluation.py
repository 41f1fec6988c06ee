"""How good scores are: ROC, precision and recall, calibration, completeness."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Roc:
    """Receiver operating characteristic.

    Attributes
    ----------
    fpr, tpr : false and true positive rate of the cut ``score >= threshold``, from (0, 0) to (1, 1).
    threshold : falling; the first is infinite.
    """

    fpr: Floats
    tpr: Floats
    threshold: Floats


def roc(scores: ArrayLike, truth: ArrayLike) -> Roc:
    """Receiver operating characteristic; equal scores make one step.

    Parameters
    ----------
    scores : (n,), larger means more likely positive.
    truth : (n,), True for positive.

    Raises
    ------
    ValueError : no positives or no negatives, or a score that is not finite.

    Examples
    --------
    >>> roc([0.9, 0.8, 0.8, 0.1], [1, 1, 0, 0]).tpr.tolist()
    [0.0, 0.5, 1.0, 1.0]
    """
    values, positive = checked(scores, truth)
    order = np.argsort(-values, kind="stable")
    values, positive = values[order], positive[order]
    last = np.append(np.flatnonzero(np.diff(values)), len(values) - 1)
    hits, alarms = np.cumsum(positive)[last], np.cumsum(~positive)[last]
    return Roc(
        np.concatenate([[0.0], alarms / alarms[-1]]),
        np.concatenate([[0.0], hits / hits[-1]]),
        np.concatenate([[np.inf], values[last]]),
    )


def auc(scores: ArrayLike, truth: ArrayLike) -> float:
    """Area under the ROC: the chance that a positive scores above a negative, ties counting half.

    Examples
    --------
    >>> auc([0.9, 0.8, 0.8, 0.1], [1, 1, 0, 0])
    0.875
    """
    curve = roc(scores, truth)
    return float(np.trapezoid(curve.tpr, curve.fpr))


def tpr_at_fpr(scores: ArrayLike, truth: ArrayLike, fpr: float) -> float:
    """Highest true positive rate of a threshold whose false positive rate is at most `fpr`; nothing is interpolated.

    Examples
    --------
    >>> tpr_at_fpr([0.9, 0.8, 0.7, 0.1], [1, 0, 1, 0], 0.0)
    0.5
    """
    curve = roc(scores, truth)
    return float(curve.tpr[curve.fpr <= fpr].max())


def threshold_at_fpr(scores: ArrayLike, truth: ArrayLike, fpr: float) -> float:
    """Lowest threshold whose false positive rate is at most `fpr`."""
    curve = roc(scores, truth)
    return float(curve.threshold[curve.fpr <= fpr].min())


def average_precision(scores: ArrayLike, truth: ArrayLike) -> float:
    """Mean precision over the recalls that the thresholds reach, each weighted by the recall that it adds.

    Examples
    --------
    >>> round(average_precision([0.9, 0.8, 0.8, 0.1], [1, 1, 0, 0]), 4)
    0.8333
    """
    precision, recall, _ = precision_recall(scores, truth)
    return float(np.sum(np.diff(recall, prepend=0.0) * precision))


def precision_recall(scores: ArrayLike, truth: ArrayLike) -> tuple[Floats, Floats, Floats]:
    """Precision and recall of every threshold, which falls."""
    values, positive = checked(scores, truth)
    order = np.argsort(-values, kind="stable")
    values, positive = values[order], positive[order]
    last = np.append(np.flatnonzero(np.diff(values)), len(values) - 1)
    hits = np.cumsum(positive)[last]
    return hits / (last + 1), hits / hits[-1], values[last]


@dataclass(frozen=True, slots=True)
class Reliability:
    """Calibration table, one entry for each bin that has cutouts.

    Attributes
    ----------
    predicted : mean probability in the bin.
    observed : share of positives in the bin.
    count : cutouts in the bin.
    """

    predicted: Floats
    observed: Floats
    count: NDArray[np.int_]

    @property
    def error(self) -> float:
        """Expected calibration error: mean of ``|observed - predicted|``, weighted by count."""
        return float(np.average(np.abs(self.observed - self.predicted), weights=self.count))


def reliability(probabilities: ArrayLike, truth: ArrayLike, bins: int = 10) -> Reliability:
    """How often what was given a probability came true, in equal bins of the probability."""
    values, positive = checked(probabilities, truth)
    of_bin = np.clip((values * bins).astype(int), 0, bins - 1)
    count = np.bincount(of_bin, minlength=bins)
    used = count > 0
    predicted = np.bincount(of_bin, values, bins)[used] / count[used]
    observed = np.bincount(of_bin, positive, bins)[used] / count[used]
    return Reliability(predicted, observed, count[used])


@dataclass(frozen=True, slots=True)
class Completeness:
    """Share found against a quantity, one entry for each bin that has cutouts.

    Attributes
    ----------
    low, high : edges of the bin.
    found, count : how many were found, of how many.
    share, share_low, share_high : with Wilson's 95 % interval.
    """

    low: Floats
    high: Floats
    found: NDArray[np.int_]
    count: NDArray[np.int_]
    share: Floats
    share_low: Floats
    share_high: Floats


def completeness(found: ArrayLike, quantity: ArrayLike, edges: ArrayLike) -> Completeness:
    """Share of the true ones that were found, in bins of a quantity (length, signal-to-noise, …).

    Parameters
    ----------
    found : (n,) bool.
    quantity : (n,); NaN is in no bin.
    edges : (m + 1,), rising; the last bin holds its upper edge.
    """
    is_found, values, limits = np.asarray(found, bool), np.asarray(quantity, float), np.asarray(edges, float)
    total, _ = np.histogram(values, limits)
    hits, _ = np.histogram(values[is_found], limits)
    used = total > 0
    share = hits[used] / total[used]
    low, high = wilson(hits[used], total[used])
    return Completeness(limits[:-1][used], limits[1:][used], hits[used], total[used], share, low, high)


def wilson(hits: ArrayLike, total: ArrayLike, z: float = 1.96) -> tuple[Floats, Floats]:
    """Wilson's interval of a share, for independent trials.

    Examples
    --------
    >>> [round(float(end), 3) for end in wilson(202, 210)]
    [0.927, 0.981]
    """
    n = np.asarray(total, float)
    share = np.asarray(hits, float) / n
    middle = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    return middle - half, middle + half


def checked(scores: ArrayLike, truth: ArrayLike) -> tuple[Floats, NDArray[np.bool_]]:
    """Scores and truth as arrays of one length, with positives, negatives and nothing that is not finite.

    Raises
    ------
    ValueError : they are not.
    """
    values, positive = np.asarray(scores, np.float64), np.asarray(truth).astype(bool)
    if values.shape != positive.shape or values.ndim != 1:
        raise ValueError(f"expected scores and truth of one length, but came {values.shape} and {positive.shape}")
    if not 0 < positive.sum() < len(positive):
        raise ValueError(f"expected positives and negatives, but {positive.sum()} of {len(positive)} are positive")
    if not np.isfinite(values).all():
        raise ValueError("expected finite scores, but some are not")
    return values, positive
