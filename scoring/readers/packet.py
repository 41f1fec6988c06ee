"""Streak alert packets (schema 1.0) → detections."""

from typing import Any

import fastavro

from scoring.detection import Detection
from scoring.packets import schema
from scoring.readers import names
from scoring.readers.alert import BANDS, cutouts, detector, finite, identifier, text
from scoring.readers.columns import MEASURED, PLACE
from scoring.readers.exposure import place

LAYOUT = "streak-packet"
READER = fastavro.parse_schema(schema())
NAME = READER["name"]
ABOUT = ("exptime", "magzp", "fwhm", "exposure_detections")


def detection(record: dict[str, Any], origin: str) -> Detection:
    """Give the detection of one packet.

    Raises
    ------
    UnitError : a value that cannot be, such as a place off the sky.
    """
    streak = record["streak"]
    exposure = names.from_image(text(streak["pdiffimfilename"], "pdiffimfilename"))
    return Detection(
        survey=text(record["survey"], "survey"),
        source_id=identifier(record["candid"]),
        layout=LAYOUT,
        exposure=exposure.name if exposure else str(streak["pid"]),
        origin=origin,
        band=BANDS.get(streak["fid"], ""),
        field=record["field"],
        values=finite(streak, MEASURED) | finite(record, ABOUT),
        cutouts=cutouts(record),
        **detector(record["rcid"]),
        **place(finite(streak, PLACE)),
    )
