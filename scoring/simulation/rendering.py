"""The survey's grey rendering of a difference image, both ways.

``grey = 255 clip(1 - (z + 2.5) / 12.5, 0, 1)``, where ``z = (D - median) / sigma``: the sky is 204, +10 sigma is black
and -2.5 sigma white.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

FloatImage = npt.NDArray[np.float32]
MaskImage = npt.NDArray[np.bool_]

Z_WHITE = -2.5  # sigma, drawn as 255
Z_BLACK = 10.0  # sigma, drawn as 0


def z_to_grey(z: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
    """Draw an image in units of sigma as the survey's JPEGs do.

    Parameters
    ----------
    z : array of any shape, in sigma above the sky's median; NaN is drawn as sky.

    Returns
    -------
    Greys of the same shape, 0 (black, +10 sigma or more) to 255 (white, -2.5 sigma or less).

    Examples
    --------
    >>> z_to_grey(np.array([0.0, 10.0, -2.5]))
    array([204,   0, 255], dtype=uint8)
    """
    scaled = 1 - (np.nan_to_num(z, nan=0.0, posinf=Z_BLACK, neginf=Z_WHITE) - Z_WHITE) / (Z_BLACK - Z_WHITE)
    return np.asarray(np.rint(255 * np.clip(scaled, 0, 1)), dtype=np.uint8)


def grey_to_z(grey: npt.NDArray[Any]) -> FloatImage:
    """Read sigma back from greys; what was clipped comes back as -2.5 or +10.

    Examples
    --------
    >>> grey_to_z(np.array([204, 0, 255], dtype=np.uint8)).round(6)
    array([ 0. , 10. , -2.5], dtype=float32)
    """
    levels = np.asarray(grey, dtype=np.float32)
    return np.asarray(Z_BLACK - levels * (Z_BLACK - Z_WHITE) / 255, dtype=np.float32)


def clip_z(z: npt.NDArray[Any]) -> FloatImage:
    """Clip to what the rendering can show, and round to its 256 levels."""
    return grey_to_z(z_to_grey(z))
