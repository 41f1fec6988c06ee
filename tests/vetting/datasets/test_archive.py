import hashlib
import io
import zipfile

import pytest

from vetting.datasets.archive import Member, plain_name, with_manifest, zip_stream

STAMP = (2026, 1, 2, 3, 4, 6)


def as_zip(members):
    return zipfile.ZipFile(io.BytesIO(b"".join(zip_stream(members, STAMP))))


def test_a_streamed_zip_holds_every_member_whole():
    archive = as_zip([Member("a.txt", [b"one ", b"two"]), Member("b/c.txt", [])])

    assert archive.testzip() is None
    assert {name: archive.read(name) for name in archive.namelist()} == {"a.txt": b"one two", "b/c.txt": b""}


def test_a_zip_is_sent_while_it_is_made():
    made = []

    def pieces():
        for number in range(64):
            made.append(number)
            yield hashlib.sha256(bytes([number])).digest() * 2048

    stream = zip_stream([Member("big", pieces())], STAMP)
    next(stream)

    assert len(made) < 8


def test_the_same_members_give_the_same_bytes():
    first, second = (b"".join(zip_stream([Member("a", [b"x"])], STAMP)) for _ in range(2))

    assert first == second


def test_the_manifest_holds_the_digest_of_every_member():
    archive = as_zip(with_manifest([Member("b", [b"2"]), Member("a", [b"1"])]))

    lines = archive.read("SHA256SUMS").decode().splitlines()
    assert lines == [f"{hashlib.sha256(text).hexdigest()}  {name}" for name, text in (("a", b"1"), ("b", b"2"))]


@pytest.mark.parametrize(
    ("given", "made"),
    [
        ("strkid1_pid2_scimref.jpg", "strkid1_pid2_scimref.jpg"),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("/", "unnamed"),
        ("..", "unnamed"),
        (".hidden", "hidden"),
        ("-rf", "rf"),
        ("a b\u202egpj.\x00exe", "a_b_gpj._exe"),
        ("x" * 300 + ".fits", "x" * 115 + ".fits"),
    ],
)
def test_any_text_becomes_a_plain_file_name(given, made):
    assert plain_name(given) == made
