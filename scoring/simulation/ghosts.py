"""Reflections in the optics: bundles of filaments, feathered fans, V shapes, blobs, steep gradients."""

import numpy as np

from scoring.simulation.config import CENTRE, CUTOUT_SIZE, SimulationConfig
from scoring.simulation.drawing import (
    Trail,
    add_gaussian,
    add_trail,
    chance,
    draw,
    draw_count,
    ellipse,
    rough,
    smooth_field,
    spindle,
    uneven,
)
from scoring.simulation.rendering import FloatImage
from scoring.simulation.scene import Scene


def draw_ghost(scene: Scene, rng: np.random.Generator, config: SimulationConfig) -> Trail | None:
    """Draw one kind of reflection; give the filament at the centre of a bundle."""
    law, kind = config.ghosts, rng.random()
    if kind < law.bundle_share:
        return _add_bundle(scene, rng, config)
    if kind < law.bundle_share + law.fan_share:
        _add_fan(scene, rng, config)
    elif kind < law.bundle_share + law.fan_share + law.wisp_share:
        _add_wisps(scene, rng)
    else:
        _add_blob(scene, rng)
    return None


def _add_bundle(scene: Scene, rng: np.random.Generator, config: SimulationConfig) -> Trail:
    """Add filaments that run nearly parallel across the cutout, some along its columns, crossing each other."""
    law, heading = config.ghosts, draw(rng, config.ghosts.bundle_heading)
    filaments = []
    for number in range(max(draw_count(rng, law.filaments), 2)):
        x, y = rng.uniform(0, CUTOUT_SIZE, 2) if number else CENTRE + rng.normal(0, 3, 2)
        angle = heading + float(rng.normal(0, law.bundle_spread))
        sigma, amplitude = draw(rng, law.filament_sigma), draw(rng, law.filament_amplitude)
        brightness = uneven(rough(rng, 220, 18.0, float(rng.uniform(0.1, 0.5))))
        sway = rough(rng, 220, 30.0, float(rng.uniform(0, 1.0)))
        filaments.append(Trail(float(x), float(y), 420.0, angle, sigma, amplitude))
        add_trail(scene.glow, filaments[-1], brightness, sway)
    for _ in range(draw_count(rng, law.columns)):
        _add_column(scene.glow, rng, draw(rng, law.filament_amplitude), drop=chance(rng, law.drop_share))
    if chance(rng, 0.3):
        _mask_stripe(scene, rng, heading)
    return filaments[0]


def _add_column(image: FloatImage, rng: np.random.Generator, amplitude: float, *, drop: bool) -> None:
    """Add a line along a column: through the cutout, or ending in a drop."""
    x, sigma = float(rng.uniform(3, CUTOUT_SIZE - 3)), float(rng.uniform(0.7, 1.5))
    brightness = uneven(rough(rng, 200, 8.0, 0.35))
    if not drop:
        add_trail(image, Trail(x, CENTRE, 240.0, 90.0 + float(rng.normal(0, 1)), sigma, amplitude), brightness)
        return
    end, up = float(rng.uniform(20, 130)), 1 if chance(rng, 0.5) else -1
    amplitude *= float(rng.uniform(1, 4))
    add_trail(image, Trail(x, end + up * 90, 180.0, 90.0, sigma, amplitude), brightness)
    add_gaussian(image, x, end, float(rng.uniform(1.4, 2.4)), amplitude * float(rng.uniform(0.5, 2)))


def _mask_stripe(scene: Scene, rng: np.random.Generator, heading: float) -> None:
    """Mask a straight stripe along the bundle, as the survey does for the brightest filament."""
    x, y = rng.uniform(0, CUTOUT_SIZE, 2)
    rows, columns = np.ogrid[:CUTOUT_SIZE, :CUTOUT_SIZE]
    slope = np.radians(heading)
    across = (rows - y) * np.cos(slope) - (columns - x) * np.sin(slope)
    if abs((CENTRE - y) * np.cos(slope) - (CENTRE - x) * np.sin(slope)) > 14:
        scene.masked |= np.abs(across) < float(rng.uniform(2, 9))


def _add_fan(scene: Scene, rng: np.random.Generator, config: SimulationConfig) -> None:
    """Add a feathered fan: many short spindles along a band, nearly parallel, over a faint glow."""
    law, heading = config.ghosts, float(rng.uniform(0, 180))
    cos, sin = np.cos(np.radians(heading)), np.sin(np.radians(heading))
    thickness, opening = float(rng.uniform(4, 45)), float(rng.uniform(3, 14))
    strength = draw(rng, law.stroke_amplitude)
    for _ in range(draw_count(rng, law.strokes)):
        along, across = float(rng.normal(0, 45)), float(rng.normal(0, thickness))
        length, sigma = draw(rng, law.stroke_length), draw(rng, law.stroke_sigma)
        fade = float(rng.lognormal(-0.4, 0.8)) * float(np.exp(-abs(across) / thickness))
        x, y = CENTRE + along * cos - across * sin, CENTRE + along * sin + across * cos
        feather = Trail(x, y, length, heading + float(rng.normal(0, opening)), sigma, strength * fade)
        add_trail(scene.glow, feather, spindle(length), rough(rng, length, length / 4, 0.7 * sigma))
    scene.glow += draw(rng, config.sky.steep_gradient) * smooth_field(rng, 2)


def _add_wisps(scene: Scene, rng: np.random.Generator) -> None:
    """Add one or two faint smooth filaments that meet at a small angle: hooks and V shapes."""
    heading = float(rng.uniform(0, 360))
    x, y = CENTRE + rng.normal(0, 8, 2)
    for _ in range(int(rng.integers(1, 4))):
        length, angle = float(rng.uniform(20, 110)), heading + float(rng.normal(0, 22))
        cos, sin = np.cos(np.radians(angle)), np.sin(np.radians(angle))
        sigma, amplitude = float(rng.uniform(1.2, 4)), float(rng.uniform(0.7, 2.5))
        arm = Trail(float(x + length / 2.5 * cos), float(y + length / 2.5 * sin), length, angle, sigma, amplitude)
        add_trail(scene.glow, arm, spindle(length, 0.7), rough(rng, length, length / 4, float(rng.uniform(0.3, 2.5))))


def _add_blob(scene: Scene, rng: np.random.Generator) -> None:
    """Add a smooth patch, round or square, or a steep gradient over the whole cutout."""
    if chance(rng, 0.4):
        scene.glow += float(rng.uniform(1.2, 3.5)) * smooth_field(rng, 2)
        return
    x, y = CENTRE + rng.normal(0, 15, 2)
    if chance(rng, 0.35):
        side = float(rng.uniform(18, 45))
        patch = ellipse(x, y, side, side, 6).astype(np.float32)
        scene.glow += float(rng.uniform(0.5, 1.2)) * patch
    add_gaussian(scene.glow, x, y, float(rng.uniform(6, 22)), float(rng.uniform(0.8, 3)))
    add_gaussian(scene.glow, x + rng.normal(0, 20), y + rng.normal(0, 20), float(rng.uniform(8, 16)), -0.8)
