"""Addresses of other services for a position at a time: known objects nearby, and the sky as surveys saw it."""

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from vetting.candidates.formatting import MJD_ZERO_JD, datetime_of_mjd, dec_dms, ra_hms

OBSERVATORY = "I41"  # Palomar Mountain, ZTF
# A streak moves up to 100 deg/day, and a published orbit may be off by minutes of motion: look 15 arcmin around.
RADIUS_ARCMIN = 15


@dataclass(frozen=True, slots=True)
class SkyLink:
    """A link that leaves the site."""

    name: str
    says: str
    url: str


def sky_links(ra: float, dec: float, mjd: float) -> list[SkyLink]:
    """Return the links for a position (ICRS, degrees) at mid-exposure (UTC)."""
    return [
        SkyLink("SkyBoT", f"known Solar System objects within {RADIUS_ARCMIN}′ at mid-exposure", _skybot(ra, dec, mjd)),
        SkyLink("MPChecker", f"known minor planets within {RADIUS_ARCMIN}′ at mid-exposure", _mpchecker(ra, dec, mjd)),
        SkyLink("Aladin Lite", "the sky here as DSS2 saw it", _aladin(ra, dec)),
    ]


def _skybot(ra: float, dec: float, mjd: float) -> str:
    query = {
        "-ep": f"{mjd + MJD_ZERO_JD:.6f}",
        "-ra": f"{ra:.6f}",
        "-dec": f"{dec:.6f}",
        "-rd": f"{RADIUS_ARCMIN / 60:g}",
        "-observer": OBSERVATORY,
        "-mime": "html",
        "-output": "basic",
        "-filter": "0",
        "-objFilter": "111",
        "-refsys": "EQJ2000",
    }
    return f"https://ssp.imcce.fr/webservices/skybot/api/conesearch.php?{urlencode(query)}"


def _mpchecker(ra: float, dec: float, mjd: float) -> str:
    # Its form is also answered by GET; the day carries the time of day as its fraction, rounded to a second.
    moment = datetime_of_mjd(mjd) + timedelta(seconds=0.5)
    midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    query = {
        "year": f"{moment:%Y}",
        "month": f"{moment:%m}",
        "day": f"{moment.day + int((moment - midnight).total_seconds()) / 86400:08.5f}",
        "which": "pos",
        "ra": ra_hms(ra, sep=" "),
        "decl": dec_dms(dec, sep=" "),
        "TextArea": "",
        "radius": str(RADIUS_ARCMIN),
        "limit": "24.0",
        "oc": OBSERVATORY,
        "sort": "d",
        "mot": "d",
        "tmot": "t",
        "pdes": "u",
        "needed": "f",
        "ps": "n",
        "type": "p",
    }
    return f"https://www.minorplanetcenter.net/cgi-bin/mpcheck.cgi?{urlencode(query)}"


def _aladin(ra: float, dec: float) -> str:
    query = {"target": f"{ra:.6f} {dec:+.6f}", "fov": "0.15", "survey": "P/DSS2/color"}
    return f"https://aladin.cds.unistra.fr/AladinLite/?{urlencode(query)}"
