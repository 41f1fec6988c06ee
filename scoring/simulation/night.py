"""The plan of a night: exposures, what is found in each, and asteroids that move from one to the next."""

import math
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

import numpy as np
from astropy import units
from astropy.coordinates import SkyCoord

from scoring.detection import MJD_EPOCH
from scoring.families import FineClass
from scoring.simulation.config import SimulationConfig
from scoring.simulation.drawing import Trail
from scoring.simulation.exposure import (
    EXPOSURE_SECONDS,
    LONGITUDE,
    QUADRANT_SHAPE,
    Exposure,
    draw_exposure,
)

DARK_HOURS = (3.2, 12.4)  # UTC at Palomar in spring
POINTINGS, VISITS, VISIT_MINUTES = 9, 6, 7.0
# Shares of the human labels of a real night; satellites, flashes and cosmic rays are doubled so that a small night
# shows some of each.
SHARES = {
    FineClass.MASKED_STAR: 0.527,
    FineClass.BAD_SUBTRACTION: 0.180,
    FineClass.BLANK: 0.177,
    FineClass.GHOST: 0.075,
    FineClass.LONG_TRAIL: 0.034,
    FineClass.FLASHES: 0.020,
    FineClass.COSMIC_RAY: 0.014,
}
SLEWED_SHARE = 0.09  # of all detections, in one exposure


@dataclass(frozen=True, slots=True)
class Body:
    """An asteroid of the night.

    Attributes
    ----------
    name : what the truth table calls it.
    rate : apparent motion, deg/day.
    amplitude : ridge brightness in typical conditions, sigma.
    visits : in how many exposures it is found.
    tumbling : whether its brightness varies along the trail.
    """

    name: str
    rate: float
    amplitude: float
    visits: int
    tumbling: bool = False


BODIES = (
    Body("bright", 26.0, 9.0, 4),
    Body("faint", 11.0, 3.0, 4),
    Body("tumbling", 40.0, 6.0, 3, tumbling=True),
    Body("long", 74.0, 4.0, 3),
    Body("saturated", 18.0, 70.0, 1),
    Body("faint long", 84.0, 1.6, 1),
    Body("slow", 8.6, 6.0, 1),
)


@dataclass(frozen=True, slots=True)
class Planned:
    """One detection to simulate.

    Attributes
    ----------
    exposure : where and when.
    fine_class : what it is.
    where : midpoint, px of the quadrant.
    config : distributions; those of a slewed exposure have one direction.
    body, streak : the asteroid and its trail in px of the quadrant.
    """

    exposure: Exposure
    fine_class: FineClass
    where: tuple[float, float]
    config: SimulationConfig
    body: Body | None = None
    streak: Trail | None = None


@dataclass(slots=True)
class Sky:
    """Pointings and exposures of the night; asking twice for an exposure gives the same one."""

    rng: np.random.Generator
    night: date
    pointings: list[tuple[float, float]] = field(default_factory=list)
    starts: list[float] = field(default_factory=list)
    exposures: dict[tuple[int, int, int], Exposure] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Choose the pointings near the meridian, one after the other."""
        midnight = (datetime.combine(self.night, datetime.min.time(), UTC) - MJD_EPOCH).days
        for hour in np.linspace(*DARK_HOURS, POINTINGS, endpoint=False):
            self.starts.append(midnight + float(hour) / 24 + float(self.rng.uniform(0, 0.008)))
            meridian = 100.46 + 0.985647 * (self.starts[-1] - 51544.5) + LONGITUDE + 15 * float(hour)
            self.pointings.append(
                ((meridian + float(self.rng.uniform(-30, 30))) % 360, float(self.rng.uniform(-5, 55)))
            )

    def exposure(self, pointing: int, visit: int, channel: int) -> Exposure:
        """Give the exposure of one readout channel at one visit of a pointing."""
        key = (pointing, visit, channel)
        if key not in self.exposures:
            mjd = self.starts[pointing] + visit * VISIT_MINUTES / 1440
            self.exposures[key] = draw_exposure(
                self.rng, mjd, self.pointings[pointing], channel, field=430 + 37 * pointing, band="gr"[visit % 2]
            )
        return self.exposures[key]


def plan_night(seed: int, n: int, night: date, config: SimulationConfig) -> list[Planned]:
    """Decide what is found in which exposure of a night.

    Parameters
    ----------
    seed : the same seed gives the same night.
    n : how many detections; asteroids, seventeen of seven bodies in a night of 400, are part of them.
    night : UTC date.
    config : distributions.
    """
    rng = np.random.default_rng([seed, 0])
    sky = Sky(rng, night)
    found = _asteroids(sky, config)[: max(n // 8, 1)]
    found += _slewed(sky, round(n * SLEWED_SHARE), config)
    exposures = [_any_exposure(sky) for _ in range(max(n // 8, 4))]
    weights = rng.gamma(0.6, size=len(exposures)) + 0.02
    for fine_class, count in _counts(n - len(found)).items():
        for chosen in rng.choice(len(exposures), count, p=weights / weights.sum()):
            found.append(Planned(exposures[int(chosen)], fine_class, _anywhere(rng), config))
    order = sorted(range(len(found)), key=lambda index: (found[index].exposure.mjd, found[index].exposure.rcid, index))
    return [found[index] for index in order]


def _counts(n: int) -> dict[FineClass, int]:
    """Share a number among the impostors; what rounding leaves goes to the masked stars."""
    total = sum(SHARES.values())
    counts = {fine_class: int(n * share / total + 0.5) for fine_class, share in SHARES.items()}
    counts[FineClass.MASKED_STAR] += n - sum(counts.values())
    return counts


def _any_exposure(sky: Sky) -> Exposure:
    pointing, visit, channel = (int(sky.rng.integers(size)) for size in (POINTINGS, VISITS, 64))
    return sky.exposure(pointing, visit, channel)


def _anywhere(rng: np.random.Generator) -> tuple[float, float]:
    ny, nx = QUADRANT_SHAPE
    return float(rng.uniform(8, nx - 9)), float(rng.uniform(8, ny - 9))


def _slewed(sky: Sky, count: int, config: SimulationConfig) -> list[Planned]:
    """Fill one exposure with star trails: the telescope was still moving."""
    exposure = _any_exposure(sky)
    heading = float(sky.rng.uniform(35, 75))
    ghosts = replace(config.ghosts, bundle_share=1.0, bundle_heading=(heading, heading))
    slewed = replace(config, ghosts=ghosts)
    return [Planned(exposure, FineClass.GHOST, _anywhere(sky.rng), slewed) for _ in range(count)]


def _asteroids(sky: Sky, config: SimulationConfig) -> list[Planned]:
    """Follow every body through its exposures: none is so fast that it leaves its quadrant."""
    found = []
    for number, body in enumerate(BODIES):
        pointing, heading = number % POINTINGS, float(sky.rng.uniform(0, 360))
        channel = int(sky.rng.integers(64))
        quadrant = sky.exposure(pointing, 0, channel)
        middle = SkyCoord(quadrant.ra, quadrant.dec, unit="deg").directional_offset_by(
            float(sky.rng.uniform(0, 360)) * units.deg, float(sky.rng.uniform(0, 0.05)) * units.deg
        )
        for visit in range(body.visits):
            days = (visit - (body.visits - 1) / 2) * VISIT_MINUTES / 1440
            place = middle.directional_offset_by(heading * units.deg, body.rate * days * units.deg)
            exposure = sky.exposure(pointing, visit, channel)
            streak = _streak(exposure, place, heading, body)
            found.append(Planned(exposure, FineClass.ASTEROID, (streak.x, streak.y), config, body, streak))
    return found


def _streak(exposure: Exposure, middle: SkyCoord, heading: float, body: Body) -> Trail:
    """Project the motion during an exposure on the quadrant."""
    half = body.rate * EXPOSURE_SECONDS / 86400 / 2
    ends = middle.directional_offset_by(np.array([heading + 180, heading]) * units.deg, half * units.deg)
    (x0, x1), (y0, y1) = (axis.tolist() for axis in exposure.wcs.all_world2pix(ends.ra.deg, ends.dec.deg, 0))
    length, angle = math.hypot(x1 - x0, y1 - y0), math.degrees(math.atan2(y1 - y0, x1 - x0)) % 180
    # The body keeps its brightness; the ridge is fainter in bad seeing and on a bright sky.
    amplitude = body.amplitude * (1.06 / exposure.sigma) * (6.5 / exposure.noise)
    return Trail((x0 + x1) / 2, (y0 + y1) / 2, length, angle, exposure.sigma, amplitude)


def strids(planned: list[Planned]) -> list[int]:
    """Count the detections of every exposure from 1."""
    seen: Counter[str] = Counter()
    numbers = []
    for one in planned:
        seen[one.exposure.name] += 1
        numbers.append(seen[one.exposure.name])
    return numbers


def magnitude_of(one: Planned) -> float:
    """Magnitude of the asteroid of a detection; NaN where there is none."""
    if one.streak is None:
        return math.nan
    return one.exposure.magzp - 2.5 * math.log10(one.streak.flux * one.exposure.noise)
