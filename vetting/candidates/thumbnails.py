"""A candidate's difference image small enough for a list: PNG, dark on light as IPAC draws it."""

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from scoring.cutout import Cutout
from scoring.preprocessing import brightness

SIDE = 96  # px of the cutout, one to one: the longest real streak is 66 px
STAMP_SIDE = 144  # px, as the networks see it: for people to judge by
MASKED = 0.35  # a grey between the sky and a faint streak


def thumbnail(cutout: Cutout, side: int = SIDE) -> bytes:
    """Draw the surroundings of the streak's midpoint; row 0 of the pixels is the bottom, of a PNG the top."""
    bright = np.nan_to_num(brightness(cutout, side), nan=MASKED)
    return _png(np.rint(255 * (1 - bright)).astype(np.uint8)[::-1])


def unreadable() -> bytes:
    """Draw the crossed square that stands for a cutout that cannot be drawn."""
    square = np.full((SIDE, SIDE), 160, np.uint8)
    steps = np.arange(SIDE)
    square[steps, steps] = square[steps, steps[::-1]] = 90
    return _png(square)


def _png(pixels: NDArray[np.uint8]) -> bytes:
    buffer = io.BytesIO()
    # The pixels are mostly noise: more effort than this does not make them smaller.
    Image.fromarray(pixels).save(buffer, "PNG", compress_level=3)
    return buffer.getvalue()
