"""Any cutout → the networks' input: IPAC's grey rendering, turned over so that the sky is 0.2 and +10 sigma is 1."""

from typing import Any

import numpy as np
from astropy.wcs.utils import proj_plane_pixel_scales
from numpy.typing import NDArray

from scoring.cutout import SIDE as CUTOUT_SIDE
from scoring.cutout import Cutout, Rendering
from scoring.detection import PIXEL_SCALE

SIDE = 144  # px along the networks' input
SKY = np.float32(0.2)  # the sky in the networks' input: 1 - 204/255
NOISE = np.float32(1 / 12.5)  # one sigma of sky noise in the networks' input
SIGMA_PER_MAD = 1.4826  # of a Gaussian
LEAST_SIDE = 20  # px: a smaller cutout cannot show the shortest streak with both its ends
LEAST_SHARE = 0.02  # unmasked share below which nothing is left to judge
MOST_SIDE = 2 * CUTOUT_SIDE  # px: in a larger image the streak need not be at the centre
SKY_GREYS = (164, 244)  # the median of a picture in IPAC's grey lies between; it is 203 to 205 on all that are known
SCALES = (0.85 * PIXEL_SCALE, 1.15 * PIXEL_SCALE)  # arcsec per pixel: about what the networks have learnt


class Unscorable(Exception):  # noqa: N818  (a verdict on the cutout, not a fault of the program)
    """A cutout that no network can judge; the message is the reason, for the person who sees it."""


def to_network(cutout: Cutout) -> NDArray[np.float32]:
    """Prepare one difference cutout for the networks.

    Parameters
    ----------
    cutout : any rendering and size; the fitted midpoint is put at pixel (72, 72).

    Returns
    -------
    float32 (144, 144) in [0, 1] : 0 is -2.5 sigma or less, 0.2 the sky, 1 is +10 sigma or more. Masked pixels, and
        those beyond the cutout, are sky.

    Raises
    ------
    Unscorable : nothing is left to judge, or it is drawn, scaled or placed as no network knows; see `brightness`.
    """
    image = brightness(cutout, SIDE)
    return np.where(np.isnan(image), SKY, image)


def brightness(cutout: Cutout, side: int) -> NDArray[np.float32]:
    """As `to_network`, of any size, and NaN where there are no data.

    Parameters
    ----------
    cutout : any rendering and size; the fitted midpoint is put at pixel (side // 2, side // 2).
    side : px along the result.

    Raises
    ------
    Unscorable : nothing is left to judge (all masked, flat, not finite, or too small); or no network knows the like:
        another pixel scale by the WCS, a picture whose sky is not IPAC's grey, or a large image in which the streak's
        place is not known.
    """
    _check_size(cutout)
    visible = np.isfinite(cutout.pixels) & ~cutout.masked
    share = np.count_nonzero(visible) / visible.size
    if share < LEAST_SHARE:
        raise Unscorable(f"{share:.1%} of the pixels hold data, the rest are masked or not finite")
    seen = cutout.pixels[visible]
    if float(np.ptp(seen)) == 0:
        raise Unscorable("the cutout is flat: every pixel has the same value")
    drawn = cutout.rendering is Rendering.IPAC_GREY
    if drawn:
        _check_sky(seen)
    grey = np.clip(cutout.pixels, 0, 255) if drawn else render_ipac(cutout.pixels, visible)
    bright = np.where(visible, 1 - grey / np.float32(255), np.nan).astype(np.float32, copy=False)
    return _centred(bright, cutout.midpoint, side)


def _check_size(cutout: Cutout) -> None:
    least, most = min(cutout.pixels.shape), max(cutout.pixels.shape)
    if least < LEAST_SIDE:
        raise Unscorable(f"expected at least {LEAST_SIDE} pixels a side, but the cutout has {_size(cutout.pixels)}")
    if most > MOST_SIDE and not cutout.is_placed:
        raise Unscorable(
            f"expected at most {MOST_SIDE} pixels a side where the streak's place is not known, but the image has "
            f"{_size(cutout.pixels)}: cut out {CUTOUT_SIDE} about the streak"
        )
    if cutout.wcs is not None and cutout.rendering is Rendering.FLUX:
        scales = proj_plane_pixel_scales(cutout.wcs.celestial) * 3600
        if not SCALES[0] <= scales.min() <= scales.max() <= SCALES[1]:
            raise Unscorable(
                f"expected {PIXEL_SCALE:.2f} arcsec per pixel to 15 %, but the WCS has "
                f"{' x '.join(f'{scale:.3g}' for scale in scales)}"
            )


def _check_sky(greys: NDArray[np.float32]) -> None:
    """Compare the median with SKY_GREYS: to count is ten times as fast as to sort."""
    least, most = SKY_GREYS
    if 2 * max(np.count_nonzero(greys < least), np.count_nonzero(greys > most)) > greys.size:
        raise Unscorable(
            f"expected a picture in IPAC's grey (sky 204, sources darker), but the median of this one "
            f"is {np.median(greys):.0f}: give the difference image as FITS"
        )


def render_ipac(difference: NDArray[Any], visible: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Draw a difference image as IPAC's JPEGs do: sky 204, +10 sigma 0, -2.5 sigma 255.

    Parameters
    ----------
    difference : (ny, nx), linear in flux, any unit.
    visible : (ny, nx), True where the pixel holds data.

    Returns
    -------
    float32 (ny, nx) : greys 0-255, not rounded; whatever is not visible is 204.

    Raises
    ------
    Unscorable : the noise cannot be measured, because more than half of the visible pixels are equal.
    """
    values = difference[visible].astype(np.float64)
    median = np.median(values)
    sigma = SIGMA_PER_MAD * np.median(np.abs(values - median))
    if not np.isfinite(sigma) or sigma <= 0:
        raise Unscorable("the noise cannot be measured: more than half of the pixels have the same value")
    z = np.where(visible, (np.where(visible, difference, median) - median) / sigma, 0)
    return np.asarray(255 * np.clip(1 - (z + 2.5) / 12.5, 0, 1), dtype=np.float32)


def _centred(bright: NDArray[np.float32], midpoint: tuple[float, float], side: int) -> NDArray[np.float32]:
    """Crop, or pad with NaN, to a square about the midpoint."""
    ny, nx = bright.shape
    left, bottom = (round(at) - side // 2 for at in midpoint)
    image = np.full((side, side), np.nan, np.float32)
    rows, columns = slice(max(0, bottom), min(ny, bottom + side)), slice(max(0, left), min(nx, left + side))
    part = bright[rows, columns]
    y, x = rows.start - bottom, columns.start - left
    image[y : y + part.shape[0], x : x + part.shape[1]] = part
    return image


def _size(pixels: NDArray[Any]) -> str:
    return " x ".join(str(side) for side in reversed(pixels.shape))
