"""One detection of a streak, as every reader gives it: table values, provenance and raw cutouts."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as attribute
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

PIXEL_SCALE = 1.0125  # arcsec per pixel of the ZTF camera
MJD_EPOCH = datetime(1858, 11, 17, tzinfo=UTC)


class CutoutKind(StrEnum):
    """The three images of a streak alert."""

    SCI = "SCI"
    REF = "REF"
    DIFF = "DIFF"


@dataclass(frozen=True, slots=True)
class RawCutout:
    """A cutout as it came: the undecoded bytes of a JPEG, PNG, FITS or gzip FITS file."""

    kind: CutoutKind
    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Rejection:
    """A row or file that could not be read; nothing that came in is dropped without one.

    Attributes
    ----------
    origin : file that it came from, relative to what was asked for.
    locator : where in the file (``row 12``, ``offset 4096``), empty for the whole file.
    reason : what was expected and what came.
    raw : the offending bytes, cut at 64 KiB.
    """

    origin: str
    locator: str
    reason: str
    raw: bytes = b""


@dataclass(frozen=True, slots=True)
class Detection:
    """A fitted streak (or, from a ZTF alert, a point source) with its cutouts.

    Attributes
    ----------
    survey : name of the survey, ``ZTF``.
    source_id : identifier that is unique in the survey (streakid, candid), as a decimal string.
    layout : the format that it was read from (``ipac-early``, ``ipac-operational``, ``ztf-alert``,
        ``streak-packet``, ``folder``).
    exposure : image base name, or the pid where that is all there is.
    origin : file that it came from, relative to what was asked for.
    mjd_start, mjd_end : start and end of the exposure, UTC, days; None where not known.
    ra, dec : midpoint of the streak, ICRS degrees; None where not known.
    ra1, dec1, ra2, dec2 : fitted endpoints, ICRS degrees; their order is not the direction of motion.
    band : ``g``, ``r``, ``i`` or empty.
    field, ccd, quadrant : ZTF field number, CCD 1-16, quadrant 1-4.
    values : the other columns under their operational names (``sigma`` px, ``flux`` DN, ``chi2``, ``apsnr``,
        ``magzp`` mag, ``fwhm`` px, …, and ``exposure_detections``, the count in the same exposure); only finite
        numbers are in it.
    cutouts : raw cutouts by kind.
    """

    survey: str
    source_id: str
    layout: str
    exposure: str
    origin: str
    mjd_start: float | None = None
    mjd_end: float | None = None
    ra: float | None = None
    dec: float | None = None
    ra1: float | None = None
    dec1: float | None = None
    ra2: float | None = None
    dec2: float | None = None
    band: str = ""
    field: int | None = None
    ccd: int | None = None
    quadrant: int | None = None
    values: Mapping[str, float] = attribute(default_factory=dict)
    cutouts: Mapping[CutoutKind, RawCutout] = attribute(default_factory=dict)

    @property
    def mjd_mid(self) -> float | None:
        """Middle of the exposure, UTC, days."""
        if self.mjd_start is None or self.mjd_end is None:
            return self.mjd_start
        return (self.mjd_start + self.mjd_end) / 2

    @property
    def exptime(self) -> float | None:
        """Exposure time, seconds."""
        if "exptime" in self.values:
            return self.values["exptime"]
        if self.mjd_start is None or self.mjd_end is None:
            return None
        return (self.mjd_end - self.mjd_start) * 86400

    @property
    def night(self) -> date | None:
        """UTC date of the exposure: a Palomar night lies within one."""
        if self.mjd_mid is None:
            return None
        return (MJD_EPOCH + timedelta(days=self.mjd_mid)).date()

    @property
    def offset(self) -> tuple[float, float] | None:
        """Second endpoint from the first, arcsec towards east and north."""
        if self.ra1 is None or self.dec1 is None or self.ra2 is None or self.dec2 is None:
            return None
        dra = (self.ra2 - self.ra1 + 180) % 360 - 180
        east = dra * math.cos(math.radians((self.dec1 + self.dec2) / 2)) * 3600
        return east, (self.dec2 - self.dec1) * 3600

    @property
    def length(self) -> float | None:
        """Fitted length, px; a negative length of the fit means its absolute value."""
        if "length" in self.values:
            return abs(self.values["length"])
        return None if self.offset is None else math.hypot(*self.offset) / PIXEL_SCALE

    @property
    def length_arcsec(self) -> float | None:
        """Distance between the endpoints, arcsec."""
        if self.offset is None:
            return None if self.length is None else self.length * PIXEL_SCALE
        return math.hypot(*self.offset)

    @property
    def rate(self) -> float | None:
        """Apparent motion, deg/day, if the whole trail was made during the exposure."""
        if self.length_arcsec is None or not self.exptime:
            return None
        return self.length_arcsec / 3600 / (self.exptime / 86400)

    @property
    def position_angle(self) -> float | None:
        """Position angle of the trail, degrees east of north in [0, 180): its sense is not known."""
        if self.offset is None:
            return None
        east, north = self.offset
        return math.degrees(math.atan2(east, north)) % 180

    @property
    def magnitude(self) -> float | None:
        """Magnitude of the fitted flux, where the zero point is known."""
        flux, zeropoint = self.values.get("flux"), self.values.get("magzp")
        if zeropoint is None or flux is None or flux <= 0:
            return None
        return zeropoint - 2.5 * math.log10(flux)
