"""The page of keys: each key its own action, kept, exported, imported; and what the scan page makes of it."""

import json
import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import log_in
from tests.browser.test_scan import make_night, press, saved, standing
from vetting.candidates.models import Preference

pytestmark = pytest.mark.browser


@pytest.fixture
def night(vetter):
    return make_night(8)


def test_own_keys_label_after_a_reload_and_the_help_names_them(page, night):
    log_in(page)
    page.goto("/keys/")
    page.get_by_role("button", name="Add a key: asteroid").click()
    page.keyboard.press("j")
    expect(page.locator("#said")).to_have_text("j: asteroid.")
    page.goto("/scan/")
    press(page, "j")
    saved(page)
    assert standing() == ["asteroid"]
    page.keyboard.press("?")
    expect(page.locator("#help dt").first).to_have_text("1 a j")


def test_the_focus_stays_on_the_row_whose_keys_change(page, night):
    log_in(page)
    page.goto("/keys/")
    page.get_by_role("button", name="Add a key: asteroid").press("Enter")
    page.keyboard.press("j")
    expect(page.locator("#said")).to_have_text("j: asteroid.")
    expect(page.get_by_role("button", name="Add a key: asteroid")).to_be_focused()
    page.get_by_role("button", name="Take j from: asteroid").press("Enter")
    expect(page.locator("#said")).to_have_text("j does nothing now.")
    expect(page.get_by_role("button", name="Add a key: asteroid")).to_be_focused()


def test_a_narrow_page_keeps_its_help_and_the_menu_of_the_user_leads_to_the_keys(new_page, night):
    page = new_page(viewport={"width": 390, "height": 800})
    log_in(page)
    page.get_by_role("button", name="Keys ?").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_text("vera", exact=True).click()
    page.get_by_role("link", name="Keys", exact=True).click()
    expect(page).to_have_url(re.compile("/keys/$"))


def test_a_key_that_is_taken_is_not_given_twice(page, night):
    log_in(page)
    page.goto("/keys/")
    page.get_by_role("button", name="Add a key: asteroid").click()
    page.keyboard.press("g")
    expect(page.locator("#problems")).to_contain_text("g already means “ghost”")
    assert not Preference.objects.exists()


def test_keys_are_exported_and_imported(page, night, tmp_path):
    log_in(page)
    page.goto("/keys/")
    page.get_by_role("button", name="Take a from: asteroid").click()
    expect(page.locator("#said")).to_contain_text("a does nothing now")
    with page.expect_download() as download:
        page.get_by_role("button", name="Export").click()
    download.value.save_as(tmp_path / "keys.json")
    page.get_by_role("button", name="Back to the keys").click()
    expect(page.get_by_role("button", name="Take a from: asteroid")).to_be_visible()
    page.locator("#import").set_input_files(tmp_path / "keys.json")
    expect(page.locator("#said")).to_contain_text("keys.json is imported")
    assert Preference.objects.get().value == {"class.asteroid": ["1"]}


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        ({"undo": ["g"], "redo": ["g"]}, "to two actions"),
        ({"explode": ["g"]}, "do not exist here: explode"),
        ({"undo": ["<img src=x onerror=alert(1)>"]}, "expected a key"),
    ],
)
def test_a_file_with_wrong_keys_is_refused_with_the_reason(page, night, tmp_path, keys, says):
    (tmp_path / "keys.json").write_text(json.dumps({"format": "deepstreaks-keys", "keys": keys}))
    log_in(page)
    page.goto("/keys/")
    page.locator("#import").set_input_files(tmp_path / "keys.json")
    expect(page.locator("#problems")).to_contain_text(says)
    assert not Preference.objects.exists()
