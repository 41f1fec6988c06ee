"""What every reader shares: a source of units, limits on what is read, and text that is safe to show."""

import os
import stat
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from scoring.detection import Detection, Rejection

Unit = Detection | Rejection

MAX_RAW = 64 * 2**10  # bytes of a refused file or row that are kept with its reason
MAX_FILE = 64 * 2**20  # bytes of a table or a cutout
UNSAFE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}  # control, direction and zero-width marks, lone surrogates, …


class UnitError(Exception):
    """A row, file or record cannot be used; the message says what was expected and what came."""


@dataclass(frozen=True)
class Source:
    """One file or one exposure directory; reading it never stops the night.

    Attributes
    ----------
    name : path relative to what was asked for.
    layout : the format (see ``Detection.layout``), or ``unknown``.
    units : gives one item per received unit, each time from the start.
    """

    name: str
    layout: str
    units: Callable[[], Iterator[Unit]]

    def read(self) -> Iterator[Unit]:
        """Give every unit of the source; where the disk fails half-way, a last Rejection says so."""
        try:
            yield from self.units()
        except (OSError, UnitError) as error:
            yield rejection(self.name, "", f"expected a readable file, got: {error}")


def rejection(origin: str, locator: str, reason: str, raw: bytes = b"") -> Rejection:
    """Make a Rejection whose texts are safe to store and show, and whose raw bytes are bounded."""
    return Rejection(printable(origin), printable(locator), printable(reason), raw[:MAX_RAW])


def refuse(path: Path, root: Path, reason: str) -> Rejection:
    """Make a Rejection of a whole file, with its first bytes where it may be opened."""
    try:
        return rejection(relative(path, root), "", reason, read_bytes(path, root))
    except UnitError as error:
        return rejection(relative(path, root), "", f"{reason}; {error}")


def is_safe(text: str) -> bool:
    """Whether a text has no control, direction, zero-width or surrogate characters."""
    return not any(unicodedata.category(character) in UNSAFE for character in text)


def printable(text: str) -> str:
    """Write unsafe characters out as escapes, so that a name cannot hide what it is."""
    if is_safe(text):
        return text
    return "".join(c if is_safe(c) else f"\\u{ord(c):04x}" for c in text)


def relative(path: Path, root: Path) -> str:
    """Name a file by its path under what was asked for, in characters that can be stored and shown."""
    return printable(path.relative_to(root).as_posix() if path != root else path.name)


def read_bytes(path: Path, root: Path) -> bytes:
    """Read a file whole.

    Raises
    ------
    UnitError : not a plain file under `root`, too large, or empty.
    """
    size = check_place(path, root).st_size
    if size > MAX_FILE:
        raise UnitError(f"expected at most {MAX_FILE} bytes, got {size}")
    if size == 0:
        raise UnitError("expected content, but the file is empty")
    return path.read_bytes()


def check_place(path: Path, root: Path) -> os.stat_result:
    """Refuse what is no plain file, and a link that leads nowhere or out of the folder that was asked for.

    Returns
    -------
    os.stat_result : of the file.

    Raises
    ------
    UnitError : it is one of these.
    """
    if not path.exists():
        raise UnitError("expected a file, got a link that leads nowhere")
    if _has_links(path, root) and not path.resolve().is_relative_to((root if root.is_dir() else root.parent).resolve()):
        raise UnitError("expected a file of this folder, got a link that leads out of it")
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):
        raise UnitError("expected a plain file, got a folder, pipe or device")
    return status


def _has_links(path: Path, root: Path) -> bool:
    """Whether a link may lie between a file and `root`; where none does, the file is in it and need not be resolved."""
    below = path.parts[len(root.parts) :]
    if ".." in below or not path.is_relative_to(root):
        return True
    return path.is_symlink() or any(folder.is_symlink() for folder in path.parents[: max(0, len(below) - 1)])


def head(path: Path) -> bytes:
    """First bytes of a file, to tell its format."""
    with path.open("rb") as file:
        return file.read(64)
