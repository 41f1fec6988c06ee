"""Which cutouts an ensemble has learnt from: digests of their names, one a line, in a file beside it."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from scoring.whole_file import whole_file

LEARNT = "learnt.txt"


def write_learnt(folder: Path, names: Iterable[str]) -> None:
    """Write what the networks of a folder have learnt from."""
    with whole_file(folder / LEARNT) as file:
        file.write("".join(f"{digest}\n" for digest in sorted(map(_digest, names))).encode())


def learnt_among(folder: Path, names: Iterable[str]) -> int | None:
    """Count the cutouts that the networks of a folder have learnt from; None where nothing tells."""
    path = folder / LEARNT
    if not path.exists():
        return None
    learnt = set(path.read_text(encoding="ascii").split())
    return sum(_digest(name) in learnt for name in names)


def _digest(name: str) -> str:
    return hashlib.sha256(Path(name).name.encode()).hexdigest()[:16]
