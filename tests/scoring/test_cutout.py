import gzip
import io
import json
from dataclasses import replace

import numpy as np
import pytest
from astropy.io import fits
from PIL import Image

from scoring.cutout import CutoutError, Rendering, decode, endpoints, wcs_from_header, wcs_to_header
from scoring.detection import CutoutKind, Detection, RawCutout
from scoring.packets import fits_stamp
from scoring.readers import discover
from tests.scoring.alert_files import stamp_pixels, tan_wcs
from tests.scoring.ipac_files import cutout_name, picture

CORNERS = [[0, 0], [156, 0], [0, 156], [156, 156], [78, 78]]
HERE = Detection(
    "ZTF", "1", "ipac-early", "", "", ra=210.11, dec=38.205, ra1=210.114, dec1=38.204, ra2=210.106, dec2=38.206
)


def decoded(content, name="a.fits", detection=HERE):
    return decode(RawCutout(CutoutKind.DIFF, name, content), detection)


def from_ipac(size, **values):
    return decoded(picture(size), cutout_name(1), replace(HERE, values=values))


def fits_file(pixels, **cards):
    hdu = fits.PrimaryHDU(pixels)
    hdu.header.update(cards)
    file = io.BytesIO()
    hdu.writeto(file)
    return file.getvalue()


def test_an_ipac_cutout_has_north_up_and_east_left_in_its_array():
    cutout = from_ipac((157, 157))
    x, y = cutout.wcs.all_world2pix([HERE.ra, HERE.ra + 0.01, HERE.ra], [HERE.dec, HERE.dec, HERE.dec + 0.01], 0)
    assert (x[0], y[0]) == pytest.approx((78, 78), abs=1e-6)
    assert x[1] < 60
    assert y[2] > 100


def test_pixels_keep_the_order_of_the_file():
    grey = np.random.default_rng(1).integers(0, 256, (157, 157), np.uint8)
    file = io.BytesIO()
    Image.fromarray(grey).save(file, "PNG")
    assert np.array_equal(decoded(file.getvalue(), "a.png").pixels, grey)


def test_the_axes_turn_with_the_place_in_the_camera():
    east_of_centre = replace(HERE, ccd=12, quadrant=3)
    cutout = decoded(picture(), cutout_name(1), east_of_centre)
    x, y = cutout.wcs.all_world2pix(HERE.ra, HERE.dec + 0.01, 0)
    assert np.degrees(np.arctan2(78 - x, y - 78)) == pytest.approx(3.33 * np.tan(np.radians(38.2)), abs=0.1)


@pytest.mark.parametrize(
    ("size", "values", "padded"),
    [
        ((100, 157), {"exposure_east": 500.0, "exposure_north": 0.0}, np.s_[:, 100:]),
        ((100, 157), {"exposure_east": -500.0, "exposure_north": 0.0}, np.s_[:, :57]),
        ((157, 120), {"exposure_east": 0.0, "exposure_north": -500.0}, np.s_[120:, :]),
        ((157, 120), {"exposure_east": 0.0, "exposure_north": 500.0}, np.s_[:37, :]),
    ],
)
def test_an_edge_cutout_is_padded_about_the_midpoint_and_not_stretched(size, values, padded):
    cutout = from_ipac(size, **values)
    assert (cutout.pixels.shape, cutout.midpoint) == ((157, 157), (78, 78))
    assert cutout.masked[padded].all()
    assert cutout.masked.sum() == cutout.masked[padded].sum()
    assert cutout.wcs.all_world2pix(HERE.ra, HERE.dec, 0)[0] == pytest.approx(78)


def test_an_edge_cutout_keeps_every_pixel_that_it_has():
    cutout = from_ipac((100, 157), exposure_east=500.0, exposure_north=0.0)
    whole = np.asarray(Image.open(io.BytesIO(picture((100, 157)))))
    assert np.array_equal(cutout.pixels[:, :100], whole)


def test_a_cutout_at_a_corner_is_padded_on_two_sides():
    cutout = from_ipac((100, 100), exposure_east=500.0, exposure_north=500.0)
    assert cutout.pixels.shape == (157, 157)
    assert not cutout.masked[57:, :100].any()
    assert cutout.masked.sum() == 157**2 - 100**2


def test_a_small_square_picture_of_another_name_is_whole_as_it_is():
    assert decoded(picture((100, 100)), "streak.jpg").pixels.shape == (100, 100)


def test_a_cutout_without_a_place_has_no_wcs():
    nowhere = Detection("", "1", "folder", "", "")
    cutout = decoded(picture(), "streak.jpg", nowhere)
    assert (cutout.wcs, endpoints(cutout, nowhere)) == (None, None)


def test_endpoints_lie_about_the_midpoint():
    cutout = from_ipac((157, 157))
    (x1, y1), (x2, y2) = endpoints(cutout, HERE)
    assert ((x1 + x2) / 2, (y1 + y2) / 2) == pytest.approx((78, 78), abs=0.01)
    assert x1 < x2
    assert np.hypot(x2 - x1, y2 - y1) == pytest.approx(HERE.length, abs=0.01)


@pytest.mark.parametrize("pack", [gzip.compress, bytes])
def test_the_format_is_told_by_the_first_bytes_and_not_by_the_name(pack):
    content = pack(fits_file(stamp_pixels()))
    assert decoded(content, "streak.jpg").rendering is Rendering.FLUX
    assert decoded(picture(), "streak.fits").rendering is Rendering.IPAC_GREY


def test_masked_pixels_of_a_stamp_hold_the_median():
    cutout = decoded(fits_stamp(stamp_pixels(), tan_wcs()))
    assert cutout.masked.sum() == 16
    assert (cutout.pixels[:4, :4] == np.nanmedian(stamp_pixels())).all()


def test_infinite_pixels_are_masked():
    pixels = stamp_pixels()
    pixels[50, 60] = np.inf
    assert decoded(fits_stamp(pixels, None)).masked[50, 60]


def test_a_stamp_without_any_value_is_all_masked():
    cutout = decoded(fits_stamp(np.full((157, 157), np.nan), None))
    assert cutout.masked.all()
    assert (cutout.pixels == 0).all()


def test_a_stamp_cut_at_the_edge_is_padded_about_the_midpoint_of_its_wcs():
    cutout = decoded(fits_stamp(stamp_pixels()[:, 30:], tan_wcs(pixel=(48, 78))))
    assert (cutout.pixels.shape, np.round(cutout.midpoint, 3).tolist()) == ((157, 157), [78, 78])
    assert cutout.masked[:, :30].all()
    assert np.allclose(cutout.wcs.all_world2pix(210.11, 38.205, 0), 78, atol=1e-3)


def test_an_alert_stamp_at_the_edge_is_placed_by_its_position_on_the_ccd():
    near_left = replace(HERE, layout="ztf-alert", values={"xpos": 11.0, "ypos": 1500.0})
    cutout = decoded(fits_file(np.ones((63, 42), np.float32)), detection=near_left)
    assert (cutout.pixels.shape, cutout.midpoint) == ((63, 63), (31, 31))
    assert cutout.masked[:, :21].all()
    assert not cutout.masked[:, 21:].any()


def test_a_broken_wcs_does_not_lose_the_pixels():
    cutout = decoded(fits_file(stamp_pixels(), CTYPE1="RA---TAN", CTYPE2="RA---TAN", CRVAL1=1e300))
    assert cutout.pixels.shape == (157, 157)


def test_a_wcs_far_from_the_detection_leaves_the_midpoint_at_the_centre():
    cutout = decoded(fits_stamp(stamp_pixels(), tan_wcs(ra=10, dec=-30)))
    assert (cutout.midpoint, cutout.is_placed) == ((78, 78), False)
    assert decoded(fits_stamp(stamp_pixels(), tan_wcs())).is_placed


@pytest.mark.parametrize(
    "content", [b"", b"<html>", b"%PDF", fits_file(stamp_pixels())[:9000], picture()[:900], b"\x1f\x8b"]
)
def test_what_is_no_cutout_is_refused(content):
    with pytest.raises(CutoutError, match="expected"):
        decoded(content)


def test_a_wcs_survives_as_a_header_in_json():
    header = json.loads(json.dumps(wcs_to_header(tan_wcs())))
    apart = wcs_from_header(header).all_pix2world(CORNERS, 0) - tan_wcs().all_pix2world(CORNERS, 0)
    assert np.abs(apart).max() * 3600e3 < 1e-3


def test_a_wcs_in_another_projection_is_made_linear_at_the_midpoint():
    wcs = tan_wcs()
    wcs.wcs.ctype = ["RA---SIN", "DEC--SIN"]
    apart = wcs_from_header(wcs_to_header(wcs, (78, 78))).all_pix2world(CORNERS, 0) - wcs.all_pix2world(CORNERS, 0)
    assert np.abs(apart).max() * 3600e3 < 1


def test_table_endpoints_lie_on_the_drawn_streaks_of_known_asteroids(real_data):
    known = [line.split(",") for line in (real_data / "ztf-streaks" / "truth.csv").read_text().splitlines()[1:]]
    names = {cells[0] for cells in known if cells[5]}
    on_streak = [
        darkest_offset(decode(raw, unit), unit)
        for source in discover(real_data / "ztf-streaks" / "nights", verify=False)
        for unit in source.read()
        if isinstance(unit, Detection) and (raw := unit.cutouts[CutoutKind.DIFF]).name in names
    ]
    assert len(on_streak) > 150
    assert np.mean(np.abs(on_streak) <= 2) > 0.95


def darkest_offset(cutout, detection):
    """Distance in px, across the fitted segment, from the segment to the darkest line parallel to it."""
    (x1, y1), (x2, y2) = endpoints(cutout, detection)
    along, across = np.linspace(0.05, 0.95, 41), np.arange(-15, 16)
    length = np.hypot(x2 - x1, y2 - y1)
    x = x1 + along * (x2 - x1) - across[:, None] * (y2 - y1) / length
    y = y1 + along * (y2 - y1) + across[:, None] * (x2 - x1) / length
    depth = np.clip(np.median(cutout.pixels) - cutout.pixels[np.rint(y).astype(int), np.rint(x).astype(int)], -60, 200)
    return across[depth.mean(axis=1).argmax()]
