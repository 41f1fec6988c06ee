"""Random draws and the shapes that sources are made of, in pixels and sigma.

Coordinates: ``x`` is the column, ``y`` the row, both 0-based at the pixel's centre; row 0 is the bottom in the FITS
sense; angles are degrees from +x towards +y.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.ndimage import gaussian_filter1d
from scipy.special import erf

from scoring.simulation.config import CUTOUT_SIZE, Lognormal, Range
from scoring.simulation.rendering import FloatImage

Profile = Callable[[FloatImage], FloatImage]  # brightness along a trail from the distance to its midpoint, px

REACH = 5.0  # sigmas across a trail after which nothing is drawn


def draw(rng: np.random.Generator, distribution: Lognormal | Range) -> float:
    """Draw one value: uniform from a range, or from a lognormal cut at its ends."""
    if isinstance(distribution, Lognormal):
        value = distribution.median * np.exp(distribution.spread * rng.standard_normal())
        return float(np.clip(value, distribution.low, distribution.high))
    return float(rng.uniform(*distribution))


def draw_count(rng: np.random.Generator, limits: Range) -> int:
    """Draw a whole number, both ends included."""
    return int(rng.integers(int(limits[0]), int(limits[1]) + 1))


def chance(rng: np.random.Generator, share: float) -> bool:
    """Say yes with a probability of ``share``."""
    return bool(rng.random() < share)


@dataclass(frozen=True, slots=True)
class Trail:
    """A straight trail convolved with a Gaussian point-spread function.

    Attributes
    ----------
    x, y : midpoint, px.
    length : distance between the ends before the convolution, px.
    angle : degrees from +x towards +y.
    sigma : Gaussian sigma of the point-spread function, px.
    amplitude : brightness on the ridge, far from the ends.
    """

    x: float
    y: float
    length: float
    angle: float
    sigma: float
    amplitude: float

    @property
    def direction(self) -> tuple[float, float]:
        """Unit vector along the trail."""
        return float(np.cos(np.radians(self.angle))), float(np.sin(np.radians(self.angle)))

    @property
    def ends(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """Both ends, ``(x, y)``."""
        dx, dy = (component * self.length / 2 for component in self.direction)
        return (self.x - dx, self.y - dy), (self.x + dx, self.y + dy)

    @property
    def flux(self) -> float:
        """Sum over all pixels of a uniform trail, in units of the amplitude times px."""
        return self.amplitude * self.length * self.sigma * float(np.sqrt(2 * np.pi))

    @property
    def snr(self) -> float:
        """Signal-to-noise of the matched filter in white noise of 1 sigma a pixel."""
        return float(self.amplitude * np.sqrt(max(self.length, self.sigma) * self.sigma * np.sqrt(np.pi)))


def add_trail(image: FloatImage, trail: Trail, profile: Profile | None = None, wobble: Profile | None = None) -> None:
    """Add a trail to an image in place.

    Parameters
    ----------
    image : (ny, nx).
    trail : where and how bright; parts outside the image are cut.
    profile : relative brightness against the distance from the midpoint, px; uniform without one.
    wobble : sideways displacement against that distance, px; straight without one.
    """
    pad = REACH * trail.sigma + 1
    (x0, y0), (x1, y1) = trail.ends
    rows = _span(min(y0, y1) - pad, max(y0, y1) + pad, image.shape[0])
    columns = _span(min(x0, x1) - pad, max(x0, x1) + pad, image.shape[1])
    if rows.start >= rows.stop or columns.start >= columns.stop:
        return
    y, x = np.ogrid[rows, columns]
    cos, sin = trail.direction
    dx, dy = (x - trail.x).astype(np.float32), (y - trail.y).astype(np.float32)
    near = np.abs(dy * cos - dx * sin) < pad
    along, across = (dx * cos + dy * sin)[near], (dy * cos - dx * sin)[near]
    if wobble is not None:
        across = across - wobble(along)
    root, half = np.float32(trail.sigma * np.sqrt(2)), np.float32(trail.length / 2)
    value = np.exp(-((across / root) ** 2)) * (erf((along + half) / root) - erf((along - half) / root)) / 2
    if profile is not None:
        value = value * profile(along)
    image[rows, columns][near] += (trail.amplitude * value).astype(np.float32)


def _span(low: float, high: float, size: int) -> slice:
    return slice(max(int(np.floor(low)), 0), min(int(np.ceil(high)) + 1, size))


def rough(rng: np.random.Generator, reach: float, scale: float, size: float = 1.0) -> Profile:
    """Make a smooth random function of the distance along a trail: mean 0, rms ``size``, smooth over ``scale`` px."""
    knots = np.arange(-reach - 2, reach + 3)
    values = gaussian_filter1d(rng.standard_normal(knots.size), scale, mode="nearest")
    values = values * size / max(float(np.sqrt(np.mean(values**2))), 1e-6)

    def at(along: FloatImage) -> FloatImage:
        return np.asarray(np.interp(along, knots, values), dtype=np.float32)

    return at


def uneven(wave: Profile, mean: float = 1.0, least: float = 0.0) -> Profile:
    """Make a brightness that follows a random function about its mean, never below ``least``."""

    def at(along: FloatImage) -> FloatImage:
        return np.asarray(np.maximum(mean + wave(along), least), dtype=np.float32)

    return at


def spindle(length: float, power: float = 1.0) -> Profile:
    """Make a brightness that tapers from 1 at the midpoint to 0 at both ends; ``length`` is from end to end, px."""

    def at(along: FloatImage) -> FloatImage:
        return np.asarray(np.clip(1 - (2 * along / length) ** 2, 0, 1) ** power, dtype=np.float32)

    return at


def smooth_field(rng: np.random.Generator, waves: int) -> FloatImage:
    """Draw a smooth random surface over a cutout from ``waves`` half-waves a side, spanning 0 to 1."""
    weights = rng.standard_normal((waves + 1, waves + 1)) / (1 + np.hypot(*np.ogrid[: waves + 1, : waves + 1]))
    weights[0, 0] = 0
    pixels = (np.arange(CUTOUT_SIZE) + 0.5) / CUTOUT_SIZE
    basis = np.cos(np.pi * pixels[:, None] * np.arange(waves + 1))
    surface = basis @ weights @ basis.T
    low, high = float(surface.min()), float(surface.max())
    return np.asarray((surface - low) / (high - low), dtype=np.float32)


def add_gaussian(image: FloatImage, x: float, y: float, sigma: float, peak: float) -> None:
    """Add a round Gaussian of the given peak to an image in place."""
    pad = REACH * sigma + 1
    rows, columns = _span(y - pad, y + pad, image.shape[0]), _span(x - pad, x + pad, image.shape[1])
    if rows.start < rows.stop and columns.start < columns.stop:
        across = np.exp(-0.5 * ((np.arange(columns.start, columns.stop) - x) / sigma) ** 2)
        upward = np.exp(-0.5 * ((np.arange(rows.start, rows.stop) - y) / sigma) ** 2)
        image[rows, columns] += (peak * upward[:, None] * across[None, :]).astype(np.float32)


def ellipse(x: float, y: float, width: float, height: float, power: float = 2.0) -> npt.NDArray[np.bool_]:
    """Mask of a superellipse: power 2 is an ellipse, high powers are rounded rectangles."""
    rows, columns = np.ogrid[:CUTOUT_SIZE, :CUTOUT_SIZE]
    inside: npt.NDArray[np.bool_] = (
        np.abs((columns - x) / (width / 2)) ** power + np.abs((rows - y) / (height / 2)) ** power < 1
    )
    return inside
