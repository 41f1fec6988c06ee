"""Any folder or file that a survey gives → sources of detections and rejections.

Nothing that came in is dropped without a Rejection, except hidden files and files that accompany a night without being
part of it (`COMPANIONS`).
"""

import os
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

from scoring.cutout import CutoutError, decode
from scoring.detection import Detection
from scoring.readers import avro, avro_file, folder, ipac_early, ipac_operational
from scoring.readers.source import Source, Unit, UnitError, check_place, head, refuse, rejection, relative

__all__ = ["COMPANIONS", "Source", "Unit", "discover"]

COMPANIONS = {".csv", ".md", ".xml"}  # truth tables, notes, IPAC's ADES files
PICTURE_SUFFIXES = {".jpg", ".jpeg", ".png", ".fits", ".fit", ".gz"}
PICTURES = (b"\xff\xd8\xff", b"\x89PNG", b"\x1f\x8b", b"SIMPLE  =", b"BITPIX  =")


def discover(path: Path, *, verify: bool = True) -> list[Source]:
    """Find every source in a file or folder, in the order of their names; folders may be nested and mixed.

    Parameters
    ----------
    path : a night, an exposure, a folder of cutouts, one file, or a folder that holds several of these.
    verify : decode every cutout, and give a Rejection for a detection whose cutout is damaged. Without it the
        damage shows when the cutout is decoded.

    Raises
    ------
    FileNotFoundError : nothing is there.
    """
    if not path.exists():
        raise FileNotFoundError(f"expected a file or folder, got {path}")
    if path.is_file():
        sources = [_file(path, path)]
    else:
        sources = [
            source for at, folders, files in os.walk(path) for source in _directory(Path(at), folders, files, path)
        ]
    sources.sort(key=lambda source: source.name)
    return [replace(source, units=partial(_verified, source)) for source in sources] if verify else sources


def _verified(source: Source) -> Iterator[Unit]:
    """Turn detections whose cutouts are damaged into rejections."""
    for unit in source.units():
        yield _checked(unit) if isinstance(unit, Detection) else unit


def _checked(detection: Detection) -> Unit:
    for raw in detection.cutouts.values():
        try:
            decode(raw, detection)
        except CutoutError as error:
            return rejection(detection.origin, f"{raw.kind} {raw.name}", str(error), raw.content)
    return detection


def _directory(at: Path, folders: list[str], files: list[str], root: Path) -> Iterator[Source]:
    """Give the sources of one folder, and strike from `folders` what must not be entered."""
    links = [name for name in folders if (at / name).is_symlink()]
    read_elsewhere = {ipac_early.cutout_folder(at / name).name for name in files if name.endswith(ipac_early.SUFFIX)}
    folders[:] = [name for name in folders if name not in read_elsewhere.union(links) and not name.startswith(".")]
    for name in links:
        if name not in read_elsewhere:
            yield _refused(at / name, root, "expected a folder, got a link to one: links to folders are not followed")
    visible = [name for name in files if not name.startswith(".") and Path(name).suffix not in COMPANIONS]
    if tables := ipac_operational.tables_of(at, root):
        yield Source(relative(at, root), ipac_operational.LAYOUT, partial(ipac_operational.leftovers, at, tables, root))
        return
    for name in visible:
        yield _file(at / name, root)


def _file(path: Path, root: Path) -> Source:
    name = relative(path, root)
    try:
        check_place(path, root)
    except UnitError as error:
        return _refused(path, root, str(error))
    if path.name.endswith(ipac_early.SUFFIX):
        return Source(name, ipac_early.LAYOUT, partial(ipac_early.read, path, root))
    if path.name.endswith(ipac_operational.SUFFIX):
        return Source(name, ipac_operational.LAYOUT, partial(ipac_operational.read, path, root))
    start = head(path)
    if path.suffix == ".avro" or start.startswith(avro.MAGIC):
        return Source(name, avro_file.LAYOUT, partial(avro_file.read, path, root))
    if start.startswith(PICTURES) or path.suffix.lower() in PICTURE_SUFFIXES:
        return Source(name, folder.LAYOUT, partial(folder.read, path, root))
    return _refused(path, root, "expected a streak table, a cutout or an Avro file, got something else")


def _refused(path: Path, root: Path, reason: str) -> Source:
    return Source(relative(path, root), "unknown", partial(_refusal, path, root, reason))


def _refusal(path: Path, root: Path, reason: str) -> Iterator[Unit]:
    yield refuse(path, root, reason)
