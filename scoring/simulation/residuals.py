"""Residuals of subtracted stars: yin-yang pairs, rings of a seeing mismatch, saturated cores."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from scoring.simulation.config import CENTRE, CUTOUT_SIZE, SimulationConfig
from scoring.simulation.drawing import chance, draw
from scoring.simulation.rendering import FloatImage
from scoring.simulation.scene import Scene
from scoring.simulation.sharpening import Sharpening

REFERENCE_WINGS = 3.5  # Moffat index
SIGMA_TO_FWHM = 2 * math.sqrt(2 * math.log(2))


@dataclass(frozen=True, slots=True)
class Mismatch:
    """How the new image and the reference differ, the same for every star of a cutout.

    Attributes
    ----------
    shift : displacement of the new image, ``(x, y)`` px.
    sigma_new, sigma_ref : Gaussian-equivalent sigma of both point-spread functions, px.
    wings : Moffat index of the new image.
    flux_error : how much too bright the reference's star is, relative.
    saturation : peak above which a core is not subtracted, sigma.
    """

    shift: tuple[float, float]
    sigma_new: float
    sigma_ref: float
    wings: float
    flux_error: float
    saturation: float


def draw_mismatch(rng: np.random.Generator, config: SimulationConfig) -> Mismatch:
    """Draw registration error and change of seeing; one of the two usually dominates."""
    law = config.bad_subtractions
    size, direction = draw(rng, law.shift) * rng.random(), rng.uniform(0, 2 * np.pi)
    change = draw(rng, law.mismatch) * rng.random() * (-1 if chance(rng, law.sharper_share) else 1)
    sigma = draw(rng, config.optics.sigma)
    return Mismatch(
        shift=(float(size * np.cos(direction)), float(size * np.sin(direction))),
        sigma_new=sigma * (1 + change / 2),
        sigma_ref=sigma * (1 - change / 2),
        wings=draw(rng, law.wings) if change > 0 else REFERENCE_WINGS,
        flux_error=draw(rng, law.flux_error) * float(rng.random()),
        saturation=law.saturation,
    )


def draw_sharpening(rng: np.random.Generator, config: SimulationConfig) -> Sharpening:
    """Draw what the whitening of the subtraction does; stripes run along columns more often than along rows."""
    law = config.optics
    strength = draw(rng, law.stripes)
    stripes = (strength * float(rng.random()) ** 2, strength)
    return Sharpening(
        rim=draw(rng, law.rim) * float(rng.random()),
        stripes=stripes if chance(rng, 0.75) else stripes[::-1],
        reach=draw(rng, law.stripe_reach),
    )


def add_residual(
    image: FloatImage, rng: np.random.Generator, where: tuple[float, float], peak: float, mismatch: Mismatch
) -> None:
    """Add what is left of a star after the subtraction, in place.

    Parameters
    ----------
    image : (ny, nx), sigma.
    where : position of the star, ``(x, y)`` px.
    peak : its brightness before the subtraction, sigma.
    mismatch : how the two epochs differ.
    """
    x, y = where
    reach = int(np.clip(5 + 5 * np.log10(peak), 6, 30))
    columns = slice(max(int(x) - reach, 0), min(int(x) + reach + 1, image.shape[1]))
    rows = slice(max(int(y) - reach, 0), min(int(y) + reach + 1, image.shape[0]))
    if columns.start >= columns.stop or rows.start >= rows.stop:
        return
    row, column = np.ogrid[rows, columns]
    jitter = rng.normal(0, 0.03, 2)
    dx, dy = mismatch.shift[0] + jitter[0], mismatch.shift[1] + jitter[1]
    new = moffat(column - x - dx / 2, row - y - dy / 2, mismatch.sigma_new, mismatch.wings)
    ref = moffat(column - x + dx / 2, row - y + dy / 2, mismatch.sigma_ref, REFERENCE_WINGS)
    flux_ratio = flux_of(mismatch.sigma_ref, REFERENCE_WINGS) / flux_of(mismatch.sigma_new, mismatch.wings)
    residual = peak * ((1 - mismatch.flux_error) * flux_ratio * new - ref)
    residual += np.sqrt(np.maximum(peak * new, 0) / 40) * rng.standard_normal(residual.shape)
    core = peak * ref > mismatch.saturation
    residual[core] = rng.normal(-25, 18, int(core.sum()))
    image[rows, columns] += residual.astype(np.float32)


def _moffat_radius(sigma: float, index: float) -> float:
    return sigma * SIGMA_TO_FWHM / (2 * math.sqrt(2 ** (1 / index) - 1))


def moffat(dx: npt.NDArray[Any], dy: npt.NDArray[Any], sigma: float, index: float) -> FloatImage:
    """Moffat profile of peak 1 with the full width at half maximum of a Gaussian of this sigma, px."""
    return np.asarray((1 + (dx**2 + dy**2) / _moffat_radius(sigma, index) ** 2) ** -index, dtype=np.float32)


def flux_of(sigma: float, index: float) -> float:
    """Sum over the plane of a Moffat profile of peak 1, px^2."""
    return math.pi * _moffat_radius(sigma, index) ** 2 / (index - 1)


def draw_bad_subtraction(scene: Scene, rng: np.random.Generator, config: SimulationConfig) -> None:
    """Draw the residuals of a field of stars with one of them, or a pair, at the centre."""
    law = config.bad_subtractions
    mismatch = draw_mismatch(rng, config)
    x, y = CENTRE + rng.normal(0, 2, 2)
    _add_visible(scene.light, rng, (x, y), draw(rng, law.peak), mismatch)
    if chance(rng, law.pair_share):
        angle, distance = rng.uniform(0, 2 * np.pi), rng.uniform(5, 20)
        beside = (x + distance * np.cos(angle), y + distance * np.sin(angle))
        _add_visible(scene.light, rng, beside, draw(rng, law.peak), mismatch)
    for _ in range(int(draw(rng, law.stars)) - 1):
        star_x, star_y = rng.uniform(0, CUTOUT_SIZE, 2)
        add_residual(scene.light, rng, (star_x, star_y), draw(rng, law.peak), mismatch)


def _add_visible(
    image: FloatImage, rng: np.random.Generator, where: tuple[float, float], peak: float, mismatch: Mismatch
) -> None:
    """Add a residual that the finder would see: a star bright enough for the size of the mismatch."""
    contrast = np.hypot(*mismatch.shift) / mismatch.sigma_new / 2
    contrast += abs(1 - (mismatch.sigma_ref / mismatch.sigma_new) ** 2) + mismatch.flux_error + 0.02
    add_residual(image, rng, where, max(peak, 22 / contrast), mismatch)


def draw_stray_residuals(scene: Scene, rng: np.random.Generator, config: SimulationConfig) -> None:
    """Draw the few small residuals that any cutout has, away from its centre."""
    count = int(rng.poisson(config.sky.mean_residuals * rng.gamma(1.0)))
    if not count:
        return
    mismatch = draw_mismatch(rng, config)
    for _ in range(count):
        x, y = rng.uniform(0, CUTOUT_SIZE, 2)
        if np.hypot(x - CENTRE, y - CENTRE) > 14:
            peak = min(draw(rng, config.bad_subtractions.peak), 600.0)
            _add_visible(scene.light, rng, (x, y), peak, mismatch)
