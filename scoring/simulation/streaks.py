"""Things that are really in the sky or in the detector: asteroids, long trails, flashes, cosmic rays.

Every function draws one onto a scene and returns the trail that a streak finder would fit.
"""

from dataclasses import replace

import numpy as np

from scoring.simulation.config import CENTRE, CUTOUT_SIZE, SimulationConfig
from scoring.simulation.drawing import Profile, Trail, add_trail, chance, draw, draw_count, rough, uneven
from scoring.simulation.rendering import FloatImage
from scoring.simulation.scene import Scene
from scoring.simulation.sharpening import Sharpening


def draw_asteroid(scene: Scene, rng: np.random.Generator, config: SimulationConfig) -> Trail:
    """Draw a short uniform streak with both ends inside."""
    trail = asteroid_trail(rng, config)
    draw_streak(scene, trail, rng, config, tumbling=chance(rng, config.asteroids.tumbling_share))
    return trail


def draw_streak(
    scene: Scene, trail: Trail, rng: np.random.Generator, config: SimulationConfig, *, tumbling: bool
) -> None:
    """Draw an asteroid along a given trail."""
    profile = tumbling_profile(rng, config, trail.length) if tumbling else None
    add_trail(scene.light, trail, profile, wobble_of(rng, config, trail.length))


def asteroid_trail(rng: np.random.Generator, config: SimulationConfig) -> Trail:
    """Draw length, angle, width, brightness and position of an asteroid's streak."""
    law = config.asteroids
    length = min(law.shortest + rng.gamma(law.length_shape, law.length_scale), law.longest)
    sigma, amplitude = draw(rng, config.optics.sigma), draw(rng, law.amplitude)
    kind = rng.random()
    if kind < law.thick_share:
        sigma, amplitude = draw(rng, law.thick_sigma), draw(rng, law.thick_amplitude)
    elif kind < law.thick_share + law.wide_share:
        sigma, amplitude = draw(rng, law.wide_sigma), draw(rng, law.wide_amplitude)
    trail = Trail(CENTRE, CENTRE, length, float(rng.uniform(0, 180)), sigma, amplitude)
    if trail.snr < law.least_snr:
        trail = replace(trail, amplitude=trail.amplitude * law.least_snr / trail.snr * float(rng.uniform(1, 1.5)))
    along = float(rng.uniform(-0.25, 0.25)) * length if chance(rng, law.misfit_share) else 0.0
    dx, dy = rng.normal(0, law.offset, 2)
    if law.astray_share and chance(rng, law.astray_share):
        dx, dy = rng.uniform(*law.astray, 2)
    cos, sin = trail.direction
    return replace(trail, x=float(CENTRE + dx + along * cos), y=float(CENTRE + dy + along * sin))


def tumbling_profile(rng: np.random.Generator, config: SimulationConfig, length: float) -> Profile:
    """Make the brightness of a rotating body along its trail, of mean near 1."""
    depth, cycles = draw(rng, config.asteroids.tumbling_depth), draw(rng, config.asteroids.tumbling_cycles)
    phase = float(rng.uniform(0, 2 * np.pi))

    def at(along: FloatImage) -> FloatImage:
        return np.asarray(1 + depth * np.sin(2 * np.pi * cycles / length * along + phase), dtype=np.float32)

    return at


def wobble_of(rng: np.random.Generator, config: SimulationConfig, length: float) -> Profile:
    """Make the sideways image motion during the exposure, px."""
    law = config.optics
    return rough(rng, length / 2 + 15, draw(rng, law.wobble_scale), draw(rng, law.wobble))


def draw_long_trail(scene: Scene, rng: np.random.Generator, config: SimulationConfig) -> Trail:
    """Draw a trail across the cutout, often with gaps, sometimes with an end inside."""
    law = config.long_trails
    astray = law.astray_share > 0 and chance(rng, law.astray_share)
    if astray or chance(rng, law.bright_share):  # only the glare of a bright one is fitted far off the trail
        sigma, amplitude = draw(rng, law.bright_sigma), draw(rng, law.bright_amplitude)
    else:
        sigma, amplitude = draw(rng, law.sigma), draw(rng, law.amplitude)
    start, stop = -120.0, 120.0  # px from the midpoint: beyond the corners
    if chance(rng, law.end_share):
        stop = draw(rng, law.end_distance)
    angle = float(rng.uniform(0, 180)) + (180 if chance(rng, 0.5) else 0)
    dx, dy = rng.normal(0, 1.0, 2)
    if astray:
        side = np.radians(angle + 90)
        dx, dy = draw(rng, law.astray) * np.array([np.cos(side), np.sin(side)])
    base = Trail(CENTRE + dx, CENTRE + dy, 0.0, angle, sigma, amplitude)
    trail = _between(base, start, stop)
    add_trail(scene.light, trail, _broken(rng, config, base, trail), wobble_of(rng, config, trail.length))
    if chance(rng, law.second_share):
        x, y = rng.uniform(10, CUTOUT_SIZE - 10, 2)
        beside = Trail(float(x), float(y), 400.0, angle + float(rng.normal(0, 15)), sigma, draw(rng, law.amplitude))
        add_trail(scene.light, beside)
    return trail


def _between(base: Trail, start: float, stop: float) -> Trail:
    """Cut the line through a point to the part between two distances from it."""
    cos, sin = base.direction
    middle = (start + stop) / 2
    return replace(base, x=base.x + middle * cos, y=base.y + middle * sin, length=stop - start)


def _broken(rng: np.random.Generator, config: SimulationConfig, base: Trail, trail: Trail) -> Profile:
    """Make the brightness along a long trail: slow changes, and nothing where stars were masked."""
    law = config.long_trails
    slow = uneven(rough(rng, trail.length / 2 + 15, 25.0, abs(rng.normal(0, law.variation))), least=0.1)
    count = draw_count(rng, law.gaps) if chance(rng, law.gap_share) else 0
    centres = rng.uniform(-90, 90, count) - np.dot((trail.x - base.x, trail.y - base.y), trail.direction)
    halves = rng.uniform(*law.gap_length, count) / 2

    def at(along: FloatImage) -> FloatImage:
        value = slow(along)
        for centre, half in zip(centres, halves, strict=True):
            value = value * np.clip(np.abs(along - centre) - half + 0.5, 0, 1)
        return np.asarray(value, dtype=np.float32)

    return at


def draw_flashes(scene: Scene, rng: np.random.Generator, config: SimulationConfig) -> Trail:
    """Draw one tapering spindle, or a row of flashes, with or without a faint trail below."""
    law = config.flashes
    length, spacing, phase = draw(rng, law.length), draw(rng, law.spacing), float(rng.uniform(-0.5, 0.5))
    single = chance(rng, law.single_share)
    if chance(rng, law.dotted_share):
        length, spacing, single = float(rng.uniform(4, 9)), float(rng.uniform(9, 22)), False
    if single or chance(rng, 0.6):
        phase = float(rng.normal(0, 0.04))  # the finder centres on one flash
    sharpness, glow = float(np.exp(rng.uniform(-1.8, 0.8))), draw(rng, law.glow) if chance(rng, law.glow_share) else 0.0
    bright = chance(rng, law.bright_share)
    sigma, amplitude = draw(rng, config.optics.sigma), draw(rng, law.bright_amplitude if bright else law.amplitude)
    low, high = (-0.5, 0.5) if single else _visible_flashes(rng)
    strengths = np.clip(rng.normal(1, 0.3, 64), 0.25, 2)

    def at(along: FloatImage) -> FloatImage:
        number = np.rint(along / spacing - phase)
        from_peak = (along - (number + phase) * spacing) / (length / 2)
        flash = np.clip(1 - from_peak**2, 0, 1) ** sharpness * strengths[number.astype(int) % 64]
        inside = (number > low) & (number < high)
        return np.asarray(np.where(inside, flash, 0) + glow, dtype=np.float32)

    angle = float(rng.uniform(0, 180))
    dx, dy = rng.normal(0, 0.8, 2)
    whole = Trail(CENTRE + dx, CENTRE + dy, 400.0, angle, sigma, amplitude)
    if single and glow:
        whole = replace(whole, length=length * float(rng.uniform(1.2, 3)))
    add_trail(scene.light, whole, at)
    return replace(whole, length=length)


def _visible_flashes(rng: np.random.Generator) -> tuple[float, float]:
    """Choose which flashes of the row were exposed; the others fell outside the exposure."""
    if chance(rng, 0.6):
        return -50.0, 50.0
    return -0.5 - float(rng.integers(0, 3)), 0.5 + float(rng.integers(1, 3))


def draw_cosmic_ray(scene: Scene, rng: np.random.Generator, config: SimulationConfig) -> Trail:
    """Draw a particle track: narrower than any star, straight, curved or hooked, sometimes broken."""
    law = config.cosmic_rays
    length, sigma, amplitude = draw(rng, law.length), draw(rng, law.sigma), draw(rng, law.amplitude)
    bend = 0.0
    if chance(rng, law.hooked_share):
        length, bend = length * float(rng.uniform(2, 4)), float(rng.choice([-1, 1]) * rng.uniform(150, 280))
    elif chance(rng, law.curved_share):
        length, bend = length * float(rng.uniform(1, 2)), float(rng.normal(0, 50))
    scene.sharpening = Sharpening(
        rim=draw(rng, law.rim), stripes=(float(rng.uniform(0, 0.5)), float(rng.uniform(0, 0.5)))
    )
    points, angle = _track(rng, length, bend)
    strengths = np.clip(1 + 0.35 * rng.standard_normal(len(points)), 0.2, 3)
    if chance(rng, law.broken_share):
        first = int(rng.integers(1, max(len(points) - 2, 2)))
        strengths[first : first + int(rng.integers(1, 4))] = 0
    for (x0, y0), (x1, y1), strength in zip(points[:-1], points[1:], strengths[:-1], strict=True):
        step = float(np.hypot(x1 - x0, y1 - y0))
        direction = float(np.degrees(np.arctan2(y1 - y0, x1 - x0)))
        piece = Trail((x0 + x1) / 2, (y0 + y1) / 2, step, direction, sigma, amplitude * float(strength))
        add_trail(scene.light, piece)
    ends = points[-1] - points[0]
    return Trail(CENTRE, CENTRE, float(np.hypot(*ends)), angle, sigma, amplitude)


def _track(rng: np.random.Generator, length: float, bend: float) -> tuple[np.ndarray, float]:
    """Walk along a track that turns by ``bend`` degrees in all, centred on the cutout; and its mean direction."""
    steps = max(round(length / 2), 2)
    jitter = 4.0 if bend else 0.5  # degrees a step: soft electrons scatter, muons do not
    turns = bend * _uneven(rng, steps) + rng.normal(0, jitter, steps)
    headings = np.radians(rng.uniform(0, 360) + np.cumsum(turns))
    walk = np.vstack(
        [(0, 0), np.cumsum(length / steps * np.column_stack([np.cos(headings), np.sin(headings)]), axis=0)]
    )
    points = walk - walk.mean(axis=0) + CENTRE + rng.normal(0, 0.8, 2)
    across = points[-1] - points[0]
    return points, float(np.degrees(np.arctan2(across[1], across[0])) % 180)


def _uneven(rng: np.random.Generator, steps: int) -> np.ndarray:
    """Share the turning unevenly: a hook turns most in one part of the track."""
    weights = np.exp(-0.5 * ((np.arange(steps) - rng.uniform(0.3, 0.9) * steps) / (0.25 * steps)) ** 2)
    return np.asarray(weights / weights.sum())
