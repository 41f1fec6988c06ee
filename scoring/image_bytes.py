"""Untrusted bytes of an image file → pixel array; limits are checked before anything is unpacked."""

import io
import struct
import warnings
import zlib
from dataclasses import dataclass
from typing import Any

import numpy as np
from astropy.io import fits
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

MAX_SIDE = 4096  # pixels along one axis; an IPAC or alert cutout has 157 or 63
MAX_UNPACKED = 64 * 2**20  # bytes that one gzip file may grow to
FITS_STARTS = (b"SIMPLE  =", b"XTENSION=", b"BITPIX  =")  # some stamps lack SIMPLE
CARD, BLOCK = 80, 2880  # bytes of a header card, and of the blocks that header and pixels fill
END = b"END".ljust(CARD)
COMPRESSED_IMAGE = "ZIMAGE"  # keyword of a tile-compressed image, which hides its true size in a table
GREY_MODES = {"L", "RGB", "RGBA", "LA", "P", "1"}


class CutoutError(Exception):
    """A cutout cannot be decoded; the message says what was expected and what came."""


@dataclass(frozen=True)
class FitsImage:
    """First image of a FITS file.

    Attributes
    ----------
    pixels : float32 (ny, nx), row 0 at the bottom, NaN where the file marks a pixel as blank.
    header : the image's header.
    """

    pixels: NDArray[np.float32]
    header: fits.Header


def is_fits(content: bytes) -> bool:
    """Whether plain (not gzipped) bytes start like a FITS file."""
    return content.startswith(FITS_STARTS)


def gunzip(content: bytes, limit: int = MAX_UNPACKED) -> bytes:
    """Unpack one gzip member, and stop at `limit` bytes instead of filling the memory.

    Raises
    ------
    CutoutError : broken or truncated stream, or more than `limit` bytes.
    """
    unpacker = zlib.decompressobj(wbits=31)
    try:
        unpacked = unpacker.decompress(content, limit)
    except zlib.error as error:
        raise CutoutError(f"expected a gzip stream, but it does not unpack: {error}") from error
    if unpacker.unconsumed_tail:
        raise CutoutError(f"expected at most {limit} bytes after gzip, but the stream unpacks to more")
    if not unpacker.eof:
        raise CutoutError(f"expected a whole gzip stream, but it ends after {len(unpacked)} unpacked bytes")
    return unpacked


def read_fits(content: bytes) -> FitsImage:
    """Read the first two-dimensional image of a FITS file.

    Raises
    ------
    CutoutError : not FITS, truncated, tile-compressed, too large, or no two-dimensional image in it.
    """
    if not is_fits(content):
        raise CutoutError(f"expected a FITS header, but the file starts with {content[:16]!r}")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the checks below speak for themselves
        try:
            return _first_image(content if not content.startswith(b"BITPIX") else _with_simple(content))
        except CutoutError:
            raise
        except Exception as error:  # astropy raises TypeError, ValueError, OSError, KeyError, … on broken files
            raise CutoutError(f"expected a whole FITS image, but it cannot be read: {error}") from error


def _with_simple(content: bytes) -> bytes:
    """Give a header the first card that it lacks; without it astropy takes the file for something else."""
    end = next((at for at in range(0, len(content), CARD) if content.startswith(END, at)), None)
    if end is None:
        raise CutoutError("expected a FITS header, but it has no end")
    header = b"SIMPLE  =                    T".ljust(CARD) + content[: end + CARD]
    pixels = content[-(-(end + CARD) // BLOCK) * BLOCK :]
    return header.ljust(-(-len(header) // BLOCK) * BLOCK) + pixels


def _first_image(content: bytes) -> FitsImage:
    options: dict[str, Any] = {
        "memmap": False,
        "lazy_load_hdus": True,
        "ignore_missing_simple": True,
        "disable_image_compression": True,
        "do_not_scale_image_data": True,
    }
    with fits.open(io.BytesIO(content), mode="readonly", **options) as hdus:
        index = 0
        while True:
            try:
                hdu = hdus[index]
            except IndexError:
                raise CutoutError(f"expected a two-dimensional image, but none of {index} HDUs holds one") from None
            if COMPRESSED_IMAGE in hdu.header:
                raise CutoutError("expected a plain image, but it is tile-compressed, which hides its size")
            if isinstance(hdu, fits.PrimaryHDU | fits.ImageHDU) and hdu.header.get("NAXIS", 0) > 0:
                _check_size(hdu.header, len(content) - hdu.fileinfo()["datLoc"])
                return FitsImage(_scaled(hdu.data, hdu.header), hdu.header.copy())
            index += 1


def _check_size(header: fits.Header, present: int) -> None:
    axes = [header.get(f"NAXIS{axis}") for axis in range(1, header["NAXIS"] + 1)]
    if len(axes) != 2 or not all(isinstance(side, int) and 0 < side <= MAX_SIDE for side in axes):
        raise CutoutError(f"expected two axes of 1 to {MAX_SIDE} pixels, but the header says {axes}")
    expected = axes[0] * axes[1] * abs(header["BITPIX"]) // 8
    if present < expected:
        raise CutoutError(f"expected {expected} bytes of pixels, but the file ends after {max(present, 0)}")


def _scaled(stored: NDArray[Any], header: fits.Header) -> NDArray[np.float32]:
    pixels = stored.astype(np.float64) * header.get("BSCALE", 1) + header.get("BZERO", 0)
    if header["BITPIX"] > 0 and "BLANK" in header:
        pixels[stored == header["BLANK"]] = np.nan
    with np.errstate(over="ignore"):
        values: NDArray[np.float32] = pixels.astype(np.float32)
    return values


def read_picture(content: bytes) -> NDArray[np.uint8]:
    """Read a JPEG or PNG of 8 bits per channel.

    Returns
    -------
    uint8 (ny, nx) of grey, or (ny, nx, 4) of red, green, blue and opacity; rows in the order of the file.

    Raises
    ------
    CutoutError : not a JPEG or PNG, damaged, too large, or more than 8 bits per channel.
    """
    try:
        with Image.open(io.BytesIO(content), formats=("JPEG", "PNG")) as picture:
            if max(picture.size) > MAX_SIDE:
                raise CutoutError(f"expected sides of at most {MAX_SIDE} pixels, but it has {picture.size}")
            if picture.mode not in GREY_MODES or _png_depth(content) > 8:
                raise CutoutError(f"expected 8-bit grey or RGB, but it has mode {picture.mode}")
            return np.asarray(picture if picture.mode == "L" else picture.convert("RGBA"))
    except UnidentifiedImageError:
        raise CutoutError(f"expected a JPEG, PNG or FITS, but the file starts with {content[:16]!r}") from None
    except (OSError, SyntaxError, ValueError, struct.error, Image.DecompressionBombError) as error:
        raise CutoutError(f"expected a whole JPEG or PNG, but it cannot be read: {error}") from error


def _png_depth(content: bytes) -> int:
    """Bits per channel that a PNG's header states: Pillow silently cuts 16-bit colour to 8."""
    return content[24] if content.startswith(b"\x89PNG") and len(content) > 24 else 8
