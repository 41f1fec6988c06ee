"""Scores of cutouts from networks that had not seen their nights: thresholds, calibration, figures of the cards."""

import csv
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from scoring.evaluation import auc, threshold_at_fpr, tpr_at_fpr
from scoring.families import JUDGED, TARGETS, Family, FineClass
from scoring.intervals import Draws, interval, ranked_draws

OOF, OOF_WITH_METADATA, CORRECTION = "oof.csv", "oof-with-metadata.csv", "correction.npz"  # files of a training run
FPR_OF_KD = 0.01  # false positive rate, out of fold, that kd's threshold is set for
KEPT_BY_OTHERS = 0.99  # share of the asteroids that the thresholds of rb and of sl let pass
CLOSEST = 1e-7  # to 0 and 1 that a threshold comes
DRAWS = 1000  # resamples of an interval
RATES = (0.02, 0.01, 0.003, 0.001)  # false positive rates whose true positive rate is stated


@dataclass(frozen=True)
class OutOfFold:
    """Scores that cutouts got from networks that had not seen their groups.

    Attributes
    ----------
    names : (n,) file of each cutout.
    labels, groups : (n,) fine class and group of nights.
    fold : (n,) number of the fold.
    logits : (n, 3), in the order rb, sl, kd.
    classes : (n, 8) logits of the fine classes in their order, without ``unsure``; None where the network has none.
    """

    names: NDArray[np.str_]
    labels: NDArray[np.str_]
    groups: NDArray[np.str_]
    fold: NDArray[np.int_]
    logits: NDArray[np.float64]
    classes: NDArray[np.float64] | None = None

    @property
    def asteroid(self) -> NDArray[np.bool_]:
        """Which are asteroids."""
        return np.asarray(self.labels == FineClass.ASTEROID.value)

    def of(self, family: Family) -> tuple[NDArray[np.float64], NDArray[np.bool_], NDArray[np.bool_]]:
        """Scores 0-1 and truth of those that the family has a target for, and which those are."""
        targets = [TARGETS[FineClass(label)][family] for label in self.labels]
        known = np.array([target is not None for target in targets])
        truth = np.array([bool(target) for target in targets])
        return sigmoid(self.logits[known, list(Family).index(family)]), truth[known], known


def sigmoid(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """Scores of logits."""
    return np.asarray(1 / (1 + np.exp(-logits)))


def read_oof(path: Path) -> OutOfFold:
    """Read the table that `scoring.training.train` writes.

    Raises
    ------
    ValueError : it is not such a table.
    """
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    try:
        return OutOfFold(
            np.array([row["cutout"] for row in rows]),
            np.array([FineClass(row["label"]).value for row in rows]),
            np.array([row["group"] for row in rows]),
            np.array([int(row["fold"]) for row in rows]),
            _logits(rows, [family.value for family in Family]),
            _logits(rows, JUDGED) if rows[0].keys() >= set(JUDGED) else None,
        )
    except (KeyError, ValueError, IndexError, TypeError) as error:
        raise ValueError(f"{path}: expected the scores that training writes (oof.csv), but came {error!r}") from error


def _logits(rows: Sequence[Mapping[str, str]], columns: Sequence[str]) -> NDArray[np.float64]:
    return np.array([[float(row[column]) for column in columns] for row in rows])


def thresholds_of(oof: OutOfFold) -> dict[Family, float]:
    """Thresholds of the gate: kd is strict, rb and sl only take away what is surely none.

    kd passes 1 % of what is no asteroid; rb and sl pass 99 % of the asteroids, and are never above one half.
    """
    scores, truth, _ = oof.of(Family.KD)
    thresholds = {Family.KD: threshold_at_fpr(scores, truth, FPR_OF_KD)}
    for family in (Family.RB, Family.SL):
        asteroids = sigmoid(oof.logits[oof.asteroid, list(Family).index(family)])
        thresholds[family] = min(0.5, float(np.quantile(asteroids, 1 - KEPT_BY_OTHERS, method="lower")))
    return {family: written(thresholds[family]) for family in Family}


def written(threshold: float) -> float:
    """Round a threshold as it is written down: six digits, more near 0 and 1, and never one that all or none passes.

    Examples
    --------
    >>> written(0.12345678), written(0.00000041), written(0.99999987), written(1.0)
    (0.123457, 4.1e-07, 0.99999987, 0.9999999)
    """
    inside = min(max(threshold, CLOSEST), 1 - CLOSEST)
    return round(inside, max(6, 1 - math.floor(math.log10(min(inside, 1 - inside)))))


def fit_calibration(logits: NDArray[np.float64], truth: NDArray[np.bool_]) -> tuple[float, NDArray[np.float64]]:
    """Fit a logistic regression on the families' logits whose coefficients are not negative.

    A weak pull towards zero keeps the coefficients finite where the data separate.

    Returns
    -------
    Intercept, and the coefficients in the order of the columns.
    """

    def loss(values: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        z = values[0] + logits @ values[1:]
        error = sigmoid(z) - truth
        slope = np.concatenate([[error.mean()], logits.T @ error / len(truth)])
        slope[1:] += 1e-3 * values[1:]
        return float(np.mean(np.logaddexp(0, z) - truth * z) + 5e-4 * values[1:] @ values[1:]), slope

    size = logits.shape[1]
    start, bounds = np.r_[-3.0, np.full(size, 0.5)], [(None, None)] + [(0, None)] * size
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds)
    return float(found.x[0]), np.asarray(found.x[1:])


def ranking(oof: OutOfFold) -> NDArray[np.float64]:
    """p_asteroid of every cutout, from a calibration that was fitted to the other folds."""
    scores = np.empty(len(oof.labels))
    for number in np.unique(oof.fold):
        held_out = oof.fold == number
        intercept, coefficients = fit_calibration(oof.logits[~held_out], oof.asteroid[~held_out])
        scores[held_out] = sigmoid(intercept + oof.logits[held_out] @ coefficients)
    return scores


def measured(scores: NDArray[np.float64], truth: NDArray[np.bool_], groups: NDArray[np.str_]) -> dict[str, Any]:
    """AUC and true positive rates with 95 % intervals over resampled groups of nights."""
    drawn = ranked_draws(scores, truth, Draws.of(groups, DRAWS), RATES)
    result: dict[str, Any] = {
        "positives": int(truth.sum()),
        "negatives": int((~truth).sum()),
        "auc": stated(auc(scores, truth), drawn.auc),
    }
    for rate, reached in zip(RATES, drawn.tpr_at.T, strict=True):
        result[f"tpr_at_fpr_{100 * rate:g}_percent"] = stated(tpr_at_fpr(scores, truth, rate), reached)
    return result


def stated(value: float, drawn: NDArray[np.float64]) -> dict[str, Any]:
    """Give a figure with its interval over the draws; null where there is none."""
    ends = interval(drawn)
    return {
        "value": rounded(value) if np.isfinite(value) else None,
        "interval_95": [rounded(end) for end in ends] if ends else None,
    }


def by_fold(
    scores: NDArray[np.float64], truth: NDArray[np.bool_], groups: NDArray[np.str_], fold: NDArray[np.int_]
) -> list[dict[str, Any]]:
    """Measure every fold alone, without intervals; null in one that has no positive or no negative."""
    table = []
    for number in np.unique(fold):
        part = fold == number
        both = 0 < truth[part].sum() < part.sum()
        table.append(
            {
                "fold": int(number),
                "groups": sorted(set(groups[part].tolist())),
                "positives": int(truth[part].sum()),
                "negatives": int((~truth[part]).sum()),
                "auc": rounded(auc(scores[part], truth[part])) if both else None,
                "tpr_at_fpr_1_percent": rounded(tpr_at_fpr(scores[part], truth[part], 0.01)) if both else None,
            }
        )
    return table


def rounded(value: float) -> float:
    """Four digits, as much as the data bear."""
    return round(float(value), 4)
