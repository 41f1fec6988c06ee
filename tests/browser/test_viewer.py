"""The viewer's own arithmetic, against astropy, and what it paints, against the arrays that it was given."""

import numpy as np
import pytest
from astropy.wcs import WCS
from playwright.sync_api import expect

from tests import factories
from tests.browser.conftest import log_in
from tests.browser.test_scan import drawn
from vetting.candidates.formatting import dec_dms, ra_hms

pytestmark = pytest.mark.browser

RNG = np.random.default_rng(3)


def tilted_wcs(angle: float, *, dec: float = 41.0, is_mirrored: bool = False) -> WCS:
    """Scale of ZTF, north turned by ``angle`` degrees."""
    cos, sin = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    wcs = WCS(naxis=2)
    wcs.wcs.ctype, wcs.wcs.crval, wcs.wcs.crpix = ["RA---TAN", "DEC--TAN"], [359.99, dec], [79, 79]
    wcs.wcs.cd = 1.0125 / 3600 * np.array([[-cos, sin], [sin, cos]]) @ np.diag([-1 if is_mirrored else 1, 1])
    wcs.wcs.set()
    return wcs


def in_browser(page, module: str, expression: str, argument):
    page.goto("/login/")
    script = f"async (given) => {{ const m = await import('/static/js/elements/{module}'); return {expression}; }}"
    return page.evaluate(script, argument)


def plain(wcs: WCS) -> dict[str, list]:
    return {"crval": list(wcs.wcs.crval), "crpix": list(wcs.wcs.crpix), "cd": wcs.wcs.cd.tolist()}


@pytest.mark.parametrize("dec", [-30.0, 0.0, 41.0, 88.9])
def test_sky_positions_agree_with_astropy_to_a_milliarcsecond(page, dec):
    wcs, pixels = tilted_wcs(17, dec=dec), RNG.uniform(-20, 180, (50, 2))
    found = in_browser(
        page, "sky.js", "given[1].map(([x, y]) => m.skyOf(given[0], x, y))", [plain(wcs), pixels.tolist()]
    )
    ra, expected_dec = wcs.all_pix2world(*pixels.T, 0)
    off = (np.array(found)[:, 0] - ra + 180) % 360 - 180
    assert np.abs(off * np.cos(np.radians(expected_dec))).max() < 1e-3 / 3600
    assert np.abs(np.array(found)[:, 1] - expected_dec).max() < 1e-3 / 3600


@pytest.mark.parametrize(("angle", "is_mirrored"), [(0, False), (63, False), (180, False), (200, True)])
def test_arrows_point_where_astropy_finds_north_and_east(page, angle, is_mirrored):
    wcs = tilted_wcs(angle, is_mirrored=is_mirrored)
    arrows = in_browser(page, "sky.js", "m.compass(given)", plain(wcs))
    ra, dec = wcs.all_pix2world(78, 78, 0)
    step = 1 / 3600
    for name, target in (("north", (ra, dec + step)), ("east", (ra + step / np.cos(np.radians(dec)), dec))):
        expected = np.array(wcs.all_world2pix(*target, 0)) - 78
        assert arrows[name] == pytest.approx(expected / np.hypot(*expected), abs=1e-4)


def test_sexagesimal_text_is_the_servers(page):
    sky = [*zip(RNG.uniform(0, 360, 200).tolist(), RNG.uniform(-90, 90, 200).tolist(), strict=True), (0.0, -0.00001)]
    found = in_browser(page, "sky.js", "given.map(([ra, dec]) => [m.raText(ra), m.decText(dec)])", sky)
    assert found == [[ra_hms(ra), dec_dms(dec).replace("-", "−")] for ra, dec in sky]


@pytest.fixture
def viewer(page, vetter):
    """A frame of 60 x 60 px: dark below, bright in its upper right quarter, masked in its upper left one."""
    pixels = RNG.normal(0, 1, (60, 60)).astype(np.float32)
    pixels[30:, 30:] += 50
    pixels[30:, :30] = np.nan
    row = factories.make_candidate()
    factories.make_cutout(row, content=factories.fits_bytes(pixels), suffix="fits")
    factories.make_score(row)
    page.emulate_media(color_scheme="dark")
    log_in(page)
    drawn(page)
    return page


def colour(page, x: float, y: float) -> list[int]:
    """Colour at a place in the first frame, in shares of its side from the lower left."""
    script = """([x, y]) => {
      const canvas = document.querySelector(".frame-pixels");
      const at = [Math.floor(x * canvas.width), Math.floor((1 - y) * canvas.height)];
      return [...canvas.getContext("2d").getImageData(...at, 1, 1).data].slice(0, 3);
    }"""
    return page.evaluate(script, [x, y])


def test_bottom_row_is_drawn_at_the_bottom(viewer):
    assert colour(viewer, 0.75, 0.75) == [255, 255, 255]
    assert max(colour(viewer, 0.75, 0.25)) < 255


def test_masked_pixels_have_a_colour_that_no_grey_has(viewer):
    red, green, blue = colour(viewer, 0.25, 0.75)
    assert blue > red > green


def test_invert_and_stretch_repaint_and_are_kept(viewer):
    viewer.keyboard.press("i")
    assert colour(viewer, 0.75, 0.75) == [0, 0, 0]
    viewer.get_by_label("Stretch").select_option("asinh")
    viewer.reload()
    drawn(viewer)
    assert colour(viewer, 0.75, 0.75) == [0, 0, 0]
    expect(viewer.get_by_label("Stretch")).to_have_value("asinh")


def test_light_theme_draws_the_streak_dark(viewer):
    viewer.emulate_media(color_scheme="light")
    expect(viewer.locator("streak-viewer")).to_have_attribute("data-sky", "light")
    assert colour(viewer, 0.75, 0.75) == [0, 0, 0]


def test_value_and_position_under_the_cursor_are_told(viewer):
    box = viewer.locator(".frame-sky").bounding_box()
    viewer.mouse.move(box["x"] + box["width"] * 0.75, box["y"] + box["height"] * 0.25)
    expect(viewer.locator(".frame-reading")).to_contain_text("DN")
    expect(viewer.locator(".frame-reading")).to_contain_text("x 45 y 45")
    viewer.mouse.move(box["x"] + box["width"] * 0.25, box["y"] + box["height"] * 0.25)
    expect(viewer.locator(".frame-reading")).to_contain_text("masked")


@pytest.fixture
def triplet(vetter):
    row = factories.make_candidate()
    for kind in ("SCI", "REF", "DIFF"):
        factories.make_cutout(
            row, kind=kind, suffix="fits", content=factories.fits_bytes(factories.streak_flux(seed=len(kind)))
        )
    factories.make_score(row)


def changes(page) -> int:
    """How often the first caption changes in two seconds."""
    return page.evaluate("""() => new Promise((done) => {
      let count = 0;
      const watch = new MutationObserver(() => (count += 1));
      watch.observe(document.querySelector("figcaption strong"), {childList: true});
      setTimeout(() => { watch.disconnect(); done(count); }, 2000);
    })""")


def test_three_frames_stand_side_by_side(page, triplet):
    log_in(page)
    drawn(page)
    boxes = [frame.bounding_box() for frame in page.locator(".frame-sky").all()]
    assert len({round(box["y"]) for box in boxes}) == 1
    assert page.locator("figcaption strong").all_inner_texts() == ["SCI", "REF", "DIFF"]


def test_blinking_changes_at_most_three_times_a_second(page, triplet):
    log_in(page)
    drawn(page)
    page.keyboard.press("b")
    assert 2 <= changes(page) <= 6
    page.keyboard.press("b")
    assert changes(page) == 0
    expect(page.locator("figcaption strong").first).to_have_text("SCI")


def test_nothing_blinks_by_itself_where_motion_is_unwanted(new_page, triplet):
    page = new_page(reduced_motion="reduce")
    log_in(page)
    drawn(page)
    page.keyboard.press("b")
    expect(page.locator("figcaption strong").first).to_have_text("REF")
    assert changes(page) == 0
