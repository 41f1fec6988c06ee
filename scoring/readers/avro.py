"""Avro object container files, read with limits: fastavro itself unpacks whatever a block says."""

import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from typing import Any, BinaryIO

import fastavro

from scoring.readers.source import UnitError

MAGIC = b"Obj\x01"
MAX_HEADER = 2**20  # bytes of the file's metadata, the schema among them
MAX_BLOCK = 16 * 2**20  # bytes of one block, unpacked
MAX_DEPTH = 32  # levels of a schema
MAX_NAMED = 100  # named types of a schema
MAX_UNPACKED = 2**31  # bytes of a file's blocks in all, unpacked
SYNC = 16  # bytes of the mark after every block
RECORD_TYPES = {"record", "error"}


@dataclass(frozen=True)
class Container:
    """An open container file behind its header.

    Attributes
    ----------
    schema : the writer's schema, parsed; its ``name`` is the full name.
    codec : ``null`` or ``deflate``.
    sync : the mark that ends every block.
    start : offset of the first block.
    """

    schema: dict[str, Any]
    codec: str
    sync: bytes
    start: int


def open_container(file: BinaryIO) -> Container:
    """Read the header.

    Raises
    ------
    UnitError : another format, or a header that cannot be used.
    """
    _check_magic(file.read(len(MAGIC)))
    meta: dict[str, bytes] = {}
    room = MAX_HEADER
    while count := _long(file):
        if count < 0:
            count = -count
            _long(file)  # size of the block of metadata in bytes: not needed
        for _ in range(min(count, MAX_HEADER)):
            key, value = _bytes(file, room), _bytes(file, room)
            room -= len(key) + len(value)
            meta[key.decode("utf-8", "replace")] = value
    codec = meta.get("avro.codec", b"null").decode("ascii", "replace")
    if codec not in {"null", "deflate"}:
        raise UnitError(f"expected the codec null or deflate, got {codec}")
    sync = _exactly(file, SYNC)
    return Container(_parsed(meta.get("avro.schema", b"")), codec, sync, file.tell())


def records(file: BinaryIO, container: Container, reader_schema: Any = None) -> Iterator[tuple[int, dict[str, Any]]]:
    """Give (offset of its block, record) for every record, and stop at the first fault.

    Raises
    ------
    UnitError : truncated, a block that does not fit its size, or records that do not follow the schema.
    """
    file.seek(container.start)
    unpacked = 0
    while (offset := file.tell()) and file.peek(1):  # type: ignore[attr-defined]
        count, size = _long(file), _long(file)
        if count < 0 or not 0 <= size <= MAX_BLOCK:
            raise UnitError(f"expected a block of at most {MAX_BLOCK} bytes at offset {offset}, got {count} x {size}")
        block = _unpacked(_exactly(file, size), container.codec, offset)
        unpacked += len(block)
        if unpacked > MAX_UNPACKED:
            raise UnitError(f"expected at most {MAX_UNPACKED} unpacked bytes, got more at offset {offset}")
        if _exactly(file, SYNC) != container.sync:
            raise UnitError(f"expected the file's mark after the block at offset {offset}, got other bytes")
        yield from ((offset, record) for record in _decoded(block, count, container.schema, reader_schema, offset))


def _check_magic(start: bytes) -> None:
    if start == MAGIC:
        return
    if not start:
        raise UnitError("expected an Avro container file, but the file is empty")
    if start.startswith(b"\x00"):
        raise UnitError("expected an Avro container file, got a framed message (0 and a schema id) without its schema")
    if start.startswith(b"Obj"):
        raise UnitError(f"expected version 1 of the Avro container format, got {start[3:]!r}")
    if start[:1] in {b"{", b"["}:
        raise UnitError("expected an Avro container file, got JSON")
    raise UnitError(f"expected an Avro container file, which starts with {MAGIC!r}, got {start!r}")


def _exactly(file: BinaryIO, size: int) -> bytes:
    content = file.read(size)
    if len(content) < size:
        raise UnitError(f"expected {size} more bytes at the end, got {len(content)}: the file is cut off")
    return content


def _long(file: BinaryIO) -> int:
    """Read a zigzag number of at most 10 bytes."""
    number = 0
    for shift in range(0, 70, 7):
        byte = _exactly(file, 1)[0]
        number |= (byte & 0x7F) << shift
        if byte < 0x80:
            return (number >> 1) ^ -(number & 1)
    raise UnitError("expected a number of at most 10 bytes, got more")


def _bytes(file: BinaryIO, limit: int) -> bytes:
    size = _long(file)
    if not 0 <= size <= limit:
        raise UnitError(f"expected a header of at most {MAX_HEADER} bytes, got a field of {size}")
    return _exactly(file, size)


def _unpacked(block: bytes, codec: str, offset: int) -> bytes:
    if codec == "null":
        return block
    unpacker = zlib.decompressobj(wbits=-15)
    try:
        content = unpacker.decompress(block, MAX_BLOCK)
    except zlib.error as error:
        raise UnitError(f"expected a deflated block at offset {offset}, got: {error}") from error
    if not unpacker.eof:
        reason = f"expected a block of at most {MAX_BLOCK} bytes at offset {offset}, it is cut off or unpacks to more"
        raise UnitError(reason)
    return content


def _decoded(block: bytes, count: int, writer: Any, reader: Any, offset: int) -> Iterator[dict[str, Any]]:
    content = BytesIO(block)
    for number in range(count):
        try:
            record = fastavro.schemaless_reader(content, writer, reader)
        except Exception as error:
            reason = (
                f"expected {count} records in the block at offset {offset}, number {number + 1} is damaged: {error}"
            )
            raise UnitError(reason) from error
        if not isinstance(record, dict):
            raise UnitError(f"expected records, got {type(record).__name__}")
        yield record
    if content.tell() != len(block):
        raise UnitError(f"expected {count} records in the block at offset {offset}, got bytes behind them")


def _schema(content: bytes) -> dict[str, Any]:
    try:
        schema = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise UnitError(f"expected a schema in JSON, got: {error}") from error
    if not isinstance(schema, dict) or schema.get("type") not in RECORD_TYPES:
        raise UnitError("expected the schema of a record")
    return schema


@lru_cache(maxsize=16)  # every packet of a night states the same schema
def _parsed(content: bytes) -> Any:
    schema = _schema(content)
    try:
        _check_cost(schema, (), set())
        return fastavro.parse_schema(schema)
    except UnitError:
        raise
    except Exception as error:
        raise UnitError(f"expected a valid Avro schema, got: {error}") from error


def _check_cost(schema: Any, inside: tuple[str, ...], named: set[str]) -> None:
    """Refuse a schema by which few bytes could make many values: recursive, very deep, or with values of no bytes."""
    if len(inside) > MAX_DEPTH or len(named) > MAX_NAMED:
        raise UnitError(f"expected a schema of at most {MAX_DEPTH} levels and {MAX_NAMED} types, got more")
    if isinstance(schema, list):
        for branch in schema:
            if branch not in ("null", {"type": "null"}):  # the number of the branch takes a byte
                _check_cost(branch, (*inside, ""), named)
    elif isinstance(schema, str):
        if schema == "null" or schema.rpartition(".")[2] in inside:
            raise UnitError(f"expected values of at least one byte and no recursive types, got {schema}")
    elif isinstance(schema, dict):
        _check_complex(schema, inside, named)
    else:
        raise UnitError(f"expected a type, got {schema!r}")


def _check_complex(schema: dict[str, Any], inside: tuple[str, ...], named: set[str]) -> None:
    kind, name = schema.get("type"), str(schema.get("name", "")).rpartition(".")[2]
    if any(key.startswith("__") for key in schema):
        raise UnitError("expected the schema as its writer made it, got marks of a parser")
    if name:
        named.add(name)
    if kind in RECORD_TYPES:
        if not schema["fields"]:
            raise UnitError(f"expected fields in every record, got none in {name}")
        for field in schema["fields"]:
            _check_cost(field["type"], (*inside, name), named)
    elif kind == "fixed" and schema["size"] < 1:
        raise UnitError(f"expected values of at least one byte, got {name} of {schema['size']}")
    elif kind in {"array", "map"}:
        _check_cost(schema["items" if kind == "array" else "values"], (*inside, ""), named)
    elif kind not in {"fixed", "enum"}:
        _check_cost(kind, (*inside, ""), named)
