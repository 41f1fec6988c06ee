"""Any cutout → the networks' input."""

from dataclasses import replace
from itertools import chain

import numpy as np
import pytest
from astropy.wcs import WCS

from scoring.cutout import Cutout, Rendering, decode
from scoring.detection import CutoutKind, Detection
from scoring.families import FineClass
from scoring.preprocessing import SKY, Unscorable, render_ipac, to_network
from scoring.readers import discover
from scoring.simulation import SimulationConfig, simulate, z_to_grey


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


def scaled(arcsec):
    """A FITS cutout of noise whose WCS has so many arcsec per pixel."""
    wcs = WCS(naxis=2)
    wcs.wcs.ctype, wcs.wcs.cd = ["RA---TAN", "DEC--TAN"], np.diag([-arcsec, arcsec]) / 3600
    return replace(cutout(sky(), rendering=Rendering.FLUX), wcs=wcs)


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (all_nan(), "masked or not finite"),
        (all_masked(), "0.0% of the pixels hold data"),
        (flat(), "is flat"),
        (cutout(np.ones((1, 1))), "at least 20 pixels a side, but the cutout has 1 x 1"),
        (mostly_equal(), "noise cannot be measured"),
        (cutout(255 - sky()), "picture in IPAC's grey .sky 204, sources darker., but the median of this one is 51"),
        (cutout(sky() - 45), "is 159: give the difference image as FITS"),
        (
            cutout(sky(315)),
            "at most 314 pixels a side where the streak's place is not known, .* 315 x 315: cut out 157",
        ),
        (scaled(0.26), "expected 1.01 arcsec per pixel to 15 %, but the WCS has 0.26 x 0.26"),
        (scaled(1.2), "the WCS has 1.2 x 1.2"),
    ],
)
def test_what_cannot_be_judged_says_why(broken, reason):
    with pytest.raises(Unscorable, match=reason):
        to_network(broken)


def test_infinite_pixels_are_left_out():
    flux = np.random.default_rng(4).normal(0, 1, (157, 157)).astype(np.float32)
    flux[:10] = np.inf
    assert np.isfinite(to_network(cutout(flux, rendering=Rendering.FLUX))).all()


def test_a_huge_image_is_cropped_about_the_place_of_its_streak():
    noise = np.random.default_rng(5).normal(0, 1, (2048, 2048))
    noise[300, 400] = 1000
    image = replace(cutout(noise, rendering=Rendering.FLUX, midpoint=(400.0, 300.0)), is_placed=True)
    assert to_network(image)[72, 72] == 1


@pytest.mark.parametrize("arcsec", [0.9, 1.0125, 1.1])
def test_a_pixel_scale_near_the_surveys_is_scored(arcsec):
    assert np.isfinite(to_network(scaled(arcsec))).all()


@pytest.mark.parametrize("label", [label for label in FineClass if label is not FineClass.UNSURE])
def test_every_simulated_class_has_the_sky_of_the_surveys_pictures(label):
    made = simulate(label, np.random.default_rng(6), SimulationConfig(), 20)
    for grey, masked in zip(z_to_grey(made.z), made.masked, strict=True):
        assert 203 <= np.median(grey[~masked]) <= 205
        to_network(cutout(grey, masked=masked))


def test_every_real_cutout_stays_scorable(real_data):
    skies = []
    for folder in ("ztf-streaks", "ztf-streaks-2018-11", "ztf-alerts"):
        for unit in chain.from_iterable(source.read() for source in discover(real_data / folder, verify=False)):
            if isinstance(unit, Detection) and CutoutKind.DIFF in unit.cutouts:
                real = decode(unit.cutouts[CutoutKind.DIFF], unit)
                to_network(real)
                if real.rendering is Rendering.IPAC_GREY:
                    skies.append(np.median(real.pixels[~real.masked]))
    assert (len(skies), min(skies), max(skies)) == (3403, 204, 204)
