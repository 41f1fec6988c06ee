"""What a vetter does at the viewer besides looking: blinking, reading a pixel, sliders, the map, links, downloads."""

from urllib.parse import urlencode

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests import factories
from tests.browser.conftest import log_in
from tests.browser.test_scan import drawn, saved, standing
from vetting.candidates.models import Preference

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


LOOK = """() => {
  const { stage } = document.querySelector("streak-viewer");
  return stage.panels.map(({ kind, look }) => [kind, look.stretch, look.colours, look.isInverted]);
}"""


def test_a_link_to_a_view_shows_it_as_it_looked_and_changes_nothing_that_the_recipient_has_set(new_page, candidate):
    page = new_page()
    log_in(page)
    drawn(page)
    for key in ("Shift+1", "t", "t", "d", "i"):
        page.keyboard.press(key)
    sent = urlencode(page.evaluate("document.querySelector('streak-viewer').view()"))
    other, jan = new_page(), factories.make_user("jan")
    Preference.objects.create(user=jan, name="viewer", value={"stretch": "log", "difference": "cool"})
    log_in(other, "jan")
    other.goto(f"/scan/?candidate={candidate.pk}&{sent}")
    drawn(other)
    assert other.evaluate(LOOK) == page.evaluate(LOOK) == [["SCI", "sqrt", "viridis", True]]
    with other.expect_response(lambda answer: answer.request.method == "PUT"):
        other.keyboard.press("Shift+2")
    kept = Preference.objects.get(user=jan).value
    assert {name: kept[name] for name in ("stretch", "difference", "frame", "isTurned")} == {
        "stretch": "log", "difference": "cool", "frame": "REF", "isTurned": False,
    }  # fmt: skip


def test_a_frame_that_cannot_be_saved_is_said_and_the_page_stays(page, candidate):
    log_in(page)
    drawn(page)
    page.get_by_text("More", exact=True).click()
    page.context.clear_cookies()
    page.get_by_role("button", name="FITS SCI").click()
    expect(page.locator(".viewer-status")).to_contain_text("SCI is not saved: your session has ended")
    assert "/scan/" in page.url
