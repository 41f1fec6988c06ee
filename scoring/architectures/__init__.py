"""Network architectures by name: one file and one build function each. Needs Keras, the extra ``train``."""

from collections.abc import Callable

import keras

from scoring.architectures.compact import build_compact
from scoring.architectures.densenet121 import build_densenet121
from scoring.architectures.resnet50 import build_resnet50
from scoring.architectures.vgg6 import build_vgg6

Build = Callable[[int], keras.Model]  # from the number of heads to a model of (n, 144, 144, 1) → logits (n, heads)

ARCHITECTURES: dict[str, Build] = {
    "compact": build_compact,
    "densenet121": build_densenet121,
    "resnet50": build_resnet50,
    "vgg6": build_vgg6,
}
