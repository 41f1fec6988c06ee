"""What the survey's fit adds to a network that has seen the pixels alone.

Drawn streaks have no table, so that the fit's columns cannot be learnt beside their pixels. They are learnt afterwards,
on real cutouts: from the logits that each got of a network that had not seen its nights, and its features.
"""

from collections.abc import Sequence

import keras
import numpy as np
from keras import layers, ops
from numpy.typing import NDArray

from scoring.fitting import FamiliesAndClass
from scoring.metadata import FEATURES
from scoring.training_images import group_weights, targets_of

HIDDEN = 64
BATCH, RATE, DECAY, DROPOUT, SMOOTHING = 128, 2e-3, 0.05, 0.3, 0.02
ALL_MISSING, ONE_MISSING = 0.15, 0.15  # how often a row loses its features, and how often each of the others
FURTHEST = 4.0  # a feature counts no more than this many sigma from its mean


class Standardise(layers.Layer):  # type: ignore[misc]
    """Features in sigma from their mean, 0 where one is missing (NaN), then 1 for each that is known."""

    def build(self, shape: tuple[int | None, int]) -> None:
        """Keep mean and standard deviation with the weights."""
        self.mean = self.add_weight(shape=(shape[-1],), initializer="zeros", trainable=False, name="mean")
        self.scale = self.add_weight(shape=(shape[-1],), initializer="ones", trainable=False, name="scale")

    def call(self, metadata: keras.KerasTensor) -> keras.KerasTensor:
        """From (n, m) to (n, 2 m)."""
        missing = ops.isnan(metadata)
        sigmas = ops.clip((metadata - self.mean) / self.scale, -FURTHEST, FURTHEST)
        return ops.concatenate([ops.where(missing, 0.0, sigmas), 1 - ops.cast(missing, "float32")], axis=-1)


def build_fusion(heads: int, name: str = "fusion") -> keras.Model:
    """Build the part that corrects a network's logits: without any feature it returns them as they came.

    Parameters
    ----------
    heads : logits of the network.
    name : of this correction, where several stand in one network.

    Returns
    -------
    keras.Model : logits (n, heads), features (n, m) with NaN where one is missing → logits (n, heads).
    """
    logits = keras.Input((heads,), name="pixels")
    metadata = keras.Input((len(FEATURES),), name="metadata")
    seen = Standardise(name="standardise")(metadata)
    x = layers.concatenate([seen, layers.Rescaling(0.25)(logits)])
    x = layers.Dense(HIDDEN, activation="relu", name="hidden")(x)
    x = layers.Dropout(DROPOUT)(x)
    correction = layers.Dense(heads, kernel_initializer="zeros", name="correction")(x)
    any_known = ops.max(seen[:, len(FEATURES) :], axis=-1, keepdims=True)
    return keras.Model([logits, metadata], logits + correction * any_known, name=name)


def fit_fusion(
    logits: NDArray[np.float32],
    features: NDArray[np.float32],
    labels: NDArray[np.str_],
    groups: NDArray[np.str_],
    *,
    epochs: int,
    seed: int,
) -> keras.Model:
    """Fit the correction on real cutouts.

    Parameters
    ----------
    logits : (n, heads) from networks that had not seen the cutouts' groups.
    features : (n, m), NaN where one is missing.
    labels, groups : (n,).
    epochs : times that as many rows are drawn as there are.
    seed : of the weights and the draws.
    """
    rng = np.random.default_rng(seed)
    keras.utils.set_random_seed(seed)
    fusion = build_fusion(logits.shape[1])
    fusion.get_layer("standardise").set_weights(spread(features))
    steps = epochs * -(-len(logits) // BATCH)
    rate = keras.optimizers.schedules.CosineDecay(RATE, steps)
    fusion.compile(keras.optimizers.AdamW(rate, weight_decay=DECAY), FamiliesAndClass(SMOOTHING), jit_compile=False)
    targets = targets_of(labels.tolist())
    odds = class_odds(labels, groups)
    rows = rng.choice(len(logits), epochs * len(logits), p=odds)
    lost = (rng.random((len(rows), features.shape[1])) < ONE_MISSING) | (rng.random((len(rows), 1)) < ALL_MISSING)
    seen = np.where(lost, np.nan, features[rows]).astype(np.float32)
    fusion.fit([logits[rows], seen], targets[rows], batch_size=BATCH, shuffle=False, verbose=0)
    return fusion


def spread(features: NDArray[np.float32]) -> list[NDArray[np.float32]]:
    """Mean and standard deviation (m,) of each feature; of one that is never known, 0 and 1."""
    seen = ~np.isnan(features)
    count = np.maximum(seen.sum(0), 1)
    mean = np.where(seen, features, 0).sum(0) / count
    deviation = np.sqrt(np.where(seen, (features - mean) ** 2, 0).sum(0) / count)
    return [mean.astype(np.float32), np.where(deviation > 1e-3, deviation, 1).astype(np.float32)]


def class_odds(labels: NDArray[np.str_], groups: NDArray[np.str_]) -> NDArray[np.float64]:
    """Probability to draw each row: classes by the root of their size, and in a class no night outvotes the others."""
    odds = np.zeros(len(labels))
    for label in np.unique(labels):
        rows = labels == label
        odds[rows] = group_weights(groups[rows]) * np.sqrt(rows.sum())
    return np.asarray(odds / odds.sum())


def fused(network: keras.Model, fusions: Sequence[keras.Model]) -> keras.Model:
    """Put the mean of several corrections behind a network.

    Returns
    -------
    keras.Model : images (n, 144, 144, 1), features (n, m) → logits (n, heads).
    """
    metadata = keras.Input((len(FEATURES),), name="metadata")
    corrected = [fusion([network.output, metadata]) for fusion in fusions]
    return keras.Model([network.input, metadata], layers.average(corrected), name=f"{network.name}_fused")
