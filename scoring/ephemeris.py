"""Where known objects stand in the sky of an observatory: place, motion and brightness, all offline."""

from dataclasses import dataclass

import erfa
import numpy as np
from astropy.time import Time
from numpy.typing import NDArray

from scoring.orbits import SPEED_OF_LIGHT, Array, Orbits, perturbed, two_body

AU_KM = 149_597_870.7
EARTH_RADIUS = 6378.137 / AU_KM
REACH = 0.25  # au: what moves 8 deg/day is nearer than that
MARGIN = 0.02  # au by which two-body motion of some years may be off
FAINTEST = 22.0  # mag: fainter than any survey's streak


@dataclass(frozen=True, slots=True)
class Observatory:
    """A place on the Earth: east longitude in degrees, and the parallax constants in Earth radii."""

    longitude: float
    rho_cos: float
    rho_sin: float


STATIONS = {"ZTF": Observatory(243.14022, 0.836322, 0.546875)}  # I41, Palomar Mountain


@dataclass(frozen=True)
class Predictions:
    """What is expected at some times: columns of shape (times, n), in degrees, deg/day, au and mag."""

    names: tuple[str, ...]
    ra: Array
    dec: Array
    rate: Array
    position_angle: Array  # east of north, of the motion
    distance: Array  # from the observer
    magnitude: Array  # V; NaN without H


def near(orbits: Orbits, mjd: float) -> NDArray[np.bool_]:
    """Say which objects may make a streak at about a time (MJD, UTC): near the Earth, and bright enough if they are."""
    tt = float(_tt(np.array([mjd]))[0])
    places, _ = two_body(orbits, tt)
    earth, _ = erfa.epv00(erfa.DJM0, tt)
    distance = np.linalg.norm(places - earth["p"], axis=-1)
    nearest = np.maximum(distance - MARGIN, MARGIN / 10)
    brightest = orbits.brightness + 5 * np.log10(np.linalg.norm(places, axis=-1) * nearest)
    return np.asarray((distance < REACH) & ~(brightest > FAINTEST))


def predict(orbits: Orbits, times: Array, observatory: Observatory) -> Predictions:
    """Predict apparent motion at rising times (MJD, UTC): with parallax and light-time, astrometric, ICRS."""
    tt = _tt(times)
    observer, speed = _observer(times, tt, observatory)
    places, speeds = perturbed(orbits, tt)
    apart = places - observer[:, None]
    delay = np.linalg.norm(apart, axis=-1, keepdims=True) / SPEED_OF_LIGHT
    apart = apart - speeds * delay
    distance = np.linalg.norm(apart, axis=-1)
    ra, dec = np.arctan2(apart[..., 1], apart[..., 0]), np.arcsin(apart[..., 2] / distance)
    motion = speeds - speed[:, None]
    east = np.stack([-np.sin(ra), np.cos(ra), np.zeros_like(ra)], -1)
    north = np.stack([-np.sin(dec) * np.cos(ra), -np.sin(dec) * np.sin(ra), np.cos(dec)], -1)
    eastward, northward = ((motion * axis).sum(-1) / distance for axis in (east, north))
    return Predictions(
        orbits.names,
        np.degrees(ra) % 360,
        np.degrees(dec),
        np.degrees(np.hypot(eastward, northward)),
        np.degrees(np.arctan2(eastward, northward)) % 360,
        distance,
        _magnitude(orbits, places, apart, distance),
    )


def _tt(mjd: Array) -> Array:
    return np.asarray(Time(mjd, format="mjd", scale="utc").tt.mjd)


def _observer(utc: Array, tt: Array, at: Observatory) -> tuple[Array, Array]:
    """Return heliocentric places and velocities of an observatory; UT1 is taken as UTC, which is 0.4 km at most."""
    sun, _ = erfa.epv00(erfa.DJM0, tt)
    turned = erfa.c2t06a(erfa.DJM0, tt, erfa.DJM0, utc, 0, 0).swapaxes(-1, -2)
    longitude = np.radians(at.longitude)
    fixed = np.array([at.rho_cos * np.cos(longitude), at.rho_cos * np.sin(longitude), at.rho_sin])
    turning = 2 * np.pi * 1.00273781191135448 * np.array([-fixed[1], fixed[0], 0])
    return sun["p"] + EARTH_RADIUS * (turned @ fixed), sun["v"] + EARTH_RADIUS * (turned @ turning)


def _magnitude(orbits: Orbits, places: Array, apart: Array, distance: Array) -> Array:
    """Return V by the H, G system of the IAU."""
    solar = np.linalg.norm(places, axis=-1)
    phase = np.arccos(np.clip((places * apart).sum(-1) / solar / distance, -1, 1))
    tangent = np.tan(np.minimum(phase, np.radians(150)) / 2)  # beyond, the system says nothing
    first, second = np.exp(-3.33 * tangent**0.63), np.exp(-1.87 * tangent**1.22)
    dimmed = 2.5 * np.log10((1 - orbits.slope) * first + orbits.slope * second)
    return np.asarray(orbits.brightness + 5 * np.log10(solar * distance) - dimmed)
