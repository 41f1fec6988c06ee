"""What the simulator draws from: one frozen configuration, every number with its unit.

The defaults are the distributions measured on ZTF's streak detections of 2017-18, with tails widened where
the open nights hold few examples (long streaks, saturated thick ones, faint wide ones).
Lengths are pixels of 1.0125 arcsec, brightness is in sigma of the sky noise, angles are degrees.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any, Self

CUTOUT_SIZE = 157  # px on a side
CENTRE = 78.0  # 0-based pixel of the fitted midpoint, both axes

Range = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Lognormal:
    """A lognormal distribution, cut at both ends.

    Attributes
    ----------
    median : its median, in the unit of the quantity.
    spread : standard deviation of the natural logarithm.
    low, high : values outside are set to the nearer end.
    """

    median: float
    spread: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Sky:
    """The background that every cutout has.

    Attributes
    ----------
    noise_electrons : electrons that one sigma of sky noise stands for; sets the shot noise of bright sources.
    coloured_share, colour_depth : share of images whose noise is not white, and the power that it lacks at the
        highest frequencies.
    gradient : peak-to-valley of the smooth background, sigma.
    steep_gradient : the same where the Moon, a halo or a bad flat shows (masked stars, ghosts, many blanks), sigma.
    step_share, step : share of cutouts with a straight or stair-shaped step of the coverage, and its height, sigma.
    mean_residuals : mean number of small subtraction residuals.
    mask_share : share of cutouts with one masked star or more.
    edge_share : share of cutouts that the CCD's edge cuts; the rest is padding.
    edge_margin : how much of the cutout is left on the cut side of the midpoint, px.
    edge_band_share, edge_band : share of cut edges with a masked band in front, and its width, px.
    masked_value : flat value that masked pixels are drawn with, sigma.
    """

    noise_electrons: Range = (25.0, 80.0)
    coloured_share: float = 0.4
    colour_depth: Range = (0.2, 0.95)
    gradient: Lognormal = Lognormal(0.17, 0.6, 0.0, 1.6)
    steep_gradient: Lognormal = Lognormal(1.1, 0.5, 0.2, 3.0)
    step_share: float = 0.03
    step: Range = (0.25, 0.7)
    mean_residuals: float = 1.4
    mask_share: float = 0.07
    edge_share: float = 0.137
    edge_margin: Range = (8.0, 77.0)
    edge_band_share: float = 0.6
    edge_band: Range = (2.0, 40.0)
    masked_value: Range = (-0.95, 0.05)


@dataclass(frozen=True, slots=True)
class Optics:
    """Point-spread function and what the subtraction does to sharp things.

    Attributes
    ----------
    sigma : Gaussian sigma across a trail, px (measured p5/50/95: 0.81/1.06/1.48).
    rim : gain near the Nyquist frequency that whitening gives the difference image; 0 is none.
    stripes : narrow gain at the Nyquist frequency along a row or column: stripes of period 2 px.
    stripe_reach : distance over which the stripes fade, px.
    wobble : rms of the image motion across a trail during the exposure (wavy edges), px.
    wobble_scale : length along the trail over which that motion is correlated, px.
    """

    sigma: Lognormal = Lognormal(1.06, 0.18, 0.72, 2.0)
    rim: Range = (0.0, 1.5)
    stripes: Lognormal = Lognormal(1.0, 1.3, 0.0, 40.0)
    stripe_reach: Range = (1.5, 6.0)
    wobble: Range = (0.0, 0.22)
    wobble_scale: Range = (1.5, 5.0)


@dataclass(frozen=True, slots=True)
class Asteroids:
    """Short uniform streaks with both ends inside.

    Attributes
    ----------
    shortest, longest : limits of the length, px; the detector cuts at 10 px (8 deg/day).
    length_shape, length_scale : Gamma distribution of the length above the shortest, px.
    amplitude : ridge brightness, sigma (measured p5/25/50/75: 1.8/3.2/5.6/9.6).
    least_snr : integrated signal-to-noise below which nothing is detected.
    thick_share, thick_amplitude, thick_sigma : share of saturated thick streaks, 5-7 px wide where black.
    wide_share, wide_amplitude, wide_sigma : share of faint wide streaks (bad seeing, out of focus).
    tumbling_share, tumbling_depth, tumbling_cycles : rotation that shows along the trail.
    offset : rms distance of the midpoint from the centre, px.
    misfit_share : share where the fit caught a part, so that the midpoint is off along the trail by up to a quarter.
    astray_share, astray : share where the fit caught something else nearby, and how far off the asteroid is then along
        each axis, px (2 of 157 real ones); none by default.
    """

    shortest: float = 10.0
    longest: float = 110.0
    length_shape: float = 1.5
    length_scale: float = 15.0
    amplitude: Lognormal = Lognormal(5.2, 0.80, 1.3, 60.0)
    least_snr: float = 6.5
    thick_share: float = 0.05
    thick_amplitude: Range = (20.0, 120.0)
    thick_sigma: Range = (1.0, 1.6)
    wide_share: float = 0.07
    wide_amplitude: Range = (0.9, 3.0)
    wide_sigma: Range = (1.6, 3.2)
    tumbling_share: float = 0.15
    tumbling_depth: Range = (0.2, 0.7)
    tumbling_cycles: Range = (0.5, 3.0)
    offset: float = 0.6
    misfit_share: float = 0.06
    astray_share: float = 0.0
    astray: Range = (-60.0, 60.0)


@dataclass(frozen=True, slots=True)
class LongTrails:
    """Satellites and aircraft that cross the cutout.

    Attributes
    ----------
    amplitude : ridge brightness, sigma.
    bright_share, bright_amplitude, bright_sigma : saturated trails and aircraft, sigma and px.
    sigma : Gaussian sigma across, px; satellites in low orbit are out of focus.
    gap_share, gaps, gap_length : trails with stars masked along them, how many, and how long each, px.
    end_share : trails that begin or end inside.
    end_distance : distance of that end from the midpoint, px.
    variation : rms of the slow change of brightness, of the mean.
    second_share : a second trail in the cutout.
    astray_share, astray : share where the fit caught something else nearby, and how far off the trail is then, px (the
        glare beside a very bright trail: 3 of 129 real ones); none by default.
    """

    amplitude: Lognormal = Lognormal(2.4, 0.60, 0.9, 12.0)
    bright_share: float = 0.08
    bright_amplitude: Range = (15.0, 300.0)
    bright_sigma: Range = (1.0, 3.0)
    sigma: Lognormal = Lognormal(1.2, 0.28, 0.75, 3.0)
    gap_share: float = 0.45
    gaps: Range = (1, 8)
    gap_length: Range = (3.0, 14.0)
    end_share: float = 0.25
    end_distance: Range = (5.0, 70.0)
    variation: float = 0.25
    second_share: float = 0.05
    astray_share: float = 0.0
    astray: Range = (15.0, 70.0)


@dataclass(frozen=True, slots=True)
class Flashes:
    """Tumbling or flashing satellites.

    Attributes
    ----------
    amplitude : brightness at the middle of a flash, sigma.
    bright_share, bright_amplitude : share and brightness of saturated ones, sigma.
    length : full length of a flash, px.
    spacing : distance between flashes, px.
    single_share : share with one spindle only.
    glow_share, glow : share with a continuous trail below, and its brightness over the flashes'.
    dotted_share : share with many short flashes close together.
    """

    amplitude: Lognormal = Lognormal(3.2, 0.45, 2.0, 12.0)
    bright_share: float = 0.2
    bright_amplitude: Range = (8.0, 30.0)
    length: Range = (15.0, 34.0)
    spacing: Range = (30.0, 48.0)
    single_share: float = 0.25
    glow_share: float = 0.35
    glow: Range = (0.05, 0.5)
    dotted_share: float = 0.08


@dataclass(frozen=True, slots=True)
class CosmicRays:
    """Particle tracks, sharper than any star.

    Attributes
    ----------
    sigma : Gaussian sigma across, px (measured 0.37-0.49).
    length : length along the track, px.
    amplitude : brightness, sigma.
    curved_share, hooked_share : tracks that bend, and those that turn back.
    broken_share : tracks in two or more pieces.
    rim : as in Optics, always visible here.
    """

    sigma: Range = (0.32, 0.52)
    length: Lognormal = Lognormal(14.5, 0.45, 6.0, 60.0)
    amplitude: Lognormal = Lognormal(32.0, 0.7, 9.0, 300.0)
    curved_share: float = 0.2
    hooked_share: float = 0.08
    broken_share: float = 0.25
    rim: Range = (0.1, 1.0)


@dataclass(frozen=True, slots=True)
class BadSubtractions:
    """Residuals of stars: yin-yang pairs, rings of a seeing mismatch, saturated cores.

    Attributes
    ----------
    stars : how many in a cutout.
    peak : brightness of a star before subtraction, sigma.
    shift : registration error, one direction in a cutout, px.
    mismatch : relative change of the PSF's width between the two epochs.
    sharper_share : cutouts where the new image is the sharper one: black cores instead of white.
    wings : Moffat index of the new image's wings; the reference has 3.5.
    flux_error : relative error of the photometric scale; the reference's star is too bright by this.
    saturation : peak above which the core is not subtracted, sigma.
    pair_share : cutouts with a second residual beside the first: together they look elongated.
    """

    stars: Lognormal = Lognormal(5.0, 1.1, 1, 40)
    peak: Lognormal = Lognormal(220.0, 1.4, 15.0, 20000.0)
    shift: Range = (0.0, 0.9)
    mismatch: Range = (0.0, 0.35)
    sharper_share: float = 0.15
    wings: Range = (2.2, 3.5)
    flux_error: Range = (0.0, 0.30)
    saturation: float = 1500.0
    pair_share: float = 0.45


@dataclass(frozen=True, slots=True)
class MaskedStars:
    """Masks of saturated stars with what leaks around them, edges and bad columns.

    Attributes
    ----------
    masks : how many masked stars.
    width, height : size of a mask, px; bleeds make it tall.
    square_side : side of the smaller, square masks, px.
    ringing_share, ringing_amplitude, ringing_reach : stripes of period 2 px beside a mask: share, sigma, px.
    bleed_share, bleed_length : dark wedges along the row, share and px.
    band_share : share with a masked band or a ragged CCD edge.
    arc_share : share with the rim of a wide circular mask.
    column_share : share with a bad column.
    burst_share : share with the radial residual of a very bright star near the side.
    """

    masks: Range = (0, 3)
    width: Range = (8.0, 26.0)
    height: Range = (16.0, 80.0)
    square_side: Range = (8.0, 22.0)
    ringing_share: float = 0.45
    ringing_amplitude: Range = (2.0, 14.0)
    ringing_reach: Range = (7.0, 26.0)
    bleed_share: float = 0.25
    bleed_length: Range = (4.0, 18.0)
    band_share: float = 0.45
    arc_share: float = 0.10
    column_share: float = 0.10
    burst_share: float = 0.06


@dataclass(frozen=True, slots=True)
class Ghosts:
    """Reflections: bundles of filaments, feathered fans, V shapes, blobs.

    Attributes
    ----------
    bundle_share, fan_share, wisp_share : shares of the shapes; the rest are smooth blobs and steep gradients.
    filaments : how many lines in a bundle; most bundles are stars that trailed while the telescope slewed.
    bundle_heading : direction of a bundle, degrees; one value in one exposure.
    columns : how many lines of a bundle run along the columns, where the slew paused.
    filament_amplitude : ridge brightness of a line, sigma.
    filament_sigma : Gaussian sigma across, px.
    bundle_spread : rms angle between the lines of a bundle, degrees.
    strokes : how many feathers a fan has.
    stroke_length : full length of a feather, px.
    stroke_sigma : Gaussian sigma across, px.
    stroke_amplitude : brightness of a feather, sigma.
    drop_share : share of those that end in a bright drop.
    """

    bundle_share: float = 0.40
    fan_share: float = 0.30
    wisp_share: float = 0.15
    filaments: Range = (2, 9)
    bundle_heading: Range = (0.0, 180.0)
    columns: Range = (0, 4)
    filament_amplitude: Lognormal = Lognormal(1.4, 0.6, 0.5, 8.0)
    filament_sigma: Range = (0.8, 1.9)
    bundle_spread: float = 3.0
    strokes: Range = (8, 70)
    stroke_length: Range = (18.0, 75.0)
    stroke_sigma: Range = (1.1, 3.0)
    stroke_amplitude: Lognormal = Lognormal(0.9, 0.7, 0.3, 6.0)
    drop_share: float = 0.25


@dataclass(frozen=True, slots=True)
class SimulationConfig:
    """Everything that the simulator draws from, one section for each kind of thing."""

    sky: Sky = field(default_factory=Sky)
    optics: Optics = field(default_factory=Optics)
    asteroids: Asteroids = field(default_factory=Asteroids)
    long_trails: LongTrails = field(default_factory=LongTrails)
    flashes: Flashes = field(default_factory=Flashes)
    cosmic_rays: CosmicRays = field(default_factory=CosmicRays)
    bad_subtractions: BadSubtractions = field(default_factory=BadSubtractions)
    masked_stars: MaskedStars = field(default_factory=MaskedStars)
    ghosts: Ghosts = field(default_factory=Ghosts)

    @classmethod
    def from_mapping(cls, values: Mapping[str, Any]) -> Self:
        """Make a configuration from a parsed TOML file; what it leaves out keeps its default.

        Raises
        ------
        ValueError
            If a section or a name is not known, or a value is of the wrong kind.
        """
        changed: Self = _replace(cls(), values, "")
        return changed


def _replace(section: Any, values: Mapping[str, Any], where: str) -> Any:
    """Copy a frozen section with the given values, nested sections included."""
    known = {f.name: getattr(section, f.name) for f in fields(section)}
    unknown = sorted(set(values) - set(known))
    if unknown:
        raise ValueError(f"simulation config: {where or 'top level'} has {sorted(known)}, not {unknown}")
    changed = {name: _changed(known[name], value, f"{where}{name}") for name, value in values.items()}
    return type(section)(**{**known, **changed})


def _changed(old: Any, value: Any, name: str) -> Any:
    """Check one value against the kind of the one that it replaces."""
    if is_dataclass(old):
        if not isinstance(value, Mapping):
            raise ValueError(f"simulation config: expected {name} to be a table, but came {value!r}")
        return _replace(old, value, f"{name}.")
    if isinstance(old, tuple):
        if not isinstance(value, list | tuple) or len(value) != 2 or not all(map(_is_number, value)):
            raise ValueError(f"simulation config: expected {name} to be two numbers, but came {value!r}")
        return tuple(value)
    if not _is_number(value):
        raise ValueError(f"simulation config: expected {name} to be a number, but came {value!r}")
    return value


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
