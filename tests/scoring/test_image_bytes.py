import gzip
import io

import numpy as np
import pytest
from astropy.io import fits
from PIL import Image

from scoring.image_bytes import MAX_SIDE, CutoutError, gunzip, read_fits, read_picture
from tests.scoring.ipac_files import picture


def fits_bytes(pixels, kind=fits.PrimaryHDU, **cards):
    hdu = kind(pixels)
    hdu.header.update(cards)
    file = io.BytesIO()
    hdu.writeto(file)
    return file.getvalue()


def cards(*lines):
    """A bare FITS header, one block."""
    return b"".join(line.ljust(80).encode() for line in (*lines, "END")).ljust(2880)


def header(*axes, bitpix=-32):
    sides = [f"NAXIS{number:<3}= {side:>20}" for number, side in enumerate(axes, start=1)]
    first = ["SIMPLE  =                    T", f"BITPIX  = {bitpix:>20}", f"NAXIS   = {len(axes):>20}"]
    return cards(*first, *sides)


def png(array):
    file = io.BytesIO()
    Image.fromarray(array).save(file, "PNG")
    return file.getvalue()


def test_gzip_is_unpacked():
    assert gunzip(gzip.compress(b"streak")) == b"streak"


def test_a_gzip_bomb_is_stopped_at_the_limit():
    bomb = gzip.compress(bytes(80 * 2**20), 9)
    with pytest.raises(CutoutError, match="expected at most 67108864 bytes after gzip"):
        gunzip(bomb)


BROKEN_GZIP = {
    "cut off": gzip.compress(b"streak" * 100)[:-12],
    "two bytes": b"\x1f\x8b",
    "zeros": b"\x1f\x8b\x08" + bytes(40),
}


@pytest.mark.parametrize("content", BROKEN_GZIP.values(), ids=BROKEN_GZIP)
def test_a_broken_gzip_stream_is_refused(content):
    with pytest.raises(CutoutError, match="expected a"):
        gunzip(content)


@pytest.mark.parametrize("kind", [np.float32, np.float64, np.int16, np.int32, np.uint8, np.uint16])
def test_every_number_type_of_fits_is_read(kind):
    pixels = np.arange(12, dtype=kind).reshape(3, 4)
    found = read_fits(fits_bytes(pixels)).pixels
    assert found.dtype == np.float32
    assert np.array_equal(found, pixels)


def test_scale_and_zero_of_the_header_are_applied():
    content = (
        fits_bytes(np.ones((2, 2), np.int16)).replace(
            b"END".ljust(80),
            b"".join(
                [
                    b"BSCALE  =                  2.0".ljust(80),
                    b"BZERO   =                 10.0".ljust(80),
                    b"END".ljust(80),
                ]
            ),
            1,
        )[:2880]
        + fits_bytes(np.ones((2, 2), np.int16))[2880:]
    )
    assert read_fits(content).pixels.tolist() == [[12, 12], [12, 12]]


def test_blank_integers_become_nan():
    content = fits_bytes(np.array([[1, -32768]], np.int16), BLANK=-32768)
    assert np.isnan(read_fits(content).pixels).tolist() == [[False, True]]


def test_a_file_without_simple_is_read():
    content = fits_bytes(np.ones((3, 3), np.float32))
    without = content[80:2880].ljust(2880) + content[2880:]
    assert read_fits(without).pixels.sum() == 9


def test_an_image_in_an_extension_is_found():
    file = io.BytesIO()
    fits.HDUList([fits.PrimaryHDU(), fits.ImageHDU(np.ones((3, 3), np.float32))]).writeto(file)
    assert read_fits(file.getvalue()).pixels.shape == (3, 3)


def test_a_tile_compressed_image_is_refused_from_its_header():
    file = io.BytesIO()
    fits.HDUList([fits.PrimaryHDU(), fits.CompImageHDU(np.zeros((64, 64), np.int16))]).writeto(file)
    with pytest.raises(CutoutError, match="tile-compressed"):
        read_fits(file.getvalue())


@pytest.mark.parametrize(
    "axes", [(10**6, 10**6), (-5, 5), (0, 5), (5,), (5, 5, 5), (MAX_SIDE + 1, 2), (2**40, 2**40), ()]
)
def test_impossible_axes_are_refused(axes):
    with pytest.raises(CutoutError, match="expected"):
        read_fits(header(*axes) + bytes(2880))


@pytest.mark.parametrize("cut", [81, 500, 2879, 2880, 2900])
def test_a_truncated_file_is_refused(cut):
    with pytest.raises(CutoutError, match="expected"):
        read_fits(fits_bytes(np.ones((40, 40), np.float32))[:cut])


def test_missing_padding_behind_the_pixels_is_no_damage():
    content = fits_bytes(np.ones((40, 40), np.float32))
    assert read_fits(content[: 2880 + 40 * 40 * 4]).pixels.sum() == 1600


@pytest.mark.parametrize("content", [b"", b"<html>", b"\x89PNG\r\n", cards("SIMPLE  = garbage"), b"SIMPLE  ="])
def test_what_is_no_fits_file_is_refused(content):
    with pytest.raises(CutoutError, match="expected"):
        read_fits(content)


def test_numbers_too_large_for_32_bits_become_infinite():
    assert np.isinf(read_fits(fits_bytes(np.full((2, 2), 1e300))).pixels).all()


def test_a_grey_jpeg_is_read_row_by_row():
    assert read_picture(picture((157, 120))).shape == (120, 157)


@pytest.mark.parametrize("channels", [3, 4])
def test_colour_channels_and_opacity_are_kept(channels):
    assert read_picture(png(np.full((5, 6, channels), 9, np.uint8))).shape == (5, 6, 4)


def test_a_png_of_16_bit_grey_is_refused():
    with pytest.raises(CutoutError, match="expected 8-bit grey or RGB"):
        read_picture(png(np.ones((9, 9), np.uint16)))


def test_a_png_of_16_bit_colour_is_refused():
    content = bytearray(png(np.zeros((9, 9, 3), np.uint8)))
    content[24] = 16
    with pytest.raises(CutoutError, match="expected"):
        read_picture(bytes(content))


def test_a_jpeg_in_print_colours_is_refused():
    file = io.BytesIO()
    Image.new("CMYK", (9, 9)).save(file, "JPEG")
    with pytest.raises(CutoutError, match="it has mode CMYK"):
        read_picture(file.getvalue())


def test_a_picture_with_too_long_sides_is_refused():
    with pytest.raises(CutoutError, match="expected sides of at most 4096 pixels"):
        read_picture(png(np.zeros((2, MAX_SIDE + 1), np.uint8)))


@pytest.mark.parametrize("content", [picture()[:2000], picture()[:30], b"", b"<html>", b"GIF89a", b"\x89PNG\r\n\x1a\n"])
def test_a_damaged_picture_or_none_is_refused(content):
    with pytest.raises(CutoutError, match="expected a"):
        read_picture(content)
