"""Everything that an evaluation states of judged cutouts, as plain values for JSON; every figure with its interval."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scoring.bundle import EVALUATION_FORMAT
from scoring.detection import Detection
from scoring.evaluation import auc, average_precision, completeness, precision_recall, reliability, roc, tpr_at_fpr
from scoring.families import JUDGED, Family
from scoring.intervals import FPR_GRID, RECALL_GRID, Draws, interval, ranked_draws
from scoring.judged import Judged
from scoring.out_of_fold import DRAWS, fit_calibration, rounded, sigmoid, stated

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
RATES = (0.01, 0.003, 0.001)  # false positive rates whose true positive rate is stated
BINS = 6  # of a quantity, each with as many asteroids


def _instrumental(detection: Detection) -> float | None:
    flux = detection.values.get("flux")
    return None if flux is None or flux <= 0 else float(-2.5 * np.log10(flux))


# What completeness is told against: name, unit, and where it is read.
QUANTITIES: Sequence[tuple[str, str, Callable[[Detection], float | None]]] = (
    ("length", "px", lambda detection: detection.length),
    ("signal-to-noise", "", lambda detection: detection.values.get("apsnr")),
    ("magnitude", "mag", lambda detection: detection.magnitude),
    ("instrumental magnitude", "mag, -2.5 log10 of the fitted flux in DN", _instrumental),
    ("rate", "deg/day", lambda detection: detection.rate),
)


def assess(judged: Judged) -> dict[str, Any]:
    """State how good the scores are, of each family and of the whole rule.

    Raises
    ------
    ValueError : no asteroid, or nothing else.
    """
    scored = judged.scored
    draws = Draws.of(scored.groups, DRAWS)
    asteroid = scored.asteroid
    systems = [_family(judged, family, draws) for family in Family]
    rule = ranked("p_asteroid", judged.ranking, asteroid, draws)
    before = sigmoid(scored.logits[:, list(Family).index(Family.KD)])
    rule["reliability"] = {
        "before": reliable(before, asteroid, draws),
        "after": reliable(judged.ranking, asteroid, draws),
    }
    return {
        "format": EVALUATION_FORMAT,
        "scores": "out of fold" if judged.out_of_fold else "of the shipped networks",
        "intervals": f"95 %, {DRAWS} draws of whole groups (nights joined by a common object)",
        "data": _data(judged),
        "systems": [*systems, rule],
        "gate": _gate(judged, draws),
        "completeness": [table for quantity in QUANTITIES if (table := _complete(judged, *quantity, draws))],
        "false_positives": _per_night(judged, draws),
        "classes": _by_class(judged, draws),
        "confusion": _confusion(judged),
    }


def ranked(name: str, scores: Floats, truth: Bools, draws: Draws) -> dict[str, Any]:
    """State what a ranking score reaches: figures, ROC and precision, with their intervals."""
    drawn = ranked_draws(scores, truth, draws, RATES)
    curve = roc(scores, truth)
    precision, recall, _ = precision_recall(scores, truth)
    best = np.maximum.accumulate(precision[::-1])[::-1]
    return {
        "name": name,
        "positives": int(truth.sum()),
        "negatives": int((~truth).sum()),
        "auc": stated(auc(scores, truth), drawn.auc),
        "average_precision": stated(average_precision(scores, truth), drawn.average_precision),
        "tpr_at_fpr": [
            {"fpr": rate, **stated(tpr_at_fpr(scores, truth, rate), reached)}
            for rate, reached in zip(RATES, drawn.tpr_at.T, strict=True)
        ],
        "roc": {
            "fpr": _list(FPR_GRID, 6),
            "tpr": _list(curve.tpr[np.searchsorted(curve.fpr, FPR_GRID, "right") - 1]),
            **_band(drawn.tpr),
        },
        "precision": {
            "recall": _list(RECALL_GRID),
            "precision": _list(best[np.searchsorted(recall, RECALL_GRID)]),
            **_band(drawn.precision),
        },
    }


def reliable(probabilities: Floats, truth: Bools, draws: Draws, bins: int = 10) -> dict[str, Any]:
    """State how often what was given a probability came true, by bins of the probability."""
    table = reliability(probabilities, truth, bins)
    of_bin = np.clip((probabilities * bins).astype(int), 0, bins - 1)
    ends = [interval(draws.share(truth, of_bin == number)) for number in np.unique(of_bin)]
    return {
        "expected_calibration_error": rounded(table.error),
        "predicted": _list(table.predicted),
        "observed": _list(table.observed),
        "count": table.count.tolist(),
        "low": [rounded(end[0]) if end else None for end in ends],
        "high": [rounded(end[1]) if end else None for end in ends],
    }


def _family(judged: Judged, family: Family, draws: Draws) -> dict[str, Any]:
    """Measure one family on what its question can be asked of; calibrated by the other folds."""
    scores, truth, known = judged.scored.of(family)
    column = list(Family).index(family)
    logits, fold, drawn = judged.scored.logits[known][:, [column]], judged.scored.fold[known], draws.at(known)
    after = np.full(len(scores), np.nan)
    for number in np.unique(fold):
        other = fold != number
        if 0 < truth[other].sum() < other.sum():
            intercept, coefficients = fit_calibration(logits[other], truth[other])
            after[~other] = sigmoid(intercept + logits[~other] @ coefficients)
    stands = ranked(family.value, scores, truth, drawn)
    calibrated = np.isfinite(after)
    stands["reliability"] = {
        "before": reliable(scores, truth, drawn),
        "after": _reliable_where(calibrated, after, truth, drawn),
    }
    passed = judged.passed[known, column]
    stands["at_threshold"] = _rates(passed, truth, drawn)
    return stands


def _reliable_where(known: Bools, probabilities: Floats, truth: Bools, draws: Draws) -> dict[str, Any] | None:
    if not 0 < truth[known].sum() < known.sum():
        return None
    return reliable(probabilities[known], truth[known], draws.at(known))


def _rates(passed: Bools, truth: Bools, draws: Draws) -> dict[str, Any]:
    return {
        "tpr": stated(passed[truth].mean(), draws.share(passed, truth)),
        "fpr": stated(passed[~truth].mean(), draws.share(passed, ~truth)),
    }


def _gate(judged: Judged, draws: Draws) -> dict[str, Any]:
    """Measure the whole rule: every family has a member at or above its threshold."""
    asteroid, passed = judged.scored.asteroid, judged.plausible
    missed = judged.scored.names[asteroid & ~passed]
    precision = asteroid[passed].mean() if passed.any() else np.nan
    return {
        **_rates(passed, asteroid, draws),
        "precision": stated(precision, draws.share(asteroid, passed)),
        "asteroids": int(asteroid.sum()),
        "found": int((asteroid & passed).sum()),
        "others": int((~asteroid).sum()),
        "false_positives": int((passed & ~asteroid).sum()),
        "missed": sorted(missed.tolist()),
    }


def _complete(
    judged: Judged, name: str, unit: str, read: Callable[[Detection], float | None], draws: Draws
) -> dict[str, Any] | None:
    """Share of the asteroids that the gate finds, in bins of a quantity; None where it is not known."""
    read_off = [read(detection) for detection in judged.detections]
    values = np.array([np.nan if value is None else value for value in read_off])
    asteroid, passed = judged.scored.asteroid, judged.plausible
    known = asteroid & np.isfinite(values)
    if not known.any():
        return None
    edges = np.unique(np.quantile(values[known], np.linspace(0, 1, BINS + 1)))
    table = completeness(passed[known], values[known], edges if len(edges) > 1 else np.repeat(edges, 2))
    columns = (table.low, table.high, table.found, table.count, table.share, table.share_low, table.share_high)
    bins = []
    for low, high, found, count, share, *ends in zip(*columns, strict=True):
        inside = known & (values >= low) & ((values < high) | (values == high) & (high == edges[-1]))
        bins.append(
            {
                "low": rounded(low),
                "high": rounded(high),
                "found": int(found),
                "count": int(count),
                **stated(share, draws.share(passed, inside)),
                "wilson_95": [rounded(end) for end in ends],
            }
        )
    return {"quantity": name, "unit": unit, "bins": bins}


def _per_night(judged: Judged, draws: Draws) -> dict[str, Any]:
    """Count what passes wrongly, night by night; a night in two groups is drawn with each of them."""
    nights, groups = judged.nights, judged.scored.groups
    wrong = judged.plausible & ~judged.scored.asteroid
    pairs = np.char.add(np.char.add(groups, "\n"), nights)
    _, of_pair, rows = np.unique(pairs, return_inverse=True, return_counts=True)
    drawn = draws.totals(wrong) / draws.totals(1 / rows[of_pair])
    table = [
        {"night": night, "received": int(here.sum()), "false_positives": int(wrong[here].sum())}
        for night in np.unique(nights)
        if (here := nights == night).any()
    ]
    counts = [night["false_positives"] for night in table]
    return {
        "nights": len(table),
        "mean": stated(float(np.mean(counts)), drawn),
        "median": float(np.median(counts)),
        "most": max(counts),
        "by_night": table,
    }


def _by_class(judged: Judged, draws: Draws) -> list[dict[str, Any]]:
    """Share of each fine class that passes each family, and the gate."""
    table = []
    for label in JUDGED:
        here = judged.scored.labels == label
        if not here.any():
            continue
        passes = {family.value: judged.passed[:, number] for number, family in enumerate(Family)}
        table.append(
            {
                "label": label.value,
                "count": int(here.sum()),
                "passed": int(judged.plausible[here].sum()),
                **{
                    name: stated(passed[here].mean(), draws.share(passed, here))
                    for name, passed in {**passes, "gate": judged.plausible}.items()
                },
            }
        )
    return table


def _confusion(judged: Judged) -> dict[str, Any] | None:
    """Count of each labelled class by the class that the network takes it for; None where it has none."""
    if judged.scored.classes is None:
        return None
    taken = np.array(JUDGED)[judged.scored.classes.argmax(axis=1)]
    counted = Counter(zip(judged.scored.labels.tolist(), taken.tolist(), strict=True))
    return {
        "classes": [label.value for label in JUDGED],
        "counts": [[counted[label, other] for other in JUDGED] for label in JUDGED],
        "accuracy": rounded(float((taken == judged.scored.labels).mean())),
    }


def _data(judged: Judged) -> dict[str, Any]:
    scored = judged.scored
    return {
        "cutouts": dict(sorted(Counter(scored.labels.tolist()).items())),
        "groups": len(np.unique(scored.groups)),
        "nights": len(np.unique(judged.nights)),
        "folds": [
            {
                "fold": int(number),
                "groups": sorted(set(scored.groups[scored.fold == number].tolist())),
                "asteroids": int(scored.asteroid[scored.fold == number].sum()),
                "others": int((~scored.asteroid[scored.fold == number]).sum()),
            }
            for number in np.unique(scored.fold)
        ],
        "left_out": dict(judged.left_out),
    }


def _band(drawn: Floats) -> Mapping[str, list[float]]:
    low, high = np.percentile(drawn, [2.5, 97.5], axis=0)
    return {"low": _list(low), "high": _list(high)}


def _list(values: Floats, digits: int = 4) -> list[float]:
    return [round(float(value), digits) for value in values]
