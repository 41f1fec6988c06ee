"""Numbers as astronomers write them: sexagesimal positions, UTC times, spans of time. Pure functions."""

import math
from datetime import UTC, datetime, timedelta

MJD_EPOCH = datetime(1858, 11, 17, tzinfo=UTC)
MJD_ZERO_JD = 2_400_000.5
MINUS = "\N{MINUS SIGN}"
UNKNOWN = "\N{EN DASH}"
# Each unit holds from this many seconds on, so that a span reads as 90 min and not as 1.5 h.
SPANS = ((2 * 31_557_600, 31_557_600, "yr"), (172_800, 86_400, "d"), (7_200, 3_600, "h"), (120, 60, "min"))


def _sexagesimal(value: float, digits: int) -> tuple[int, int, str]:
    """Split a non-negative number into units, minutes and seconds; a rounded 60 is carried on."""
    scale = 10**digits
    ticks = round(value * 3600 * scale)
    minutes, ticks = divmod(ticks, 60 * scale)
    units, minutes = divmod(minutes, 60)
    return units, minutes, f"{ticks / scale:0{digits + 3}.{digits}f}"


def ra_hms(ra: float, *, digits: int = 2, sep: str = ":") -> str:
    """Write a right ascension in degrees as hours, minutes and seconds (0.01 s are 0.15")."""
    hours, minutes, seconds = _sexagesimal(ra % 360 / 15, digits)
    return f"{hours % 24:02d}{sep}{minutes:02d}{sep}{seconds}"


def dec_dms(dec: float, *, digits: int = 1, sep: str = ":") -> str:
    """Write a declination in degrees with its sign, arcminutes and arcseconds; ASCII, to be copied elsewhere."""
    degrees, minutes, seconds = _sexagesimal(abs(dec), digits)
    return f"{'-' if dec < 0 else '+'}{degrees:02d}{sep}{minutes:02d}{sep}{seconds}"


def position_deg(ra: float, dec: float) -> str:
    """Write a position in degrees to 0.04" (1e-5 deg), with the sign that keeps the two numbers apart."""
    return f"{ra % 360:.5f} {dec:+.5f}"


def position_sexagesimal(ra: float, dec: float) -> str:
    """Write a position as the two sexagesimal numbers that other services take."""
    return f"{ra_hms(ra)} {dec_dms(dec)}"


def datetime_of_mjd(mjd: float) -> datetime:
    """Convert a UTC MJD into a time, to the microsecond."""
    return MJD_EPOCH + timedelta(days=mjd)


def utc_of_mjd(mjd: float, *, digits: int = 1) -> str:
    """Write a UTC MJD as ``2018-07-01 06:00:15.0``, rounded and carried, never cut."""
    scale = 10**digits
    days = int(mjd // 1)
    ticks = round((mjd - days) * 86400 * scale)
    whole, part = divmod(ticks, scale)
    moment = MJD_EPOCH + timedelta(days=days, seconds=whole)
    return f"{moment:%Y-%m-%d %H:%M:%S}" + (f".{part:0{digits}d}" if digits else "")


def julian(mjd: float) -> str:
    """Write a UTC MJD as Julian dates, to a second: ``JD 2458300.75000, MJD 58300.25000``."""
    return f"JD {mjd + MJD_ZERO_JD:.5f}, MJD {mjd:.5f}"


def span(seconds: float) -> str:
    """Write a span of time in the unit in which it is read: ``45 s``, ``12 min``, ``8.1 yr``."""
    for least, unit, name in SPANS:
        if abs(seconds) >= least:
            value = seconds / unit
            return f"{value:.{1 if abs(value) < 10 else 0}f} {name}".replace("-", MINUS)
    return f"{seconds:.0f} s".replace("-", MINUS)


def figures(value: float) -> str:
    """Write a number of unknown scale with six significant figures, without trailing noughts."""
    return f"{value:.6g}".replace("-", MINUS)


def number(value: float | None, digits: int = 2) -> str:
    """Write a number with so many decimals and a true minus sign; an en dash where it is not known."""
    if value is None or math.isnan(value):
        return UNKNOWN
    text = f"{value:.{digits}f}"
    return text[1:] if text.startswith("-") and not text.strip("-0.") else text.replace("-", MINUS)
