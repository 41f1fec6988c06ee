import pytest
from playwright.sync_api import expect

from tests.browser.conftest import log_in, serious
from tests.factories import token_api

pytestmark = pytest.mark.browser


@pytest.fixture
def tokens(page, vetter):
    log_in(page)
    page.goto("/tokens/")
    page.get_by_role("textbox", name="Name").fill("follow-up")
    page.get_by_role("button", name="Make the token").click()
    return page


def test_a_new_token_is_copied_by_a_button_and_opens_the_api(tokens):
    tokens.context.grant_permissions(["clipboard-read", "clipboard-write"])
    tokens.wait_for_load_state()  # the button copies once its script is there
    tokens.get_by_role("button", name="Copy").click()
    expect(tokens.get_by_text("Copied.")).to_be_visible()
    secret = tokens.evaluate("() => navigator.clipboard.readText()")
    assert token_api(secret).get("/api/v1/nights/").status_code == 200


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_beside_the_secret(tokens, scheme):
    tokens.emulate_media(color_scheme=scheme)
    expect(tokens.get_by_label("Secret of the new token")).to_be_visible()
    assert serious(tokens) == []


def test_the_secret_is_gone_after_the_page_and_a_token_is_revoked_there(tokens):
    tokens.goto("/tokens/")
    expect(tokens.get_by_label("Secret of the new token")).to_have_count(0)
    tokens.get_by_role("button", name="Revoke follow-up").click()
    expect(tokens.get_by_text("“follow-up” is revoked")).to_be_visible()
    expect(tokens.get_by_role("button", name="Revoke follow-up")).to_have_count(0)
