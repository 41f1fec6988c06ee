"""Members of an export, written as a zip that is never whole in memory, or as files of a folder."""

import hashlib
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

MANIFEST = "SHA256SUMS"
PLAIN = re.compile(r"[^A-Za-z0-9._-]+")
LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class Member:
    """One file of an export: its path in it, and its bytes in pieces."""

    path: str
    content: Iterable[bytes]


def plain_name(text: str) -> str:
    """Make a file name of any text: letters, digits, dot, dash and underscore, no hidden file, never a path."""
    name = PLAIN.sub("_", PurePosixPath(text.replace("\\", "/")).name).lstrip(".-")
    return name[-LONGEST_NAME:].lstrip(".-") or "unnamed"


def with_manifest(members: Iterable[Member]) -> Iterator[Member]:
    """Pass the members on and close with their digests, in the form that ``sha256sum --check`` reads."""
    digests: list[tuple[str, str]] = []

    def watched(member: Member) -> Iterator[bytes]:
        digest = hashlib.sha256()
        for piece in member.content:
            digest.update(piece)
            yield piece
        digests.append((member.path, digest.hexdigest()))

    for member in members:
        yield Member(member.path, watched(member))
    yield Member(MANIFEST, (f"{digest}  {path}\n".encode() for path, digest in sorted(digests)))


class _Pipe:
    """File that can only be written: what zipfile wrote waits here until it is sent."""

    def __init__(self) -> None:
        self.waiting: list[bytes] = []

    def write(self, data: bytes) -> int:
        self.waiting.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing is buffered below this."""

    def close(self) -> None:
        """Nothing is open below this."""

    def take(self) -> bytes:
        data = b"".join(self.waiting)
        self.waiting.clear()
        return data


def zip_stream(members: Iterable[Member], stamp: tuple[int, int, int, int, int, int]) -> Iterator[bytes]:
    """Yield the bytes of a zip with these members; every member carries the same time ``stamp``."""
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        for member in members:
            info = zipfile.ZipInfo(member.path, date_time=stamp)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            with archive.open(info, "w") as file:
                for piece in member.content:
                    file.write(piece)
                    if data := pipe.take():
                        yield data
            yield pipe.take()
    yield pipe.take()


def folder_write(members: Iterable[Member], folder: Path) -> None:
    """Write the members as files under a folder."""
    for member in members:
        target = folder / member.path
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("wb") as file:
            file.writelines(member.content)
