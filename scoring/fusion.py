"""What the survey's fit adds to a network that has seen the pixels alone.

Drawn streaks have no table, so that the fit's columns cannot be learnt beside their pixels. They are learnt afterwards,
on real cutouts: from the logits that each got of a network that had not seen its nights, and its features. The
correction is linear and held near zero. A hidden layer fitted the nights that it had seen better, and the asteroids of
other nights worse: of one false positive in a thousand it bought 65 % of them, the linear one 83 %.
"""

from dataclasses import dataclass

import keras
import numpy as np
from keras import layers, ops
from numpy.typing import NDArray
from scipy.optimize import minimize

from scoring.families import Family
from scoring.metadata import FEATURES
from scoring.training_images import MISSING, group_weights, targets_of

PULL = 0.02  # of every coefficient towards zero, against a mean loss
PULL_OF_SHIFT = 0.1  # share of that pull that the constant feels
FURTHEST = 4.0  # a feature counts no more than this many sigma from its mean
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Correction:
    """A linear correction of the families' logits by features.

    Attributes
    ----------
    mean, scale : (m,) of each feature, and its standard deviation.
    shift : (3,) added where any feature is known.
    slopes : (m, 3) added for each sigma that a known feature is from its mean.
    """

    mean: Floats
    scale: Floats
    shift: Floats
    slopes: Floats

    def __call__(self, logits: NDArray[np.floating], features: NDArray[np.floating]) -> Floats:
        """Correct logits (n, heads), of which the first three are the families', by features (n, m) with NaN."""
        corrected = np.array(logits, np.float64)
        known = ~np.isnan(features)
        added = _sigmas(features, self.mean, self.scale) @ self.slopes + self.shift
        corrected[:, : len(Family)] += added * known.any(axis=1, keepdims=True)
        return corrected


def fit_correction(
    logits: NDArray[np.floating], features: NDArray[np.floating], labels: NDArray[np.str_], groups: NDArray[np.str_]
) -> Correction:
    """Fit the correction on real cutouts: a logistic regression whose offset is the network's logit.

    Parameters
    ----------
    logits : (n, heads) from networks that had not seen the cutouts' groups.
    features : (n, m), NaN where one is missing.
    labels, groups : (n,); unsure is not among them.
    """
    mean, scale = spread(features)
    design = np.column_stack([np.ones(len(features)), _sigmas(features, mean, scale)])
    design[np.isnan(features).all(axis=1)] = 0
    targets, weights = targets_of(labels.tolist()), class_weights(labels, groups)
    fitted = []
    for column in range(len(Family)):
        known = targets[:, column] != MISSING
        fitted.append(_regression(design[known], logits[known, column], targets[known, column], weights[known]))
    coefficients = np.column_stack(fitted)
    return Correction(mean, scale, coefficients[0], coefficients[1:])


def spread(features: NDArray[np.floating]) -> tuple[Floats, Floats]:
    """Mean and standard deviation (m,) of each feature; of one that is never known, or always the same, 1."""
    seen = ~np.isnan(features)
    count = np.maximum(seen.sum(0), 1)
    mean = np.where(seen, features, 0).sum(0) / count
    deviation = np.sqrt(np.where(seen, (features - mean) ** 2, 0).sum(0) / count)
    return mean, np.where(deviation > 1e-3, deviation, 1)


def class_weights(labels: NDArray[np.str_], groups: NDArray[np.str_]) -> Floats:
    """Weight of each row: classes count by the root of their size, and in a class no night outvotes the others."""
    weights = np.zeros(len(labels))
    for label in np.unique(labels):
        rows = labels == label
        weights[rows] = group_weights(groups[rows]) * np.sqrt(rows.sum())
    return np.asarray(weights / weights.sum())


def _sigmas(features: NDArray[np.floating], mean: Floats, scale: Floats) -> Floats:
    sigmas = np.clip((features - mean) / scale, -FURTHEST, FURTHEST)
    return np.where(np.isnan(features), 0, sigmas)


def _regression(design: Floats, offset: Floats, target: Floats, weights: Floats) -> Floats:
    pull = np.full(design.shape[1], PULL)
    pull[0] *= PULL_OF_SHIFT
    weights = weights / weights.sum()

    def loss(values: Floats) -> tuple[float, Floats]:
        z = offset + design @ values
        error = weights * (1 / (1 + np.exp(-z)) - target)
        value = weights @ (np.logaddexp(0, z) - target * z) + values @ (pull * values) / 2
        return float(value), design.T @ error + pull * values

    return np.asarray(minimize(loss, np.zeros(design.shape[1]), jac=True, method="L-BFGS-B").x)


def corrected(network: keras.Model, correction: Correction) -> keras.Model:
    """Put a correction behind a network.

    Returns
    -------
    keras.Model : images (n, 144, 144, 1), features (n, m) with NaN where one is missing → logits (n, heads).
    """
    metadata = keras.Input((len(FEATURES),), name="metadata")
    missing = ops.isnan(metadata)
    mean, scale, shift, slopes = (
        value.astype(np.float32) for value in (correction.mean, correction.scale, correction.shift, correction.slopes)
    )
    sigmas = ops.where(missing, 0.0, ops.clip((metadata - mean) / scale, -FURTHEST, FURTHEST))
    any_known = ops.cast(ops.logical_not(ops.all(missing, axis=-1, keepdims=True)), "float32")
    logits = network.output
    families = logits[:, : len(Family)] + (ops.matmul(sigmas, slopes) + shift) * any_known
    if logits.shape[-1] > len(Family):
        families = layers.concatenate([families, logits[:, len(Family) :]], name="corrected")
    return keras.Model([network.input, metadata], families, name=f"{network.name}_corrected")
