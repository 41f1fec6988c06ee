"""ResNet50 as DeepStreaks had it: 3-4-6-3 bottleneck blocks, the last two stages half as wide as the usual ones."""

import keras
from keras import KerasTensor, layers

from scoring.preprocessing import NOISE, SIDE, SKY

STAGES = ((64, 256, 3), (128, 512, 4), (256, 512, 6), (512, 1024, 3))  # inner filters, outer filters, blocks
MOMENTUM = (
    0.9  # DeepStreaks had 0.2 and 0.1: averages of the last batch or two, which say too little of short trainings
)


def build_resnet50(heads: int = 1) -> keras.Model:
    """Build the network for 144 x 144 x 1 images; it returns logits.

    Parameters
    ----------
    heads : families that share the trunk; one head has 17,386,753 parameters, as DeepStreaks' own.

    Returns
    -------
    keras.Model : (n, 144, 144, 1) → (n, heads) logits.
    """
    image = keras.Input((SIDE, SIDE, 1), name="image")
    x = layers.Rescaling(float(1 / NOISE), float(-SKY / NOISE), dtype="float32", name="sigma")(image)
    x = layers.ZeroPadding2D(3, name="pad")(x)
    x = layers.Activation("relu", name="stem_relu")(_convolve(x, 64, size=7, stride=2, padding="valid", name="stem"))
    x = layers.MaxPooling2D(3, strides=2, name="pool")(x)
    for stage, (inner, outer, blocks) in enumerate(STAGES, start=2):
        for block in range(blocks):
            stride = 2 if block == 0 and stage > 2 else 1
            x = _bottleneck(x, inner, outer, stride=stride, project=block == 0, name=f"stage{stage}_{block + 1}")
    x = layers.AveragePooling2D(2, name="mean")(x)
    x = layers.Flatten(name="flat")(x)
    logits = layers.Dense(heads, dtype="float32", name="logits")(x)
    return keras.Model(image, logits, name="resnet50")


def _bottleneck(x: KerasTensor, inner: int, outer: int, *, stride: int, project: bool, name: str) -> KerasTensor:
    shortcut = x
    if project:
        shortcut = _convolve(x, outer, stride=stride, name=f"{name}_shortcut")
    x = layers.Activation("relu", name=f"{name}a_relu")(_convolve(x, inner, stride=stride, name=f"{name}a"))
    x = layers.Activation("relu", name=f"{name}b_relu")(_convolve(x, inner, size=3, name=f"{name}b"))
    x = layers.add([shortcut, _convolve(x, outer, name=f"{name}c")], name=f"{name}_sum")
    return layers.Activation("relu", name=f"{name}_relu")(x)


def _convolve(
    x: KerasTensor,
    filters: int,
    *,
    size: int = 1,
    stride: int = 1,
    padding: str = "same",
    name: str,
) -> KerasTensor:
    x = layers.Conv2D(filters, size, strides=stride, padding=padding, name=name)(x)
    return layers.BatchNormalization(momentum=MOMENTUM, name=f"{name}_norm")(x)
