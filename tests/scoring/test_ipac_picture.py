import io

import numpy as np
import pytest
from numpy.lib.stride_tricks import sliding_window_view
from PIL import Image

from scoring.detection import Detection
from scoring.image_bytes import CutoutError, read_picture
from scoring.ipac_picture import clean_grey, cut_midpoint
from tests.scoring.ipac_files import picture

MARKS = [(68, 78), (88, 70)]


def beside(east=None, north=None):
    values = {"exposure_east": east, "exposure_north": north}
    known = {name: value for name, value in values.items() if value is not None}
    return Detection("ZTF", "1", "ipac-early", "", "", values=known)


def sky(shape=(157, 157)):
    return np.random.default_rng(3).normal(204, 20, shape).clip(0, 255).astype(np.uint8)


def marked_chroma(content):
    pixels = np.asarray(Image.open(io.BytesIO(content))).astype(int)
    return (pixels.max(axis=2) - pixels.min(axis=2)).max()


@pytest.mark.parametrize("quality", [100, 95, 75])
def test_endpoint_marks_leave_no_trace(quality):
    plain, _ = clean_grey(read_picture(picture(quality=quality)))
    content = picture(marks=MARKS, quality=quality)
    cleaned, _ = clean_grey(read_picture(content))
    assert marked_chroma(content) > 100
    for x, y in MARKS:
        around = plain[y - 3 : y + 4, x - 3 : x + 4]
        assert around.min() <= cleaned[y, x] <= around.max()
    assert (np.abs(cleaned - plain) > 60).sum() < 8


def test_a_mark_becomes_the_mean_of_its_neighbours():
    grey = np.repeat(sky()[..., None], 4, axis=2)
    grey[..., 3] = 255
    grey[20, 30] = (254, 0, 0, 255)
    cleaned, _ = clean_grey(grey)
    around = np.delete(cleaned[19:22, 29:32].ravel(), 4)
    assert cleaned[20, 30] == pytest.approx(around.mean())


def test_a_smeared_mark_is_filled_from_the_rim_inwards():
    grey = np.repeat(np.full((157, 157, 1), 200, np.uint8), 4, axis=2)
    grey[40:43, 40:43, 1] = 60
    cleaned, _ = clean_grey(grey)
    assert (cleaned[40:43, 40:43] == 200).all()


def test_a_picture_in_colour_is_refused():
    colours = np.random.default_rng(1).integers(0, 255, (157, 157, 4), np.uint8)
    with pytest.raises(CutoutError, match="of its pixels are coloured"):
        clean_grey(colours)


@pytest.mark.parametrize("level", [202, 214, 226])
def test_flat_grey_areas_are_masked_to_their_rim(level):
    grey = sky()
    grey[50:65, 60:80] = level
    _, masked = clean_grey(grey)
    assert masked[50:65, 60:80].all()
    assert masked.sum() == 300


@pytest.mark.parametrize("level", [0, 40, 255])
def test_a_saturated_core_is_no_mask(level):
    grey = sky()
    grey[50:65, 60:80] = level
    assert not clean_grey(grey)[1].any()


@pytest.mark.parametrize("edge", [np.s_[:, :3], np.s_[:, -3:], np.s_[:3], np.s_[-3:]])
def test_a_flat_strip_at_the_edge_does_not_reach_over_to_the_other_side(edge):
    grey = sky()
    grey[edge] = 205
    expected = np.zeros(grey.shape, bool)
    expected[edge] = True
    assert np.array_equal(clean_grey(grey)[1], expected)


def test_real_masks_are_what_a_plain_search_of_every_square_finds(real_data):
    for path in sorted((real_data / "ztf-streaks" / "nights").rglob("*.jpg"))[::100]:
        grey, masked = clean_grey(read_picture(path.read_bytes()))
        squares = sliding_window_view(grey, (3, 3))
        low, high = squares.min(axis=(2, 3)), squares.max(axis=(2, 3))
        expected = np.zeros(grey.shape, bool)
        for y, x in np.argwhere((high - low <= 2) & (low >= 180) & (high <= 240)):
            expected[y : y + 3, x : x + 3] = True
        assert np.array_equal(masked, expected)


def test_noise_is_never_masked():
    assert not any(clean_grey(sky())[1].any() for _ in range(20))


def test_transparent_pixels_are_masked():
    grey = np.repeat(sky()[..., None], 4, axis=2)
    grey[..., 3] = 255
    grey[:10, :, 3] = 0
    assert clean_grey(grey)[1].sum() == 1570


@pytest.mark.parametrize("shape", [(1, 1), (2, 9), (3, 3)])
def test_tiny_pictures_are_read(shape):
    assert clean_grey(sky(shape))[1].shape == shape


@pytest.mark.parametrize(
    ("shape", "east", "north", "expected"),
    [
        ((157, 100), 900.0, 0.0, (78, 78)),  # the others lie east, on the left: the right side is missing
        ((157, 100), -900.0, 0.0, (21, 78)),
        ((120, 157), 0.0, -900.0, (78, 78)),  # the others lie south, in the lower rows: the upper side is missing
        ((120, 157), 0.0, 900.0, (78, 41)),
        ((120, 100), -900.0, 900.0, (21, 41)),
    ],
)
def test_the_missing_side_is_the_one_away_from_the_other_detections(shape, east, north, expected):
    assert cut_midpoint(sky(shape).astype(np.float32), beside(east, north)) == expected


@pytest.mark.parametrize("place", [(78, 78), (21, 78)])
def test_without_other_detections_the_darker_place_is_taken(place):
    grey = sky((157, 100)).astype(np.float32)
    grey[place[1] - 1 : place[1] + 2, place[0] - 6 : place[0] + 7] = 20
    assert cut_midpoint(grey, beside()) == place


def test_real_marks_are_cleaned(real_data):
    for path in (real_data / "ztf-streaks-2018-11").glob("*.jpg"):
        raw = read_picture(path.read_bytes())
        red = raw[..., 0].astype(int) - raw[..., 1] > 100
        cleaned, _ = clean_grey(raw)
        assert red.sum() == 2
        assert (cleaned[red] > 60).all()
