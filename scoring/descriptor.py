"""A short vector of what a cutout looks like along its streak, for finding others that look alike.

The difference image is turned until the fitted streak lies along x and averaged in coarse blocks; the sense of motion,
which nobody knows, is taken out. The streak's length and the share of dark pixels stand beside the blocks.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import map_coordinates

from scoring.cutout import Cutout, endpoints
from scoring.detection import Detection
from scoring.preprocessing import SIDE, SKY, brightness

VERSION = 1
ALONG, ACROSS = 20, 9  # blocks
BLOCK = 5  # px of the cutout, a side of a block
LENGTH = 30.0  # px: the median of real streaks
SIZE = ALONG * ACROSS + 2


def descriptor(cutout: Cutout, detection: Detection) -> NDArray[np.float32]:
    """Describe a difference cutout.

    Parameters
    ----------
    cutout : any rendering; its fitted midpoint is the middle of the description.
    detection : what the survey fitted; without endpoints the cutout is not turned.

    Returns
    -------
    float32 (182,) : brightness above the sky of 20 x 9 blocks of 5 px, the root of it so that faint streaks count too,
        then the logarithm of the streak's length over 30 px, and the share of dark pixels.

    Raises
    ------
    Unscorable : the cutout shows nothing.
    """
    image = brightness(cutout, SIDE)
    image = np.where(np.isnan(image), SKY, image) - SKY
    ends = endpoints(cutout, detection)
    (x1, y1), (x2, y2) = ends or ((0.0, 0.0), (0.0, 0.0))
    angle = float(np.arctan2(y2 - y1, x2 - x1)) if ends else 0.0
    length = float(np.hypot(x2 - x1, y2 - y1)) if ends else 0.0
    stamp = _turned(image, angle)
    stamp = np.maximum(stamp, stamp[::-1, ::-1])  # the streak may run either way
    root = np.sign(stamp) * np.sqrt(np.abs(stamp))
    dark = float((image < -0.15).mean())
    facts = [np.log(max(length, 3.0) / LENGTH), 10 * dark]
    return np.concatenate([root.ravel(), facts]).astype(np.float32)


def _turned(image: NDArray[np.float32], angle: float) -> NDArray[np.float64]:
    """Mean brightness of blocks along and across a line through the middle."""
    along = np.arange(ALONG * BLOCK) - (ALONG * BLOCK - 1) / 2
    across = np.arange(ACROSS * BLOCK) - (ACROSS * BLOCK - 1) / 2
    u, v = np.meshgrid(along, across)
    x = SIDE // 2 + u * np.cos(angle) - v * np.sin(angle)
    y = SIDE // 2 + u * np.sin(angle) + v * np.cos(angle)
    fine = map_coordinates(image.astype(np.float64), [y, x], order=1, mode="constant", cval=0.0)
    blocks = fine.reshape(ACROSS, BLOCK, ALONG, BLOCK).mean(axis=(1, 3))
    return np.asarray(blocks)


def nearest(query: NDArray[np.float32], others: NDArray[np.float32], count: int) -> NDArray[np.int64]:
    """Rows of the nearest of other descriptors (n, 182), nearest first.

    Examples
    --------
    >>> nearest(np.zeros(2, np.float32), np.array([[3, 0], [1, 0], [2, 0]], np.float32), 2)
    array([1, 2])
    """
    distance = np.linalg.norm(others - query, axis=1)
    return np.argsort(distance, kind="stable")[:count]
