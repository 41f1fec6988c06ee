"""What the survey's fit says of a streak, as numbers that a model can take; never what tells the night or the place."""

import math
from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from scoring.detection import Detection

Feature = Callable[[Detection], float | None]


def features(detection: Detection) -> NDArray[np.float32]:
    """Give the features of one detection, in the order of ``FEATURES``.

    None changes when the cutout is turned or mirrored. None holds a time, a place or the survey's own verdict
    (``prob``), nor the distance from the edge of the CCD as the other detections tell it: trees learnt the nights from
    it, and found a seventh fewer of the asteroids of other nights.

    Parameters
    ----------
    detection : from any reader; tables and streak packets have nearly all, alerts of point sources a few, plain cutouts
        none.

    Returns
    -------
    float32 (len(FEATURES),) : NaN where it is not known. Heavy tails are drawn in by the decimal logarithm.

    Examples
    --------
    >>> streak = Detection("ZTF", "1", "ipac-early", "", "", values={"length": -100.0, "sigma": 1.0})
    >>> known = dict(zip(FEATURES, features(streak).tolist(), strict=True))
    >>> known["length"], known["elongation"], known["flux"]
    (2.0, 2.0, nan)
    """
    found = (feature(detection) for feature in _FEATURES.values())
    return np.array([np.nan if value is None else value for value in found], np.float32)


def _log(value: float | None) -> float | None:
    return math.log10(value) if value is not None and value > 0 else None


def _column(name: str) -> Feature:
    return lambda detection: detection.values.get(name)


def _log_column(name: str) -> Feature:
    return lambda detection: _log(detection.values.get(name))


def _width(detection: Detection) -> float | None:
    """Width of the fitted cross profile, px; a negative width of the fit means its absolute value."""
    sigma = detection.values.get("sigma")
    return None if sigma is None else abs(sigma)


def _elongation(detection: Detection) -> float | None:
    width = _width(detection)
    return detection.length / width if width and detection.length is not None else None


def _background(detection: Detection) -> float | None:
    """Background, DN, of either sign: linear near zero, a logarithm far away."""
    background = detection.values.get("bg")
    return None if background is None else math.copysign(math.log10(1 + abs(background)), background)


def _end_errors(values: Mapping[str, float]) -> list[float]:
    """Error of each endpoint in any direction, arcsec, the smaller first: which end is called first means nothing."""
    names = [(f"ra{end}err", f"dec{end}err") for end in (1, 2)]
    if not all(name in values for pair in names for name in pair):
        return []
    return sorted(math.hypot(values[ra], values[dec]) * 3600 for ra, dec in names)


def _end_error(end: int) -> Feature:
    def feature(detection: Detection) -> float | None:
        errors = _end_errors(detection.values)
        return _log(errors[end]) if errors else None

    return feature


def _end_correlation(end: int) -> Feature:
    def feature(detection: Detection) -> float | None:
        values = detection.values
        return sorted((values["corr1"], values["corr2"]))[end] if "corr1" in values and "corr2" in values else None

    return feature


_FEATURES: Mapping[str, Feature] = {
    "length": lambda detection: _log(detection.length),  # log px
    "width": lambda detection: _log(_width(detection)),  # log px
    "elongation": lambda detection: _log(_elongation(detection)),  # log of length / width
    "rate": lambda detection: _log(detection.rate),  # log deg/day
    "flux": _log_column("flux"),  # log DN
    "bg": _background,
    "lengtherr": _log_column("lengtherr"),  # log px, as the next
    "sigmaerr": _log_column("sigmaerr"),
    "paerr": _log_column("paerr"),  # log rad
    "bgerr": _log_column("bgerr"),  # log DN
    "fitmagerr": _log_column("fitmagerr"),  # log mag
    "apsnr": _log_column("apsnr"),
    "apmagerr": _log_column("apmagerr"),  # log mag
    "dmag": _column("dmag"),  # fitted minus aperture magnitude
    "dmagerr": _log_column("dmagerr"),  # log mag
    "chi2": _log_column("chi2"),
    "numfit": _column("numfit"),
    "smaller_end_error": _end_error(0),  # log arcsec
    "larger_end_error": _end_error(1),
    "smaller_end_correlation": _end_correlation(0),
    "larger_end_correlation": _end_correlation(1),
    "exposure_detections": _log_column("exposure_detections"),
}
FEATURES: tuple[str, ...] = tuple(_FEATURES)
