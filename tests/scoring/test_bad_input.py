"""Every bad input, from the file to the score: unscorable with a reason, or the score of the plain 8-bit picture."""

import io
import json
import math
import shutil

import numpy as np
import pytest
from astropy.io import fits
from PIL import Image

from scoring.bundle import BundleError, read_card, write_bundle
from scoring.detection import CutoutKind, Detection, RawCutout
from scoring.inference import SHIPPED, Ensemble
from scoring.score_table import scorable
from tests.scoring.conftest import drawn

GREY = drawn("asteroid", 1)[0]
DOUBTFUL = drawn("bad_subtraction", 1)[0]  # no score of it is near 0 or 1: whatever changes the pixels shows
NOISE = np.random.default_rng(1).normal(0, 1, (4096, 4096)).astype(np.float32)
FINE = {"CTYPE1": "RA---TAN", "CTYPE2": "DEC--TAN", "CDELT1": -0.26 / 3600, "CDELT2": 0.26 / 3600}
MEMBER = json.loads((SHIPPED / "ensemble.json").read_text())["members"][0]["name"]


@pytest.fixture(scope="module")
def ensemble():
    return Ensemble.load(SHIPPED)


def picture(image, kind="PNG", **options):
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def grey(pixels=GREY):
    return Image.fromarray(np.asarray(pixels, np.uint8))


def marked(mode):
    """The picture with the two red endpoint marks of the survey's later cutouts."""
    image = grey(DOUBTFUL).convert(mode)
    for place in ((60, 78), (97, 78)):
        image.putpixel(place, (255, 0, 0, 255)[: len(mode)])
    return image


def coloured(mode):
    channels = [grey(np.roll(GREY, 40 * shift, axis=1)) for shift in range(3)]
    return Image.merge("RGB", channels).convert(mode)


def cutout(pixels, **header):
    buffer = io.BytesIO()
    fits.PrimaryHDU(np.asarray(pixels, np.float32), fits.Header(header)).writeto(buffer)
    return buffer.getvalue()


def score(ensemble, content):
    raw = RawCutout(CutoutKind.DIFF, "cutout", content)
    unit = Detection("", "cutout", "folder", "", "cutout", cutouts={CutoutKind.DIFF: raw})
    return ensemble.score([scorable(unit)])[0]


def masked():
    return picture(Image.merge("LA", (grey(), grey(np.zeros_like(GREY)))))


def wide(pixels):
    """The picture in 16 bits, as if it had been stretched to all of them."""
    return Image.fromarray(pixels.astype(np.uint16) * 257)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(lambda: picture(grey())[:2000], "cannot be read", id="corrupt PNG"),
        pytest.param(lambda: picture(grey(), "JPEG")[:2000], "cannot be read", id="corrupt JPEG"),
        pytest.param(lambda: cutout(GREY)[:4000], "expected", id="corrupt FITS"),
        pytest.param(lambda: b"", "the file is empty", id="empty"),
        pytest.param(lambda: b"<html>not found</html>", "expected a JPEG, PNG or FITS", id="a web page"),
        pytest.param(lambda: cutout(np.full((157, 157), np.nan)), "masked or not finite", id="all NaN"),
        pytest.param(lambda: cutout(np.full((157, 157), np.inf)), "masked or not finite", id="all infinite"),
        pytest.param(masked, "masked or not finite", id="all masked"),
        pytest.param(lambda: picture(grey(np.full((157, 157), 90))), "flat", id="flat PNG"),
        pytest.param(lambda: cutout(np.ones((157, 157))), "flat", id="flat FITS"),
        pytest.param(lambda: picture(grey([[90]])), "at least 20 pixels a side", id="1-px PNG"),
        pytest.param(lambda: cutout([[1.0]]), "at least 20 pixels a side", id="1-px FITS"),
        pytest.param(lambda: picture(wide(GREY)), "8-bit grey or RGB", id="16-bit PNG"),
        pytest.param(lambda: picture(coloured("RGB")), "coloured", id="RGB in colour"),
        pytest.param(lambda: picture(coloured("RGBA")), "coloured", id="RGBA in colour"),
        pytest.param(lambda: picture(grey().convert("CMYK"), "JPEG"), "8-bit grey or RGB", id="CMYK"),
        pytest.param(lambda: cutout(np.ones((4, 157, 157))), "expected two axes", id="FITS cube of 4 planes"),
        pytest.param(lambda: cutout(np.ones(157)), "expected two axes", id="FITS of 1 axis"),
        pytest.param(lambda: cutout(NOISE), "the streak's place is not known", id="FITS of 4096 px"),
        pytest.param(lambda: picture(grey(255 - GREY)), "the median of this one is 51", id="inverted PNG"),
        pytest.param(lambda: cutout(NOISE[:157, :157], **FINE), "the WCS has 0.26 x 0.26", id="FITS of 0.26 arcsec"),
    ],
)
def test_what_cannot_be_judged_has_a_reason_and_no_score(ensemble, content, reason):
    scores = score(ensemble, content())
    assert (scores.rb, scores.sl, scores.kd, scores.p_asteroid, scores.plausible) == (None,) * 5
    assert reason in scores.reason


@pytest.mark.parametrize(
    ("content", "tolerance"),
    [
        pytest.param(lambda: picture(grey(DOUBTFUL).convert("RGB")), 1e-5, id="RGB of grey"),
        pytest.param(lambda: picture(grey(DOUBTFUL).convert("RGBA")), 1e-5, id="RGBA of grey"),
        pytest.param(lambda: picture(grey(DOUBTFUL).convert("LA")), 1e-5, id="grey with opacity"),
        pytest.param(lambda: picture(marked("RGB")), 0.05, id="RGB with red endpoint marks"),
        pytest.param(lambda: picture(marked("RGBA")), 0.05, id="RGBA with red endpoint marks"),
        pytest.param(lambda: picture(marked("RGB"), "JPEG", quality=100, subsampling=0), 0.05, id="marked JPEG"),
        pytest.param(lambda: cutout(-DOUBTFUL.astype(float)), 0.05, id="float FITS"),
        pytest.param(lambda: cutout(1e4 - 50.0 * DOUBTFUL), 0.05, id="float FITS of another zero and scale"),
    ],
)
def test_the_same_picture_in_another_form_has_the_same_score(ensemble, content, tolerance):
    plain, other = score(ensemble, picture(grey(DOUBTFUL))), score(ensemble, content())
    assert (other.rb, other.sl, other.kd) == pytest.approx((plain.rb, plain.sl, plain.kd), abs=tolerance)


def test_a_cutout_of_more_is_refused_before_it_is_read(ensemble):
    content = cutout(np.ones((1, 1))).replace(b"NAXIS1  =                    1", b"NAXIS1  =                 4097")
    assert "expected two axes of 1 to 4096 pixels" in score(ensemble, content).reason


def test_scores_are_finite_whatever_the_pixels(ensemble):
    pixels = NOISE[:157, :157].copy()
    pixels[40:60], pixels[100], pixels[0, 0] = np.nan, np.inf, 3e38
    scores = score(ensemble, cutout(pixels))
    assert all(math.isfinite(value) for value in (scores.rb, scores.sl, scores.kd, scores.p_asteroid))


@pytest.fixture
def changed(tmp_path):
    """The shipped ensemble, one network of it changed together with its card and digest."""

    def change(content=lambda network: network, **card):
        models = shutil.copytree(SHIPPED, tmp_path / "models")
        described = json.loads((models / "ensemble.json").read_text())
        network = content((models / f"{MEMBER}.tflite").read_bytes())
        described["members"][0]["sha256"] = write_bundle(
            models, network, {**read_card(models / f"{MEMBER}.json"), **card}
        )
        (models / "ensemble.json").write_text(json.dumps(described))
        return Ensemble.load(models)

    return change


def resized(network):
    """The network with an input of 96 x 96 pixels: the sides in its first list of that shape are written over."""
    sides = np.array([4, 1, 144, 144, 1], np.int32).tobytes()
    assert sides in network
    return network.replace(sides, np.array([4, 1, 96, 96, 1], np.int32).tobytes())


def test_a_network_of_another_digest_is_refused(tmp_path):
    models = shutil.copytree(SHIPPED, tmp_path / "models")
    network = models / f"{MEMBER}.tflite"
    network.write_bytes(resized(network.read_bytes()))
    with pytest.raises(BundleError, match=r"expected sha256 [0-9a-f]{64}, but got [0-9a-f]{64}"):
        Ensemble.load(models)


def test_a_network_of_another_input_is_refused(changed, streak):
    with pytest.raises(BundleError, match=r"expected inputs of .*144, 144, 1.* but the network has .*96, 96, 1"):
        changed(resized).score([streak])
