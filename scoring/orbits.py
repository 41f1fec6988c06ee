"""Orbits of known objects: the Minor Planet Center's table, two-body motion, and motion under the planets' pull."""

import gzip
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import erfa
import numpy as np
from numpy.typing import NDArray
from scipy.integrate import solve_ivp
from scipy.interpolate import CubicHermiteSpline

Array = NDArray[np.float64]

GAUSS = 0.01720209895  # sqrt of GM of the Sun, au^1.5/day
SUN = GAUSS**2
SPEED_OF_LIGHT = 173.14463267424034  # au/day
OBLIQUITY = np.radians(84381.448 / 3600)  # of the ecliptic of J2000, in which the elements are given
EARTH, MOON = 2, 8  # places in MASSES
# Sun's mass over that of Mercury, Venus, Earth, Mars, Jupiter, Saturn, Uranus, Neptune and the Moon (IAU 2009).
MASSES = 1 / np.array(
    [6.0236e6, 4.08523719e5, 332946.0487, 3.09870359e6, 1.047348644e3, 3.4979018e3, 2.290298e4, 1.941226e4, 2.7068703e7]
)
NODE_DAYS = 0.5  # between the tabulated places of the planets
TOLERANCE = 1e-11
FIELDS = {
    "mean_anomaly": (26, 35),
    "perihelion": (37, 46),
    "node": (48, 57),
    "inclination": (59, 68),
    "eccentricity": (70, 79),
    "axis": (92, 103),
}
NAME, EPOCH, BRIGHTNESS, SLOPE = slice(166, 194), slice(20, 25), slice(8, 13), slice(14, 19)
USUAL_SLOPE = 0.15
UNKNOWN_BRIGHTNESS = np.nan


class OrbitsError(ValueError):
    """A file that is no table of orbits."""


@dataclass(frozen=True)
class Orbits:
    """Osculating elements, one row an object; angles in radians, ``axis`` in au, ``epoch`` as MJD (TT)."""

    names: tuple[str, ...]
    epoch: Array
    elements: Array  # (n, 6): mean anomaly, perihelion, node, inclination, eccentricity, axis
    brightness: Array  # H, NaN where it is not given
    slope: Array  # G

    def __len__(self) -> int:
        return len(self.names)

    def kept(self, chosen: NDArray[np.bool_]) -> "Orbits":
        """Return the chosen rows."""
        names = tuple(name for name, is_chosen in zip(self.names, chosen, strict=True) if is_chosen)
        return Orbits(names, self.epoch[chosen], self.elements[chosen], self.brightness[chosen], self.slope[chosen])


def read_mpcorb(path: Path) -> Orbits:
    """Read the elliptic orbits of a file in MPCORB's layout, plain or gzip; other lines are passed over."""
    opened: Callable[..., object] = gzip.open if path.suffix == ".gz" else open
    try:
        with opened(path, "rt", encoding="latin-1") as file:  # type: ignore[attr-defined]
            rows = [row for line in file if (row := _row(line))]
    except (OSError, EOFError) as error:
        raise OrbitsError(f"{path} cannot be read: {error}") from error
    if not rows:
        raise OrbitsError(f"{path}: expected orbits in the layout of MPCORB, got none")
    names, epoch, elements, brightness, slope = zip(*rows, strict=True)
    columns = (np.array(column, float) for column in (epoch, elements, brightness, slope))
    return Orbits(names, *columns)


def _row(line: str) -> tuple[str, float, list[float], float, float] | None:
    try:
        values = [float(line[start:end]) for start, end in FIELDS.values()]
        epoch = _epoch(line[EPOCH])
        brightness = float(line[BRIGHTNESS].strip() or UNKNOWN_BRIGHTNESS)
        slope = float(line[SLOPE].strip() or USUAL_SLOPE)
    except (ValueError, IndexError):
        return None
    if not (0 <= values[4] < 1 and values[5] > 0 and np.isfinite(values).all()):
        return None
    name = line[NAME].strip() or line[:7].strip()
    return name, epoch, [*np.radians(values[:4]), *values[4:]], brightness, slope


def _epoch(packed: str) -> float:
    """Return the MJD of a packed date: K1972 is 2019-07-02."""
    century, year, month, day = "IJK".index(packed[0]) + 18, int(packed[1:3]), packed[3], packed[4]
    _, mjd = erfa.cal2jd(100 * century + year, int(month, 36), int(day, 36))
    return float(mjd)


def two_body(orbits: Orbits, mjd_tt: float) -> tuple[Array, Array]:
    """Return heliocentric places (n, 3; au) and velocities (au/day), equatorial J2000, without the planets' pull."""
    anomaly, perihelion, node, inclination, e, axis = orbits.elements.T
    motion = GAUSS / axis**1.5
    mean = np.mod(anomaly + motion * (mjd_tt - orbits.epoch) + np.pi, 2 * np.pi) - np.pi
    eccentric = _kepler(mean, e)
    sine, cosine, minor = np.sin(eccentric), np.cos(eccentric), np.sqrt(1 - e**2)
    in_plane = np.stack([axis * (cosine - e), axis * minor * sine])
    speed = motion * axis / (1 - e * cosine) * np.stack([-sine, minor * cosine])
    p, q = _axes(perihelion, node, inclination)
    return (
        in_plane[0, :, None] * p + in_plane[1, :, None] * q,
        speed[0, :, None] * p + speed[1, :, None] * q,
    )


def _kepler(mean: Array, e: Array) -> Array:
    """Solve Kepler's equation by Newton's method, from a start that converges for every ellipse."""
    eccentric = mean + np.sign(mean) * 0.85 * e
    for _ in range(50):
        step = (eccentric - e * np.sin(eccentric) - mean) / (1 - e * np.cos(eccentric))
        eccentric = eccentric - step
        if np.abs(step).max(initial=0) < 1e-13:
            break
    return np.asarray(eccentric)


def _axes(perihelion: Array, node: Array, inclination: Array) -> tuple[Array, Array]:
    """Return the unit vectors towards perihelion and, in the plane, 90 deg on; equatorial."""
    cw, sw, co, so = np.cos(perihelion), np.sin(perihelion), np.cos(node), np.sin(node)
    ci, si = np.cos(inclination), np.sin(inclination)
    p = np.stack([cw * co - sw * so * ci, cw * so + sw * co * ci, sw * si], -1)
    q = np.stack([-sw * co - cw * so * ci, -sw * so + cw * co * ci, cw * si], -1)
    cosine, sine = np.cos(OBLIQUITY), np.sin(OBLIQUITY)
    turned = np.array([[1, 0, 0], [0, cosine, sine], [0, -sine, cosine]])
    return p @ turned, q @ turned


def perturbed(orbits: Orbits, times: Array) -> tuple[Array, Array]:
    """Return heliocentric places and velocities, (times, n, 3), under the pull of the planets and the Moon.

    ``times``: MJD (TT), rising. Each orbit is followed from its own epoch, with the Sun's first relativistic term.
    """
    places = np.empty((len(times), len(orbits), 3))
    speeds = np.empty_like(places)
    for epoch in np.unique(orbits.epoch):
        rows = orbits.epoch == epoch
        start = np.concatenate([part.ravel() for part in two_body(orbits.kept(rows), epoch)])
        pull = _Pull(min(epoch, times[0]), max(epoch, times[-1]))
        for chosen in (times >= epoch, times < epoch):
            if chosen.any():
                found = _followed(pull, start, epoch, times[chosen])
                places[np.ix_(chosen, rows)], speeds[np.ix_(chosen, rows)] = found
    return places, speeds


def _followed(pull: "_Pull", start: Array, epoch: float, times: Array) -> tuple[Array, Array]:
    is_back = times[0] < epoch
    ordered = times[::-1] if is_back else times
    solved = solve_ivp(
        pull, (epoch, ordered[-1]), start, method="DOP853", t_eval=ordered, rtol=TOLERANCE, atol=TOLERANCE
    )
    if not solved.success:
        raise ArithmeticError(f"an orbit cannot be followed: {solved.message}")
    states = solved.y.T.reshape(len(ordered), 2, -1, 3)
    states = states[::-1] if is_back else states
    return states[:, 0], states[:, 1]


class _Pull:
    """What moves an object: the Sun, the planets by ERFA's series, the Moon; heliocentric, au and days."""

    def __init__(self, first: float, last: float) -> None:
        nodes = np.arange(first - 2 * NODE_DAYS, last + 3 * NODE_DAYS, NODE_DAYS)
        self.tables = CubicHermiteSpline(nodes, *_bodies(nodes))

    def __call__(self, time: float, state: Array) -> Array:
        place, speed = state.reshape(2, -1, 3)
        bodies = self.tables(time)
        distance = np.linalg.norm(place, axis=-1, keepdims=True)
        apart = bodies[:, None] - place
        pulls = apart / np.linalg.norm(apart, axis=-1, keepdims=True) ** 3
        pulls -= (bodies / np.linalg.norm(bodies, axis=-1, keepdims=True) ** 3)[:, None]
        force = -SUN * place / distance**3 + SUN * np.einsum("b,bni->ni", MASSES, pulls)
        bent = (4 * SUN / distance - (speed**2).sum(-1, keepdims=True)) * place
        bent += 4 * (place * speed).sum(-1, keepdims=True) * speed
        force += SUN / SPEED_OF_LIGHT**2 / distance**3 * bent
        return np.concatenate([speed.ravel(), force.ravel()])


def _bodies(mjd: Array) -> tuple[Array, Array]:
    """Return heliocentric places and velocities (times, bodies, 3) of what MASSES lists."""
    earth, _ = erfa.epv00(erfa.DJM0, mjd)
    found = [erfa.plan94(erfa.DJM0, mjd, number + 1) for number in range(8)]
    found[EARTH] = earth
    moon = erfa.moon98(erfa.DJM0, mjd)
    places = [each["p"] for each in found] + [earth["p"] + moon["p"]]
    speeds = [each["v"] for each in found] + [earth["v"] + moon["v"]]
    return np.stack(places, 1), np.stack(speeds, 1)
