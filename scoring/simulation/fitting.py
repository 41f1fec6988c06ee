"""What a streak finder's fit would say about a simulated detection: the numeric columns of the streak table."""

import math
from dataclasses import dataclass, replace

import numpy as np

from scoring.families import FineClass
from scoring.simulation.config import Lognormal, Range
from scoring.simulation.drawing import Trail, chance, draw
from scoring.simulation.exposure import Exposure
from scoring.simulation.scene import Truth

FITTED_STREAKS = {FineClass.ASTEROID, FineClass.FLASHES, FineClass.COSMIC_RAY}
LEAST_FLUX = 201.0  # DN: no fainter fit is in the survey's tables
NEGATIVE_LENGTH_SHARE, NEGATIVE_SIGMA_SHARE = 0.009, 0.03  # the fit does not care about the sign
# Error of the fit over (sigma / signal-to-noise), from the measured errors of real asteroids.
LENGTH_ERROR, SIGMA_ERROR, ACROSS_ERROR = 5.2, 0.46, 2.3


@dataclass(frozen=True, slots=True)
class FitLaw:
    """Measured distributions of the fit of one class.

    Attributes
    ----------
    length, sigma : px; used where nothing like a streak was drawn, the length for long trails too.
    amplitude : ridge brightness in sigma that the fit believes in, where nothing like a streak was drawn.
    looseness : errors of the fit over those of a clean streak of the same signal-to-noise.
    chi2 : reduced chi square.
    bg : background, DN: mean and rms.
    prob : limits of log10 of the survey's own probability.
    """

    length: Lognormal
    sigma: Lognormal
    amplitude: Lognormal
    looseness: Lognormal
    chi2: Lognormal
    bg: Range
    prob: Range


FITS: dict[FineClass, FitLaw] = {
    FineClass.ASTEROID: FitLaw(
        Lognormal(31, 0.5, 10, 110),
        Lognormal(1.06, 0.2, 0.6, 3),
        Lognormal(5, 0.8, 1, 60),
        Lognormal(1.0, 0.1, 0.7, 2),
        Lognormal(1.2, 0.12, 0.7, 19),
        (0.2, 0.5),
        (-2.2, -0.01),
    ),
    FineClass.LONG_TRAIL: FitLaw(
        Lognormal(53, 0.55, 14, 320),
        Lognormal(1.06, 0.3, 0.7, 2.8),
        Lognormal(2, 0.6, 1, 12),
        Lognormal(2.0, 0.6, 0.8, 12),
        Lognormal(1.2, 0.12, 0.3, 18),
        (0.2, 0.3),
        (-3.0, -0.3),
    ),
    FineClass.FLASHES: FitLaw(
        Lognormal(24, 0.4, 12, 280),
        Lognormal(1.0, 0.3, 0.3, 2.2),
        Lognormal(2.5, 0.5, 1, 12),
        Lognormal(1.6, 0.4, 0.8, 6),
        Lognormal(1.3, 0.6, 1.0, 20),
        (0.3, 0.5),
        (-3.5, -1.1),
    ),
    FineClass.COSMIC_RAY: FitLaw(
        Lognormal(14, 0.35, 10, 40),
        Lognormal(0.39, 0.2, 0.3, 0.7),
        Lognormal(30, 0.5, 8, 300),
        Lognormal(1.5, 0.3, 0.8, 4),
        Lognormal(17.0, 0.8, 3.6, 94),
        (-0.1, 2.5),
        (-3.5, -1.4),
    ),
    FineClass.BAD_SUBTRACTION: FitLaw(
        Lognormal(16.4, 0.4, 10, 87),
        Lognormal(0.89, 0.7, 0.2, 8.9),
        Lognormal(3.5, 0.7, 0.8, 60),
        Lognormal(10.0, 0.8, 1, 60),
        Lognormal(13.0, 1.2, 0.5, 610),
        (-1.5, 4.0),
        (-4.0, -0.9),
    ),
    FineClass.MASKED_STAR: FitLaw(
        Lognormal(20.2, 0.38, 10, 95),
        Lognormal(0.66, 0.7, 0.15, 14),
        Lognormal(2.2, 0.4, 0.6, 40),
        Lognormal(3.0, 0.6, 1, 30),
        Lognormal(1.24, 0.2, 0.5, 130),
        (16.0, 6.0),
        (-6.0, -2.5),
    ),
    FineClass.GHOST: FitLaw(
        Lognormal(42, 0.65, 10, 285),
        Lognormal(1.5, 0.65, 0.3, 25),
        Lognormal(2.2, 0.6, 0.5, 30),
        Lognormal(3.0, 0.7, 0.8, 30),
        Lognormal(1.19, 0.2, 0.5, 177),
        (1.6, 4.0),
        (-3.5, -0.5),
    ),
    FineClass.BLANK: FitLaw(
        Lognormal(19.1, 0.38, 10, 60),
        Lognormal(0.57, 0.65, 0.15, 4),
        Lognormal(2.1, 0.3, 0.6, 10),
        Lognormal(3.0, 0.6, 1, 20),
        Lognormal(1.24, 0.09, 0.6, 11),
        (15.9, 5.0),
        (-7.0, -4.0),
    ),
}


@dataclass(frozen=True, slots=True)
class Fit:
    """A fitted streak in pixels of the quadrant, with its 1-sigma errors.

    Attributes
    ----------
    trail : the fitted trail.
    length_error, sigma_error : px.
    across_error : of an end, across the trail, px.
    snr : signal-to-noise of the fit.
    """

    trail: Trail
    length_error: float
    sigma_error: float
    across_error: float
    snr: float


def fit_streak(truth: Truth, where: tuple[float, float], rng: np.random.Generator) -> Fit:
    """Draw the result of a fit whose errors are those that it states.

    Parameters
    ----------
    truth : what was drawn, in pixels of the quadrant.
    where : midpoint that the finder reported, px of the quadrant; used where the class has no short streak.
    rng : source of randomness.
    """
    law = FITS[truth.fine_class]
    if truth.trail is not None and truth.fine_class in FITTED_STREAKS:
        model = truth.trail
    elif truth.trail is not None:
        model = replace(_beside(truth.trail, where), length=draw(rng, law.length))
    else:
        angle = float(rng.uniform(0, 180))
        model = Trail(*where, draw(rng, law.length), angle, draw(rng, law.sigma), draw(rng, law.amplitude))
    snr = max(model.snr, 3.0)
    unit = draw(rng, law.looseness) * model.sigma / snr
    fit = Fit(model, LENGTH_ERROR * unit, SIGMA_ERROR * unit, ACROSS_ERROR * unit, snr)
    return replace(fit, trail=_scattered(fit, rng))


def _beside(trail: Trail, where: tuple[float, float]) -> Trail:
    """Move the midpoint of a trail along it to the point nearest to a place."""
    cos, sin = trail.direction
    along = (where[0] - trail.x) * cos + (where[1] - trail.y) * sin
    return replace(trail, x=trail.x + along * cos, y=trail.y + along * sin)


def _scattered(fit: Fit, rng: np.random.Generator) -> Trail:
    """Draw fitted values about the true ones with the stated errors."""
    trail, (along, across, longer, wider, turned) = fit.trail, rng.standard_normal(5)
    along, across = along * fit.length_error / math.sqrt(12), across * fit.across_error / 2
    cos, sin = trail.direction
    return replace(
        trail,
        x=float(trail.x + along * cos - across * sin),
        y=float(trail.y + along * sin + across * cos),
        length=max(float(trail.length + longer * fit.length_error), 10.0),  # the detector's own limit
        sigma=max(float(trail.sigma + wider * fit.sigma_error), 0.1),
        angle=float(trail.angle + math.degrees(turned * angle_error(fit))),
    )


def angle_error(fit: Fit) -> float:
    """Error of the position angle, radians: the survey's tables say degrees, but their values are these."""
    return min(1.1 * fit.across_error / fit.trail.length, 0.8)


def table_values(fit: Fit, fine_class: FineClass, exposure: Exposure, rng: np.random.Generator) -> dict[str, float]:
    """Make the numeric columns of a fit under their operational names, positions in degrees."""
    law, trail = FITS[fine_class], fit.trail
    flux = max(trail.flux * exposure.noise, LEAST_FLUX)
    magnitude_error = 1.0857 * 0.55 * fit.sigma_error / SIGMA_ERROR / trail.sigma
    aperture_snr = 1.45 * fit.snr * float(rng.lognormal(0, 0.15))
    tight = fine_class in FITTED_STREAKS
    return {
        **_ends(fit, exposure),
        "flux": flux,
        "bg": float(rng.normal(*law.bg)),
        "length": -trail.length if chance(rng, NEGATIVE_LENGTH_SHARE) else trail.length,
        "sigma": -trail.sigma if chance(rng, NEGATIVE_SIGMA_SHARE) else trail.sigma,
        "lengtherr": fit.length_error,
        "sigmaerr": fit.sigma_error,
        "paerr": angle_error(fit),
        "bgerr": exposure.noise * 0.5 / math.sqrt(trail.length * 10 * trail.sigma),
        "fitmagerr": magnitude_error,
        "apsnr": aperture_snr,
        "apmagerr": 1.0857 / aperture_snr,
        "dmag": float(rng.normal(0.04, 0.06) if tight else rng.normal(0.0, 0.35)),
        "dmagerr": math.hypot(magnitude_error, 1.0857 / aperture_snr) * 1.1,
        "chi2": draw(rng, law.chi2),
        "numfit": 0 if chance(rng, 0.75) else int(rng.integers(1, 9)),
        "prob": round(10 ** draw(rng, law.prob), 6),
    }


def _ends(fit: Fit, exposure: Exposure) -> dict[str, float]:
    """Endpoints on the sky with their errors, degrees; the first is the one with the smaller x."""
    ends = sorted(fit.trail.ends)
    positions = exposure.wcs.all_pix2world(ends, 0)
    along, across = 0.58 * fit.length_error, fit.across_error
    cos, sin = fit.trail.direction
    # East is towards -x; the small rotation of the quadrant does not matter to an error.
    scale = abs(float(exposure.wcs.wcs.cd[1, 1]))
    east, north = math.hypot(along * cos, across * sin), math.hypot(along * sin, across * cos)
    covariance = -(along**2 - across**2) * cos * sin
    values: dict[str, float] = {}
    for number, (ra, dec) in enumerate(positions.tolist(), start=1):
        values |= {
            f"ra{number}": ra,
            f"dec{number}": dec,
            f"ra{number}err": east * scale / math.cos(math.radians(dec)),
            f"dec{number}err": north * scale,
            f"corr{number}": covariance / (east * north),
        }
    return values
