"""The viewer's own arithmetic, against astropy, and what it paints, against the arrays that it was given."""

import io
import re

import numpy as np
import pytest
from astropy.io import fits
from astropy.wcs import WCS
from bokeh import palettes
from PIL import Image
from playwright.sync_api import expect

from tests import factories
from tests.browser.conftest import log_in, serious
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
    script = f"async (given) => {{ const m = await import('/static/js/{module}'); return {expression}; }}"
    return page.evaluate(script, argument)


def plain(wcs: WCS) -> dict[str, list]:
    return {"crval": list(wcs.wcs.crval), "crpix": list(wcs.wcs.crpix), "cd": wcs.wcs.cd.tolist()}


@pytest.mark.parametrize("dec", [-30.0, 0.0, 41.0, 88.9])
def test_sky_positions_agree_with_astropy_to_a_milliarcsecond(page, dec):
    wcs, pixels = tilted_wcs(17, dec=dec), RNG.uniform(-20, 180, (50, 2))
    found = in_browser(
        page, "viewer/sky.js", "given[1].map(([x, y]) => m.skyOf(given[0], x, y))", [plain(wcs), pixels.tolist()]
    )
    ra, expected_dec = wcs.all_pix2world(*pixels.T, 0)
    off = (np.array(found)[:, 0] - ra + 180) % 360 - 180
    assert np.abs(off * np.cos(np.radians(expected_dec))).max() < 1e-3 / 3600
    assert np.abs(np.array(found)[:, 1] - expected_dec).max() < 1e-3 / 3600


@pytest.mark.parametrize(("angle", "is_mirrored"), [(0, False), (63, False), (180, False), (200, True)])
def test_arrows_point_where_astropy_finds_north_and_east(page, angle, is_mirrored):
    wcs = tilted_wcs(angle, is_mirrored=is_mirrored)
    arrows = in_browser(page, "viewer/sky.js", "m.compass(given)", plain(wcs))
    ra, dec = wcs.all_pix2world(78, 78, 0)
    step = 1 / 3600
    for name, target in (("north", (ra, dec + step)), ("east", (ra + step / np.cos(np.radians(dec)), dec))):
        expected = np.array(wcs.all_world2pix(*target, 0)) - 78
        assert arrows[name] == pytest.approx(expected / np.hypot(*expected), abs=1e-4)


def test_sexagesimal_text_is_the_servers(page):
    sky = [*zip(RNG.uniform(0, 360, 200).tolist(), RNG.uniform(-90, 90, 200).tolist(), strict=True), (0.0, -0.00001)]
    found = in_browser(page, "viewer/sky.js", "given.map(([ra, dec]) => [m.raText(ra), m.decText(dec)])", sky)
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


def screen(page, box, right: float, down: float) -> tuple[int, ...]:
    """Colour on the screen, in shares of a frame from its upper left."""
    at = {"x": box["x"] + right * box["width"], "y": box["y"] + down * box["height"], "width": 1, "height": 1}
    page.keyboard.press("m")
    image = Image.open(io.BytesIO(page.screenshot(clip=at))).convert("RGB")
    page.keyboard.press("m")
    return image.getpixel((0, 0))


def test_bottom_row_is_drawn_at_the_bottom(viewer):
    assert colour(viewer, 0.75, 0.75) == [255, 255, 255]
    assert max(colour(viewer, 0.75, 0.25)) < 255


def test_masked_pixels_are_hatched_in_a_colour_that_no_grey_has_and_the_caption_says_so(viewer):
    tints = {tuple(colour(viewer, 0.25 + step / 60, 0.75)) for step in range(4)}
    assert len(tints) == 2
    assert all(blue > red > green for red, green, blue in tints)
    expect(viewer.locator(".frame-masked")).to_have_text("masked 25 %")


def test_what_is_set_holds_in_another_browser_too(viewer, new_page):
    def is_saving(answer):
        return "/preferences/viewer/" in answer.url and "asinh" in (answer.request.post_data or "")

    with viewer.expect_response(is_saving):
        viewer.keyboard.press("i")
        viewer.get_by_label("Stretch").select_option("asinh")
    assert colour(viewer, 0.75, 0.75) == [0, 0, 0]
    other = new_page(color_scheme="dark")
    log_in(other)
    drawn(other)
    expect(other.get_by_label("Stretch")).to_have_value("asinh")
    assert colour(other, 0.75, 0.75) == [0, 0, 0]


def test_light_theme_draws_the_streak_dark(viewer):
    viewer.emulate_media(color_scheme="light")
    expect(viewer.locator(".frame")).to_have_attribute("data-sky", "light")
    assert colour(viewer, 0.75, 0.75) == [0, 0, 0]


def test_value_and_position_under_the_pointer_are_told(viewer):
    box = viewer.locator(".frame-sky").bounding_box()
    viewer.mouse.move(box["x"] + box["width"] * 0.75, box["y"] + box["height"] * 0.25)
    expect(viewer.locator(".frame-reading")).to_contain_text("DN")
    expect(viewer.locator(".viewer-status")).to_contain_text("x 45 y 45")
    viewer.mouse.move(box["x"] + box["width"] * 0.25, box["y"] + box["height"] * 0.25)
    expect(viewer.locator(".frame-reading")).to_have_text("masked")


def test_the_keyboard_moves_a_cursor_and_the_page_keeps_its_arrows_elsewhere(viewer):
    expect(viewer.locator(".viewer-status")).to_contain_text("PA")
    for key in ("e", "ArrowRight", "Shift+ArrowUp"):
        viewer.keyboard.press(key)
    expect(viewer.locator(".viewer-status")).to_contain_text(re.compile(r"x 31 y 40 .*:.*°"))
    viewer.keyboard.press("Escape")
    expect(viewer.locator(".viewer-status")).to_contain_text("PA")


def test_zoom_and_pan_by_keys_and_wheel(viewer):
    for key in "+++":
        viewer.keyboard.press(key)
    expect(viewer.locator("[data-action=fit]")).to_have_text("195 %")
    viewer.keyboard.press("0")
    expect(viewer.locator("[data-action=fit]")).to_have_text("100 %")
    box = viewer.locator(".frame-sky").bounding_box()
    viewer.mouse.move(box["x"] + box["width"] * 0.95, box["y"] + box["height"] * 0.05)
    for _ in range(5):
        viewer.mouse.wheel(0, -100)
    expect(viewer.locator("[data-action=fit]")).to_have_text("305 %")
    seen = viewer.evaluate(
        "(({view}) => [view.pixelAt(0, 1), view.pixelAt(1, 0)])(document.querySelector('streak-viewer').stage)"
    )
    assert all(30 < corner[axis] < 60 for corner in seen for axis in "xy")
    assert screen(viewer, box, 0.05, 0.95) == screen(viewer, box, 0.95, 0.05) == (255, 255, 255)


def test_one_to_one_gives_a_pixel_of_the_screen_to_each_of_the_cutout(viewer):
    viewer.keyboard.press("Shift+0")
    expect(viewer.locator("[data-action=fit]")).not_to_have_text("100 %")
    scale = "(({stage}) => stage.view.scale(stage.side))(document.querySelector('streak-viewer'))"
    assert viewer.evaluate(scale) == pytest.approx(1)


@pytest.mark.parametrize("how", ["mouse", "keys"])
def test_contrast_and_bias_change_by_a_right_drag_or_by_keys_and_are_set_back(viewer, how):
    before = colour(viewer, 0.75, 0.25)
    box = viewer.locator(".frame-sky").bounding_box()
    if how == "mouse":
        viewer.mouse.move(box["x"] + 200, box["y"] + 200)
        viewer.mouse.down(button="right")
        viewer.mouse.move(box["x"] + 60, box["y"] + 60, steps=3)
        viewer.mouse.up(button="right")
    else:
        for _ in range(8):
            viewer.keyboard.press("Shift+ArrowLeft")
    expect(viewer.get_by_role("button", name="Reset")).to_be_visible()
    assert sum(colour(viewer, 0.75, 0.25)) > sum(before)
    viewer.keyboard.press("Shift+r")
    expect(viewer.get_by_role("button", name="Reset")).to_be_hidden()
    assert colour(viewer, 0.75, 0.25) == before


@pytest.mark.parametrize("name", ["viridis", "inferno"])
def test_perceptual_colour_maps_are_bokehs_to_a_few_levels(page, name):
    found = in_browser(page, "viewer/colours.js", "[...m.colourTable(given, false)]", name)
    ours = np.array([[word & 255, word >> 8 & 255, word >> 16 & 255] for word in found])
    theirs = np.array(
        [[int(code[at : at + 2], 16) for at in (1, 3, 5)] for code in getattr(palettes, f"{name.capitalize()}256")]
    )
    assert np.abs(ours - theirs).max() <= 5


@pytest.mark.parametrize("theme", [False, True])
def test_the_diverging_map_has_the_sky_in_the_middle_whatever_the_stretch(page, theme):
    look = {"limits": [-10, 30], "stretch": "sqrt", "colours": "diverging", "isInverted": theme, "contrast": 1}
    look |= {"bias": 0.5, "masked": [[0, 0, 0], [0, 0, 0]]}
    script = """(() => {
      const frame = { width: 3, height: 1, pixels: new Float32Array([-9, 10, 29]) };
      return [...m.paint(new ImageData(3, 1), frame, given).data];
    })()"""
    data = np.array(in_browser(page, "viewer/paint.js", script, look)).reshape(3, 4)
    assert data[0, 2] > data[0, 0]  # below the sky: blue
    assert data[2, 0] > data[2, 2]  # above it: orange
    assert np.ptp(data[1, :3]) < 12  # the sky: neutral


def test_the_profile_tells_the_width_of_a_gaussian_trail(page):
    y, x = np.mgrid[:80, :80]
    sigma, (x1, y1, x2, y2) = 1.3, (25, 30, 55, 48)
    ux, uy = np.array([x2 - x1, y2 - y1]) / np.hypot(x2 - x1, y2 - y1)
    across, along = (y - y1) * ux - (x - x1) * uy, (x - x1) * ux + (y - y1) * uy
    pixels = 5 + 100 * np.exp(-(across**2) / 2 / sigma**2) * ((along >= 0) & (along <= np.hypot(x2 - x1, y2 - y1)))
    given = {
        "pixels": pixels.ravel().tolist(),
        "width": 80,
        "height": 80,
        "streak": {"x1": x1, "y1": y1, "x2": x2, "y2": y2},
    }
    found = in_browser(page, "viewer/profile.js", "m.profiles(given, given.streak)", given)
    assert found["fwhm"] == pytest.approx(2.3548 * sigma, rel=0.06)  # sampling between pixels widens it a little
    assert found["sky"] == pytest.approx(5, abs=0.5)
    inside = [value for s, value in found["along"] if 3 < s < found["length"] - 3]
    outside = [value for s, value in found["along"] if s < -3 or s > found["length"] + 3]
    assert min(inside) > 3 * max(outside)


def test_the_profile_is_drawn_below_and_says_the_width(viewer):
    viewer.keyboard.press("w")
    expect(viewer.locator(".viewer-profile svg")).to_have_count(2)
    expect(viewer.locator(".viewer-profile")).to_contain_text("fit 2.50 px")


@pytest.fixture
def triplet(vetter):
    row = factories.make_candidate()
    for kind in ("SCI", "REF", "DIFF"):
        factories.make_cutout(
            row, kind=kind, suffix="fits", content=factories.fits_bytes(factories.streak_flux(seed=len(kind)))
        )
    factories.make_score(row)


def test_a_key_shows_one_frame_alone_and_another_all_of_them(page, triplet):
    log_in(page)
    drawn(page)
    for place, kind in enumerate(("SCI", "REF", "DIFF"), start=1):
        page.keyboard.press(f"Shift+{place}")
        expect(page.locator("figcaption strong")).to_have_text(kind)
    page.keyboard.press("v")
    expect(page.locator("figcaption strong")).to_have_count(3)


def test_stretch_and_limits_hold_for_every_frame(page, triplet):
    log_in(page)
    drawn(page)
    page.get_by_label("Limits", exact=True).select_option("sigma5")
    looks = page.evaluate("document.querySelector('streak-viewer').stage.panels.map(({look}) => look)")
    assert len({(look["stretch"], look["contrast"], look["bias"]) for look in looks}) == 1
    assert all(high - low == pytest.approx(100, rel=0.1) for low, high in (look["limits"] for look in looks))


LAY = """(lays) => {
  const viewer = document.querySelector("streak-viewer");
  viewer.overlay(lays ? { width: 157, height: 157, pixels: new Float32Array(157 * 157).fill(1) } : null);
  return viewer.stage.panels.map(({ pixels }) => [...pixels.getContext("2d").getImageData(78, 78, 1, 1).data]);
}"""


def test_a_map_is_painted_on_the_frame_that_is_shown_without_the_difference(page, triplet):
    log_in(page)
    drawn(page)
    page.keyboard.press("Shift+1")
    expect(page.locator("figcaption strong")).to_have_text("SCI")
    ((red, _, blue, _),) = page.evaluate(LAY, True)
    assert red > blue + 100


def test_a_map_is_painted_on_the_difference_image_alone_and_taken_away(page, triplet):
    log_in(page)
    drawn(page)
    plain = page.evaluate(LAY, False)
    science, reference, difference = page.evaluate(LAY, True)
    assert [science, reference] == plain[:2]
    assert difference[0] > difference[2] + 100
    assert page.evaluate(LAY, False) == plain


def test_the_view_is_saved_as_png_and_a_frame_as_fits(page, triplet):
    log_in(page)
    drawn(page)
    page.get_by_text("More", exact=True).click()
    with page.expect_download() as png:
        page.get_by_role("button", name="PNG of this view").click()
    image = Image.open(png.value.path())
    assert image.width > 2.8 * image.height * 0.85
    with page.expect_download() as file:
        page.get_by_role("button", name="FITS SCI").click()
    assert fits.getdata(file.value.path()).shape == (157, 157)


def test_blinking_faster_than_is_safe_has_to_be_asked_for(page, triplet):
    log_in(page)
    drawn(page)
    for _ in range(9):
        page.keyboard.press(".")
    expect(page.get_by_label("Changes")).to_have_value("3")
    page.get_by_text("More", exact=True).click()
    page.get_by_label(re.compile("seizures")).check()
    page.get_by_label("Changes").select_option("6")
    page.get_by_label(re.compile("seizures")).uncheck()
    expect(page.get_by_label("Changes")).to_have_value("3")


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


def test_a_link_to_this_view_looks_at_the_same_place_in_the_same_way(viewer):
    for key in ("+", "+", "Shift+ArrowUp", "Shift+ArrowRight"):
        viewer.keyboard.press(key)
    expect(viewer.locator("[data-action=fit]")).to_have_text("156 %")
    sent = viewer.evaluate("document.querySelector('streak-viewer').view().view")
    viewer.goto(f"/scan/?view={sent}")
    drawn(viewer)
    expect(viewer.locator("[data-action=fit]")).to_have_text("156 %")
    assert viewer.evaluate("document.querySelector('streak-viewer').view().view") == sent


def test_the_page_of_a_candidate_has_the_viewers_keys_and_names_them(viewer):
    viewer.goto(viewer.locator("#facts h2 a").get_attribute("href"))
    drawn(viewer)
    viewer.keyboard.press("3")
    expect(viewer.locator("[data-action=difference]")).to_have_attribute("aria-pressed", "true")
    viewer.keyboard.press("?")
    expect(viewer.get_by_role("dialog")).to_contain_text("profile along and across the streak")
    assert serious(viewer) == []
