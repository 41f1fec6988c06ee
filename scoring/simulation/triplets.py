"""SCI, REF and DIFF cutouts of one detection: stars, noise, subtraction with its real failures."""

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from astropy.wcs import WCS
from scipy.ndimage import gaussian_filter

from scoring.families import FineClass
from scoring.simulation.config import CENTRE, CUTOUT_SIZE, Lognormal, SimulationConfig
from scoring.simulation.cutouts import PAINTERS, add_background
from scoring.simulation.drawing import Trail, chance, ellipse
from scoring.simulation.exposure import GAIN, QUADRANT_SHAPE, READ_NOISE, REFERENCE_FRAMES, SATURATION, Exposure
from scoring.simulation.rendering import FloatImage
from scoring.simulation.residuals import REFERENCE_WINGS, draw_sharpening, flux_of, moffat
from scoring.simulation.scene import SHAPE, Scene, Truth
from scoring.simulation.starfield import Starfield
from scoring.simulation.streaks import draw_streak

ROUNDING = 1 / 16  # DN: a hundredth of the noise, so that the files compress
STAR_REACH = 0.035  # degrees from the centre of a cutout beyond which no star matters


@dataclass(frozen=True, slots=True)
class Star:
    """A star at a place in the cutout's frame of 157 x 157 px: position px, flux DN."""

    x: float
    y: float
    flux: float


@dataclass(frozen=True, slots=True)
class Triplet:
    """The three cutouts of a detection.

    Attributes
    ----------
    sci, ref, diff : (ny, nx) float32, DN; 157 x 157, less at the edge of a CCD; NaN where masked (diff, ref).
    wcs : of all three.
    truth : what was drawn, its trail in pixels of the quadrant.
    """

    sci: FloatImage
    ref: FloatImage
    diff: FloatImage
    wcs: WCS
    truth: Truth


def make_triplet(
    exposure: Exposure,
    fine_class: FineClass,
    where: tuple[float, float],
    rng: np.random.Generator,
    config: SimulationConfig,
    *,
    starfield: Starfield,
    streak: Trail | None = None,
    tumbling: bool = False,
) -> Triplet:
    """Simulate the three cutouts about a place in a quadrant.

    Parameters
    ----------
    exposure : when, where, and under which conditions.
    fine_class : what is at the centre.
    where : fitted midpoint, ``(x, y)`` 0-based px of the quadrant.
    rng : source of randomness.
    config : distributions; the optics are replaced by the exposure's.
    starfield : the sky.
    streak : the asteroid's trail in pixels of the quadrant; drawn at random without it.
    tumbling : let the streak's brightness vary.
    """
    config = _conditions(config, exposure)
    corner = (round(where[0]) - int(CENTRE), round(where[1]) - int(CENTRE))
    scene = Scene()
    if streak is None:
        drawn = None if fine_class is FineClass.BAD_SUBTRACTION else PAINTERS[fine_class](scene, rng, config)
    else:
        drawn = replace(streak, x=streak.x - corner[0], y=streak.y - corner[1])
        draw_streak(scene, drawn, rng, config, tumbling=tumbling)
    truth = Truth(fine_class, drawn)
    add_background(scene, rng, config, truth)
    stars = _stars(exposure, corner, starfield)
    conditions = exposure
    if fine_class is FineClass.BAD_SUBTRACTION:
        stars += _badly_subtracted(exposure, rng)
        conditions = replace(exposure, shift=_worse(exposure.shift, rng))
    sci, ref, diff = _expose(conditions, scene, stars, rng, config)
    rows, columns = _on_the_quadrant(corner)
    placed = None if drawn is None else replace(drawn, x=drawn.x + corner[0], y=drawn.y + corner[1])
    wcs = exposure.wcs.deepcopy()
    wcs.wcs.crpix = exposure.wcs.wcs.crpix - np.array([corner[0] + columns.start, corner[1] + rows.start])
    wcs.wcs.set()
    cut = [_rounded(image[rows, columns]) for image in (sci, ref, diff)]
    return Triplet(cut[0], cut[1], cut[2], wcs, Truth(fine_class, placed))


def _conditions(config: SimulationConfig, exposure: Exposure) -> SimulationConfig:
    """Replace the distribution of the seeing by the exposure's own."""
    sigma = Lognormal(exposure.sigma, 0.0, exposure.sigma, exposure.sigma)
    return replace(config, optics=replace(config.optics, sigma=sigma))


def _on_the_quadrant(corner: tuple[int, int]) -> tuple[slice, slice]:
    """Rows and columns of the cutout's frame that lie on the quadrant."""
    (ny, nx), (x, y) = QUADRANT_SHAPE, corner
    return slice(max(0, -y), min(CUTOUT_SIZE, ny - y)), slice(max(0, -x), min(CUTOUT_SIZE, nx - x))


def _rounded(image: FloatImage) -> FloatImage:
    return np.asarray(np.round(image / ROUNDING) * ROUNDING, dtype=np.float32)


def _stars(exposure: Exposure, corner: tuple[int, int], starfield: Starfield) -> list[Star]:
    """Find the stars of the field that reach into the cutout."""
    ra, dec = exposure.wcs.all_pix2world(corner[0] + CENTRE, corner[1] + CENTRE, 0)
    ras, decs, magnitudes = starfield.within(float(ra), float(dec), STAR_REACH)
    if not ras.size:
        return []
    x, y = exposure.wcs.all_world2pix(ras, decs, 0)
    x, y = x - corner[0], y - corner[1]
    near = (np.abs(x - CENTRE) < CENTRE + 20) & (np.abs(y - CENTRE) < CENTRE + 20)
    flux = 10 ** (0.4 * (exposure.magzp - magnitudes))
    return [Star(*values) for values in zip(x[near].tolist(), y[near].tolist(), flux[near].tolist(), strict=True)]


def _star_of_peak(exposure: Exposure, x: float, y: float, peak: float) -> Star:
    """Make a star of the given peak, in sigma of the noise."""
    return Star(x, y, peak * exposure.noise * flux_of(exposure.sigma, REFERENCE_WINGS))


def _badly_subtracted(exposure: Exposure, rng: np.random.Generator) -> list[Star]:
    """Put a star, or a close pair, at the centre."""
    x, y = (float(at) for at in CENTRE + rng.normal(0, 1.5, 2))
    stars = [_star_of_peak(exposure, x, y, float(rng.lognormal(math.log(300), 0.8)))]
    if chance(rng, 0.45):
        angle, distance = float(rng.uniform(0, 2 * math.pi)), float(rng.uniform(5, 16))
        beside = (x + distance * math.cos(angle), y + distance * math.sin(angle))
        stars.append(_star_of_peak(exposure, *beside, float(rng.lognormal(math.log(200), 0.8))))
    return stars


def _worse(shift: tuple[float, float], rng: np.random.Generator) -> tuple[float, float]:
    """Enlarge a registration error in its own direction: one direction in an image."""
    factor = float(rng.uniform(0.25, 0.8)) / max(math.hypot(*shift), 1e-3)
    return shift[0] * factor, shift[1] * factor


def _saturated(exposure: Exposure, x: float, y: float, half_width: float) -> Star:
    """Make the star whose profile reaches the saturation level at the rim of its mask."""
    half_width = min(half_width, 9.0)
    rim = moffat(np.array([half_width]), np.zeros(1), exposure.sigma, REFERENCE_WINGS).item()
    return Star(float(x), float(y), SATURATION / 4 / rim * flux_of(exposure.sigma, REFERENCE_WINGS))


def _expose(
    exposure: Exposure, scene: Scene, stars: list[Star], rng: np.random.Generator, config: SimulationConfig
) -> tuple[FloatImage, FloatImage, FloatImage]:
    """Make SCI, REF and DIFF of the full 157 x 157 frame, DN.

    The difference of the noiseless images is sharpened as a whitening subtraction does; the noise stays white.
    """
    noise = exposure.noise
    leak = scene.glow if scene.saturated else 0 * scene.glow  # ringing beside masks arises in the subtraction
    saturated = [_saturated(exposure, x, y, half) for x, y, half in scene.saturated]
    new = _starlight(stars, (0.0, 0.0), exposure.sigma) + noise * (scene.light + scene.glow - leak)
    old = _starlight(stars, exposure.shift, exposure.ref_sigma)
    kernel = math.sqrt(max(exposure.sigma**2 - exposure.ref_sigma**2, 0.01)) * (1 + exposure.kernel_error)
    sharpening = scene.sharpening or draw_sharpening(rng, config)
    change = sharpening.apply(new - gaussian_filter(old, kernel)) + noise * leak
    sci_noise = _noise(rng, new + exposure.sky, 1)
    ref_noise = _noise(rng, old + exposure.sky, REFERENCE_FRAMES)
    # Saturated stars are masked out of the subtraction: they are in SCI and REF alone.
    sci = new + exposure.sky + sci_noise + _starlight(saturated, (0.0, 0.0), exposure.sigma)
    ref = old + 0.9 * exposure.sky + ref_noise + _starlight(saturated, exposure.shift, exposure.ref_sigma)
    for x, y, half in scene.saturated:
        sci[ellipse(x, y, 3.0, 6 * half, 8.0)] = SATURATION  # charge that bled along the column
    diff = change + sci_noise - gaussian_filter(ref_noise, kernel)
    diff[scene.masked | (new > SATURATION) | (old > SATURATION)] = np.nan
    return np.minimum(sci, SATURATION), np.minimum(ref, SATURATION), diff


def _starlight(stars: list[Star], shift: tuple[float, float], sigma: float) -> FloatImage:
    """Draw stars with Moffat profiles, DN."""
    image = np.zeros(SHAPE, dtype=np.float32)
    area = flux_of(sigma, REFERENCE_WINGS)
    for star in stars:
        x, y, peak = star.x + shift[0], star.y + shift[1], star.flux / area
        reach = int(np.clip(4 + 6 * math.log10(max(peak, 1)), 5, 45))
        rows = slice(max(int(y) - reach, 0), max(min(int(y) + reach + 1, CUTOUT_SIZE), 0))
        columns = slice(max(int(x) - reach, 0), max(min(int(x) + reach + 1, CUTOUT_SIZE), 0))
        row, column = np.ogrid[rows, columns]
        image[rows, columns] += peak * moffat(column - np.float32(x), row - np.float32(y), sigma, REFERENCE_WINGS)
    return image


def _noise(rng: np.random.Generator, light: npt.NDArray[Any], frames: int) -> FloatImage:
    """Photon and read noise of the mean of some frames, DN."""
    variance = (np.maximum(light, 0) / GAIN + (READ_NOISE / GAIN) ** 2) / frames
    return np.asarray(rng.standard_normal(SHAPE, dtype=np.float32) * np.sqrt(variance), dtype=np.float32)
