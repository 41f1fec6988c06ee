"""What kind of file some bytes are, told by how they begin and never by a name."""

STARTS = {
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"SIMPLE  =": "application/fits",
    b"XTENSION=": "application/fits",
    b"BITPIX  =": "application/fits",  # some alert stamps lack SIMPLE
    b"\x1f\x8b": "application/gzip",
}


def media_type(content: bytes) -> str:
    """Return the media type of a cutout's file; whatever is not a cutout is a heap of bytes."""
    return next((kind for start, kind in STARTS.items() if content.startswith(start)), "application/octet-stream")
