"""What a Keras network looks at and looks for: integrated gradients and activation maximisation. Needs TensorFlow.

Shipped networks are explained by `scoring.explanation`; this is for their parents, while they are made.
"""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from scoring.preprocessing import SIDE, SKY

if TYPE_CHECKING:
    import keras

Images = NDArray[np.float32]


def integrated_gradients(
    network: "keras.Model", image: Images, *, head: int = 0, steps: int = 64, batch: int = 16
) -> Images:
    """Share out the logit of an image among its pixels, along the straight way from empty sky.

    Parameters
    ----------
    network : (n, 144, 144, 1) → (n, heads) logits.
    image : (144, 144) in [0, 1], as `scoring.preprocessing.to_network` gives it.
    head : column of the logits: rb 0, sl 1, kd 2 in a network of all three.
    steps : points on the way; the middle of each step is taken.
    batch : of these that are computed at once.

    Returns
    -------
    float32 (144, 144), in logits. The sum is the image's logit less that of empty sky, but for the error of the steps.

    Raises
    ------
    ValueError : the image has another shape or is not finite, or the network has no such head.
    RuntimeError : Keras does not run on TensorFlow.

    Notes
    -----
    Sundararajan, Taly & Yan 2017, arXiv:1703.01365. That a map looks like the streak proves little: a network whose
    weights are drawn at random must give another one (Adebayo et al. 2018, arXiv:1810.03292), and a test says so.

    Examples
    --------
    >>> attribution = integrated_gradients(network, to_network(cutout), head=2)  # doctest: +SKIP
    """
    _check(network, head)
    if image.shape != (SIDE, SIDE) or not np.isfinite(image).all():
        raise ValueError(f"expected a finite image of {SIDE} x {SIDE} px, but came one of shape {image.shape}")
    way = image.astype(np.float32) - SKY
    shares = (np.arange(steps, dtype=np.float32) + 0.5) / steps
    total = np.zeros((SIDE, SIDE), np.float64)
    for at in range(0, steps, batch):
        points = SKY + shares[at : at + batch, None, None] * way
        total += _slopes(network, points[..., None], head)[..., 0].sum(axis=0)
    return np.asarray(way * total / steps, dtype=np.float32)


def most_active(
    network: "keras.Model",
    *,
    head: int = 0,
    steps: int = 200,
    rate: float = 0.02,
    smoothing: float = 1.0,
    seed: int = 1,
) -> Images:
    """Draw the image that a head's logit is highest for: what the network takes for the ideal of the family.

    Parameters
    ----------
    network, head : as for `integrated_gradients`.
    steps : of the ascent.
    rate : mean change of a pixel in a step.
    smoothing : Gaussian sigma, px, that every step of the ascent is smoothed with; without it the image is noise.
    seed : of the noisy sky that the ascent starts from.

    Returns
    -------
    float32 (144, 144) in [0, 1].

    Raises
    ------
    ValueError : the network has no such head.
    RuntimeError : Keras does not run on TensorFlow.

    Notes
    -----
    Erhan et al. 2009, technical report 1341 of the University of Montreal; the image with the highest logit on the way.
    """
    from scipy.ndimage import gaussian_filter

    _check(network, head)
    rng = np.random.default_rng(seed)
    image = np.clip(SKY + 0.02 * rng.standard_normal((SIDE, SIDE)), 0, 1).astype(np.float32)
    best, highest = image, -np.inf
    for _ in range(steps):
        logit = _logit(network, image, head)
        if logit > highest:
            best, highest = image, logit
        slope = gaussian_filter(_slopes(network, image[None, ..., None], head)[0, ..., 0], smoothing)
        size = float(np.abs(slope).mean())
        if size == 0:  # flat: nothing is better than anything
            break
        image = np.clip(image + np.float32(rate / size) * slope, 0, 1)
    return best


def _check(network: "keras.Model", head: int) -> None:
    import keras

    if keras.backend.backend() != "tensorflow":
        raise RuntimeError(f"gradients need Keras on TensorFlow, but it runs on {keras.backend.backend()}")
    heads = int(network.output_shape[-1])
    if not 0 <= head < heads:
        raise ValueError(f"expected a head from 0 to {heads - 1}, but came {head}")


def _slopes(network: "keras.Model", images: Images, head: int) -> NDArray[Any]:
    """Give the derivative of each image's logit by its pixels, (n, 144, 144, 1)."""
    import tensorflow as tf

    pixels = tf.convert_to_tensor(images)
    with tf.GradientTape() as tape:
        tape.watch(pixels)
        logits = network(pixels, training=False)[:, head]
    return np.asarray(tape.gradient(logits, pixels))


def _logit(network: "keras.Model", image: Images, head: int) -> float:
    return float(np.asarray(network(image[None, ..., None], training=False))[0, head])
