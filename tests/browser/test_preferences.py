"""Preferences as the pages keep them: on the server for every browser, in this one while the server is away."""

import re

import pytest

from tests import factories
from tests.browser.conftest import log_in
from vetting.candidates.models import Preference

pytestmark = pytest.mark.browser

SAVED = re.compile("/api/v1/preferences/viewer/")
OPEN = """async () => {
  const { Preference } = await import("/static/js/preferences.js");
  window.preference = new Preference("viewer");
}"""


@pytest.fixture
def user(vetter):
    factories.make_score(factories.make_candidate())
    return vetter


def opened(new_page, username="vera"):
    page = new_page()
    log_in(page, username)
    with page.expect_response(SAVED):
        page.evaluate(OPEN)
    return page


def is_saving(answer):
    """Whether an answer is to something sent: the page itself asks for the same preference."""
    return bool(SAVED.search(answer.url)) and answer.request.method == "PUT"


def put(page, value):
    with page.expect_response(is_saving):
        page.evaluate("(value) => preference.set(value)", value)


def test_what_is_set_in_one_browser_holds_in_another(new_page, user):
    put(opened(new_page), {"stretch": "log"})
    other = opened(new_page)
    other.wait_for_load_state("networkidle")
    assert other.evaluate("() => preference.value") == {"stretch": "log"}


def test_several_changes_in_a_row_are_sent_once(new_page, user):
    page = opened(new_page)
    sent = []
    page.on("request", lambda request: request.method == "PUT" and sent.append(request.url))
    with page.expect_response(is_saving):
        page.evaluate("() => [1, 2, 3, 4].forEach((bias) => preference.set({bias}))")
    assert (len(sent), Preference.objects.get().value) == (1, {"bias": 4})


def test_what_was_set_while_the_server_is_away_is_sent_at_the_next_visit(new_page, user):
    page = opened(new_page)
    page.route(SAVED, lambda route: route.fulfill(status=503))
    put(page, {"stretch": "sqrt"})
    page.unroute(SAVED)
    with page.expect_response(is_saving):
        page.reload()  # the page sends what this browser has kept
    assert Preference.objects.get().value == {"stretch": "sqrt"}


def test_another_login_in_the_same_browser_has_preferences_of_its_own(new_page, user):
    factories.make_user("jan")
    page = opened(new_page)
    put(page, {"stretch": "log"})
    page.context.clear_cookies()
    log_in(page, "jan")
    with page.expect_response(SAVED):
        page.evaluate(OPEN)
    assert page.evaluate("() => preference.value") == {}
