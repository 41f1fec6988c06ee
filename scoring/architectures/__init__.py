"""Network architectures by name: one file and one build function each. Needs Keras, the extra ``train``."""

from collections.abc import Callable

import keras

from scoring.architectures.compact import build_compact
from scoring.architectures.vgg6 import build_vgg6

Build = Callable[[int], keras.Model]  # from the number of heads to a model of (n, 144, 144, 1) → logits (n, heads)

ARCHITECTURES: dict[str, Build] = {"compact": build_compact, "vgg6": build_vgg6}
