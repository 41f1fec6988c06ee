"""Arrows and streaks as they are drawn, against astropy for simulated streaks and the motion of real asteroids.

What is read is what stands on the screen: the lines of the marks and the pixels of the canvas.
"""

import csv
import shutil

import astropy.units as u
import numpy as np
import pytest
from astropy.coordinates import SkyCoord
from django.core.management import call_command
from scipy.ndimage import map_coordinates

from scoring.cutout import fits_image
from tests import factories
from tests.browser.conftest import log_in
from tests.browser.test_scan import drawn
from tests.browser.test_viewer import tilted_wcs
from vetting.candidates.models import Candidate

pytestmark = pytest.mark.browser

SIDE = 157  # px
LENGTH = 34  # arcsec
ASTEROIDS = ["2018 HX1", "2018 HN", "2018 HS", "2018 HL1", "2018 BP6"]  # seen in several exposures of a night
READ = """() => {
  const panel = document.querySelector("streak-viewer").stage.panels[0];
  const lines = Object.fromEntries(panel.marks.map(({ name, lines }) => [name, lines]));
  const { width } = panel.pixels;
  const data = panel.pixels.getContext("2d").getImageData(0, 0, width, width).data;
  return { lines, width, grey: Array.from({ length: width * width }, (_, i) => data[4 * i]), side: panel.side };
}"""


def shown(page, candidate):
    """Open a candidate and give the drawn lines as vectors (x to the right, y upwards) and the painted pixels."""
    page.goto(f"/candidates/{candidate.pk}/")
    drawn(page)
    found = page.evaluate(READ)
    lines = {name: np.array(found["lines"][name][0]) for name in ("north", "east", "motion")}
    vectors = {name: (line[1] - line[0]) * (1, -1) for name, line in lines.items()}
    grey = np.array(found["grey"], float).reshape(found["width"], -1)
    times = found["width"] // SIDE
    return vectors, grey[times // 2 :: times, times // 2 :: times][::-1], found


def drawn_position_angle(vectors):
    """Angle of the motion arrow from the north arrow towards the east arrow, degrees in [0, 180)."""
    north, east, motion = (vectors[name] / np.hypot(*vectors[name]) for name in ("north", "east", "motion"))
    return np.degrees(np.arctan2(motion @ east, motion @ north)) % 180


def off(one, other):
    """Angle between two lines without a sense, degrees."""
    return abs((one - other + 90) % 180 - 90)


def direction(vector):
    return np.degrees(np.arctan2(vector[1], vector[0])) % 180


def brightest_line(pixels, length):
    """Direction of the brightest line through the middle of what is painted, degrees from the x axis."""
    middle, along = (SIDE - 1) / 2, np.linspace(-length / 2, length / 2, 81)
    angles = np.arange(0, 180, 0.5)

    def brightness(angle):
        ux, uy = np.cos(np.radians(angle)), np.sin(np.radians(angle))
        lines = [(middle + along * uy + d * ux, middle + along * ux - d * uy) for d in np.arange(-2, 2.1, 0.5)]
        return max(map_coordinates(pixels, line, order=1).mean() for line in lines)

    return angles[np.argmax([brightness(angle) for angle in angles])]


def simulated(position_angle, wcs):
    """Make a candidate whose streak has this position angle on the sky, painted where astropy says."""
    middle = SkyCoord(*wcs.all_pix2world(78, 78, 0), unit="deg")
    ends = [middle.directional_offset_by((position_angle + turn) * u.deg, LENGTH / 2 * u.arcsec) for turn in (0, 180)]
    corners = [wcs.all_world2pix(end.ra.deg, end.dec.deg, 0) for end in ends]
    y, x = np.mgrid[:SIDE, :SIDE]
    image = np.random.default_rng(5).normal(0, 10, (SIDE, SIDE))
    for share in np.linspace(0, 1, 60):
        x0, y0 = (1 - share) * np.array(corners[0]) + share * np.array(corners[1])
        image += 8 * np.exp(-((x - x0) ** 2 + (y - y0) ** 2) / 2)
    place = {"ra": middle.ra.deg, "dec": middle.dec.deg}
    place |= {f"ra{n}": end.ra.deg for n, end in enumerate(ends, 1)} | {
        f"dec{n}": end.dec.deg for n, end in enumerate(ends, 1)
    }
    row = factories.make_candidate(**place)
    content = fits_image(image.astype(np.float32), wcs)
    factories.make_cutout(row, content=content, suffix="fits")
    return row


@pytest.fixture
def reader(page, vetter):
    page.emulate_media(color_scheme="dark")
    log_in(page)
    return page


@pytest.mark.parametrize(
    ("position_angle", "tilt", "is_mirrored"),
    [(0, 0, False), (30, 4.4, False), (75, -4.4, False), (120, 180, False), (150, 63, True)],
)
def test_a_simulated_streak_of_known_position_angle_has_the_right_arrows(reader, position_angle, tilt, is_mirrored):
    wcs = tilted_wcs(tilt, is_mirrored=is_mirrored)
    vectors, pixels, found = shown(reader, simulated(position_angle, wcs))
    assert off(drawn_position_angle(vectors), position_angle) < 0.1
    assert off(direction(vectors["motion"]), brightest_line(pixels, 30)) < 1.5
    middle = SkyCoord(*wcs.all_pix2world(78, 78, 0), unit="deg")
    for name, turn in (("north", 0), ("east", 90)):
        tip = middle.directional_offset_by(turn * u.deg, 10 * u.arcsec)
        expected = np.array(wcs.all_world2pix(tip.ra.deg, tip.dec.deg, 0)) - 78
        assert vectors[name] @ expected / np.hypot(*vectors[name]) / np.hypot(*expected) > np.cos(np.radians(0.1))
    assert np.hypot(*vectors["motion"]) == pytest.approx(LENGTH / 1.0125 * found["side"] / SIDE, rel=0.01)


def detections(real_data, name, folder):
    """Ingest the first two exposures of a night that show an asteroid; give its two candidates."""
    with (real_data / "ztf-streaks" / "truth.csv").open() as file:
        found = {row["image"]: row for row in csv.DictReader(file) if row["known_nea"] == name}
    images = [image for image in sorted(found) if found[image]["night"] == found[max(found)]["night"]][:2]
    for image in images:
        shutil.copytree(real_data / "ztf-streaks" / "nights" / image, folder / image)
    call_command("ingest", str(folder), verbosity=0)
    streaks = [found[image]["cutout"].removeprefix("strkid").partition("_")[0] for image in images]
    return [Candidate.objects.get(source_id=streak) for streak in streaks]


@pytest.mark.parametrize("name", ASTEROIDS)
def test_a_real_asteroid_moves_along_its_arrow_to_where_the_next_exposure_has_it(reader, real_data, tmp_path, name):
    first, second = detections(real_data, name, tmp_path / "night")
    moved = SkyCoord(first.ra, first.dec, unit="deg").position_angle(SkyCoord(second.ra, second.dec, unit="deg")).deg
    vectors, pixels, _ = shown(reader, first)
    assert off(drawn_position_angle(vectors), moved) < 3
    assert off(direction(vectors["motion"]), brightest_line(pixels, first.length)) < 6
