"""A real Chromium against the site in this process; skipped with a reason where no Chromium is installed."""

import os

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect, sync_playwright

from tests import factories
from tests.chromium import FLAGS, NAMES, find_chromium

# Playwright keeps an event loop in this thread, which Django would take for asynchronous code.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")

TIMEOUT_MS = 30_000  # a loaded machine is slow, not wrong
SETTLED = """async () => {  // a change of the theme is drawn, and colours have come to rest
    for (let i = 0; i < 2; i += 1) await new Promise((resolve) => requestAnimationFrame(resolve));
    const ending = document.getAnimations().filter(({ effect }) => Number.isFinite(effect.getComputedTiming().endTime));
    await Promise.allSettled(ending.map(({ finished }) => finished));
}"""
AT_ONCE = """(keys) => {  // without a frame between, in which the focus would move
    for (const [key, code] of keys) {
        const event = new KeyboardEvent("keydown", { key, code, bubbles: true, cancelable: true });
        document.activeElement.dispatchEvent(event);
    }
}"""
expect.set_options(timeout=TIMEOUT_MS)


def pytest_collection_modifyitems(items):
    """Try a browser test that failed once more, and list it as RERUN: that is a race to mend."""
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.fixture(scope="session")
def chromium():
    with sync_playwright() as playwright:
        path = find_chromium(playwright)
        if path is None:
            pytest.skip(f"no Chromium: looked for {', '.join(NAMES)}; set CHROMIUM to its path")
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def site(live_server):
    """Give the address of a site that has its default campaign."""
    factories.make_default_campaign()
    return live_server.url


@pytest.fixture
def vetter(site):
    return factories.make_user("vera")


@pytest.fixture
def new_page(chromium, site):
    """Open pages; a script error on any of them fails the test."""
    contexts, errors = [], []

    def opened(**options) -> Page:
        usual = {"viewport": {"width": 1280, "height": 800}, "base_url": site}
        context = chromium.new_context(**(usual | options))
        context.set_default_timeout(TIMEOUT_MS)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(error))  # noqa: PLW0108 (Playwright marks the function)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not errors


@pytest.fixture
def page(new_page):
    return new_page()


def log_in(page: Page, username: str = "vera") -> None:
    page.goto("/login/")
    page.get_by_label("User name").fill(username)
    page.get_by_label("Password").fill(factories.PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url("**/scan/**")


def serious(page: Page) -> list[str]:
    """What axe finds that keeps somebody out, in words."""
    page.evaluate(SETTLED)
    found = Axe().run(page).response["violations"]
    return [
        f"{rule['id']}: {node['target']} {node['failureSummary']}"
        for rule in found
        if rule["impact"] in {"serious", "critical"}
        for node in rule["nodes"]
    ]
