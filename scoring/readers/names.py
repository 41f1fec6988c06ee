"""What IPAC's file names say: exposure, field, filter, CCD quadrant, time."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from scoring.readers.source import UnitError

FIRST_NIGHT = date(2017, 1, 1)  # nid 0
FIRST_MJD = 57754  # the same day
STREAKS = 10_000  # streakid = pid * 10^4 + number of the streak in its exposure

IMAGE = re.compile(
    r"ztf_(?P<day>\d{8})(?P<fraction>\d{6})_(?P<field>\d{6})_z(?P<band>[gri])_c(?P<ccd>\d\d)_o_q(?P<q>[1-4])",
    re.ASCII,
)
CUTOUT = re.compile(r"strkid(?P<streakid>\d{1,19})_pid(?P<pid>\d{10,15})_scimref\.(jpe?g|png|fits?(\.gz)?)", re.ASCII)


@dataclass(frozen=True)
class Exposure:
    """One CCD quadrant of one exposure.

    Attributes
    ----------
    name : image base name, or the pid where no name is known.
    mjd_start : start, UTC, days; from a name only to a second or so.
    band : ``g``, ``r``, ``i`` or empty.
    field : ZTF field number, None where not known.
    ccd, quadrant : 1-16 and 1-4.
    """

    name: str
    mjd_start: float
    band: str
    field: int | None
    ccd: int
    quadrant: int

    @property
    def rcid(self) -> int:
        """Number of the CCD quadrant in the camera, 0-63."""
        return (self.ccd - 1) * 4 + self.quadrant - 1

    @property
    def nid(self) -> int:
        """Night number: days since 2017-01-01."""
        return int(self.mjd_start) - FIRST_MJD


def from_image(name: str) -> Exposure | None:
    """Find an image base name in a text such as a file name; None where there is none, or no such date or CCD."""
    found = IMAGE.search(name)
    if found is None or not 1 <= int(found["ccd"]) <= 16:
        return None
    try:
        day = date.fromisoformat(found["day"])
    except ValueError:
        return None
    mjd = FIRST_MJD + (day - FIRST_NIGHT) / timedelta(days=1) + int(found["fraction"]) / 1e6
    return Exposure(found[0], mjd, found["band"], int(found["field"]), int(found["ccd"]), int(found["q"]))


def of_table(name: str) -> Exposure:
    """Find the exposure in the file name of a table.

    Raises
    ------
    UnitError : there is none.
    """
    exposure = from_image(name)
    if exposure is None:
        raise UnitError(f"expected a name like ztf_20171019483530_000662_zr_c13_o_q3_streaksqa.txt, got {name}")
    return exposure


def from_pid(pid: int) -> Exposure | None:
    """Take a pid apart: nid, day fraction (5 digits), rcid (2) and 15; None where it is not made so."""
    digits = str(pid)
    if len(digits) < 10 or not digits.endswith("15") or int(digits[-4:-2]) > 63:
        return None
    nid, fraction, rcid = int(digits[:-9]), int(digits[-9:-4]), int(digits[-4:-2])
    return Exposure(digits, FIRST_MJD + nid + fraction / 1e5, "", None, rcid // 4 + 1, rcid % 4 + 1)


def from_cutout(name: str) -> tuple[int, int] | None:
    """Find streakid and pid in the file name of a cutout; None where it is no such name or the two disagree."""
    found = CUTOUT.fullmatch(name)
    if found is None:
        return None
    streakid, pid = int(found["streakid"]), int(found["pid"])
    return (streakid, pid) if streakid // STREAKS == pid else None
