"""IPAC's operational layout: ``meta/<night>/ztf_*_streaks.txt`` and ``stamps/stamps_<night>/strkid*_scimref.jpg``."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from scoring.readers import names
from scoring.readers.columns import OPERATIONAL
from scoring.readers.exposure import Row, Table, row, units
from scoring.readers.source import Unit, UnitError, read_bytes, refuse, rejection, relative

LAYOUT = "ipac-operational"
SUFFIX = "_streaks.txt"
BANDS = {"1": "g", "2": "r", "3": "i"}  # by fid
FOOTER = re.compile(r"\((\d+) rows?\)")
RULE = re.compile(r"[-+|\s]+")  # the line under the column names


def stamps_folder(table: Path, root: Path) -> Path | None:
    """Where the cutouts of a table lie; None where that is not under what was asked for."""
    night = table.parent
    stamps = night.parent.parent / "stamps" / f"stamps_{night.name}"
    return stamps if stamps.is_relative_to(root) and stamps.is_dir() else None


def tables_of(stamps: Path, root: Path) -> list[Path]:
    """Tables that describe the cutouts of a stamps folder; empty for any other folder."""
    night = stamps.name.removeprefix("stamps_")
    meta = stamps.parent.parent / "meta" / night
    if stamps.parent.name != "stamps" or stamps == root or not meta.is_relative_to(root):
        return []
    return sorted(meta.glob(f"*{SUFFIX}"))


def read(path: Path, root: Path) -> Iterator[Unit]:
    """Read one exposure: every row with its cutout."""
    try:
        table = _table(path, root)
    except UnitError as error:
        yield rejection(relative(path, root), "", str(error))
        return
    yield from units(table, _cutouts(table, stamps_folder(path, root)), root)


def leftovers(stamps: Path, tables: Sequence[Path], root: Path) -> Iterator[Unit]:
    """Refuse the cutouts of a night that no table describes."""
    described: set[Path] = set()
    for path in tables:
        try:
            described.update(_cutouts(_table(path, root), stamps).values())
        except UnitError:  # the table's own source tells of it
            continue
    for path in sorted(stamps.glob("[!.]*")):
        if path not in described and path.suffix != ".xml":
            yield refuse(path, root, f"expected a row in the tables of {relative(tables[0].parent, root)}, got none")


def _cutouts(table: Table, stamps: Path | None) -> dict[int, Path]:
    if stamps is None:
        return {}
    pid = _pid(table.rows)
    strids = {line.strid for line in table.rows if line.strid is not None}
    paths = {strid: stamps / f"strkid{pid * names.STREAKS + strid}_pid{pid}_scimref.jpg" for strid in strids}
    return {strid: path for strid, path in paths.items() if path.exists()}


def _table(path: Path, root: Path) -> Table:
    rows = parse(read_bytes(path, root))
    pid = _pid(rows)
    said = [path.name, *(line.cells.get("pdiffimfilename", "") for line in rows)]
    exposure = next((found for text in said if (found := names.from_image(text))), names.from_pid(pid))
    if exposure is None:
        exposure = names.of_table(path.name)
    bands = {BANDS.get(line.cells.get("fid", ""), "") for line in rows}
    if not exposure.band and len(bands) == 1:
        exposure = replace(exposure, band=bands.pop())
    return Table(relative(path, root), LAYOUT, exposure, [_of_exposure(line, pid) for line in rows])


def _pid(rows: Sequence[Row]) -> int:
    """Give the pid that most rows bear, 0 where none bears one."""
    pids = Counter(int(pid) for line in rows if (pid := line.cells.get("pid", "")).isascii() and pid.isdecimal())
    return pids.most_common(1)[0][0] if pids else 0


def _of_exposure(line: Row, pid: int) -> Row:
    """Mark a row whose ids contradict each other or belong to another exposure."""
    if line.problem:
        return line
    expected = str(pid), str(pid * names.STREAKS + (line.strid or 0))
    found = line.cells["pid"], line.cells["streakid"]
    if found == expected:
        return line
    return replace(line, problem=f"expected pid and streakid {' and '.join(expected)}, got {' and '.join(found)}")


def parse(content: bytes) -> list[Row]:
    """Take the lines of a table apart: two header rows, the rows, one footer row; without them too.

    Raises
    ------
    UnitError : the header lacks a column.
    """
    columns, offset = OPERATIONAL, 0
    rows: list[Row] = []
    lines = content.splitlines(keepends=True)
    last = max((number for number, line in enumerate(lines) if line.strip()), default=-1)
    for number, line in enumerate(lines):
        text = line.decode("ascii", "backslashreplace").strip("\r\n")
        locator = f"line {number + 1}, offset {offset}"
        offset += len(line)
        cells = _cells(text, len(columns))
        if number < 2 and "streakid" in text.lower():
            columns = _stated(cells)
        elif RULE.fullmatch(text) or not text.strip() or (number < 2 and not cells[0][:1].isdigit()):
            continue
        elif number == last and len(cells) == 1 and not text.strip()[0].isdigit():
            rows += _miscounted(locator, line, text, len(rows))
        else:
            rows.append(row(locator, line, cells, columns))
    return rows


def _cells(text: str, expected: int) -> list[str]:
    """Take a line apart; bars that frame it add no cells."""
    cells = [cell.strip() for cell in text.split("|")]
    if len(cells) > expected and not cells[-1]:
        cells.pop()
    if len(cells) > expected and not cells[0]:
        cells.pop(0)
    return cells


def _stated(cells: Sequence[str]) -> list[str]:
    columns = [cell.lower() for cell in cells]
    missing = [name for name in OPERATIONAL if name not in columns]
    if missing:
        raise UnitError(f"expected the column {', '.join(missing)}, but the header has {' '.join(columns)}")
    return columns


def _miscounted(locator: str, line: bytes, text: str, rows: int) -> list[Row]:
    """Give a row that says so where the footer counts other rows than there are."""
    counted = FOOTER.fullmatch(text.strip())
    if counted is None or int(counted[1]) == rows:
        return []
    return [Row(locator, line, {}, None, f"expected {counted[1]} rows as the footer says, got {rows}")]
