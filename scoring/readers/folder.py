"""Pictures or FITS cutouts without a table: they can be scored; their names may tell the night and the CCD."""

from collections.abc import Iterator
from pathlib import Path

from scoring.detection import CutoutKind, Detection, RawCutout
from scoring.readers import names
from scoring.readers.exposure import SURVEY
from scoring.readers.source import Unit, UnitError, is_safe, read_bytes, refuse, rejection, relative

LAYOUT = "folder"


def read(path: Path, root: Path) -> Iterator[Unit]:
    """Give the one detection of a cutout file."""
    origin = relative(path, root)
    if not is_safe(path.name):
        yield refuse(path, root, "expected a name of visible characters, got control or direction marks in it")
        return
    try:
        raw = RawCutout(CutoutKind.DIFF, path.name, read_bytes(path, root))
    except UnitError as error:
        yield rejection(origin, "", str(error))
        return
    named = names.from_cutout(path.name)
    exposure = names.from_pid(named[1]) if named else None
    if named is None or exposure is None:
        yield Detection("", origin, LAYOUT, "", origin, cutouts={CutoutKind.DIFF: raw})
        return
    yield Detection(
        survey=SURVEY,
        source_id=str(named[0]),
        layout=LAYOUT,
        exposure=exposure.name,
        origin=origin,
        mjd_start=exposure.mjd_start,
        ccd=exposure.ccd,
        quadrant=exposure.quadrant,
        cutouts={CutoutKind.DIFF: raw},
    )
