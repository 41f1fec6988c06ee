"""ZTF alerts (schema 3.2 to 4.02) → detections: point sources, with the three stamps of the alert."""

# ruff: noqa: SIM905  (a table of names reads better in lines)

from typing import Any, TypedDict

import fastavro

from scoring.detection import Detection
from scoring.readers import names
from scoring.readers.alert import BANDS, cutouts, detector, finite, identifier, text
from scoring.readers.exposure import SURVEY, YEARS
from scoring.readers.source import UnitError

LAYOUT = "ztf-alert"
NAME = "ztf.alert"
MJD = 2400000.5  # Julian date of MJD 0
MEASURED = (
    "diffmaglim programid xpos ypos magpsf sigmapsf chipsf magap sigmagap distnr magnr sigmagnr chinr sharpnr sky "
    "magdiff fwhm classtar mindtoedge magfromlim seeratio aimage bimage aimagerat bimagerat elong nneg nbad rb "
    "ssdistnr ssmagnr sumrat magapbig sigmagapbig sgmag1 srmag1 simag1 szmag1 sgscore1 distpsnr1 ndethist ncovhist "
    "scorr tooflag nmtchps dsnrms ssnrms dsdiff magzpsci magzpsciunc magzpscirms nmatches zpmed clrcoeff clrmed "
    "clrrms neargaia neargaiabright maggaia maggaiabright exptime drb"
).split()
RENAMED = {"magzpsci": "magzp"}  # the name that streaks use


def _optional(name: str, kind: str | dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "type": ["null", kind], "default": None}


def _record(name: str, fields: list[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "record", "name": name, "fields": fields}


CUTOUT = _record("cutout", [{"name": "fileName", "type": "string"}, {"name": "stampData", "type": "bytes"}])
CANDIDATE = _record(
    "candidate",
    [
        {"name": "jd", "type": "double"},
        {"name": "fid", "type": "int"},
        {"name": "pid", "type": "long"},
        {"name": "ra", "type": "double"},
        {"name": "dec", "type": "double"},
        _optional("field", "int"),
        _optional("rcid", "int"),
        _optional("pdiffimfilename", "string"),
        *(_optional(name, "double") for name in MEASURED),
    ],
)
# What is read of an alert; the rest, its history among it, is skipped.
READER = fastavro.parse_schema(
    _record(
        NAME,
        [
            {"name": "objectId", "type": "string"},
            {"name": "candid", "type": "long"},
            {"name": "candidate", "type": CANDIDATE},
            _optional("cutoutScience", CUTOUT),
            _optional("cutoutTemplate", "cutout"),
            _optional("cutoutDifference", "cutout"),
        ],
    )
)


def detection(record: dict[str, Any], origin: str) -> Detection:
    """Give the detection of one alert.

    Raises
    ------
    UnitError : a value that cannot be, such as a place off the sky.
    """
    candidate = record["candidate"]
    source_id = identifier(record["candid"])
    text(record["objectId"], "objectId")
    exposure = names.from_image(text(candidate["pdiffimfilename"], "pdiffimfilename"))
    values = {RENAMED.get(name, name): value for name, value in finite(candidate, MEASURED).items()}
    return Detection(
        survey=SURVEY,
        source_id=source_id,
        layout=LAYOUT,
        exposure=exposure.name if exposure else str(candidate["pid"]),
        origin=origin,
        band=BANDS.get(candidate["fid"], ""),
        field=candidate["field"],
        values=values,
        cutouts=cutouts(record),
        **detector(candidate["rcid"]),
        **_place(candidate, values.get("exptime")),
    )


class Place(TypedDict):
    """When and where a point source was: MJD and ICRS degrees."""

    mjd_start: float
    mjd_end: float | None
    ra: float
    dec: float


def _place(candidate: dict[str, Any], exptime: float | None) -> Place:
    """Position and times; ``jd`` is the start of the exposure, and older alerts do not say how long it was."""
    ra, dec, start = candidate["ra"], candidate["dec"], candidate["jd"] - MJD
    if not (0 <= ra < 360 and abs(dec) <= 90):
        raise UnitError(f"expected 0 <= ra < 360 and |dec| <= 90, got ({ra}, {dec})")
    if not YEARS[0] <= start < YEARS[1]:
        raise UnitError(f"expected a Julian date of the survey's years, got {candidate['jd']}")
    return {"ra": ra, "dec": dec, "mjd_start": start, "mjd_end": start + exptime / 86400 if exptime else None}
