"""Why a score: the occlusion map and what looks alike, on the scan page and on the page of a candidate."""

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests import factories
from tests.browser.conftest import log_in
from tests.browser.test_candidates import until
from tests.browser.test_scan import drawn, make_night
from vetting.campaigns.models import Campaign
from vetting.campaigns.neighbours import descriptors_fill
from vetting.candidates.frames import packed

pytestmark = pytest.mark.browser
COLOURED = """(() => {
    const canvas = document.querySelector('[data-kind="DIFF"] .frame-pixels');
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    return data.some((value, place) => place % 4 === 0 && Math.abs(value - data[place + 2]) > 60);
})()"""


@pytest.fixture
def night(vetter):
    return make_night(3)


def answer_with_map(page: Page) -> None:
    """Answer for the worker: what is left of the middle speaks for the asteroid score."""
    side = factories.SIDE
    values = np.zeros((side, side), np.float32)
    values[:, : side // 2] = 1
    frame = {"kind": "p_asteroid", "width": side, "height": side, "unit": "logit", "offset": 0}
    body = packed({"frames": [frame], "reason": ""}, [values])
    page.route("**/occlusion/", lambda route: route.fulfill(body=body, content_type="application/octet-stream"))


def test_a_map_asked_for_before_the_pixels_are_drawn_appears_with_them(page, night):
    held = []
    page.route("**/frames/**", lambda route: held.append(route))  # noqa: PLW0108 (Playwright marks the function)
    answer_with_map(page)
    log_in(page)
    expect(page.locator("#facts h2").first).to_be_visible()
    page.keyboard.press("o")
    expect(page.locator("#last")).to_contain_text("Orange speaks for the asteroid score")
    page.unroute("**/frames/**")
    for route in held:
        route.continue_()
    drawn(page)
    until(page, COLOURED)


def test_a_map_stays_when_the_frames_are_laid_out_anew(page, night):
    for row in night:
        factories.make_cutout(row, kind="SCI")
    answer_with_map(page)
    log_in(page)
    drawn(page)
    page.keyboard.press("Shift+!")
    page.keyboard.press("o")
    expect(page.locator("#last")).to_contain_text("Orange speaks")
    page.keyboard.press("v")
    until(page, COLOURED)


def test_the_page_of_a_candidate_shows_the_map_on_the_key(page, night):
    answer_with_map(page)
    log_in(page)
    page.goto(night[0].get_absolute_url())
    drawn(page)
    page.keyboard.press("o")
    expect(page.locator("#said")).to_contain_text("Orange speaks for the asteroid score")
    until(page, COLOURED)


def test_the_page_of_a_candidate_shows_what_looks_alike(page, vetter, night):
    factories.make_label(night[1], vetter, "cosmic_ray")
    descriptors_fill()
    log_in(page)
    page.goto(night[0].get_absolute_url())
    expect(page.locator("#neighbours")).to_contain_text("cosmic ray")


def test_the_page_of_a_candidate_keeps_both_from_a_blind_vetter(page, vetter, night):
    Campaign.objects.filter(is_default=True).update(blindness="first_vote")
    factories.make_label(night[1], vetter, "cosmic_ray")
    descriptors_fill()
    log_in(page)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(night[0].get_absolute_url())
    drawn(page)
    page.keyboard.press("o")
    expect(page.locator("#said")).to_contain_text("You vote blind on it")
    assert [url for url in asked if "/occlusion/" in url or "/neighbours/" in url] == []
