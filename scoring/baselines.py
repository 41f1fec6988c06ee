"""What a model has to beat: gradient boosting on the columns of the survey's table alone, without a pixel."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.model_selection import GroupKFold

from scoring.detection import Detection
from scoring.inference import NEAREST
from scoring.metadata import features

Floats = NDArray[np.float64]
SEEDS = 5  # boostings whose logits are averaged
SHARE = 0.5  # of the features that each split may choose from; the rest is scikit-learn's own choice, not tuned


def gradient_boosting(
    detections: Sequence[Detection], truth: NDArray[np.bool_], fold: NDArray[np.int_]
) -> Floats | None:
    """Score each detection by boosted trees that were grown on the other folds, from table columns alone.

    Parameters
    ----------
    detections : (n,), with the columns that `scoring.metadata` takes.
    truth : (n,), True for an asteroid.
    fold : (n,), number of the fold; the folds must not share a group.

    Returns
    -------
    (n,) mean logit of SEEDS boostings; None where no column is known, or a fold leaves no asteroid or nothing else.
    """
    columns = np.array([features(detection) for detection in detections])
    known = np.isfinite(columns).any(axis=0)
    logits = np.zeros(len(truth))
    for number in np.unique(fold):
        held_out = fold == number
        if not known.any() or not 0 < truth[~held_out].sum() < (~held_out).sum():
            return None
        for seed in range(SEEDS):
            trees = HistGradientBoostingClassifier(max_features=SHARE, random_state=seed)
            trees.fit(columns[~held_out][:, known], truth[~held_out])
            chance = np.clip(trees.predict_proba(columns[held_out][:, known])[:, 1], NEAREST, 1 - NEAREST)
            logits[held_out] += np.log(chance / (1 - chance)) / SEEDS
    return logits


def group_folds(groups: NDArray[np.str_], count: int = 10) -> NDArray[np.int_]:
    """Deal groups over scikit-learn's GroupKFold, which makes folds of equal size: (n,) number of each one's fold."""
    fold = np.zeros(len(groups), int)
    splits = GroupKFold(min(count, len(np.unique(groups)))).split(groups, groups=groups)
    for number, (_, held_out) in enumerate(splits):
        fold[held_out] = number
    return fold
