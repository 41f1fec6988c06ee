"""What a vetter does at the viewer besides looking: blinking, reading a pixel, sliders, the map, links, downloads."""

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests import factories
from tests.browser.conftest import log_in
from tests.browser.test_scan import drawn, saved, standing

pytestmark = pytest.mark.browser
LEVELS = {"SCI": 100, "REF": 200, "DIFF": 5}


@pytest.fixture
def candidate(vetter):
    """Each frame has a level of its own, by which a pixel of it is known."""
    row = factories.make_candidate()
    noise = np.random.default_rng(5).normal(0, 0.1, (157, 157))
    for kind, level in LEVELS.items():
        content = factories.fits_bytes((noise + level).astype(np.float32))
        factories.make_cutout(row, kind=kind, suffix="fits", content=content)
    factories.make_score(row)
    return row


def name_and_level(page: Page) -> tuple[str, int]:
    reading = page.locator(".frame-reading").first.inner_text()
    return page.locator("figcaption strong").first.inner_text(), round(float(reading.split()[0].replace("−", "-")))


def test_blinking_shows_science_and_reference_also_beside_the_difference_and_reads_the_frame_shown(new_page, candidate):
    page = new_page(reduced_motion="reduce")  # each press is one step
    log_in(page)
    drawn(page)
    page.keyboard.press("Shift+3")
    page.locator(".frame-sky").hover()
    assert name_and_level(page) == ("DIFF", 5)
    seen = []
    for _ in range(4):
        page.keyboard.press("b")
        seen.append(name_and_level(page))
    assert seen == [("REF", 200), ("SCI", 100)] * 2


def test_a_label_key_counts_after_a_slider_was_dragged(page, candidate):
    log_in(page)
    drawn(page)
    page.get_by_text("More", exact=True).click()
    box = page.get_by_label("Contrast").bounding_box()
    page.mouse.click(box["x"] + 0.7 * box["width"], box["y"] + box["height"] / 2)
    expect(page.get_by_role("button", name="Reset")).to_be_visible()
    page.keyboard.press("g")
    saved(page)
    assert standing() == ["ghost"]
