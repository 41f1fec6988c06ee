"""How sure a vetter is of a label, and a few words with it, on the scan page: by keyboard, for who wants it."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import log_in, serious
from tests.browser.test_scan import drawn, make_night, press, saved
from vetting.campaigns.models import Label

pytestmark = pytest.mark.browser


@pytest.fixture
def scan(page, vetter):
    make_night(3)
    log_in(page)
    drawn(page)
    return page


def remarks():
    return list(Label.objects.filter(action="label").order_by("pk").values_list("confidence", "comment"))


def write(page, text):
    page.keyboard.press("Shift+x")
    page.keyboard.type(text)
    page.keyboard.press("Enter")


def test_a_label_without_the_keys_says_nothing(scan):
    press(scan, "a")
    saved(scan)
    assert remarks() == [(None, "")]


def test_how_sure_and_a_few_words_go_with_the_next_label_alone(scan):
    press(scan, "xx")
    expect(scan.locator("#last")).to_have_text("The next label: 50 % sure.")
    write(scan, "faint, ab 12")
    expect(scan.locator("#last")).to_have_text("The next label: 50 % sure, “faint, ab 12”.")
    press(scan, "a")
    expect(scan.locator("#last")).to_contain_text("asteroid, 50 % sure, “faint, ab 12”.")
    press(scan, "n")
    saved(scan)
    assert remarks() == [(50, "faint, ab 12"), (None, "")]


def test_the_levels_end_where_nothing_is_said(scan):
    press(scan, "xxxx")
    expect(scan.locator("#last")).to_have_text("The next label: nothing is said with it.")
    press(scan, "a")
    saved(scan)
    assert remarks() == [(None, "")]


def test_what_was_said_of_a_candidate_goes_with_no_other(scan):
    press(scan, "x")
    scan.keyboard.press("ArrowRight")
    expect(scan.locator("#last")).to_have_text("")
    press(scan, "a")
    saved(scan)
    assert remarks() == [(None, "")]


def test_words_that_are_left_with_escape_are_not_kept(scan):
    scan.keyboard.press("Shift+x")
    assert serious(scan) == []
    scan.keyboard.type("no")
    scan.keyboard.press("Escape")
    press(scan, "a")
    saved(scan)
    assert remarks() == [(None, "")]


@pytest.mark.parametrize("reloads", [False, True])
def test_redo_says_it_again(scan, reloads):
    press(scan, "x")
    write(scan, "faint")
    press(scan, "a")
    saved(scan)
    if reloads:
        scan.reload()
    press(scan, "u")
    drawn(scan)
    scan.keyboard.press("Shift+u")
    saved(scan)
    assert remarks() == [(25, "faint")] * 2
