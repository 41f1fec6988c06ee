"""What IPAC's JPEG cutouts need before anything sees the pixels: endpoint marks, flat masks, cut edges."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from scoring.detection import Detection
from scoring.image_bytes import CutoutError

SIDE = 157  # pixels along a whole cutout
HALF = SIDE // 2
MASK_GREYS = (180, 240)  # a masked pixel has difference zero: measured 187-236, most 202-226
FLAT = 2  # grey levels that JPEG leaves between the pixels of a flat area; noise has a sigma of 20
SMEAR = 16  # difference of colour channels around an endpoint mark; grey pixels have at most 2
MARK_SHARE = 0.01  # share of coloured pixels above which a picture is no marked cutout


def clean_grey(picture: NDArray[np.uint8]) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Grey levels (ny, nx) without endpoint marks, and bool (ny, nx) of what is masked, from RGBA (ny, nx, 4).

    Raises
    ------
    CutoutError : a picture in colour.
    """
    colours = picture[..., :3].astype(np.int16)
    grey = colours.mean(axis=2).astype(np.float32)
    marked = colours.max(axis=2) - colours.min(axis=2) > SMEAR
    if marked.mean() > MARK_SHARE:
        raise CutoutError(f"expected a grey cutout, but {marked.mean():.0%} of its pixels are coloured")
    if marked.any():
        grey = _inpaint(grey, marked)
    masked = _flat_areas(grey) | (picture[..., 3] == 0)
    return grey, masked


def _inpaint(grey: NDArray[np.float32], marked: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Replace marked pixels by the mean of their unmarked neighbours, from the rim inwards."""
    known = np.where(marked, np.nan, grey)
    while np.isnan(known).any():
        windows = sliding_window_view(np.pad(known, 1, constant_values=np.nan), (3, 3))
        rim = np.isnan(known) & ~np.isnan(windows).all(axis=(2, 3))
        known[rim] = np.nanmean(windows[rim], axis=(1, 2))
    return known


def _flat_areas(grey: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Every pixel of a flat 3 x 3 square near the grey of the sky: noise is never flat, a saturated core is black."""
    if min(grey.shape) < 3:
        return np.zeros(grey.shape, bool)
    windows = sliding_window_view(grey, (3, 3))
    low, high = windows.min(axis=(2, 3)), windows.max(axis=(2, 3))
    flat = (high - low <= FLAT) & (low >= MASK_GREYS[0]) & (high <= MASK_GREYS[1])
    return sliding_window_view(np.pad(flat, 2), (3, 3)).any(axis=(2, 3))


def cut_midpoint(grey: NDArray[np.float32], detection: Detection) -> tuple[float, float]:
    """0-based (x, y) of the streak's midpoint in a cutout that was cut at the edge of the CCD.

    Which side is missing is not stated. The other detections of the exposure lie on the side where the CCD goes on
    (``exposure_east``, ``exposure_north``: their median offset, arcsec), so the missing side is the other one.
    Where the detection was alone, the right and the upper side are taken to be missing.
    """
    ny, nx = grey.shape
    east, north = (detection.values.get(f"exposure_{towards}", 0.0) for towards in ("east", "north"))
    x = float(nx - 1 - HALF if nx < SIDE and east < 0 else HALF)
    y = float(ny - 1 - HALF if ny < SIDE and north > 0 else HALF)
    return x, y
