"""Pixels without data, and what stands around them: masked stars, bleeds, bad columns, edges of the CCD."""

import numpy as np
from scipy.ndimage import gaussian_filter

from scoring.simulation.config import CENTRE, CUTOUT_SIZE, SimulationConfig
from scoring.simulation.drawing import chance, draw, draw_count, ellipse, rough
from scoring.simulation.scene import Scene

PIXELS = np.arange(CUTOUT_SIZE, dtype=np.float32)


def draw_masked_star(scene: Scene, rng: np.random.Generator, config: SimulationConfig) -> None:
    """Draw masked stars, masked bands, rims, bad columns and bursts: at least one of them."""
    law = config.masked_stars
    drawn = 0
    for shape, share in (
        (add_band, law.band_share),
        (_add_arc, law.arc_share),
        (_add_column, law.column_share),
        (_add_burst, law.burst_share),
    ):
        if chance(rng, share):
            shape(scene, rng, config)
            drawn += 1
    for _ in range(max(draw_count(rng, law.masks), 0 if drawn else 1)):
        add_mask(scene, rng, config)


def add_mask(scene: Scene, rng: np.random.Generator, config: SimulationConfig, keep: float = 0.0) -> None:
    """Mask one star, a tall oval with ringing and bleeds or a small square, unless it is nearer than ``keep`` px."""
    law = config.masked_stars
    x, y = rng.uniform(0, CUTOUT_SIZE, 2)
    if chance(rng, 0.2):
        x, y = CENTRE + rng.normal(0, 20, 2)
    if np.hypot(x - CENTRE, y - CENTRE) < keep:
        return
    if chance(rng, 0.5):
        side = draw(rng, law.square_side)
        scene.saturated.append((x, y, side / 2))
        scene.masked |= ellipse(x, y, side, side * float(rng.uniform(0.9, 1.2)), 8)
        return
    width, height = draw(rng, law.width), draw(rng, law.height)
    scene.saturated.append((x, y, width / 2))
    scene.masked |= ellipse(x, y, width, height, float(rng.uniform(2, 7)))
    if chance(rng, 0.4):  # a bleed along the column
        scene.masked |= ellipse(x, y, max(width * 0.5, 4), height * float(rng.uniform(1.2, 2.5)), 6)
    if chance(rng, law.ringing_share):
        for _ in range(int(rng.integers(1, 4))):
            _add_stripes(scene, rng, config, (x, y, width))
    if chance(rng, law.bleed_share):
        _add_wedges(scene, rng, config, (x, y, width))


def _add_stripes(
    scene: Scene, rng: np.random.Generator, config: SimulationConfig, mask: tuple[float, float, float]
) -> None:
    """Add stripes of a period near 2 px beside a mask, as a whitening filter leaves them."""
    law, (x, y, width) = config.masked_stars, mask
    heading, reach = rng.uniform(0, 2 * np.pi), draw(rng, law.ringing_reach)
    dx = PIXELS[None, :] - (x + np.cos(heading) * (width / 2 + reach * 0.3))
    dy = PIXELS[:, None] - (y + np.sin(heading) * (width / 2 + reach * 0.3))
    along, across = dx * np.cos(heading) + dy * np.sin(heading), dy * np.cos(heading) - dx * np.sin(heading)
    envelope = np.exp(-0.5 * (along / (reach / 1.8)) ** 2 - 0.5 * (across / (reach / rng.uniform(3, 6))) ** 2)
    kx, ky = rng.choice([(1.0, 0.0), (0.0, 1.0), (0.95, 0.95), (0.95, -0.95)]) * rng.uniform(0.85, 1.0, 2)
    stripes = np.cos(np.pi * (kx * PIXELS[None, :] + ky * PIXELS[:, None]))
    scene.glow += (draw(rng, law.ringing_amplitude) * envelope * stripes).astype(np.float32)


def _add_wedges(
    scene: Scene, rng: np.random.Generator, config: SimulationConfig, mask: tuple[float, float, float]
) -> None:
    """Add dark wedges along the row on both sides of a mask."""
    x, y, width = mask
    for side in (-1, 1):
        if chance(rng, 0.2):
            continue
        length, half = draw(rng, config.masked_stars.bleed_length), float(rng.uniform(0.7, 1.8))
        distance = side * (PIXELS[None, :] - x) - width / 2 + 1
        taper = np.clip(1 - distance / length, 0, 1) ** float(rng.uniform(1, 3)) * (distance > 0)
        thickness = np.maximum(half * taper, 1e-3)
        wedge = np.exp(-0.5 * ((PIXELS[:, None] - y) / thickness) ** 2) * (taper > 0)
        scene.glow += (float(rng.uniform(4, 30)) * taper * wedge).astype(np.float32)


def add_band(scene: Scene, rng: np.random.Generator, config: SimulationConfig) -> None:
    """Mask a band at one side, straight or ragged, as at the edge of a CCD."""
    depth = draw(rng, config.sky.edge_band)
    edge = np.full(CUTOUT_SIZE, depth)
    if chance(rng, 0.5):
        blocks = rng.uniform(0, 6, CUTOUT_SIZE) * (rng.random(CUTOUT_SIZE) < 0.12)
        edge = depth + np.repeat(blocks, int(rng.integers(3, 16)))[:CUTOUT_SIZE] + rng.integers(0, 2, CUTOUT_SIZE)
    _mask_side(scene, rng, edge)


def _mask_side(scene: Scene, rng: np.random.Generator, edge: np.ndarray) -> None:
    """Mask from a side inwards to a depth for every row or column, px."""
    band = PIXELS[:, None] < edge[None, :]
    scene.masked |= np.rot90(band, int(rng.integers(0, 4)))


def _add_arc(scene: Scene, rng: np.random.Generator, _config: SimulationConfig) -> None:
    """Mask the rim of a wide circle: the halo of a star brighter than any reference can hold."""
    radius, heading = float(rng.uniform(90, 500)), rng.uniform(0, 2 * np.pi)
    distance = radius + float(rng.uniform(20, 75))
    x, y = CENTRE + distance * np.cos(heading), CENTRE + distance * np.sin(heading)
    scene.masked |= np.hypot(PIXELS[None, :] - x, PIXELS[:, None] - y) < radius


def _add_column(scene: Scene, rng: np.random.Generator, _config: SimulationConfig) -> None:
    """Add a bad column: dark or bright, a few px wide, often ending inside."""
    x, width = float(rng.uniform(5, CUTOUT_SIZE - 5)), float(rng.uniform(0.6, 2.5))
    strength = float(rng.lognormal(1.2, 1.0)) * (1 if chance(rng, 0.85) else -0.4)
    end = float(rng.uniform(20, CUTOUT_SIZE)) if chance(rng, 0.5) else 1000.0
    fade = np.exp(-np.maximum(PIXELS - end, 0) / 4) * (1 + 0.3 * rough(rng, 200, 2.0)(PIXELS))
    if chance(rng, 0.5):
        fade = fade[::-1]
    across = np.clip(width - np.abs(PIXELS - x) + 0.5, 0, 1)
    scene.glow += (strength * fade[:, None] * across[None, :]).astype(np.float32)


def _add_burst(scene: Scene, rng: np.random.Generator, _config: SimulationConfig) -> None:
    """Add the radial black and white residual of a very bright star near a side."""
    heading, distance = rng.uniform(0, 2 * np.pi), rng.uniform(45, 80)
    dx = PIXELS[None, :] - CENTRE - distance * np.cos(heading)
    dy = PIXELS[:, None] - CENTRE - distance * np.sin(heading)
    radius, angle = np.hypot(dx, dy), np.arctan2(dy, dx)
    speckle = gaussian_filter(rng.standard_normal(radius.shape), 1.2) * 3
    rays = rough(rng, 200, float(rng.uniform(1.5, 4)))(angle * 40) + speckle
    scene.glow += (float(rng.uniform(10, 40)) * rays * np.exp(-radius / rng.uniform(6, 14))).astype(np.float32)


def cut_edge(scene: Scene, rng: np.random.Generator, config: SimulationConfig, keep: float) -> None:
    """Pad beyond the edge of the CCD, often with a masked band in front; nothing within ``keep`` px of the centre."""
    law = config.sky
    margin = draw(rng, (max(law.edge_margin[0], min(keep, law.edge_margin[1])), law.edge_margin[1]))
    beyond = PIXELS[:, None] + 0 * PIXELS[None, :] < CENTRE - margin
    depth = min(draw(rng, law.edge_band), max(margin - max(keep, 6), 0)) if chance(rng, law.edge_band_share) else 0.0
    ragged = rng.integers(0, 3, CUTOUT_SIZE) if chance(rng, 0.3) and depth else np.zeros(CUTOUT_SIZE)
    band = PIXELS[:, None] < (CENTRE - margin + depth + ragged)[None, :]
    turns = int(rng.integers(0, 4))
    scene.padded |= np.rot90(beyond, turns)
    scene.masked |= np.rot90(band, turns)
