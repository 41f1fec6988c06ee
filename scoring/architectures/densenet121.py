"""DenseNet121 as DeepStreaks had it: blocks of 6, 12, 24 and 16 layers that each add 32 channels, for one channel."""

import keras
from keras import KerasTensor, layers

from scoring.preprocessing import NOISE, SIDE, SKY

BLOCKS = (6, 12, 24, 16)
GROWTH = 32
MOMENTUM = 0.9  # DeepStreaks had 0.2: averages of the last two batches, which say too little of short trainings
EPSILON = 1.001e-5


def build_densenet121(heads: int = 1) -> keras.Model:
    """Build the network for 144 x 144 x 1 images; it returns logits.

    Parameters
    ----------
    heads : families that share the trunk; one head has 7,032,257 parameters, as DeepStreaks' own.

    Returns
    -------
    keras.Model : (n, 144, 144, 1) → (n, heads) logits.
    """
    image = keras.Input((SIDE, SIDE, 1), name="image")
    x = layers.Rescaling(float(1 / NOISE), float(-SKY / NOISE), dtype="float32", name="sigma")(image)
    x = layers.ZeroPadding2D(3, name="pad")(x)
    x = layers.Conv2D(2 * GROWTH, 7, strides=2, use_bias=False, name="stem")(x)
    x = layers.ZeroPadding2D(1, name="pool_pad")(_normed(x, "stem"))
    x = layers.MaxPooling2D(3, strides=2, name="pool")(x)
    for stage, count in enumerate(BLOCKS, start=2):
        for number in range(1, count + 1):
            x = _grow(x, f"block{stage}_{number}")
        if stage < len(BLOCKS) + 1:
            x = _halve(x, f"halve{stage}")
    x = layers.GlobalAveragePooling2D(name="mean")(_normed(x, "last"))
    logits = layers.Dense(heads, dtype="float32", name="logits")(x)
    return keras.Model(image, logits, name="densenet121")


def _grow(x: KerasTensor, name: str) -> KerasTensor:
    new = layers.Conv2D(4 * GROWTH, 1, use_bias=False, name=f"{name}_narrow")(_normed(x, name))
    new = _normed(new, f"{name}_narrow")
    new = layers.Conv2D(GROWTH, 3, padding="same", use_bias=False, name=f"{name}_new")(new)
    return layers.concatenate([x, new], name=f"{name}_joined")


def _halve(x: KerasTensor, name: str) -> KerasTensor:
    x = layers.Conv2D(x.shape[-1] // 2, 1, use_bias=False, name=f"{name}_narrow")(_normed(x, name))
    return layers.AveragePooling2D(2, name=f"{name}_pool")(x)


def _normed(x: KerasTensor, name: str) -> KerasTensor:
    x = layers.BatchNormalization(momentum=MOMENTUM, epsilon=EPSILON, name=f"{name}_norm")(x)
    return layers.Activation("relu", name=f"{name}_relu")(x)
