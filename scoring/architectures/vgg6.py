"""VGG6, the smallest of the DeepStreaks networks: four convolutions and one hidden layer."""

import keras
from keras import layers

from scoring.preprocessing import NOISE, SIDE, SKY


def build_vgg6(heads: int = 1) -> keras.Model:
    """Build VGG6 for 144 x 144 x 1 images; it returns logits, so that training is exact where scores are near 0 or 1.

    Parameters
    ----------
    heads : families that share the trunk; one head has 2,114,033 parameters, as DeepStreaks' own.

    Returns
    -------
    keras.Model : (n, 144, 144, 1) → (n, heads) logits.
    """
    image = keras.Input((SIDE, SIDE, 1), name="image")
    x = layers.Rescaling(float(1 / NOISE), float(-SKY / NOISE), dtype="float32", name="sigma")(image)
    x = layers.Conv2D(16, 3, activation="relu", name="conv1")(x)
    x = layers.Conv2D(16, 3, activation="relu", name="conv2")(x)
    x = layers.MaxPooling2D(2, name="pool1")(x)
    x = layers.Dropout(0.25, name="drop1")(x)
    x = layers.Conv2D(32, 3, activation="relu", name="conv3")(x)
    x = layers.Conv2D(32, 3, activation="relu", name="conv4")(x)
    x = layers.MaxPooling2D(4, name="pool2")(x)
    x = layers.Dropout(0.25, name="drop2")(x)
    x = layers.Flatten(name="flat")(x)
    x = layers.Dense(256, activation="relu", name="hidden")(x)
    x = layers.Dropout(0.5, name="drop3")(x)
    logits = layers.Dense(heads, dtype="float32", name="logits")(x)
    return keras.Model(image, logits, name="vgg6")
