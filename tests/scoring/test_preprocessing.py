"""Any cutout → the networks' input."""

import numpy as np
import pytest

from scoring.cutout import Cutout, Rendering
from scoring.preprocessing import SKY, Unscorable, render_ipac, to_network


def cutout(pixels, *, masked=None, rendering=Rendering.IPAC_GREY, midpoint=None):
    pixels = np.asarray(pixels, np.float32)
    ny, nx = pixels.shape
    masked = np.zeros(pixels.shape, bool) if masked is None else masked
    return Cutout(pixels, masked, None, rendering, midpoint or ((nx - 1) / 2, (ny - 1) / 2))


def sky(side=157):
    return 204 + np.random.default_rng(1).normal(0, 20, (side, side)).astype(np.float32)


def test_greys_become_brightness_and_the_midpoint_goes_to_the_centre():
    pixels = np.full((157, 157), 204, np.float32)
    pixels[78, 78], pixels[79, 80], pixels[70, 78] = 0, 255, 102
    image = to_network(cutout(pixels))
    assert image.shape == (144, 144)
    assert (image[72, 72], image[73, 74], image[0, 0]) == (1.0, 0.0, pytest.approx(0.2))
    assert image[64, 72] == pytest.approx(0.6)


def test_a_midpoint_off_the_centre_is_put_there_and_what_is_missing_is_sky():
    pixels = sky()
    pixels[20, 30] = 0
    image = to_network(cutout(pixels, midpoint=(30.0, 20.0)))
    assert image[72, 72] == 1
    assert (image[:52] == SKY).all()
    assert (image[:, :42] == SKY).all()


def test_masked_pixels_become_sky():
    pixels, masked = sky(), np.zeros((157, 157), bool)
    masked[60:90, 60:90] = True
    pixels[masked] = 0
    assert (to_network(cutout(pixels, masked=masked))[54:84, 54:84] == SKY).all()


def test_a_small_stamp_is_padded_with_sky():
    image = to_network(cutout(sky(63)))
    assert (image[:40] == SKY).all()
    assert not (image[60:80, 60:80] == SKY).all()


def test_flux_is_drawn_as_the_survey_draws_it():
    rng = np.random.default_rng(2)
    flux = (1000 + 7 * rng.standard_normal((157, 157))).astype(np.float32)
    flux[78, 78], flux[78, 80] = 1000 + 700, 1000 - 700
    image = to_network(cutout(flux, rendering=Rendering.FLUX))
    assert (image[72, 72], image[72, 74]) == (1.0, 0.0)
    assert np.median(image) == pytest.approx(0.2, abs=0.01)
    assert image.std() == pytest.approx(0.08, abs=0.01)


def test_what_is_not_visible_is_drawn_as_sky():
    flux, visible = np.random.default_rng(3).normal(0, 1, (40, 40)), np.ones((40, 40), bool)
    visible[:5] = False
    flux[:5] = np.nan
    assert (render_ipac(flux, visible)[:5] == 204).all()


def all_nan():
    return cutout(np.full((157, 157), np.nan), rendering=Rendering.FLUX)


def all_masked():
    return cutout(sky(), masked=np.ones((157, 157), bool))


def flat():
    return cutout(np.full((157, 157), 204))


def mostly_equal():
    pixels = np.zeros((157, 157))
    pixels[:40] = 1
    return cutout(pixels, rendering=Rendering.FLUX)


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (all_nan(), "masked or not finite"),
        (all_masked(), "0.0% of the pixels hold data"),
        (flat(), "is flat"),
        (cutout(np.ones((1, 1))), "at least 20 pixels a side, but the cutout has 1 x 1"),
        (mostly_equal(), "noise cannot be measured"),
    ],
)
def test_what_cannot_be_judged_says_why(broken, reason):
    with pytest.raises(Unscorable, match=reason):
        to_network(broken)


def test_infinite_pixels_are_left_out():
    flux = np.random.default_rng(4).normal(0, 1, (157, 157)).astype(np.float32)
    flux[:10] = np.inf
    assert np.isfinite(to_network(cutout(flux, rendering=Rendering.FLUX))).all()


def test_a_huge_cutout_is_cropped():
    image = to_network(cutout(np.random.default_rng(5).normal(0, 1, (2048, 2048)), rendering=Rendering.FLUX))
    assert image.shape == (144, 144)
