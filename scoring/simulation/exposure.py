"""One exposure of one quadrant of the camera: its name, its place on the sky and its observing conditions."""

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property

import numpy as np
from astropy.wcs import WCS

from scoring.detection import MJD_EPOCH, PIXEL_SCALE

QUADRANT_SHAPE = (3080, 3072)  # rows, columns
QUADRANT_STEP = 0.87  # degrees between the centres of neighbouring quadrants
FIRST_DAY = datetime(2017, 1, 1, tzinfo=UTC)  # nights are counted from here
GAIN = 6.2  # electrons per DN
READ_NOISE = 10.0  # electrons
EXPOSURE_SECONDS = 30.0
REFERENCE_FRAMES = 20
SATURATION = 45_000.0  # DN
FILTER_IDS = {"g": 1, "r": 2, "i": 3}
LONGITUDE = 243.14022  # degrees east, Palomar


@dataclass(frozen=True)
class Exposure:
    """One quadrant of one exposure.

    Attributes
    ----------
    mjd : start, UTC days.
    field, band, ccd, quadrant : identity; ccd 1-16, quadrant 1-4.
    ra, dec : centre of the quadrant, ICRS degrees.
    rotation : of the rows against west-east, degrees.
    sigma : Gaussian-equivalent sigma of the point-spread function, px.
    ref_sigma : the same of the reference image, px.
    shift : registration error of the reference, ``(x, y)`` px.
    kernel_error : relative error of the matching kernel's width.
    sky : background, DN.
    magzp : magnitude of 1 DN.
    """

    mjd: float
    field: int
    band: str
    ccd: int
    quadrant: int
    ra: float
    dec: float
    rotation: float
    sigma: float
    ref_sigma: float
    shift: tuple[float, float]
    kernel_error: float
    sky: float
    magzp: float

    @property
    def rcid(self) -> int:
        """Readout channel, 0-63."""
        return (self.ccd - 1) * 4 + self.quadrant - 1

    @property
    def start(self) -> datetime:
        """Start, UTC."""
        return MJD_EPOCH + timedelta(days=self.mjd)

    @property
    def mjd_end(self) -> float:
        """End, UTC days."""
        return self.mjd + EXPOSURE_SECONDS / 86400

    @property
    def jd(self) -> float:
        """Start, Julian date."""
        return self.mjd + 2_400_000.5

    @property
    def day_fraction(self) -> int:
        """Millionths of the UTC day at the start."""
        return round(self.mjd % 1 * 1e6)

    @property
    def name(self) -> str:
        """Base name of the image: ``ztf_{date}{fraction}_{field}_z{band}_c{ccd}_o_q{quadrant}``."""
        when, channel = f"{self.start:%Y%m%d}{self.day_fraction:06d}", f"c{self.ccd:02d}_o_q{self.quadrant}"
        return f"ztf_{when}_{self.field:06d}_z{self.band}_{channel}"

    @property
    def pid(self) -> int:
        """Identifier of the difference image: night, fraction of the day, readout channel, 15."""
        night = (self.start - FIRST_DAY).days
        return int(f"{night}{self.day_fraction // 10:05d}{self.rcid:02d}15")

    @property
    def noise(self) -> float:
        """One sigma of the noise of the sky in the difference image, DN."""
        variance = self.sky / GAIN + (READ_NOISE / GAIN) ** 2
        return math.sqrt(variance * (1 + 1 / REFERENCE_FRAMES))

    @property
    def limiting_magnitude(self) -> float:
        """Magnitude of a point source at 5 sigma."""
        return self.magzp - 2.5 * math.log10(5 * self.noise * math.sqrt(4 * math.pi) * self.sigma)

    @cached_property
    def wcs(self) -> WCS:
        """TAN projection of the quadrant: north up and east left for rows that count upwards, but for the rotation."""
        wcs = WCS(naxis=2)
        wcs.wcs.ctype = ["RA---TAN", "DEC--TAN"]
        wcs.wcs.crval = [self.ra, self.dec]
        wcs.wcs.crpix = [QUADRANT_SHAPE[1] / 2 + 0.5, QUADRANT_SHAPE[0] / 2 + 0.5]
        cos, sin = math.cos(math.radians(self.rotation)), math.sin(math.radians(self.rotation))
        wcs.wcs.cd = np.array([[-cos, sin], [sin, cos]]) * PIXEL_SCALE / 3600
        wcs.wcs.cunit = ["deg", "deg"]
        wcs.wcs.radesys = "ICRS"
        wcs.wcs.set()
        return wcs


def draw_exposure(
    rng: np.random.Generator, mjd: float, pointing: tuple[float, float], channel: int, *, field: int, band: str
) -> Exposure:
    """Draw the observing conditions of an exposure.

    Parameters
    ----------
    rng : source of randomness.
    mjd : start, UTC days.
    pointing : centre of the whole camera, ICRS degrees.
    channel : readout channel, 0-63.
    field, band : field number; ``g``, ``r`` or ``i``.
    """
    ccd, quadrant = channel // 4 + 1, channel % 4 + 1
    east, north = quadrant_offset(ccd, quadrant)
    dec = pointing[1] + north
    sigma = float(np.clip(1.06 * math.exp(0.16 * rng.standard_normal()), 0.8, 1.8))
    shift, direction = float(rng.gamma(2.0, 0.025)), float(rng.uniform(0, 2 * math.pi))
    return Exposure(
        mjd=mjd,
        field=field,
        band=band,
        ccd=ccd,
        quadrant=quadrant,
        ra=(pointing[0] + east / math.cos(math.radians(dec))) % 360,
        dec=dec,
        rotation=float(np.random.default_rng(channel).normal(0, 0.4)),  # the detectors do not move
        sigma=sigma,
        ref_sigma=sigma * float(rng.uniform(0.78, 0.95)),
        shift=(shift * math.cos(direction), shift * math.sin(direction)),
        kernel_error=float(rng.normal(0, 0.10)),
        sky=float(rng.lognormal(math.log(260.0 if band == "r" else 180.0), 0.3)),
        magzp=26.3 + float(rng.normal(0, 0.06)) - (0.5 if band == "i" else 0.0),
    )


def quadrant_offset(ccd: int, quadrant: int) -> tuple[float, float]:
    """Centre of a quadrant from the camera's, degrees towards east and north."""
    column, row = 3 - (ccd - 1) % 4, (ccd - 1) // 4
    right, top = quadrant in {1, 4}, quadrant in {1, 2}
    east = -(2 * column + right - 3.5) * QUADRANT_STEP
    north = (2 * row + top - 3.5) * QUADRANT_STEP
    return east, north
