import io
import json
import math
from dataclasses import replace

import numpy as np
import pytest
from astropy.io import fits
from astropy.wcs import WCS

from scoring.cutout import Cutout, Rendering
from scoring.detection import CutoutKind, Detection
from tests import factories
from vetting.candidates.frames import encode, frames_version, zscale

DETECTION = Detection(
    "ZTF", "1", "packet", "exposure", "file", ra=150.0, dec=2.0, ra1=149.995, dec1=2.0, ra2=150.005, dec2=2.002
)


def sky_wcs():
    wcs = WCS(naxis=2)
    wcs.wcs.ctype, wcs.wcs.crval, wcs.wcs.crpix = ["RA---TAN", "DEC--TAN"], [150, 2], [6, 4]
    wcs.wcs.cd = [[-0.00028, 0], [0, 0.00028]]
    wcs.wcs.set()
    return wcs


def cutout(pixels, *, masked=None, rendering=Rendering.FLUX, wcs=None):
    pixels = np.asarray(pixels, np.float32)
    masked = np.zeros(pixels.shape, bool) if masked is None else masked
    return Cutout(pixels, masked, wcs, rendering, (5.0, 3.0))


def decoded(content):
    length = int.from_bytes(content[:4], "little")
    header = json.loads(content[4 : 4 + length])
    floats = np.frombuffer(content[4 + length :], "<f4")
    planes = {
        frame["kind"]: floats[frame["offset"] :][: frame["width"] * frame["height"]].reshape(frame["height"], -1)
        for frame in header["frames"]
        if "error" not in frame
    }
    return header, planes


def test_planes_come_back_as_they_went_with_the_bottom_row_first():
    sci, diff = np.arange(70).reshape(7, 10), np.ones((7, 10))
    header, planes = decoded(encode({CutoutKind.DIFF: cutout(diff), CutoutKind.SCI: cutout(sci)}, DETECTION))
    assert [frame["kind"] for frame in header["frames"]] == ["SCI", "DIFF"]
    assert np.array_equal(planes["SCI"], sci)
    assert planes["SCI"][0, 0] == 0


def test_planes_start_at_a_multiple_of_four_bytes():
    for count in range(1, 9):
        content = encode({CutoutKind.DIFF: cutout(np.ones((count, 3)))}, DETECTION)
        assert int.from_bytes(content[:4], "little") % 4 == 0


def test_masked_pixels_are_nan():
    masked = np.zeros((7, 10), bool)
    masked[2, 3] = True
    _, planes = decoded(encode({CutoutKind.DIFF: cutout(np.ones((7, 10)), masked=masked)}, DETECTION))
    assert np.argwhere(np.isnan(planes["DIFF"])).tolist() == [[2, 3]]


def test_ipac_grey_becomes_sigmas_with_the_sky_at_zero():
    grey = np.array([[204, 0, 255]])
    header, planes = decoded(encode({CutoutKind.DIFF: cutout(grey, rendering=Rendering.IPAC_GREY)}, DETECTION))
    assert header["frames"][0]["unit"] == "σ"
    assert planes["DIFF"][0] == pytest.approx([0, 10, -2.5], abs=1e-5)


def test_streak_ends_lie_where_astropy_puts_them():
    wcs = sky_wcs()
    header, _ = decoded(encode({CutoutKind.DIFF: cutout(np.ones((7, 10)), wcs=wcs)}, DETECTION))
    x, y = wcs.all_world2pix([149.995, 150.005], [2.0, 2.002], 0)
    assert [header["streak"][key] for key in ("x1", "x2", "y1", "y2")] == pytest.approx([*x, *y])


def test_wcs_of_the_header_is_the_cutouts():
    header, _ = decoded(encode({CutoutKind.DIFF: cutout(np.ones((7, 10)), wcs=sky_wcs())}, DETECTION))
    assert header["wcs"] == {"crval": [150, 2], "crpix": [6, 4], "cd": [[-0.00028, 0], [0, 0.00028]]}
    assert header["scale"] == pytest.approx(0.00028 * 3600)


def test_broken_frame_is_stated_beside_the_good_ones():
    cutouts = {CutoutKind.SCI: "expected a FITS file, got HTML", CutoutKind.DIFF: cutout(np.ones((7, 10)))}
    header, planes = decoded(encode(cutouts, DETECTION))
    assert header["frames"][0] == {"kind": "SCI", "error": "expected a FITS file, got HTML"}
    assert list(planes) == ["DIFF"]


def test_no_frames_at_all_is_an_empty_list_and_not_an_error():
    header, planes = decoded(encode({}, DETECTION))
    assert (header["frames"], header["wcs"], planes) == ([], None, {})


def test_limits_of_a_difference_lie_symmetrically_about_the_sky():
    plane = np.random.default_rng(1).normal(3, 2, (60, 60)).astype(np.float32)
    low, high = zscale(plane, symmetric=True)
    assert (low + high) / 2 == pytest.approx(np.median(plane))


@pytest.mark.parametrize("plane", [np.full((5, 5), np.nan), np.full((5, 5), 7.0), np.full((1, 1), 2.0)])
def test_limits_of_a_frame_without_contrast_are_still_apart(plane):
    low, high = zscale(plane.astype(np.float32), symmetric=False)
    assert low < high


@pytest.fixture
def candidate(db):
    row = factories.make_candidate()
    factories.make_cutout(row)
    return row


@pytest.fixture
def vetter(client, db):
    user = factories.make_user("vera")
    client.force_login(user)
    return client


def test_frames_under_their_version_are_kept_for_good(vetter, candidate):
    response = vetter.get(f"/candidates/{candidate.pk}/frames/?v={frames_version(candidate)}")
    assert set(response["Cache-Control"].split(", ")) == {"private", "max-age=31536000", "immutable"}
    header, planes = decoded(response.content)
    assert planes["DIFF"].shape == (157, 157)
    assert header["streak"]["xm"] == 78


def test_frames_without_their_version_are_asked_for_again(vetter, candidate):
    """A database made anew reuses ids: pixels of the old candidate must never be shown for the new one."""
    response = vetter.get(f"/candidates/{candidate.pk}/frames/?v=of-another-one")
    assert "no-cache" in response["Cache-Control"]
    again = vetter.get(f"/candidates/{candidate.pk}/frames/", headers={"If-None-Match": response["ETag"]})
    assert again.status_code == 304


def test_lost_file_is_stated_and_not_kept(vetter, candidate, settings):
    row = candidate.cutouts.get()
    (settings.MEDIA_ROOT / row.path_of(row.sha256)).unlink()
    response = vetter.get(f"/candidates/{candidate.pk}/frames/?v={frames_version(candidate)}")
    header, _ = decoded(response.content)
    assert "missing" in header["frames"][0]["error"]
    assert "no-cache" in response["Cache-Control"]


def test_candidate_that_does_not_exist_is_404(vetter):
    assert vetter.get("/candidates/999999/frames/").status_code == 404


def test_frames_need_a_login(client, candidate):
    assert client.get(f"/candidates/{candidate.pk}/frames/").status_code == 302


def test_a_frame_as_fits_has_the_values_the_mask_and_the_wcs_of_the_viewer(vetter, candidate):
    pixels = factories.streak_flux()
    pixels[:5] = np.nan
    factories.make_cutout(candidate, kind="SCI", content=factories.fits_bytes(pixels), suffix="fits")
    answer = vetter.get(f"/candidates/{candidate.pk}/SCI.fits")
    image = fits.open(io.BytesIO(answer.content))[0]
    assert np.array_equal(image.data, pixels, equal_nan=True)
    assert (image.header["BUNIT"], image.header["OBJECT"]) == ("DN", candidate.source_id)
    ra, dec = WCS(image.header).all_pix2world(78, 78, 0)
    assert (float(ra), float(dec)) == pytest.approx((candidate.ra, candidate.dec), abs=1e-6)


def test_a_grey_picture_as_fits_is_in_sigmas(vetter, candidate):
    image = fits.open(io.BytesIO(vetter.get(f"/candidates/{candidate.pk}/DIFF.fits").content))[0]
    assert image.header["BUNIT"] == "sigma"
    assert np.nanmedian(image.data) == pytest.approx(0, abs=0.2)


def test_a_name_that_no_fits_header_holds_does_not_keep_the_pixels_back(vetter):
    row = factories.make_candidate(exposure="nuit d'été\n", source_id='Ω"1')
    factories.make_cutout(row, suffix="fits", name="a.fits")
    image = fits.open(io.BytesIO(vetter.get(f"/candidates/{row.pk}/DIFF.fits").content))[0]
    assert image.header["EXPOSURE"] == "nuit d'?t??"


@pytest.mark.parametrize("kind", ["SCI", "XXX", "diff"])
def test_a_frame_that_is_not_there_is_a_404(vetter, candidate, kind):
    assert vetter.get(f"/candidates/{candidate.pk}/{kind}.fits").status_code == 404


def test_a_file_that_is_no_image_is_a_404_as_fits(vetter, candidate):
    factories.make_cutout(candidate, kind="SCI", content=b"<html>")
    assert vetter.get(f"/candidates/{candidate.pk}/SCI.fits").status_code == 404


def test_the_fit_is_in_the_header():
    values = {"sigma": -1.1, "fwhm": 2.0, "exptime": 30.0}
    header, _ = decoded(encode({}, replace(DETECTION, values=values)))
    assert (header["name"], header["sigma"], header["fwhm"]) == ("1", 1.1, 2.0)
    assert header["rate"] == pytest.approx(math.hypot(0.01 * math.cos(math.radians(2)), 0.002) * 2880, rel=1e-4)
