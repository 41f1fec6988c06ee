"""Pixels for the viewer: every frame of a candidate in one binary answer, drawn by the browser."""

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from astropy.time import Time
from astropy.visualization import ZScaleInterval
from django.urls import reverse
from numpy.typing import NDArray

from scoring.cutout import Cutout, CutoutError, Rendering, endpoints, fits_image, wcs_to_header
from scoring.detection import PIXEL_SCALE, CutoutKind, Detection
from vetting.candidates.models import Candidate
from vetting.candidates.selectors import as_detection
from vetting.candidates.services import cutout_decode

FORMAT = 2
ALIGNMENT = 4  # bytes of a float32: the browser reads the planes in place
ENOUGH = 10  # pixels below which zscale has nothing to sample


def frames_version(candidate: Candidate) -> str:
    """Name what the pixels of this candidate are made of; another candidate, or another format, has another name."""
    return f"{candidate.digest[:16]}-{FORMAT}"


def frames_of(candidate: Candidate) -> tuple[bytes, bool]:
    """Return the answer for a candidate, and whether it will stay so: a file that cannot be read now may come back."""
    cutouts: dict[CutoutKind, Cutout | str] = {}
    files = {kind: reverse("cutout-fits", args=[candidate.pk, kind.value]) for kind in CutoutKind}
    is_lasting = True
    for row in candidate.cutouts.all():
        try:
            cutouts[CutoutKind(row.kind)] = cutout_decode(row)
        except CutoutError as error:
            cutouts[CutoutKind(row.kind)] = str(error)
        except OSError:
            cutouts[CutoutKind(row.kind)] = "its file is missing from the storage"
            is_lasting = False
    return encode(cutouts, as_detection(candidate), files), is_lasting


def frame_fits(cutout: Cutout, kind: CutoutKind, detection: Detection) -> bytes:
    """Write one frame as FITS: the values that the viewer shows, NaN where masked, its WCS and the fitted streak."""
    cards = {
        "OBJECT": _ascii(detection.source_id),
        "IMAGETYP": kind.value,
        "EXPOSURE": _ascii(detection.exposure),
        "MJD-AVG": detection.mjd_mid,
        "DATE-AVG": None if detection.mjd_mid is None else Time(detection.mjd_mid, format="mjd").isot,
        "TIMESYS": "UTC",
        "EXPTIME": detection.exptime,
        "FILTER": _ascii(detection.band) or None,
        "STRKRA1": detection.ra1,
        "STRKDEC1": detection.dec1,
        "STRKRA2": detection.ra2,
        "STRKDEC2": detection.dec2,
    }
    unit = "sigma" if cutout.rendering is Rendering.IPAC_GREY else "DN"
    return fits_image(_plane(cutout), cutout.wcs, unit=unit, cards=cards)


def _ascii(text: str) -> str:
    """Give a text as a FITS header can hold it."""
    return "".join(letter if " " <= letter <= "~" else "?" for letter in text)


def encode(
    cutouts: Mapping[CutoutKind, Cutout | str], detection: Detection, files: Mapping[CutoutKind, str] | None = None
) -> bytes:
    """Encode frames as a length, a JSON header and float32 planes; a text stands for a frame that cannot be shown.

    The header's length (uint32, little endian) comes first, then the header, padded with spaces to a multiple of
    four bytes, then the planes: row 0 is the bottom row as in FITS, NaN is masked. ``files`` are the addresses of the
    frames' FITS files.
    """
    frames: list[dict[str, Any]] = []
    planes: list[NDArray[np.float32]] = []
    offset = 0
    for kind in CutoutKind:
        cutout = cutouts.get(kind)
        if isinstance(cutout, str):
            frames.append({"kind": kind.value, "error": cutout})
        elif cutout is not None:
            plane = _plane(cutout)
            frames.append(_describe(kind, cutout, plane, offset) | {"fits": (files or {}).get(kind)})
            planes.append(plane)
            offset += plane.size
    header = {"format": FORMAT, "frames": frames, **_fit(detection), **_geometry(_reference(cutouts), detection)}
    return packed(header, planes)


def packed(header: Mapping[str, Any], planes: Sequence[NDArray[np.float32]]) -> bytes:
    """Put a header and planes into one answer that the browser reads in place."""
    text = json.dumps(header, allow_nan=False, separators=(",", ":")).encode()
    text += b" " * (-len(text) % ALIGNMENT)
    return len(text).to_bytes(4, "little") + text + b"".join(plane.astype("<f4").tobytes() for plane in planes)


def _fit(detection: Detection) -> dict[str, Any]:
    sigma = detection.values.get("sigma")
    return {
        "name": detection.source_id,
        "rate": detection.rate,
        "sigma": abs(sigma) if sigma else None,  # the fit gives either sign
        "fwhm": detection.values.get("fwhm"),
    }


def _plane(cutout: Cutout) -> NDArray[np.float32]:
    """IPAC's greys as sigmas above the sky, flux as it is; masked pixels become NaN."""
    pixels: NDArray[np.floating[Any]] = cutout.pixels
    if cutout.rendering is Rendering.IPAC_GREY:
        pixels = 12.5 * (1 - pixels / 255) - 2.5
    return np.where(cutout.masked, np.nan, pixels).astype(np.float32)


def _describe(kind: CutoutKind, cutout: Cutout, plane: NDArray[np.float32], offset: int) -> dict[str, Any]:
    height, width = plane.shape
    return {
        "kind": kind.value,
        "width": width,
        "height": height,
        "unit": "σ" if cutout.rendering is Rendering.IPAC_GREY else "DN",
        "offset": offset,
        "zscale": zscale(plane, symmetric=kind is CutoutKind.DIFF),
    }


def zscale(plane: NDArray[np.float32], *, symmetric: bool) -> tuple[float, float]:
    """Limits that show faint things; symmetric ones lie about the median, so that sky is mid-grey in a difference."""
    values = plane[np.isfinite(plane)].astype(np.float64)
    if not values.size:
        return 0.0, 1.0
    low, high = (values.min(), values.max()) if values.size < ENOUGH else ZScaleInterval().get_limits(values)
    if symmetric:
        middle = float(np.median(values))
        half = max(abs(low - middle), abs(high - middle))
        low, high = middle - half, middle + half
    return (float(low), float(high)) if high > low else (float(low) - 0.5, float(low) + 0.5)


def _reference(cutouts: Mapping[CutoutKind, Cutout | str]) -> Cutout | None:
    """Choose the frame whose geometry holds for all: the difference image where there is one."""
    for kind in (CutoutKind.DIFF, CutoutKind.SCI, CutoutKind.REF):
        cutout = cutouts.get(kind)
        if isinstance(cutout, Cutout):
            return cutout
    return None


def _geometry(cutout: Cutout | None, detection: Detection) -> dict[str, Any]:
    if cutout is None:
        return {"wcs": None, "streak": None, "scale": None}
    x, y = cutout.midpoint
    (x1, y1), (x2, y2) = endpoints(cutout, detection) or ((None, None), (None, None))
    streak = {"x1": x1, "y1": y1, "x2": x2, "y2": y2, "xm": float(x), "ym": float(y)}
    if cutout.wcs is None:
        return {"wcs": None, "streak": streak, "scale": PIXEL_SCALE}
    header = wcs_to_header(cutout.wcs, cutout.midpoint)
    cd = [[header["CD1_1"], header["CD1_2"]], [header["CD2_1"], header["CD2_2"]]]
    wcs = {
        "crval": [header["CRVAL1"], header["CRVAL2"]],
        "crpix": [header["CRPIX1"], header["CRPIX2"]],  # as in FITS, which counts pixels from 1
        "cd": cd,
    }
    return {"wcs": wcs, "streak": streak, "scale": 3600 * math.sqrt(abs(float(np.linalg.det(cd))))}
