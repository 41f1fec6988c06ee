"""Avro files of ZTF alerts or streak alert packets, told apart by their schema."""

from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import BinaryIO

from scoring.readers import avro, packet, ztf_alert
from scoring.readers.source import MAX_RAW, Unit, UnitError, check_place, rejection, relative

LAYOUT = "avro"
FORMS = (packet, ztf_alert)


def read(path: Path, root: Path) -> Iterator[Unit]:
    """Give a detection for every record of a file; a damaged file is refused whole, before any record is given."""
    origin = relative(path, root)
    try:
        check_place(path, root)
    except UnitError as error:
        yield rejection(origin, "", str(error))
        return
    with path.open("rb") as file:
        try:
            container = avro.open_container(file)
            form = _form(container)
            for _ in avro.records(file, container, form.READER):
                pass
        except UnitError as error:
            yield rejection(origin, f"offset {file.tell()}", str(error), _raw(file, 0))
            return
        for number, (offset, record) in enumerate(avro.records(file, container, form.READER), start=1):
            try:
                yield form.detection(record, origin)
            except UnitError as error:
                yield rejection(origin, f"record {number}, block at offset {offset}", str(error), _raw(file, offset))


def _form(container: avro.Container) -> ModuleType:
    for form in FORMS:
        if container.schema["name"] == form.NAME:
            return form
    known = " or ".join(str(form.NAME) for form in FORMS)
    raise UnitError(f"expected records of {known}, got {container.schema['name']}")


def _raw(file: BinaryIO, offset: int) -> bytes:
    """First bytes from an offset on; the file is left where it was."""
    at = file.tell()
    file.seek(offset)
    raw = file.read(MAX_RAW)
    file.seek(at)
    return raw
