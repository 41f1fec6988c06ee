"""Difference-image cutouts by class, and injection into real ones."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.ndimage import uniform_filter

from scoring.families import FineClass
from scoring.simulation.config import CUTOUT_SIZE, SimulationConfig
from scoring.simulation.drawing import Trail, chance, draw, draw_count, smooth_field
from scoring.simulation.ghosts import draw_ghost
from scoring.simulation.masks import add_mask, cut_edge, draw_masked_star
from scoring.simulation.rendering import Z_WHITE, FloatImage, MaskImage, clip_z
from scoring.simulation.residuals import draw_bad_subtraction, draw_sharpening, draw_stray_residuals
from scoring.simulation.scene import SHAPE, Scene, Truth
from scoring.simulation.sharpening import coloured_noise
from scoring.simulation.streaks import draw_asteroid, draw_cosmic_ray, draw_flashes, draw_long_trail


def _draw_blank(_scene: Scene, _rng: np.random.Generator, _config: SimulationConfig) -> None:
    """Draw nothing: the noise and its gradient are all there is."""


Painter = Callable[[Scene, np.random.Generator, SimulationConfig], Trail | None]

STREAKS: dict[FineClass, Painter] = {
    FineClass.ASTEROID: draw_asteroid,
    FineClass.LONG_TRAIL: draw_long_trail,
    FineClass.FLASHES: draw_flashes,
    FineClass.COSMIC_RAY: draw_cosmic_ray,
}
PAINTERS: dict[FineClass, Painter] = {
    **STREAKS,
    FineClass.BAD_SUBTRACTION: draw_bad_subtraction,
    FineClass.MASKED_STAR: draw_masked_star,
    FineClass.GHOST: draw_ghost,
    FineClass.BLANK: _draw_blank,
}
# Classes that the finder reports mostly where the background itself is uneven.
STEEP = {FineClass.MASKED_STAR: 0.8, FineClass.BLANK: 0.6, FineClass.GHOST: 0.3}


@dataclass(frozen=True, slots=True)
class Simulated:
    """Cutouts with what is in them.

    Attributes
    ----------
    z : (n, 157, 157) float32, sigma above the median; masked pixels hold one flat value, padded ones 0.
    masked : (n, 157, 157) bool, without data or beyond the CCD.
    truths : what was drawn, n of them.
    """

    z: FloatImage
    masked: MaskImage
    truths: list[Truth]


def simulate(fine_class: FineClass, rng: np.random.Generator, config: SimulationConfig, n: int) -> Simulated:
    """Make difference-image cutouts of one class.

    Parameters
    ----------
    fine_class : any class but ``unsure``.
    rng : source of all randomness; the same state gives the same pixels.
    config : distributions.
    n : how many.

    Raises
    ------
    ValueError
        If nothing of that class can be drawn.

    Examples
    --------
    >>> made = simulate(FineClass.ASTEROID, np.random.default_rng(1), SimulationConfig(), 2)
    >>> made.z.shape, made.truths[0].fine_class.value
    ((2, 157, 157), 'asteroid')
    """
    painter = _painter(PAINTERS, fine_class)
    z, masked = np.empty((n, *SHAPE), np.float32), np.zeros((n, *SHAPE), np.bool_)
    truths = []
    for number in range(n):
        scene = Scene()
        truths.append(Truth(fine_class, painter(scene, rng, config)))
        _add_surroundings(scene, rng, config, truths[-1])
        z[number], masked[number] = _expose(scene, rng, config)
    return Simulated(z, masked, truths)


def inject(
    background: FloatImage,
    masked: MaskImage,
    fine_class: FineClass,
    rng: np.random.Generator,
    config: SimulationConfig,
) -> tuple[FloatImage, MaskImage, Truth]:
    """Add an asteroid, long trail, flashes or a cosmic ray to a real cutout that has none.

    Parameters
    ----------
    background : (157, 157), sigma, as read back from the grey rendering (clipped at -2.5 and +10).
    masked : (157, 157) bool; these pixels keep their value.
    fine_class : what to add.
    rng, config : as for `simulate`.

    Returns
    -------
    The cutout, clipped and rounded to the rendering's 256 levels again; its mask; what was added.

    Raises
    ------
    ValueError
        If the class cannot be injected, or the background is not 157 x 157 px.
    """
    painter = _painter(STREAKS, fine_class)
    if background.shape != SHAPE:
        raise ValueError(f"a background must be {SHAPE} px, not {background.shape}")
    scene = Scene()
    truth = Truth(fine_class, painter(scene, rng, config))
    light = _through_optics(scene, rng, config)
    z = background + light + _shot_noise(light, rng, config)
    # A white lobe was cut at -2.5 sigma: how deep it really was is lost, and so is what lies over it.
    lobe = (background <= Z_WHITE + 0.02) & (uniform_filter(background, 3) < Z_WHITE / 2)
    z[lobe | masked] = background[lobe | masked]
    return clip_z(z), masked.copy(), truth


def _painter(painters: dict[FineClass, Painter], fine_class: FineClass) -> Painter:
    if fine_class not in painters:
        raise ValueError(f"the class must be one of {[str(name) for name in painters]}, not {fine_class}")
    return painters[fine_class]


def _add_surroundings(scene: Scene, rng: np.random.Generator, config: SimulationConfig, truth: Truth) -> None:
    """Add what any cutout may have: a background, stray residuals, an edge."""
    steep = add_background(scene, rng, config, truth)
    if truth.fine_class is not FineClass.BAD_SUBTRACTION and not (steep and chance(rng, 0.7)):
        draw_stray_residuals(scene, rng, config)  # fewer under the Moon, which hides faint stars
    if chance(rng, config.sky.edge_share):
        cut_edge(scene, rng, config, _clearance(truth))


def _clearance(truth: Truth) -> float:
    """Radius about the centre that a short streak needs, px; 0 for what may be cut."""
    if truth.trail is None or truth.fine_class in {FineClass.LONG_TRAIL, FineClass.GHOST}:
        return 0.0
    return truth.trail.length / 2 + 5


def add_background(scene: Scene, rng: np.random.Generator, config: SimulationConfig, truth: Truth) -> bool:
    """Add gradient, step and masks, none over a short streak; and say whether the gradient is a steep one."""
    law = config.sky
    steep = chance(rng, STEEP.get(truth.fine_class, 0.05))
    scene.glow += draw(rng, law.steep_gradient if steep else law.gradient) * smooth_field(rng, 1 + int(rng.integers(3)))
    if chance(rng, law.step_share):
        _add_step(scene, rng, draw(rng, law.step))
    if chance(rng, law.mask_share):
        clear = _clearance(truth)
        for _ in range(draw_count(rng, (1, 2))):
            add_mask(scene, rng, config, clear + 15 if clear else 0.0)
    return steep


def _add_step(scene: Scene, rng: np.random.Generator, height: float) -> None:
    """Add a step where the number of reference frames changes: a straight line or stairs."""
    edge = np.full(CUTOUT_SIZE, float(rng.uniform(10, 147)))
    if chance(rng, 0.3):
        edge += np.repeat(rng.normal(0, 12, 20).cumsum(), 8)[:CUTOUT_SIZE]
    beyond = np.arange(CUTOUT_SIZE)[:, None] < edge[None, :]
    scene.glow += np.float32(height) * np.rot90(beyond, int(rng.integers(4)))


def _through_optics(scene: Scene, rng: np.random.Generator, config: SimulationConfig) -> FloatImage:
    """Sharpen the sources' light as the subtraction does, and add the glow."""
    sharpening = scene.sharpening or draw_sharpening(rng, config)
    if not scene.light.any():
        return scene.glow
    return sharpening.apply(scene.light) + scene.glow


def _shot_noise(light: FloatImage, rng: np.random.Generator, config: SimulationConfig) -> FloatImage:
    """Noise that the sources' own photons add to the sky's, sigma."""
    electrons = draw(rng, config.sky.noise_electrons)
    noise = rng.standard_normal(SHAPE, dtype=np.float32)
    return np.asarray(noise * np.sqrt(np.maximum(light, 0) / np.float32(electrons)), dtype=np.float32)


def _expose(scene: Scene, rng: np.random.Generator, config: SimulationConfig) -> tuple[FloatImage, MaskImage]:
    """Add noise, normalise as the survey does, and fill what has no data."""
    light = _through_optics(scene, rng, config)
    electrons = draw(rng, config.sky.noise_electrons)
    noise = coloured_noise(rng, SHAPE, draw_colour(rng, config))
    z = light + noise * np.sqrt(1 + np.maximum(light, 0) / np.float32(electrons))
    masked = scene.masked | scene.padded
    z = _normalise(z, masked)
    z[masked] = draw(rng, config.sky.masked_value)
    z[scene.padded] = 0
    return z, masked


def draw_colour(rng: np.random.Generator, config: SimulationConfig) -> float:
    """Draw how much power the noise lacks at the highest frequencies; 0 for white noise."""
    return draw(rng, config.sky.colour_depth) if chance(rng, config.sky.coloured_share) else 0.0


def _normalise(z: FloatImage, masked: npt.NDArray[np.bool_]) -> FloatImage:
    """Subtract the median and divide by the robust sigma of the pixels that have data."""
    seen = z[::2, ::2][~masked[::2, ::2]]
    if seen.size < 100:
        return z
    median = np.median(seen)
    sigma = 1.4826 * np.median(np.abs(seen - median))
    return np.asarray((z - median) / sigma, dtype=np.float32)
