"""Streak alert packets: one fitted streak with its SCI, REF and DIFF cutouts, in Avro."""

import gzip
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import fastavro
import numpy as np
from astropy.wcs import WCS
from fastavro.validation import ValidationError
from numpy.typing import NDArray

from scoring.cutout import fits_image
from scoring.detection import CutoutKind
from scoring.whole_file import whole_file

SCHEMA_VERSION = "1.0"
SCHEMA = Path(__file__).parent / "schemas" / "1" / "0" / "streak_alert.avsc"
STAMPS = {
    CutoutKind.SCI: "cutoutScience",
    CutoutKind.REF: "cutoutTemplate",
    CutoutKind.DIFF: "cutoutDifference",
}
LARGEST_ID = 2**63 - 1


@dataclass(frozen=True)
class StreakPacket:
    """One packet; `docs/reference/streak-alert-packet.md` says what every field is.

    Attributes
    ----------
    candid : identifier, unique in the survey, 1 to 2^63 - 1.
    streak : the fit under the names of IPAC's operational table (`streak_names`); what may be null may be left out.
    field, rcid : survey field; CCD quadrant in the camera, 0-63.
    exptime : exposure time, s.
    cutouts : gzip FITS by kind (see `fits_stamp`); DIFF is required.
    magzp, fwhm : zero point, mag; width of the point-spread function, px.
    exposure_detections : streaks in the same exposure and quadrant.
    survey, publisher : who observed, and who made the packet.
    """

    candid: int
    streak: Mapping[str, Any]
    field: int
    rcid: int
    exptime: float
    cutouts: Mapping[CutoutKind, bytes]
    magzp: float | None = None
    fwhm: float | None = None
    exposure_detections: int | None = None
    survey: str = "ZTF"
    publisher: str = "DeepStreaks"


@cache
def schema() -> dict[str, Any]:
    """Give the Avro schema, as JSON says it."""
    stated: dict[str, Any] = json.loads(SCHEMA.read_text(encoding="utf-8"))
    return stated


def streak_names() -> list[str]:
    """Names of the columns of a fitted streak, in IPAC's order."""
    streak = next(field["type"] for field in schema()["fields"] if field["name"] == "streak")
    return [field["name"] for field in streak["fields"]]


def fits_stamp(pixels: NDArray[np.floating[Any]], wcs: WCS | None) -> bytes:
    """Write a cutout in DN as `fits_image` does, and compress it with gzip; the same input gives the same bytes."""
    content = fits_image(pixels, wcs)
    return gzip.compress(content, compresslevel=3, mtime=0)  # noise: level 6 takes 4 times as long for 6 % less


def write_packets(path: Path, packets: Iterable[StreakPacket]) -> int:
    """Write packets into one Avro container file, whole or not at all, and say how many.

    Raises
    ------
    ValueError : a packet that breaks the schema; nothing is left behind then.
    """
    written = 0

    def counted() -> Iterator[dict[str, Any]]:
        nonlocal written
        for packet in packets:
            written += 1
            yield _record(packet)

    with whole_file(path) as file:
        try:
            fastavro.writer(file, fastavro.parse_schema(schema()), counted(), validator=True)
        except ValidationError as error:
            raise ValueError(f"expected a packet of schema {SCHEMA_VERSION}, got: {error}") from error
    return written


def _record(packet: StreakPacket) -> dict[str, Any]:
    if not 0 < packet.candid <= LARGEST_ID:
        raise ValueError(f"expected a candid of 1 to 2^63 - 1, got {packet.candid}")
    unknown = sorted(set(packet.streak) - set(streak_names()))
    if unknown:
        raise ValueError(f"expected columns of a streak table, got {', '.join(unknown)}")
    if CutoutKind.DIFF not in packet.cutouts:
        raise ValueError(f"expected a DIFF cutout in packet {packet.candid}, got none")
    own = ("candid", "field", "rcid", "exptime", "magzp", "fwhm", "exposure_detections", "survey", "publisher")
    return {
        "schemavsn": SCHEMA_VERSION,
        **{name: getattr(packet, name) for name in own},
        "streak": dict(packet.streak),
        **{
            STAMPS[kind]: {"fileName": f"candid{packet.candid}_{kind}.fits.gz", "stampData": stamp}
            for kind, stamp in packet.cutouts.items()
        },
    }


def reference() -> str:
    """Render the schema as the reference page of the documentation, in Markdown."""
    lines = [
        "# Streak alert packet",
        "",
        "An Avro object container file holds one or many packets. The schema is",
        "`scoring/schemas/1/0/streak_alert.avsc`; `scoring.packets` writes it and `scoring.readers` reads it.",
    ]
    for record in _records(schema()):
        name = "packet" if record is schema() else record["name"]
        lines += ["", f"## {name}", "", f"{record['doc']}.", ""]
        lines += ["| field | type | unit | what it is |", "|---|---|---|---|"]
        for field in record["fields"]:
            text, _, unit = field["doc"].rpartition(" [")
            kind = _type_name(field["type"])
            lines.append(f"| `{field['name']}` | {kind} | {unit.rstrip(']').replace('none', '')} | {text} |")
    return "\n".join(lines) + "\n"


def _records(stated: Any) -> Iterator[dict[str, Any]]:
    """Give every record of a schema, the outer one first."""
    if isinstance(stated, list):
        for branch in stated:
            yield from _records(branch)
    elif isinstance(stated, dict) and stated["type"] == "record":
        yield stated
        for field in stated["fields"]:
            yield from _records(field["type"])


def _type_name(stated: Any) -> str:
    if isinstance(stated, list):
        return f"{_type_name(stated[1])} or null"
    return str(stated["name"] if isinstance(stated, dict) else stated)
