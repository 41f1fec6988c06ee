"""Rows of an IPAC streak table and the cutouts of the same exposure → detections."""

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

from scoring.detection import PIXEL_SCALE, CutoutKind, Detection, RawCutout
from scoring.readers import names
from scoring.readers.columns import MEASURED, PLACE
from scoring.readers.source import Unit, UnitError, read_bytes, refuse, rejection, relative

NULLS = {"", "null", "\\N", "None", "NaN", "nan"}
SURVEY = "ZTF"
YEARS = (57388, 88069)  # MJD of 2016 and 2100: a time outside is a wrong time
BLOCK = 64  # detections whose offsets from all others are held at once
NEARBY = 120 * PIXEL_SCALE  # arcsec; nearer detections may lie beyond the midpoint of one at the CCD's edge


class Place(TypedDict):
    """When and where a streak was: MJD, and ICRS degrees of its midpoint and its ends."""

    mjd_start: float
    mjd_end: float
    ra: float
    dec: float
    ra1: float
    dec1: float
    ra2: float
    dec2: float


@dataclass(frozen=True)
class Row:
    """One line of a table.

    Attributes
    ----------
    locator : ``line 12, offset 4096``.
    raw : the line as it came.
    cells : texts by operational column name; empty where the line could not be taken apart.
    strid : number of the streak in its exposure, where the line tells it.
    problem : why the line cannot be used, or empty.
    """

    locator: str
    raw: bytes
    cells: Mapping[str, str]
    strid: int | None
    problem: str = ""


@dataclass(frozen=True)
class Table:
    """A table of one exposure: where it came from, and what it says."""

    origin: str
    layout: str
    exposure: names.Exposure
    rows: Sequence[Row]


def row(locator: str, raw: bytes, cells: Sequence[str], columns: Sequence[str]) -> Row:
    """Give every cell its column's name."""
    by_name = dict(zip(columns, cells, strict=False))
    strid = by_name.get("strid", "")
    number = int(strid) if strid.isascii() and strid.isdecimal() and len(strid) < 19 else None
    if len(cells) != len(columns):
        return Row(locator, raw, {}, number, f"expected {len(columns)} columns, got {len(cells)}")
    if number is None or not 0 < number < names.STREAKS:
        return Row(locator, raw, {}, None, f"expected a strid of 1 to {names.STREAKS - 1}, got {strid!r}")
    return Row(locator, raw, by_name, number)


def units(table: Table, cutouts: Mapping[int, Path], root: Path) -> Iterator[Unit]:
    """Give one unit for every row, with its cutout, and one for every cutout (by strid) that no row claims."""
    usable: list[tuple[Row, Detection]] = []
    claimed: set[int] = set()
    for line in table.rows:
        try:
            _check(line, claimed)
            usable.append((line, _detection(table, line)))
        except UnitError as error:
            yield rejection(table.origin, line.locator, str(error), line.raw)
        if line.strid is not None:
            claimed.add(line.strid)
    for (line, detection), context in zip(usable, _context([d for _, d in usable], len(table.rows)), strict=True):
        yield _with_cutout(line, replace(detection, values={**detection.values, **context}), cutouts, root)
    for strid, path in sorted(cutouts.items()):
        if strid not in claimed:
            yield refuse(path, root, f"expected a row with strid {strid} in {table.origin}, got none")


def _check(line: Row, claimed: AbstractSet[int]) -> None:
    if line.problem:
        raise UnitError(line.problem)
    if line.strid in claimed:
        raise UnitError(f"expected every strid once, got {line.strid} again")


def numbers(cells: Mapping[str, str]) -> dict[str, float]:
    """Read every number of a row; what is null or not finite is left out.

    Raises
    ------
    UnitError : a cell that is no number.
    """
    values = {}
    for name in (*PLACE, *MEASURED):
        text = cells.get(name, "null")
        if text in NULLS:
            continue
        try:
            value = float(text) if text.isascii() and "_" not in text else None
        except ValueError:
            value = None
        if value is None:
            raise UnitError(f"expected a number in column {name}, got {text[:80]!r}")
        if math.isfinite(value):
            values[name] = value
    return values


def place(values: Mapping[str, float]) -> Place:
    """Endpoints, midpoint and times of a row under the names of ``Detection``.

    Raises
    ------
    UnitError : one of them is missing, or not on the sky.
    """
    missing = [name for name in PLACE if name not in values]
    if missing:
        raise UnitError(f"expected finite {' '.join(PLACE)}, got none in {' '.join(missing)}")
    ra1, dec1, ra2, dec2, start, end = (values[name] for name in PLACE)
    if not (0 <= ra1 < 360 and 0 <= ra2 < 360 and abs(dec1) <= 90 and abs(dec2) <= 90):
        raise UnitError(f"expected 0 <= ra < 360 and |dec| <= 90, got ({ra1}, {dec1}) and ({ra2}, {dec2})")
    if not YEARS[0] <= start <= end <= start + 1 < YEARS[1]:
        raise UnitError(f"expected startmjd before endmjd, both within MJD {YEARS}, got {start} and {end}")
    ra = (ra1 + ((ra2 - ra1 + 180) % 360 - 180) / 2) % 360
    dec = (dec1 + dec2) / 2
    return Place(mjd_start=start, mjd_end=end, ra=ra, dec=dec, ra1=ra1, dec1=dec1, ra2=ra2, dec2=dec2)


def _detection(table: Table, line: Row) -> Detection:
    values = numbers(line.cells)
    exposure = table.exposure
    return Detection(
        survey=SURVEY,
        source_id="",
        layout=table.layout,
        exposure=exposure.name,
        origin=table.origin,
        band=exposure.band,
        field=exposure.field,
        ccd=exposure.ccd,
        quadrant=exposure.quadrant,
        values={name: value for name, value in values.items() if name not in PLACE},
        **place(values),
    )


def _context(detections: Sequence[Detection], rows: int) -> Iterator[dict[str, float]]:
    """Say what the exposure tells of each detection: how many there are, and the others' median offset, arcsec."""
    ra = np.array([detection.ra for detection in detections], float)
    dec = np.array([detection.dec for detection in detections], float)
    for at in range(0, len(detections), BLOCK):
        here_ra, here_dec = ra[at : at + BLOCK, None], dec[at : at + BLOCK, None]
        east = ((ra - here_ra + 180) % 360 - 180) * np.cos(np.radians(here_dec)) * 3600
        north = (dec - here_dec) * 3600
        others = np.hypot(east, north) > NEARBY
        medians = zip(_medians(east, others), _medians(north, others), strict=True)
        for (eastward, northward), alone in zip(medians, ~others.any(axis=1), strict=True):
            context = {"exposure_detections": float(rows)}
            if not alone:
                context["exposure_east"] = round(float(eastward), 1)
                context["exposure_north"] = round(float(northward), 1)
            yield context


def _medians(values: NDArray[np.float64], counted: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Median along each row of the values that are counted; without meaning where none is."""
    count = counted.sum(axis=1)
    ordered, each = np.sort(np.where(counted, values, np.inf), axis=1), np.arange(len(values))
    return np.asarray((ordered[each, np.maximum(count - 1, 0) // 2] + ordered[each, count // 2]) / 2)


def _with_cutout(line: Row, detection: Detection, cutouts: Mapping[int, Path], root: Path) -> Unit:
    path = cutouts.get(line.strid or 0)
    if path is None:
        reason = f"expected a cutout for strid {line.strid}, got none"
        return rejection(detection.origin, line.locator, reason, line.raw)
    try:
        raw = RawCutout(CutoutKind.DIFF, path.name, read_bytes(path, root))
    except UnitError as error:
        return rejection(relative(path, root), "", str(error), line.raw)
    named = names.from_cutout(path.name)
    source_id = str(named[0]) if named else ""
    return replace(detection, source_id=source_id, cutouts={CutoutKind.DIFF: raw})


def common_pid(paths: Mapping[Path, tuple[int, int]]) -> int | None:
    """Give the pid that most cutouts of an exposure bear."""
    counted = Counter(pid for _, pid in paths.values()).most_common(1)
    return counted[0][0] if counted else None
