"""A streak as the Minor Planet Center takes an observation: one line of 80 columns. Pure functions."""

import hashlib
from datetime import timedelta

from vetting.candidates.formatting import MJD_EPOCH, dec_dms, ra_hms
from vetting.candidates.models import Candidate

STATIONS = {"ZTF": "I41"}  # Palomar Mountain, ZTF
CATALOGUES = {"ZTF": "U"}  # Gaia DR1, to which ZTF's astrometry is tied
STREAKED = "s"  # note 1: the image is a streak
CCD = "C"  # note 2
DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
DAY_TICKS = 1_000_000  # a day to six decimals, 0.09 s


def temporary_designation(source_id: str) -> str:
    """Return a name of seven letters and digits for a streak: always the same one, by the sha256 of its id."""
    number = int.from_bytes(hashlib.sha256(source_id.encode()).digest()[:8])
    text = ""
    for _ in range(6):
        number, digit = divmod(number, len(DIGITS))
        text += DIGITS[digit]
    return f"Z{text}"


def mpc80(candidate: Candidate) -> str:
    """Write the streak's midpoint at mid-exposure; empty for a survey whose station is not known.

    The midpoint and not the two ends: which of them comes first is not known.
    """
    station = STATIONS.get(candidate.survey)
    if station is None:
        return ""
    name = temporary_designation(candidate.source_id)
    position = ra_hms(candidate.ra, digits=3, sep=" ") + dec_dms(candidate.dec, digits=2, sep=" ")
    observed = f"{name:>12} {STREAKED}{CCD}{_day(candidate.mjd_mid)}{position}"
    return f"{observed}{'':9}{_brightness(candidate)}{CATALOGUES[candidate.survey]}{'':5}{station}"


def _day(mjd: float) -> str:
    ticks = round(mjd * DAY_TICKS)
    days, part = divmod(ticks, DAY_TICKS)
    return f"{MJD_EPOCH + timedelta(days=days):%Y %m %d}.{part:06d}"


def _brightness(candidate: Candidate) -> str:
    """Magnitude and band in columns 66 to 71; blank where there is none that fits."""
    magnitude = candidate.magnitude
    if magnitude is None or not 0 <= magnitude < 99.95:
        return " " * 6
    return f"{magnitude:4.1f} {candidate.band[-1:] or ' '}"
