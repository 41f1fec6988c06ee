"""What ``ensemble.json`` says of an ensemble: thresholds, calibration, and figures out of fold."""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scoring import __version__
from scoring.evaluation import reliability
from scoring.families import Family
from scoring.learnt import write_learnt
from scoring.out_of_fold import OutOfFold, by_fold, fit_calibration, measured, ranking, rounded, sigmoid


def ensemble_description(
    name: str,
    oof: OutOfFold,
    thresholds: Mapping[Family, Mapping[str, float]],
    members: Sequence[Mapping[str, Any]],
    *,
    passed: NDArray[np.bool_],
    data: Mapping[str, Any],
) -> dict[str, Any]:
    """Make ``ensemble.json``, which `scoring.inference.Ensemble` reads.

    Parameters
    ----------
    name : of the ensemble.
    oof : the best member's logits of each family, out of fold.
    thresholds : family → member → least score that passes.
    members : name, outputs and digest of each.
    passed : (n,) which cutouts passed the rule out of fold.
    data : what it has learnt from.
    """
    intercept, coefficients = fit_calibration(oof.logits, oof.asteroid)
    return {
        "name": name,
        "version": __version__,
        "rule": "plausible if at least one member of every family scores at or above its threshold",
        "members": list(members),
        "thresholds": {family.value: dict(least) for family, least in thresholds.items()},
        "calibration": {
            "intercept": rounded(intercept),
            "coefficients": {family.value: rounded(c) for family, c in zip(Family, coefficients, strict=True)},
            "prior": rounded(oof.asteroid.mean()),
            "note": "logistic regression on the families' logits, fitted to out-of-fold scores: p_asteroid is a "
            "probability where asteroids are as frequent as in those nights (prior), and only a ranking elsewhere",
        },
        "grouped_cross_validation": ensemble_figures(oof, passed),
        "data": dict(data),
    }


def passing(oof: OutOfFold, thresholds: Mapping[Family, float]) -> NDArray[np.bool_]:
    """Say which cutouts (n,) pass in every family."""
    return np.asarray(np.all(sigmoid(oof.logits) >= [thresholds[family] for family in Family], axis=1))


def ensemble_figures(oof: OutOfFold, passed: NDArray[np.bool_]) -> dict[str, Any]:
    """Measure the ranking score and the gate on cutouts whose groups the networks had not seen."""
    ranks = ranking(oof)
    return {
        "p_asteroid": measured(ranks, oof.asteroid, oof.groups),
        "p_asteroid_folds": by_fold(ranks, oof.asteroid, oof.groups, oof.fold),
        "expected_calibration_error": rounded(reliability(ranks, oof.asteroid).error),
        "gate": {"tpr": rounded(passed[oof.asteroid].mean()), "fpr": rounded(passed[~oof.asteroid].mean())},
    }


def write_ensemble(folder: Path, description: Mapping[str, Any], names: Iterable[str]) -> None:
    """Write ``ensemble.json``, and beside it the names of the cutouts that the networks have learnt from."""
    (folder / "ensemble.json").write_text(json.dumps(description, indent=2) + "\n", encoding="utf-8")
    write_learnt(folder, names)
