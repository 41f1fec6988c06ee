"""Two vetters of a night: what the page of one holds that of the other does not show, until it is given back."""

import datetime as dt
import re

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests import factories
from tests.browser.conftest import log_in
from tests.browser.test_scan import drawn, make_night, press, saved, shown
from vetting.campaigns.models import Assignment

pytestmark = pytest.mark.browser
NOTHING = "Nothing left for you just now"


@pytest.fixture
def night(vetter):
    factories.make_user("jan")
    return make_night(4)


@pytest.fixture
def vera(new_page, night) -> Page:
    page = new_page()
    page.clock.install()
    log_in(page)
    drawn(page)
    return page


@pytest.fixture
def jan(new_page, vera) -> Page:
    page = new_page()
    log_in(page, "jan")
    says_that_others_have(page, 4)
    return page


def says_that_others_have(page: Page, count: int) -> None:
    expect(page.get_by_role("heading", name=NOTHING)).to_be_visible()
    expect(page.locator("#end-text")).to_contain_text(f"{count} candidate")
    expect(page.locator("#end-text")).to_contain_text("with other vetters now")
    expect(page.locator("#end-text")).to_contain_text(re.compile(r"within \d+ minutes"))


def test_a_skipped_candidate_comes_to_the_other_by_itself(vera, jan, night):
    vera.keyboard.press("ArrowRight")
    drawn(jan)
    assert shown(jan) == night[0].source_id
    assert shown(vera) == night[1].source_id


def test_what_was_skipped_and_is_with_the_other_is_not_offered_again(vera, jan, night):
    vera.keyboard.press("ArrowRight")
    drawn(jan)
    press(vera, "nnn")
    vera.get_by_role("button", name="Look at 1 skipped again").click()
    expect(vera.get_by_role("heading", name=NOTHING)).to_be_visible()
    press(jan, "n")
    saved(jan)


def test_a_reload_gives_nothing_away_and_leaving_gives_all_back(vera, jan):
    vera.reload()
    drawn(vera)
    jan.reload()
    says_that_others_have(jan, 4)
    vera.goto("/put-off/")
    drawn(jan)


def test_of_two_pages_the_last_one_gives_back(vera, jan, night):
    second = vera.context.new_page()
    second.goto("/scan/")
    drawn(second)
    second.goto("/put-off/")
    jan.reload()
    says_that_others_have(jan, 4)
    vera.goto("/put-off/")
    drawn(jan)


def test_after_a_break_the_page_leaves_out_what_the_other_has_taken(vera, jan, night):
    Assignment.objects.update(expires_at=timezone.now() - dt.timedelta(seconds=1))
    drawn(jan)
    vera.clock.fast_forward(400_000)
    vera.evaluate("dispatchEvent(new Event('focus'))")
    expect(vera.locator("#last")).to_have_text("3 that came next are with other vetters by now.")
    press(vera, "n")  # the one that was before the eyes
    expect(vera.get_by_role("heading", name=NOTHING)).to_be_visible()
    assert shown(jan) == night[0].source_id


def test_the_grid_gives_back_what_is_passed_over(vera, jan):
    vera.goto("/grid/")
    expect(vera.locator(".tile")).to_have_count(4)
    jan.reload()
    says_that_others_have(jan, 4)
    vera.keyboard.press("PageDown")
    drawn(jan)
    vera.keyboard.press("PageUp")
    expect(vera.locator(".tile")).to_have_count(0)
    expect(vera.get_by_role("heading", name=NOTHING)).to_be_visible()
