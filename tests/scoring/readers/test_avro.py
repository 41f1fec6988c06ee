import io
import json
import random
import zlib

import fastavro
import pytest

from scoring.detection import Detection, Rejection
from scoring.packets import write_packets
from scoring.readers import discover
from tests.scoring.alert_files import container, packet, ztf_alert, ztf_schema

SYNC = b"s" * 16


def units(path):
    return [unit for source in discover(path) for unit in source.read()]


def long(number):
    """Avro's zigzag number."""
    number, out = (number << 1) ^ (number >> 63), bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def header(schema, codec="null"):
    pairs = {"avro.schema": json.dumps(schema).encode(), "avro.codec": codec.encode()}
    meta = b"".join(long(len(key)) + key.encode() + long(len(value)) + value for key, value in pairs.items())
    return b"Obj\x01" + long(len(pairs)) + meta + long(0) + SYNC


def block(count, content):
    return long(count) + long(len(content)) + content + SYNC


def refusal(tmp_path, content):
    path = tmp_path / "night.avro"
    path.write_bytes(content)
    [refused] = units(path)
    assert isinstance(refused, Rejection)
    assert len(refused.raw) <= 65536
    return refused


def record(**fields):
    return {"type": "record", "name": "ztf.alert", "fields": [{"name": n, "type": t} for n, t in fields.items()]}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "the file is empty"),
        (b"Obj\x02" + bytes(60), "expected version 1 of the Avro container format"),
        (b"Obj", "expected version 1 of the Avro container format"),
        (b"\x00\x00\x00\x00\x07" + bytes(60), "framed message (0 and a schema id)"),
        (b'{"candid": 1}', "got JSON"),
        (b"[1, 2, 3]", "got JSON"),
        (b"<html><body>404</body></html>", "expected an Avro container file"),
        (b"Obj\x01", "the file is cut off"),
        (b"Obj\x01" + long(1) + long(2**40) + b"a", "expected a header of at most"),
        (b"Obj\x01" + b"\xff" * 12, "expected a number of at most 10 bytes"),
        (b"Obj\x01" + long(0) + SYNC, "expected a schema in JSON"),
        (header("string"), "expected the schema of a record"),
        (header(record(a="nonsense")), "expected a valid Avro schema"),
        (header({"type": "record", "name": "other.alert", "fields": [{"name": "a", "type": "int"}]}), "other.alert"),
        (header(ztf_schema(), codec="snappy"), "expected the codec null or deflate, got snappy"),
        (header({**ztf_schema(), "name": "streakAlert", "namespace": "deepstreaks"}) + block(1, b"a"), "is damaged"),
    ],
)
def test_what_is_no_alert_file_is_refused_with_its_reason(tmp_path, content, reason):
    assert reason in refusal(tmp_path, content).reason


@pytest.mark.parametrize(
    "costly",
    [
        record(a={"type": "array", "items": "null"}),
        record(a={"type": "array", "items": {"type": "record", "name": "empty", "fields": []}}),
        record(a={"type": "array", "items": {"type": "fixed", "name": "none", "size": 0}}),
        record(a=["null", "ztf.alert"]),
        record(a=["null", {"type": "array", "items": "alert"}]),
        {**record(a="int"), "__fastavro_parsed__": True},
    ],
)
def test_a_schema_by_which_few_bytes_make_many_values_is_refused(tmp_path, costly):
    reason = refusal(tmp_path, header(costly) + block(1, long(2**40))).reason
    assert reason.startswith("expected")


def test_a_very_deep_schema_is_refused(tmp_path):
    schema = "int"
    for _ in range(200):
        schema = {"type": "array", "items": schema}
    assert "levels" in refusal(tmp_path, header(record(a=schema))).reason


def test_a_schema_too_deep_to_parse_is_refused(tmp_path):
    nested = b"[" * 200_000
    content = b"Obj\x01" + long(1) + long(11) + b"avro.schema" + long(len(nested)) + nested + long(0) + SYNC
    assert "expected a schema in JSON" in refusal(tmp_path, content).reason


def test_a_deflate_bomb_is_refused_without_unpacking_it(tmp_path):
    packer = zlib.compressobj(9, wbits=-15)
    bomb = b"".join(packer.compress(bytes(2**20)) for _ in range(64)) + packer.flush()
    assert len(bomb) < 100_000
    reason = refusal(tmp_path, header(ztf_schema(), "deflate") + block(1, bomb)).reason
    assert "it is cut off or unpacks to more" in reason


def test_a_deflated_file_is_read(tmp_path):
    (tmp_path / "a.avro").write_bytes(container(ztf_schema(), [ztf_alert(1), ztf_alert(2)], "deflate"))
    assert [unit.source_id for unit in units(tmp_path)] == ["1", "2"]


def test_a_truncated_file_is_refused_whole(tmp_path):
    whole = container(ztf_schema(), [ztf_alert(number) for number in range(1, 9)])
    refused = refusal(tmp_path, whole[: len(whole) * 3 // 4])
    assert "the file is cut off" in refused.reason
    assert refused.raw == whole[:65536]


def test_a_file_with_a_wrong_mark_after_a_block_is_refused_whole(tmp_path):
    whole = container(ztf_schema(), [ztf_alert(1)])
    assert "expected the file's mark" in refusal(tmp_path, whole[:-1] + bytes([whole[-1] ^ 1])).reason


def test_bytes_behind_the_records_of_a_block_are_refused(tmp_path):
    file = io.BytesIO()
    fastavro.schemaless_writer(file, fastavro.parse_schema(ztf_schema()), ztf_alert())
    content = header(ztf_schema()) + block(1, file.getvalue() + b"more")
    assert "bytes behind them" in refusal(tmp_path, content).reason


@pytest.mark.parametrize("size", [-1, 2**40])
def test_a_block_of_an_impossible_size_is_refused(tmp_path, size):
    assert "expected a block of at most" in refusal(tmp_path, header(ztf_schema()) + long(1) + long(size)).reason


def test_a_candid_beyond_64_bits_is_refused(tmp_path):
    schema = ztf_schema()
    schema["fields"][1]["type"] = "double"
    assert "is damaged" in refusal(tmp_path, container(schema, [ztf_alert() | {"candid": 1e19}])).reason


def test_the_kinds_of_file_are_told_apart_by_their_schema(tmp_path):
    write_packets(tmp_path / "a.avro", [packet()])
    (tmp_path / "b.avro").write_bytes(container(ztf_schema(), [ztf_alert()]))
    assert [unit.layout for unit in units(tmp_path)] == ["streak-packet", "ztf-alert"]


def test_an_alert_file_needs_no_suffix(tmp_path):
    (tmp_path / "alert").write_bytes(container(ztf_schema(), [ztf_alert()]))
    assert [type(unit) for unit in units(tmp_path)] == [Detection]


@pytest.mark.parametrize("seed", range(12))
def test_random_damage_never_raises(tmp_path, seed):
    content = bytearray(container(ztf_schema(), [ztf_alert()]))
    generator = random.Random(seed)
    for _ in range(8):
        content[generator.randrange(len(content))] = generator.randrange(256)
    (tmp_path / "a.avro").write_bytes(content)
    assert len(units(tmp_path)) >= 1
