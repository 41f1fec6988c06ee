"""What the two kinds of Avro packet have in common: identifiers, texts, numbers and stamps from outside."""

import math
from collections.abc import Iterable, Mapping
from typing import Any, TypedDict

from scoring.detection import CutoutKind, RawCutout
from scoring.packets import LARGEST_ID, STAMPS
from scoring.readers.source import UnitError, is_safe

MISSING = -999.0  # what ZTF writes for a number that it does not have
BANDS = {1: "g", 2: "r", 3: "i"}  # by fid


class Detector(TypedDict):
    """Where in the camera: CCD 1-16, quadrant 1-4."""

    ccd: int | None
    quadrant: int | None


def identifier(candid: int) -> str:
    """Write a candid as a decimal string.

    Raises
    ------
    UnitError : not within 1 to 2^63 - 1.
    """
    if not 0 < candid <= LARGEST_ID:
        raise UnitError(f"expected a candid of 1 to 2^63 - 1, got {candid}")
    return str(candid)


def text(value: str | None, what: str) -> str:
    """Take a text from outside.

    Raises
    ------
    UnitError : control, direction or zero-width characters in it, or more than 200 characters.
    """
    value = value or ""
    if len(value) > 200 or not is_safe(value):
        raise UnitError(f"expected at most 200 visible characters in {what}, got {value[:200]!r}")
    return value


def finite(record: Mapping[str, Any], wanted: Iterable[str]) -> dict[str, float]:
    """Give the finite numbers among some fields; what is null, NaN or marked as missing is left out."""
    values = {name: float(value) for name in wanted if (value := record.get(name)) is not None}
    return {name: value for name, value in values.items() if math.isfinite(value) and value != MISSING}


def detector(rcid: int | None) -> Detector:
    """Give CCD and quadrant of a rcid.

    Raises
    ------
    UnitError : not within 0 to 63.
    """
    if rcid is None:
        return {"ccd": None, "quadrant": None}
    if not 0 <= rcid <= 63:
        raise UnitError(f"expected a rcid of 0 to 63, got {rcid}")
    return {"ccd": rcid // 4 + 1, "quadrant": rcid % 4 + 1}


def cutouts(record: Mapping[str, Any]) -> dict[CutoutKind, RawCutout]:
    """Give the stamps of a packet; DIFF must be among them.

    Raises
    ------
    UnitError : no DIFF, or a file name that is no name.
    """
    found = {}
    for kind, name in STAMPS.items():
        if record[name] is not None:
            file = text(record[name]["fileName"], f"{name}.fileName").replace("\\", "/").rpartition("/")[2]
            found[kind] = RawCutout(kind, file, record[name]["stampData"])
    if CutoutKind.DIFF not in found:
        raise UnitError(f"expected {STAMPS[CutoutKind.DIFF]}, got none")
    return found
