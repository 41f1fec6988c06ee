"""Making a trained network smaller: low rank, pruning and shared weights in Keras, then 8 or 16 bits in ``.tflite``.

Pruning and sharing leave as many bytes in a ``.tflite`` as there were; they pay off once it is packed with gzip
(arXiv:2303.08951), because few different bytes, most of them zero, pack well. They do not make it faster.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import keras
import numpy as np
from keras import layers
from numpy.typing import NDArray

from scoring.conversion import to_tflite, with_scores

LEAST = 4096  # weights below which a layer is left alone: it would save nothing
LEVELS = 127  # of a symmetric 8-bit weight
ROUNDS = 40  # of k-means
CALIBRATION = 200  # cutouts that set the ranges of activations
BATCH, RATE = 64, 1e-3  # of learning again

Kernel = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a network is made smaller.

    Attributes
    ----------
    name : in tables and on the command line.
    precision : of the weights, see `scoring.conversion.to_tflite`.
    rank : of the factors that take the place of a large dense layer; 0 leaves it whole.
    sparsity : share of each large layer's weights, the smallest, that become zero.
    clusters : number of values that a large layer's other weights share; 0 leaves them as they are.
    """

    name: str
    precision: str
    rank: int = 0
    sparsity: float = 0.0
    clusters: int = 0


RECIPES = (
    Recipe("float32", "float32"),
    Recipe("float16", "float16"),
    Recipe("8 bits, full integer", "int8"),
    Recipe("8 bits", "dynamic"),
    Recipe("pruned 50 %", "dynamic", sparsity=0.5),
    Recipe("pruned 70 %", "dynamic", sparsity=0.7),
    Recipe("pruned 80 %", "dynamic", sparsity=0.8),
    Recipe("pruned 90 %", "dynamic", sparsity=0.9),
    Recipe("32 shared", "dynamic", clusters=32),
    Recipe("16 shared", "dynamic", clusters=16),
    Recipe("pruned 50 %, 16 shared", "dynamic", sparsity=0.5, clusters=16),
    Recipe("pruned 70 %, 16 shared", "dynamic", sparsity=0.7, clusters=16),
    Recipe("pruned 80 %, 16 shared", "dynamic", sparsity=0.8, clusters=16),
    Recipe("pruned 90 %, 16 shared", "dynamic", sparsity=0.9, clusters=16),
    Recipe("rank 32", "dynamic", rank=32),
    Recipe("rank 16", "dynamic", rank=16),
    Recipe("rank 32, 16 shared", "dynamic", rank=32, clusters=16),
    Recipe("rank 16, 16 shared", "dynamic", rank=16, clusters=16),
)


def recipes_named(names: Sequence[str] | None) -> tuple[Recipe, ...]:
    """Recipes of these names; all of them where none is named.

    Raises
    ------
    ValueError : no recipe has one of the names.
    """
    unknown = set(names or ()) - {recipe.name for recipe in RECIPES}
    if unknown:
        raise ValueError(f"expected recipes of {', '.join(r.name for r in RECIPES)}, but came {', '.join(unknown)}")
    return tuple(recipe for recipe in RECIPES if not names or recipe.name in names)


def compress(network: keras.Model, recipe: Recipe, cutouts: Kernel, steps: int = 0) -> bytes:
    """Convert a network by a recipe.

    Parameters
    ----------
    network : (n, 144, 144, 1) → logits; stays as it is.
    recipe : what is done to its weights.
    cutouts : (n, 144, 144, 1); the first ones set the ranges of activations where the recipe needs them.
    steps : see `shrink`.

    Returns
    -------
    The ``.tflite`` file, with scores as outputs.
    """
    return to_tflite(with_scores(shrink(network, recipe, cutouts, steps)), recipe.precision, cutouts[:CALIBRATION])


def shrink(network: keras.Model, recipe: Recipe, cutouts: Kernel, steps: int = 0) -> keras.Model:
    """Copy a network with the weights that a recipe leaves it.

    Parameters
    ----------
    cutouts : (n, 144, 144, 1) that a pruned or factored network learns from again.
    steps : batches of them; its teacher is `network`, so that no labels are needed. 0 leaves it as it is.
    """
    smaller = _with_factors(network, recipe.rank)
    _change(smaller, lambda kernel: pruned(kernel, recipe.sparsity))
    if steps and (recipe.sparsity or recipe.rank):
        _learn_again(smaller, network, cutouts, steps)
    _change(smaller, lambda kernel: shared(kernel, recipe.clusters))
    return smaller


def _change(network: keras.Model, change: Callable[[Kernel], Kernel]) -> None:
    """Change the kernels of the large layers."""
    for layer in _large(network):
        kernel, *others = layer.get_weights()
        layer.set_weights([change(kernel), *others])


def _learn_again(student: keras.Model, teacher: keras.Model, cutouts: Kernel, steps: int) -> None:
    """Bring a pruned network's logits back to its parent's, on turned and mirrored cutouts; zeros stay zero."""
    kept = [(layer, keras.ops.convert_to_numpy(layer.kernel) != 0) for layer in _large(student)]
    for layer in student.layers:  # its averages stay the parent's: so few batches would not bring them along
        layer.trainable = not isinstance(layer, layers.BatchNormalization)
    student.compile(keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(RATE, steps)), "mse")
    rng = np.random.default_rng(1)
    for _ in range(steps):
        batch = np.rot90(cutouts[rng.integers(len(cutouts), size=BATCH)], int(rng.integers(4)), axes=(1, 2))
        batch = np.ascontiguousarray(batch[:, :, ::-1] if rng.random() < 0.5 else batch)
        student.train_on_batch(batch, teacher.predict_on_batch(batch))
        for layer, mask in kept:
            layer.kernel.assign(layer.kernel * mask)


def pruned(kernel: Kernel, share: float) -> Kernel:
    """Set the smallest weights of a layer to zero.

    Examples
    --------
    >>> pruned(np.array([0.1, -3.0, 2.0, -0.2]), 0.5).tolist()
    [0.0, -3.0, 2.0, 0.0]
    """
    if not share:
        return kernel
    size = np.abs(kernel)
    return np.where(size > np.quantile(size, share), kernel, np.zeros_like(kernel))


def shared(kernel: Kernel, count: int) -> Kernel:
    """Let the weights of a layer share `count` values (k-means); zeros stay zero.

    Each output channel (last axis) is first divided by its largest weight, as it is when it is stored in 8 bits: so the
    file holds no more than `count` different bytes, and zero, for the whole layer.
    """
    if not count:
        return kernel
    scale = np.abs(kernel).max(axis=tuple(range(kernel.ndim - 1)))
    relative = kernel / np.where(scale > 0, scale, 1)
    used = relative != 0
    centres = np.round(_centres(np.sort(relative[used].astype(np.float64)), count) * LEVELS) / LEVELS
    nearest = np.searchsorted((centres[1:] + centres[:-1]) / 2, relative[used])
    relative[used] = centres[nearest]
    return np.asarray(relative * scale, np.float32)


def _centres(values: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    """Centres of k-means along a line, rising; the ends stay at -1 and 1, where every channel's largest weight lies."""
    total = np.concatenate([[0.0], np.cumsum(values)])
    centres = np.concatenate([[-1.0], np.quantile(values, (np.arange(count - 2) + 0.5) / (count - 2)), [1.0]])
    for _ in range(ROUNDS):
        edges = np.concatenate([[0], np.searchsorted(values, (centres[1:] + centres[:-1]) / 2), [len(values)]])
        held = np.diff(edges)
        means = np.diff(total[edges]) / np.maximum(held, 1)
        centres[1:-1] = np.where(held > 0, means, centres)[1:-1]
    return centres


def _large(network: keras.Model) -> list[keras.layers.Layer]:
    """Layers whose kernels are worth the work."""
    nested = [layer for part in network.layers for layer in getattr(part, "layers", [part])]
    kernels = [layer for layer in nested if isinstance(layer, layers.Conv2D | layers.Dense)]
    return [layer for layer in kernels if np.prod(layer.kernel.shape) >= LEAST]


def _with_factors(network: keras.Model, rank: int) -> keras.Model:
    """Copy a network; dense layers that two of `rank` would make smaller become two, from their singular values."""
    factors = {}
    for layer in network.layers:
        if not rank or not isinstance(layer, layers.Dense):
            continue
        kernel, bias = layer.get_weights()
        if rank * sum(kernel.shape) < kernel.size / 2:
            left, values, right = np.linalg.svd(kernel, full_matrices=False)
            root = np.sqrt(values[:rank])
            factors[layer.name] = [left[:, :rank] * root, right[:rank] * root[:, None], bias]

    def copy(layer: keras.layers.Layer) -> keras.layers.Layer:
        if layer.name not in factors:
            return layer.__class__.from_config(layer.get_config())
        whole = layers.Dense(layer.units, activation=layer.activation, name=f"{layer.name}_right")
        return keras.Sequential([layers.Dense(rank, use_bias=False, name=f"{layer.name}_left"), whole], name=layer.name)

    smaller = keras.models.clone_model(network, clone_function=copy)
    for layer in network.layers:
        smaller.get_layer(layer.name).set_weights(factors.get(layer.name, layer.get_weights()))
    return smaller
