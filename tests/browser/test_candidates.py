"""Candidates and nights in a real browser: filters, copying, plots in both themes, nothing from elsewhere."""

import time

import pytest
from playwright.sync_api import Page, expect

from tests import factories
from tests.browser.conftest import TIMEOUT_MS, log_in, serious
from vetting.candidates.models import Candidate, State

pytestmark = pytest.mark.browser
PLOTS = 8


@pytest.fixture
def night(vetter) -> list[Candidate]:
    """Make a night of five candidates; the best lies in the middle of the sky map."""
    rows = [factories.make_candidate(ra=150 + east, dec=2 + north) for east, north in ((0, 0), (3, 0), (-3, 0), (0, 3))]
    rows.append(factories.make_candidate(ra=150, dec=-1, state=State.REJECTED))
    for place, row in enumerate(rows):
        factories.make_cutout(row)
        factories.make_score(row, p_asteroid=0.9 - place / 10)
    return rows


@pytest.fixture
def reader(page, night) -> Page:
    log_in(page)
    return page


def open_night(page: Page) -> None:
    page.goto("/nights/2018-07-01/")
    drawn(page)


def drawn(page: Page) -> None:
    expect(page.locator("[data-plot] .bk-Figure")).to_have_count(PLOTS)
    expect(page.locator("[data-plot][aria-busy]")).to_have_count(0)


def until(page: Page, expression: str) -> None:
    """Wait for what no element shows; Playwright's own way evaluates strings in the page, which its policy forbids."""
    end = time.monotonic() + TIMEOUT_MS / 1000
    while not page.evaluate(expression):
        assert time.monotonic() < end, expression
        page.wait_for_timeout(100)


def test_every_plot_is_drawn_and_nothing_comes_from_another_site(reader, site):
    asked = []
    reader.on("request", lambda request: asked.append(request.url))
    open_night(reader)
    assert [url for url in asked if not url.startswith((site, "data:", "blob:"))] == []


def test_plots_stand_on_the_ground_of_the_chosen_theme(reader):
    open_night(reader)
    grounds = set()
    for _ in range(3):
        reader.get_by_role("button", name="Theme").click()
        ground = reader.evaluate("getComputedStyle(document.documentElement).backgroundColor")
        until(reader, f"[...Bokeh.index].some((view) => view.model.background_fill_color === '{ground}')")
        grounds.add(ground)
    assert len(grounds) == 2


def test_a_click_on_the_sky_map_opens_the_candidate(reader, night):
    open_night(reader)
    reader.locator("[data-plot=sky]").scroll_into_view_if_needed()
    middle = reader.evaluate(
        """() => {
            const view = [...Bokeh.index].find((view) => view.model.renderers?.some((r) => r.name === "by_state"));
            const frame = view.frame.bbox, at = view.el.getBoundingClientRect();
            return [at.x + (frame.left + frame.right) / 2, at.y + (frame.top + frame.bottom) / 2];
        }"""
    )
    reader.mouse.click(*middle)
    reader.wait_for_url(f"**{night[0].get_absolute_url()}")


def test_points_in_a_box_are_scanned(reader, night):
    open_night(reader)
    reader.get_by_title("Box Select").first.click()
    box = reader.locator("[data-plot=sky]").bounding_box()
    reader.mouse.move(box["x"] + 20, box["y"] + 20)
    reader.mouse.down()
    reader.mouse.move(box["x"] + box["width"] - 60, box["y"] + box["height"] - 20, steps=4)
    reader.mouse.up()
    expect(reader.locator("[data-picked] span")).to_have_text("5 selected")
    reader.get_by_role("link", name="Scan these").click()
    expect(reader.locator("#counts")).to_have_text("0 done · 5 left")


def test_selecting_none_hides_what_was_picked(reader):
    open_night(reader)
    reader.get_by_title("Box Select").last.click()
    box = reader.locator("[data-plot=length_angle]").bounding_box()
    reader.mouse.move(box["x"] + 60, box["y"] + 20)
    reader.mouse.down()
    reader.mouse.move(box["x"] + box["width"] - 60, box["y"] + box["height"] - 60, steps=4)
    reader.mouse.up()
    reader.get_by_role("button", name="Select none").click()
    expect(reader.locator("[data-picked]")).to_be_hidden()


def test_counts_follow_a_slider_and_the_filter_is_saved_by_name(reader):
    reader.goto("/candidates/")
    expect(reader.locator("[data-gains]")).to_contain_text("5 of 5 pass")
    reader.get_by_label("p(asteroid) at least, slider").fill("0.65")
    expect(reader.locator("[data-gains]")).to_contain_text("3 of 5 pass; 0 gained and 2 lost")
    reader.get_by_text("Save as …").click()
    reader.get_by_label("Name of this filter").fill("likely")
    reader.keyboard.press("Enter")
    expect(reader.get_by_text("Saved as “likely”.")).to_be_visible()
    expect(reader.locator(".count")).to_contain_text("3 found")
    expect(reader.get_by_label("p(asteroid) from")).to_have_value("0.65")
    reader.get_by_label("State").select_option("queued")  # one field more, saved under the same name
    reader.get_by_text("Save as …").click()
    reader.get_by_role("button", name="Save", exact=True).click()
    expect(reader.get_by_label("State")).to_have_value("queued")
    expect(reader.get_by_label("p(asteroid) from")).to_have_value("0.65")
    expect(reader.get_by_label("Saved filter")).to_contain_text("likely")


def test_the_sky_map_changes_its_colours_by_keyboard(reader):
    open_night(reader)
    reader.get_by_label("state", exact=True).focus()
    reader.keyboard.press("ArrowRight")
    expect(reader.locator("[data-key=by_p]")).to_be_visible()
    visible = """[...Bokeh.index].flatMap((view) => view.model.renderers ?? [])
        .filter((r) => r.name?.startsWith("by_") && r.visible).map((r) => r.name)"""
    assert set(reader.evaluate(visible)) == {"by_p"}


def test_plots_that_cannot_be_fetched_are_said_to_and_fetched_again(reader):
    reader.route("**/plots.json", lambda route: route.abort())
    reader.goto("/nights/2018-07-01/")
    expect(reader.get_by_role("alert")).to_contain_text("could not be fetched")
    reader.unroute("**/plots.json")
    reader.get_by_role("button", name="Try again").click()
    drawn(reader)
    expect(reader.locator("[data-plots-failed]")).to_be_hidden()


def test_filters_by_keyboard_give_a_short_address(reader, night):
    reader.goto("/candidates/")
    reader.get_by_label("p(asteroid) from").fill("0.65")
    reader.keyboard.press("Enter")
    expect(reader.get_by_role("status")).to_contain_text("3 found")
    assert reader.url.endswith("/candidates/?sort=-p_asteroid&p_asteroid_min=0.65")


def test_a_heading_sorts_and_keeps_the_filters(reader):
    reader.goto("/candidates/?state=queued")
    reader.get_by_role("link", name="rb").click()
    expect(reader.get_by_role("columnheader", name="rb")).to_have_attribute("aria-sort", "descending")
    assert "state=queued" in reader.url


def test_a_position_is_copied(new_page, night):
    page = new_page(permissions=["clipboard-read", "clipboard-write"])
    log_in(page)
    page.goto(night[0].get_absolute_url())
    page.get_by_role("button", name="Copy the sexagesimal position").click()
    until(page, "navigator.clipboard.readText().then((text) => text === '10:00:00.00 +02:00:00.0')")


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_nothing_keeps_anybody_out_or_runs_over_the_edge(new_page, night, scheme, width):
    page = new_page(color_scheme=scheme, viewport={"width": width, "height": 800})
    log_in(page)
    for path in ("/candidates/", night[0].get_absolute_url(), "/nights/", "/nights/2018-07-01/"):
        page.goto(path)
        if path == "/nights/2018-07-01/":
            drawn(page)
        assert serious(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
