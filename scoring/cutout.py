"""Cutout: pixels, what is masked, and where they lie on the sky; decoded from any of the file formats."""

import io
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from astropy.io import fits
from astropy.wcs import WCS
from numpy.typing import NDArray

from scoring.camera import alert_midpoint, pixel_matrix
from scoring.detection import Detection, RawCutout
from scoring.image_bytes import CutoutError, gunzip, is_fits, read_fits, read_picture
from scoring.ipac_picture import SIDE, clean_grey, cut_midpoint

__all__ = [
    "SIDE", "Cutout", "CutoutError", "Rendering", "decode", "endpoints", "fits_image", "wcs_from_header",
    "wcs_to_header",
]  # fmt: skip

GZIP = b"\x1f\x8b"
IPAC_NAME = "strkid"  # a smaller IPAC cutout was cut at the CCD edge; any other picture is whole as it is


class Rendering(StrEnum):
    """What a pixel value means."""

    IPAC_GREY = "ipac-grey"  # 8-bit grey of IPAC's JPEG: sky 204, +10 sigma 0, -2.5 sigma 255
    FLUX = "flux"  # linear in flux, DN, of any zero point and scale


@dataclass(frozen=True, eq=False)
class Cutout:
    """One decoded cutout.

    Attributes
    ----------
    pixels : float32 (ny, nx); row 0 is the bottom row, as in FITS. Finite everywhere: masked pixels hold the median
        (or 0 where all are masked).
    masked : bool (ny, nx), True where the survey has masked the sky, or where a cut edge was padded.
    wcs : pixel to ICRS, 0-based pixels; None where neither the file nor the table tells it.
    rendering : what the pixel values mean.
    midpoint : 0-based (x, y) of the fitted streak's midpoint; the centre where no fit is known.
    is_placed : whether something tells where the midpoint lies; False where the centre is only taken for it.
    """

    pixels: NDArray[np.float32]
    masked: NDArray[np.bool_]
    wcs: WCS | None
    rendering: Rendering
    midpoint: tuple[float, float]
    is_placed: bool = False


def decode(raw: RawCutout, detection: Detection) -> Cutout:
    """Decode a JPEG, PNG, FITS or gzip FITS cutout, told apart by its first bytes and never by its name.

    A cutout that was cut at the CCD edge is padded with masked pixels about the streak's midpoint, never stretched.

    Raises
    ------
    CutoutError : the bytes are none of these, damaged, or too large.
    """
    content = gunzip(raw.content) if raw.content.startswith(GZIP) else raw.content
    if not content:
        raise CutoutError("expected a JPEG, PNG or FITS, but the file is empty")
    if is_fits(content):
        return _decode_fits(content, detection)
    return _decode_picture(content, detection, from_ipac=raw.name.rpartition("/")[2].startswith(IPAC_NAME))


def _decode_picture(content: bytes, detection: Detection, *, from_ipac: bool) -> Cutout:
    """IPAC writes its array from the first row on: read bottom-up, north is up and east is left."""
    grey, masked = clean_grey(read_picture(content))
    ny, nx = grey.shape
    midpoint = ((nx - 1) / 2, (ny - 1) / 2)
    side = max(nx, ny)
    if from_ipac and min(nx, ny) > SIDE // 2 and side <= SIDE:
        side, midpoint = SIDE, cut_midpoint(grey, detection)
    pixels, masked, midpoint = _about(grey, masked, midpoint, side)
    return Cutout(pixels, masked, _nominal_wcs(detection, midpoint), Rendering.IPAC_GREY, midpoint)


def _decode_fits(content: bytes, detection: Detection) -> Cutout:
    image = read_fits(content)
    ny, nx = image.pixels.shape
    masked = ~np.isfinite(image.pixels)
    fill = 0 if masked.all() else np.median(image.pixels[~masked])
    pixels = np.where(masked, fill, image.pixels).astype(np.float32)
    wcs = _celestial(image.header)
    found = _fits_midpoint(wcs, detection, (nx, ny))
    midpoint = found or ((nx - 1) / 2, (ny - 1) / 2)
    pixels, masked, centre = _about(pixels, masked, midpoint, max(nx, ny))
    if wcs is None:
        wcs = _nominal_wcs(detection, centre)
    else:
        wcs.wcs.crpix = wcs.wcs.crpix + np.subtract(centre, midpoint)
    return Cutout(pixels, masked, wcs, Rendering.FLUX, centre, is_placed=found is not None)


def _about(
    pixels: NDArray[np.float32], masked: NDArray[np.bool_], midpoint: tuple[float, float], side: int
) -> tuple[NDArray[np.float32], NDArray[np.bool_], tuple[float, float]]:
    """Pad (and crop) to a square of `side` about the midpoint where the image is not one already."""
    ny, nx = pixels.shape
    off_centre = max(abs(midpoint[0] - (nx - 1) / 2), abs(midpoint[1] - (ny - 1) / 2))
    if nx == ny == side and off_centre <= 1:  # the fitted midpoint lies at the centre to a pixel
        return pixels, masked, midpoint
    left, bottom = (round(at) - side // 2 for at in midpoint)
    square = np.full((side, side), np.median(pixels[~masked]) if not masked.all() else 0, np.float32)
    hidden = np.ones((side, side), bool)
    inside = slice(max(0, bottom), bottom + side), slice(max(0, left), left + side)
    height, width = pixels[inside].shape
    y, x = max(0, -bottom), max(0, -left)
    square[y : y + height, x : x + width] = pixels[inside]
    hidden[y : y + height, x : x + width] = masked[inside]
    return square, hidden, (midpoint[0] - left, midpoint[1] - bottom)


def _nominal_wcs(detection: Detection, midpoint: tuple[float, float]) -> WCS | None:
    """Place a cutout whose file has no WCS: the fitted midpoint lies where the cutout has it."""
    if detection.ra is None or detection.dec is None:
        return None
    return _tan_wcs((detection.ra, detection.dec), midpoint, pixel_matrix(detection))


def _tan_wcs(world: tuple[float, float], pixel: tuple[float, float], cd: Any) -> WCS:
    wcs = WCS(naxis=2)
    wcs.wcs.ctype = ["RA---TAN", "DEC--TAN"]
    wcs.wcs.crval = world
    wcs.wcs.crpix = (pixel[0] + 1, pixel[1] + 1)  # FITS counts pixels from 1
    wcs.wcs.cd = cd
    wcs.wcs.set()
    return wcs


def _celestial(header: Any) -> WCS | None:
    """Give the WCS of a header, or None where it has none, or one that cannot place a pixel on the sky."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            wcs = WCS(header)
            if not wcs.has_celestial or not np.all(np.isfinite(wcs.all_pix2world(0, 0, 0))):
                return None
        except Exception:  # noqa: BLE001  (wcslib raises many kinds; a wrong WCS must not lose the pixels)
            return None
    return wcs


def _fits_midpoint(wcs: WCS | None, detection: Detection, size: tuple[int, int]) -> tuple[float, float] | None:
    """Where the fitted midpoint lies: from the WCS, else from the place on the CCD (ZTF alerts); None if none tells."""
    nx, ny = size
    if wcs is not None and detection.ra is not None and detection.dec is not None:
        x, y = (float(at) for at in wcs.all_world2pix(detection.ra, detection.dec, 0, quiet=True))
        return (x, y) if -1 < x < nx and -1 < y < ny else None
    if nx == ny or not {"xpos", "ypos"} & detection.values.keys():
        return None
    return alert_midpoint(detection.values, size)


def endpoints(cutout: Cutout, detection: Detection) -> tuple[tuple[float, float], tuple[float, float]] | None:
    """Fitted endpoints as 0-based (x, y) pixels of the cutout; None without a WCS or endpoints."""
    corners = (detection.ra1, detection.dec1, detection.ra2, detection.dec2)
    if cutout.wcs is None or None in corners:
        return None
    x, y = cutout.wcs.all_world2pix([corners[0], corners[2]], [corners[1], corners[3]], 0, quiet=True)
    return (float(x[0]), float(y[0])), (float(x[1]), float(y[1]))


def wcs_to_header(wcs: WCS, pixel: tuple[float, float] | None = None) -> dict[str, Any]:
    """Plain TAN header of a WCS, made of strings and numbers so that JSON can hold it.

    A WCS with distortion, or in another projection, is made linear about `pixel` (0-based; its own CRPIX by default).
    """
    if wcs.sip is not None or list(wcs.wcs.ctype) != ["RA---TAN", "DEC--TAN"] or wcs.wcs.lonpole != 180:
        wcs = _linear(wcs, pixel)
    cd = wcs.pixel_scale_matrix
    return {
        "CTYPE1": "RA---TAN",
        "CTYPE2": "DEC--TAN",
        "CRVAL1": float(wcs.wcs.crval[0]),
        "CRVAL2": float(wcs.wcs.crval[1]),
        "CRPIX1": float(wcs.wcs.crpix[0]),
        "CRPIX2": float(wcs.wcs.crpix[1]),
        **{f"CD{i + 1}_{j + 1}": float(cd[i, j]) for i in range(2) for j in range(2)},
    }


def fits_image(
    pixels: NDArray[np.floating[Any]], wcs: WCS | None, *, unit: str = "DN", cards: Mapping[str, Any] | None = None
) -> bytes:
    """Write an image as FITS, float32, with its WCS as a plain TAN header; the same input gives the same bytes.

    Parameters
    ----------
    pixels : (ny, nx), row 0 at the bottom; NaN where masked.
    wcs : 0-based pixels to ICRS; None leaves the header without one.
    unit : of the pixel values, in ASCII.
    cards : more cards of the header; those whose value is None are left out.
    """
    if pixels.ndim != 2:
        raise ValueError(f"expected an image of two axes, got the shape {pixels.shape}")
    header = fits.Header()
    header["BUNIT"] = unit
    header.update({name: value for name, value in (cards or {}).items() if value is not None})
    if wcs is not None:
        header["RADESYS"] = "ICRS"
        ny, nx = pixels.shape
        header.update(wcs_to_header(wcs, ((nx - 1) / 2, (ny - 1) / 2)))
    file = io.BytesIO()
    fits.PrimaryHDU(pixels.astype(np.float32), header).writeto(file)
    return file.getvalue()


def wcs_from_header(header: Mapping[str, Any]) -> WCS:
    """Back from `wcs_to_header`: the same pixels lie at the same places."""
    cd = [[header[f"CD{i}_{j}"] for j in (1, 2)] for i in (1, 2)]
    pixel = header["CRPIX1"] - 1, header["CRPIX2"] - 1
    return _tan_wcs((header["CRVAL1"], header["CRVAL2"]), pixel, cd)


def _linear(wcs: WCS, pixel: tuple[float, float] | None) -> WCS:
    """TAN without distortion that has the place and the derivatives of `wcs` at one pixel."""
    x, y = pixel if pixel is not None else tuple(wcs.wcs.crpix - 1)
    ra, dec = (float(at) for at in wcs.all_pix2world(x, y, 0))
    plane = _tan_wcs((ra, dec), (0, 0), np.eye(2))
    around = wcs.all_pix2world([[x + 0.5, y], [x - 0.5, y], [x, y + 0.5], [x, y - 0.5]], 0)
    right, left, above, below = plane.wcs_world2pix(around, 0)
    return _tan_wcs((ra, dec), (x, y), np.column_stack([right - left, above - below]))
