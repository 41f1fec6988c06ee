"""A part of the sky, or all of it, on a plane: Lambert's azimuthal equal-area projection, north up and east left."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vetting.candidates.formatting import MINUS

Array = NDArray[np.float64]
Lines = dict[float, tuple[Array, Array]]  # by the right ascension or declination that they mark

OBLIQUITY = 23.4393  # deg, J2000
ECLIPTIC_POLE = (270.0, 90 - OBLIQUITY)  # deg, ICRS
GALACTIC_POLE = (192.8595, 27.1283)  # deg, ICRS
LEAST_RADIUS = 2.0  # deg: one quadrant of an exposure is 0.87 deg wide
MARGIN = 1.15
STEPS = (0.5, 1, 2, 5, 10, 15, 30, 45, 90)  # deg between the lines of the graticule
FAR_SIDE = 1.99  # on the plane, where the limb is at 2


@dataclass(frozen=True, slots=True)
class SkyView:
    """Where a map looks: its centre in degrees, half its width on the plane (2 is the whole sky), its southern end."""

    ra: float
    dec: float
    half_width: float
    south: float = -90.0

    @property
    def is_wide(self) -> bool:
        """Whether meridians run together at the edge of the map, so that they are named inside it."""
        return self.half_width > 0.7


def unit_vectors(ra: ArrayLike, dec: ArrayLike) -> Array:
    """Return positions in degrees as unit vectors, (..., 3)."""
    alpha, delta = np.radians(np.asarray(ra, dtype=float)), np.radians(np.asarray(dec, dtype=float))
    return np.stack([np.cos(delta) * np.cos(alpha), np.cos(delta) * np.sin(alpha), np.sin(delta) + 0 * alpha], axis=-1)


def look_at(ra: ArrayLike, dec: ArrayLike) -> SkyView:
    """Look at the middle of the positions, wide enough to hold them all."""
    vectors = unit_vectors(ra, dec)
    mean = vectors.mean(axis=0)
    if np.linalg.norm(mean) < 0.05:  # all around the sky: any centre is as good
        return SkyView(180.0, 0.0, 2.0, float(np.min(dec)))
    centre_ra, centre_dec = np.degrees(np.arctan2(mean[1], mean[0])) % 360, np.degrees(np.arcsin(mean[2] / _norm(mean)))
    radius = np.degrees(np.arccos((vectors @ (mean / _norm(mean))).clip(-1, 1).min()))
    half = 2 * np.sin(np.radians(min(180.0, max(LEAST_RADIUS, MARGIN * float(radius)))) / 2)
    return SkyView(float(centre_ra), float(centre_dec), float(half), float(np.min(dec)))


def _norm(vector: Array) -> float:
    return float(np.linalg.norm(vector))


def project(view: SkyView, ra: ArrayLike, dec: ArrayLike) -> tuple[Array, Array]:
    """Project positions in degrees; x grows to the west, y to the north, NaN at the point opposite the centre."""
    alpha, delta = np.radians([view.ra, view.dec])
    east = np.array([-np.sin(alpha), np.cos(alpha), 0.0])
    north = np.array([-np.sin(delta) * np.cos(alpha), -np.sin(delta) * np.sin(alpha), np.cos(delta)])
    vectors = unit_vectors(ra, dec)
    towards = vectors @ unit_vectors(view.ra, view.dec)
    scale = np.sqrt(2 / np.where(towards > -1 + 1e-12, 1 + towards, np.nan))
    return -scale * (vectors @ east), scale * (vectors @ north)


def _line(view: SkyView, ra: Array, dec: Array) -> tuple[Array, Array]:
    """Project a line, broken far outside the map, and at the far side, where it would cross the map to come back."""
    x, y = project(view, ra, dec)
    gone = ~(np.hypot(x, y) < min(FAR_SIDE, 4 * view.half_width))
    return np.where(gone, np.nan, x), np.where(gone, np.nan, y)


def steps(view: SkyView) -> tuple[float, float]:
    """Choose the spacing of meridians and parallels, degrees, for about four of each across the map."""
    wanted = np.degrees(2 * np.arcsin(min(1.0, view.half_width / 2))) / 3
    pole_distance = max(0.05, np.cos(np.radians(view.dec)))
    return _step(wanted / pole_distance), min(30.0, _step(wanted))


def _step(wanted: float) -> float:
    return float(next((step for step in STEPS if step >= wanted), STEPS[-1]))


def meridians(view: SkyView) -> Lines:
    """Draw the meridians by their right ascension in degrees."""
    dec = np.linspace(-90, 90, 361)
    step = steps(view)[0]
    return _drawn({float(at): _line(view, np.full_like(dec, at), dec) for at in np.arange(0, 360, step)})


def parallels(view: SkyView) -> Lines:
    """Draw the parallels by their declination in degrees."""
    ra = np.linspace(0, 360, 721)
    step = steps(view)[1]
    return _drawn({float(at): _line(view, ra, np.full_like(ra, at)) for at in np.arange(-90 + step, 90, step)})


def _drawn(lines: Lines) -> Lines:
    return {at: (x, y) for at, (x, y) in lines.items() if np.isfinite(x).any()}


def great_circle(view: SkyView, pole: tuple[float, float]) -> tuple[Array, Array]:
    """Draw the great circle around a pole."""
    axis = unit_vectors(*pole)
    across = np.cross([0.0, 0.0, 1.0], axis)
    across /= np.linalg.norm(across)
    angle = np.radians(np.linspace(0, 360, 1441))[:, None]
    circle = np.cos(angle) * across + np.sin(angle) * np.cross(axis, across)
    ra, dec = np.degrees(np.arctan2(circle[:, 1], circle[:, 0])), np.degrees(np.arcsin(circle[:, 2].clip(-1, 1)))
    return _line(view, ra, dec)


def labels(view: SkyView) -> list[tuple[float, float, str]]:
    """Name the lines of the graticule: x, y and text of each that has room for its name on the map."""
    if view.is_wide:
        ra = np.array(list(meridians(view)))
        dec = np.array([at for at in parallels(view) if at >= view.south])
        below, middle = np.full_like(ra, max(-80.0, view.south - 5)), np.full_like(dec, view.ra)
        named = [*zip(*project(view, ra, below), map(ra_text, ra), strict=True)]
        named += zip(*project(view, middle, dec), map(dec_text, dec), strict=True)
    else:
        edge = -0.97 * view.half_width
        named = [(_crossing(x, y, edge), edge, ra_text(at)) for at, (x, y) in meridians(view).items()]
        named += [(edge, _crossing(y, x, edge), dec_text(at)) for at, (x, y) in parallels(view).items()]
    room = 0.85 * view.half_width
    return [
        (float(x), float(y), text)
        for x, y, text in named
        if np.isfinite(x + y) and -view.half_width < min(x, y) and max(x, y) < room
    ]


def _crossing(along: Array, across: Array, edge: float) -> float:
    """Return the value of ``along`` where ``across`` passes the edge for the first time, NaN where it never does."""
    passes = np.flatnonzero((across[:-1] - edge) * (across[1:] - edge) <= 0)  # not where the line is broken by NaN
    inside = along[passes][np.abs(along[passes]) < 0.92 * abs(edge)]
    return float(inside[0]) if inside.size else np.nan


def ra_text(ra: float) -> str:
    """Write the right ascension of a meridian in hours, with minutes where they are needed."""
    minutes = round(ra % 360 * 4)
    return f"{minutes // 60}h" + (f"{minutes % 60:02d}m" if minutes % 60 else "")


def dec_text(dec: float) -> str:
    """Write the declination of a parallel in degrees."""
    return f"{dec:+g}°".replace("-", MINUS) if dec else "0°"
