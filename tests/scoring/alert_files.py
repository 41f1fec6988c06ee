"""Sample Avro files: our streak alert packets, and alerts in the shape of ZTF's."""

import io
from pathlib import Path
from typing import Any

import fastavro
import numpy as np
from astropy.wcs import WCS

from scoring.detection import CutoutKind
from scoring.packets import StreakPacket, fits_stamp
from tests.scoring.ipac_files import streak

CANDID = 4573585943150001
ZTF_CUTOUT = {
    "type": "record",
    "name": "ztf.alert.cutout",
    "fields": [{"name": "fileName", "type": "string"}, {"name": "stampData", "type": "bytes"}],
}
ZTF_CANDIDATE = [
    ("jd", "double"),
    ("fid", "int"),
    ("pid", "long"),
    ("pdiffimfilename", ["null", "string"]),
    ("candid", "long"),
    ("ra", "double"),
    ("dec", "double"),
    ("field", ["null", "int"]),
    ("rcid", ["null", "int"]),
    ("xpos", ["null", "float"]),
    ("ypos", ["null", "float"]),
    ("magpsf", "float"),
    ("magzpsci", ["null", "float"]),
    ("exptime", ["null", "float"]),
    ("ssdistnr", ["null", "float"]),
    ("isdiffpos", "string"),
]


def tan_wcs(ra: float = 210.11, dec: float = 38.205, pixel: tuple[float, float] = (78, 78)) -> WCS:
    """North up, east left, 1.0125"/px, turned by 3 degrees, the midpoint of streak 1 at the 0-based pixel."""
    wcs = WCS(naxis=2)
    wcs.wcs.ctype = ["RA---TAN", "DEC--TAN"]
    wcs.wcs.crval = [ra, dec]
    wcs.wcs.crpix = [pixel[0] + 1, pixel[1] + 1]
    cosine, sine = np.cos(np.radians(3)), np.sin(np.radians(3))
    wcs.wcs.cd = 1.0125 / 3600 * np.array([[-cosine, -sine], [-sine, cosine]])
    return wcs


def stamp_pixels(side: int = 157) -> np.ndarray:
    """Noise with a masked corner."""
    pixels = np.random.default_rng(2).normal(0, 5, (side, side)).astype(np.float32)
    pixels[:4, :4] = np.nan
    return pixels


def packet(candid: int = CANDID, **changes: Any) -> StreakPacket:
    stamp = fits_stamp(stamp_pixels(), tan_wcs())
    facts: dict[str, Any] = {
        "candid": candid,
        "streak": streak(1),
        "field": 719,
        "rcid": 43,
        "exptime": 30.0,
        "cutouts": dict.fromkeys(CutoutKind, stamp),
        "magzp": 26.2,
        "fwhm": 2.1,
        "exposure_detections": 7,
    }
    return StreakPacket(**{**facts, **changes})


def ztf_schema(**retyped: Any) -> dict[str, Any]:
    """Schema of an alert; `retyped` gives fields of the candidate other types, None takes one out."""
    candidate = [{"name": n, "type": retyped.get(n, kind)} for n, kind in ZTF_CANDIDATE if retyped.get(n, kind)]
    cutouts = [ZTF_CUTOUT, "ztf.alert.cutout", "ztf.alert.cutout"]
    return {
        "type": "record",
        "name": "ztf.alert",
        "fields": [
            {"name": "objectId", "type": "string"},
            {"name": "candid", "type": "long"},
            {"name": "candidate", "type": {"type": "record", "name": "ztf.alert.candidate", "fields": candidate}},
            *(
                {"name": f"cutout{name}", "type": ["null", kind]}
                for name, kind in zip(("Science", "Template", "Difference"), cutouts, strict=True)
            ),
        ],
    }


def ztf_alert(candid: int = CANDID, **changes: Any) -> dict[str, Any]:
    """An alert; `changes` go into its candidate, or replace a field of the alert itself."""
    stamp = fits_stamp(stamp_pixels(63), None)
    candidate = {
        "jd": 2458211.8585995,
        "fid": 2,
        "pid": 457358594315,
        "candid": candid,
        "ra": 210.1,
        "dec": 38.2,
        "pdiffimfilename": "ztf_20180403358588_000719_zr_c11_o_q4_scimrefdiffimg.fits",
        "field": 719,
        "rcid": 43,
        "xpos": 1500.0,
        "ypos": 1500.0,
        "magpsf": 18.5,
        "magzpsci": 26.2,
        "exptime": 30.0,
        "ssdistnr": -999.0,
        "isdiffpos": "t",
    }
    alert: dict[str, Any] = {"objectId": "ZTF18abc", "candid": candid}
    alert |= {
        f"cutout{name}": {"fileName": f"candid{candid}_{name}.fits.gz", "stampData": stamp}
        for name in ("Science", "Template", "Difference")
    }
    alert |= {name: value for name, value in changes.items() if name in alert}
    return {**alert, "candidate": candidate | {n: v for n, v in changes.items() if n in candidate}}


def container(schema: dict[str, Any], records: list[dict[str, Any]], codec: str = "null") -> bytes:
    """Bytes of an Avro container file."""
    file = io.BytesIO()
    fastavro.writer(file, fastavro.parse_schema(schema), records, codec=codec)
    return file.getvalue()


def write_alerts(path: Path, *alerts: dict[str, Any], **retyped: Any) -> Path:
    path.write_bytes(container(ztf_schema(**retyped), list(alerts)))
    return path
