"""The whole sky on a flat plot: Hammer's equal-area projection, north up and east to the left."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

OBLIQUITY = 23.4393  # deg, J2000
GALACTIC_POLE = (192.8595, 27.1283)  # deg, ICRS
LIMB_STEPS = 91


def central_meridian(ra: ArrayLike) -> float:
    """Choose the right ascension (whole hours, in degrees) that keeps the positions away from the map's edge."""
    angles = np.radians(np.asarray(ra, dtype=float))
    if angles.size == 0 or np.hypot(np.sin(angles).mean(), np.cos(angles).mean()) < 0.05:
        return 180.0
    mean = np.degrees(np.arctan2(np.sin(angles).mean(), np.cos(angles).mean()))
    return float(round(mean / 15) * 15 % 360)


def hammer(ra: ArrayLike, dec: ArrayLike, *, centre: float) -> tuple[Array, Array]:
    """Project positions in degrees; x grows to the west and lies within ±2√2, y within ±√2."""
    longitude = np.radians((np.asarray(ra, dtype=float) - centre + 180) % 360 - 180)
    return _hammer(longitude, np.radians(np.asarray(dec, dtype=float)))


def _hammer(longitude: Array, latitude: Array) -> tuple[Array, Array]:
    scale = np.sqrt(2 / (1 + np.cos(latitude) * np.cos(longitude / 2)))
    return -2 * scale * np.cos(latitude) * np.sin(longitude / 2), scale * np.sin(latitude)


def graticule(step: int = 30) -> tuple[list[Array], list[Array]]:
    """Draw meridians and parallels every ``step`` degrees from the central meridian, the limb among them."""
    along = np.radians(np.linspace(-90, 90, LIMB_STEPS))
    around = np.radians(np.linspace(-180, 180, 2 * LIMB_STEPS))
    lines = [_hammer(np.full_like(along, np.radians(at)), along) for at in range(-180, 181, step)]
    lines += [_hammer(around, np.full_like(around, np.radians(at))) for at in range(-90 + step, 90, step)]
    return [x for x, _ in lines], [y for _, y in lines]


def great_circle(pole_ra: float, pole_dec: float, *, centre: float) -> tuple[list[Array], list[Array]]:
    """Draw the great circle around a pole, cut where it crosses the edge of the map."""
    pole_ra, pole_dec = np.radians([pole_ra, pole_dec])
    towards = np.array([-np.sin(pole_ra), np.cos(pole_ra), 0.0])  # on the equator, at right angles to the pole
    pole = np.array([np.cos(pole_dec) * np.cos(pole_ra), np.cos(pole_dec) * np.sin(pole_ra), np.sin(pole_dec)])
    angle = np.linspace(0, 2 * np.pi, 721)[:, None]
    circle = np.cos(angle) * towards + np.sin(angle) * np.cross(pole, towards)
    ra, dec = np.degrees(np.arctan2(circle[:, 1], circle[:, 0])), np.degrees(np.arcsin(circle[:, 2].clip(-1, 1)))
    x, y = hammer(ra, dec, centre=centre)
    cuts = np.flatnonzero(np.abs(np.diff(x)) > 1) + 1
    return np.split(x, cuts), np.split(y, cuts)


def ecliptic(*, centre: float) -> tuple[list[Array], list[Array]]:
    """Draw the ecliptic."""
    return great_circle(270.0, 90 - OBLIQUITY, centre=centre)


def galactic_plane(*, centre: float) -> tuple[list[Array], list[Array]]:
    """Draw the plane of the Galaxy."""
    return great_circle(*GALACTIC_POLE, centre=centre)
