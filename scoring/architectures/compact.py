"""A small network of today's kind: strided convolutions with batch normalisation, and pooling over the whole image.

Half of VGG6's arithmetic and a sixth of its parameters. It ties little of what it has learnt to a place in the image:
where VGG6 flattens, it takes the mean and the maximum over all places, and the mean about the fitted midpoint.
"""

import keras
from keras import KerasTensor, layers

from scoring.preprocessing import NOISE, SIDE, SKY


def build_compact(heads: int = 3) -> keras.Model:
    """Build the network for 144 x 144 x 1 images; it returns logits.

    Parameters
    ----------
    heads : families that share the trunk, and the fine classes behind them.

    Returns
    -------
    keras.Model : (n, 144, 144, 1) → (n, heads) logits.
    """
    image = keras.Input((SIDE, SIDE, 1), name="image")
    x = layers.Rescaling(float(1 / NOISE), float(-SKY / NOISE), dtype="float32", name="sigma")(image)
    x = _convolve(x, 24, size=5, stride=2, name="stem")
    x = _convolve(x, 48, stride=2, name="conv2")
    x = _convolve(x, 64, stride=2, name="conv3")
    x = layers.add([x, _convolve(x, 64, name="conv4")], name="skip4")
    x = _convolve(x, 128, stride=2, name="conv5")
    x = layers.add([x, _convolve(x, 128, name="conv6")], name="skip6")
    pooled = [
        layers.GlobalAveragePooling2D(name="mean")(x),
        layers.GlobalMaxPooling2D(name="most")(x),
        layers.GlobalAveragePooling2D(name="middle")(layers.Cropping2D(3, name="centre")(x)),
    ]
    x = layers.concatenate(pooled, name="pooled")
    x = layers.Dropout(0.3, name="drop")(x)
    x = layers.Dense(96, activation="relu", name="hidden")(x)
    logits = layers.Dense(heads, dtype="float32", name="logits")(x)
    return keras.Model(image, logits, name="compact")


def _convolve(x: KerasTensor, filters: int, *, size: int = 3, stride: int = 1, name: str) -> KerasTensor:
    x = layers.Conv2D(filters, size, strides=stride, padding="same", use_bias=False, name=name)(x)
    x = layers.BatchNormalization(name=f"{name}_norm")(x)
    return layers.Activation("relu", name=f"{name}_relu")(x)
