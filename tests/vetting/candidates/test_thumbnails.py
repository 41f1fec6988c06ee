import io

import numpy as np
import pytest
from django.urls import reverse
from PIL import Image

from tests import factories as make
from vetting.candidates.services import cutout_decode
from vetting.candidates.thumbnails import SIDE, thumbnail, unreadable

pytestmark = pytest.mark.django_db


def pixels_of(png):
    return np.asarray(Image.open(io.BytesIO(png)).convert("L"))


@pytest.fixture
def fetch(client):
    client.force_login(make.make_user("vera"))
    return lambda candidate, **headers: client.get(reverse("thumb", args=[candidate.pk]), headers=headers)


@pytest.mark.parametrize("suffix", ["jpg", "fits"])
def test_a_streak_is_dark_on_a_light_sky(suffix):
    pixels = pixels_of(thumbnail(cutout_decode(make.make_cutout(make.make_candidate(), suffix=suffix))))
    middle = SIDE // 2
    assert pixels.shape == (SIDE, SIDE)
    assert pixels[middle - 2 : middle + 2, middle - 8 : middle + 8].min(axis=0).mean() < 80
    assert np.median(pixels) == pytest.approx(204, abs=6)


def test_north_is_up():
    flux = make.streak_flux()
    flux[100:110, 70:90] += 500  # above the middle: row 0 is the bottom
    cutout = make.make_cutout(make.make_candidate(), suffix="fits", content=make.fits_bytes(flux))
    pixels = pixels_of(thumbnail(cutout_decode(cutout)))
    assert pixels[: SIDE // 3].min() == 0
    assert pixels[-SIDE // 3 :].min() > 100


def test_a_thumbnail_is_kept_by_the_browser(fetch):
    candidate = make.make_candidate()
    make.make_cutout(candidate)
    response = fetch(candidate)
    assert response["Content-Type"] == "image/png"
    assert "immutable" in response["Cache-Control"]
    assert fetch(candidate, if_none_match=response["ETag"]).status_code == 304


def test_a_candidate_without_difference_image_has_none(fetch):
    assert fetch(make.make_candidate()).status_code == 404


@pytest.mark.parametrize("content", [b"<html>", b"SIMPLE  =", b"\xff\xd8\xff\xe0 broken"])
def test_a_broken_cutout_is_drawn_as_such_and_not_kept(fetch, content):
    candidate = make.make_candidate()
    make.make_cutout(candidate, content=content)
    response = fetch(candidate)
    assert response.content == unreadable()
    assert "Cache-Control" not in response


def test_a_flat_cutout_is_drawn_as_such(fetch):
    candidate = make.make_candidate()
    make.make_cutout(candidate, suffix="fits", content=make.fits_bytes(np.zeros((157, 157), np.float32)))
    assert fetch(candidate).content == unreadable()
