"""IPAC's early layout: ``<image>/<image>_streaksqa.txt`` and ``<image>/<image>_cutouts/*.jpg``."""

from collections.abc import Iterator
from pathlib import Path

from scoring.readers import names
from scoring.readers.columns import EARLY, EARLY_AS_OPERATIONAL
from scoring.readers.exposure import Row, Table, common_pid, row, units
from scoring.readers.source import Unit, UnitError, read_bytes, refuse, rejection, relative

LAYOUT = "ipac-early"
SUFFIX = "_streaksqa.txt"


def cutout_folder(table: Path) -> Path:
    """Where the cutouts of a table lie."""
    return table.with_name(table.name.removesuffix(SUFFIX) + "_cutouts")


def read(table: Path, root: Path) -> Iterator[Unit]:
    """Read one exposure: every row with its cutout, then the cutouts that no row describes."""
    origin, folder = relative(table, root), cutout_folder(table)
    files = sorted(path for path in folder.glob("[!.]*") if path.suffix != ".xml") if folder.is_dir() else []
    try:
        exposure = names.of_table(table.name)
        rows = parse(read_bytes(table, root))
    except UnitError as error:
        yield rejection(origin, "", str(error))
        yield from (refuse(path, root, f"expected a row in {origin}, which cannot be read") for path in files)
        return
    named = {path: ids for path in files if (ids := names.from_cutout(path.name))}
    pid = common_pid(named)
    cutouts = {ids[0] % names.STREAKS: path for path, ids in named.items() if ids[1] == pid}
    yield from units(Table(origin, LAYOUT, exposure, rows), cutouts, root)
    for path in sorted(set(files) - set(cutouts.values())):
        yield refuse(path, root, f"expected a name like strkid{{streakid}}_pid{pid}_scimref.jpg, got {path.name}")


def parse(content: bytes) -> list[Row]:
    """Take the lines of a table apart; lines that start with a backslash are comments.

    Raises
    ------
    UnitError : the header names other columns.
    """
    rows, offset = [], 0
    for number, line in enumerate(content.splitlines(keepends=True), start=1):
        text = line.decode("ascii", "backslashreplace").strip()
        if text.startswith("\\"):
            stated = [name.strip() for name in text[1:].split(",")]
            if stated[0] == "strid" and stated != EARLY:
                raise UnitError(f"expected the columns {' '.join(EARLY)}, got {' '.join(stated)}")
        elif text:
            cells = [cell.strip() for cell in text.split(",")]
            rows.append(row(f"line {number}, offset {offset}", line, cells, EARLY_AS_OPERATIONAL))
        offset += len(line)
    return rows
