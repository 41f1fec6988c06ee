"""Keras network → ``.tflite`` files, one for each family, with sigmoid scores."""

import tempfile
from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from ai_edge_litert.interpreter import Interpreter
from keras import layers, ops
from numpy.typing import NDArray

from scoring.families import Family

Build = Callable[[int], keras.Model]


def split_heads(network: keras.Model, build: Build) -> dict[tuple[Family, ...], keras.Model]:
    """Give each family a network of its own, as `heads_apart`, with a sigmoid behind it."""
    return {families: with_scores(part) for families, part in heads_apart(network, build).items()}


def heads_apart(network: keras.Model, build: Build) -> dict[tuple[Family, ...], keras.Model]:
    """Give each family a network of its own: the whole trunk with one logit.

    Parameters
    ----------
    network : with one logit for each family, last layer ``logits``.
    build : builds the same architecture for a number of heads.
    """
    kernel, bias = network.get_layer("logits").get_weights()
    parts: dict[tuple[Family, ...], keras.Model] = {}
    for column, family in enumerate(Family):
        part = build(1)
        for layer in part.layers:
            if layer.name == "logits":
                layer.set_weights([kernel[:, column : column + 1], bias[column : column + 1]])
            else:
                layer.set_weights(network.get_layer(layer.name).get_weights())
        parts[(family,)] = part
    return parts


def averaged(network: keras.Model, views: int) -> keras.Model:
    """Average the logits over mirror images of the cutout, which hold the same streak: 1, 2 or 4 of them.

    Raises
    ------
    ValueError : another number of views.
    """
    axes: dict[int, list[tuple[int, ...]]] = {1: [()], 2: [(), (1,)], 4: [(), (1,), (2,), (1, 2)]}
    if views not in axes:
        raise ValueError(f"expected 1, 2 or 4 views, but came {views}")
    if views == 1:
        return network
    image = network.input
    logits = [network(ops.flip(image, axis) if axis else image) for axis in axes[views]]
    return keras.Model(image, layers.average(logits, name="views"), name=network.name)


def with_scores(network: keras.Model) -> keras.Model:
    """Put a sigmoid behind the families' logits, and a softmax behind those of the fine classes where there are any."""
    logits = network.output
    scores = layers.Activation("sigmoid", name="score")(logits[:, : len(Family)])
    if logits.shape[-1] > len(Family):
        classes = layers.Softmax(name="class")(logits[:, len(Family) :])
        scores = layers.concatenate([scores, classes], name="scores")
    return keras.Model(network.inputs, scores, name=f"{network.name}_scores")


def to_tflite(network: keras.Model, precision: str, calibration: NDArray[np.float32] | None = None) -> bytes:
    """Convert a network.

    Parameters
    ----------
    precision : ``float32``; ``float16`` (weights are stored in half the size, computing stays float32); or
        ``dynamic`` (weights in 8 bits, activations quantised as they come); or ``int8`` (both in 8 bits, the ranges of
        the activations fixed by `calibration`; input and output stay float32).
    calibration : images (n, 144, 144, 1), for ``int8``.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "saved"
        network.export(str(path), verbose=False)
        converter = tf.lite.TFLiteConverter.from_saved_model(str(path))
        if precision != "float32":
            converter.optimizations = [tf.lite.Optimize.DEFAULT]
        if precision == "float16":
            converter.target_spec.supported_types = [tf.float16]
        if precision == "int8":
            if calibration is None or len(network.inputs) > 1:
                raise ValueError("expected a network of images alone, and cutouts to calibrate int8 with")
            converter.representative_dataset = lambda: ([image[None]] for image in calibration)
        return bytes(converter.convert())


def largest_difference(network: keras.Model, content: bytes, images: NDArray[np.float32]) -> float:
    """Largest difference between the scores of a converted network and its parent's, for images (n, 144, 144, 1).

    Features, where the network takes them, are half of them known, the same for both.
    """
    values = [images]
    for entry in network.inputs[1:]:
        rng = np.random.default_rng(1)
        known = rng.standard_normal((len(images), *entry.shape[1:])).astype(np.float32)
        values.append(np.where(rng.random(known.shape) < 0.5, known, np.nan).astype(np.float32))
    interpreter = Interpreter(model_content=content)
    entries = sorted(interpreter.get_input_details(), key=lambda entry: -len(entry["shape"]))
    for entry, value in zip(entries, values, strict=True):
        interpreter.resize_tensor_input(entry["index"], value.shape)
    interpreter.allocate_tensors()
    for entry, value in zip(entries, values, strict=True):
        interpreter.set_tensor(entry["index"], value)
    interpreter.invoke()
    scores = interpreter.get_tensor(interpreter.get_output_details()[0]["index"])
    return float(np.abs(scores - network.predict(values, verbose=0)).max())


def parameters(network: keras.Model) -> int:
    """Weights of a network."""
    return int(sum(np.prod(weight.shape) for weight in network.weights))
