"""The grid as a vetter drives it: select a few, call the rest junk, take it back, with the network going away."""

import pytest
from playwright.sync_api import Page, expect

from scoring.families import FineClass
from tests import factories
from tests.browser.conftest import log_in, serious
from vetting.campaigns.models import Label
from vetting.campaigns.selectors import campaign_default, labels_standing
from vetting.campaigns.services import guideline_write
from vetting.candidates.models import Candidate, Preference, State

pytestmark = pytest.mark.browser


@pytest.fixture
def night(vetter) -> list[Candidate]:
    """Make more than one page of candidates with cutouts, the best first."""
    rows = [factories.make_candidate() for _ in range(30)]
    for place, row in enumerate(rows):
        factories.make_cutout(row)
        factories.make_score(row, p_asteroid=0.99 - place / 100)
    return rows


@pytest.fixture
def grid(page, night):
    return opened(page)


def opened(page: Page) -> Page:
    log_in(page)
    page.goto("/grid/")
    drawn(page, 24)
    return page


def drawn(page: Page, count: int) -> None:
    expect(page.locator(".tile")).to_have_count(count)
    expect(page.locator("#junk-text")).to_contain_text(f" {count} are junk")


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def junk(page: Page, digit: str = "5") -> None:
    press(page, "j")
    expect(page.locator("#junk-menu")).to_be_visible()
    press(page, digit)


def saved(page: Page) -> None:
    expect(page.locator("#unsaved")).to_be_hidden()


def standing() -> dict[int, str]:
    return dict(labels_standing(campaign_default()).values_list("candidate", "fine_class"))


def labelled(page: Page) -> int:
    return page.locator(".tile.is-labelled").count()


def selected(page: Page) -> list[int]:
    tiles = page.locator(".tile").all()
    return [place for place, tile in enumerate(tiles) if tile.get_attribute("aria-selected") == "true"]


def test_two_are_selected_the_rest_is_junk_and_one_key_takes_it_back_also_after_a_reload(grid, night):
    press(grid, "x", "ArrowRight", " ")
    junk(grid)
    expect(grid.locator(".tile.is-labelled")).to_have_count(22)
    saved(grid)
    assert standing() == {row.pk: "bad_subtraction" for row in night[2:24]}
    grid.reload()
    drawn(grid, 8)  # two that were selected and six of the next page
    press(grid, "u")
    drawn(grid, 24)
    saved(grid)
    assert (standing(), Label.objects.count()) == ({}, 44)


def test_undo_brings_the_page_back_as_it_was(grid):
    press(grid, "x", "ArrowRight", "x")
    junk(grid)
    press(grid, "1")  # the selected two: the page is done and the next one stands there
    expect(grid.locator(".tile")).to_have_count(6)
    press(grid, "u")
    expect(grid.locator(".tile.is-labelled")).to_have_count(22)
    assert selected(grid) == [0, 1]
    press(grid, "u")
    assert (labelled(grid), selected(grid)) == (0, [0, 1])
    expect(grid.locator("#counts")).to_have_text("0 done · 30 left")
    saved(grid)
    assert standing() == {}


def test_class_of_the_junk_is_asked_once_and_kept(grid):
    junk(grid, "8")
    drawn(grid, 6)
    press(grid, "j")
    expect(grid.get_by_role("heading", name="Night done")).to_be_visible()
    saved(grid)
    assert set(standing().values()) == {"blank"}
    assert len(standing()) == 30


def test_focus_moves_in_two_dimensions_and_selects_ranges(grid):
    columns = grid.evaluate("getComputedStyle(board).gridTemplateColumns.split(' ').length")
    press(grid, "ArrowDown", "Shift+ArrowRight", "Shift+ArrowRight")
    assert selected(grid) == [columns, columns + 1, columns + 2]
    press(grid, "End", "Shift+ArrowLeft")
    assert selected(grid) == [columns, columns + 1, columns + 2, 22, 23]
    press(grid, "Escape", "Home", "Shift+End")
    assert selected(grid) == list(range(24))


def test_pointer_selects_one_and_with_shift_a_range(grid):
    tiles = grid.locator(".tile")
    tiles.nth(3).click()
    tiles.nth(6).click(modifiers=["Shift"])
    tiles.nth(4).click()
    assert selected(grid) == [3, 5, 6]
    grid.get_by_role("button", name="ghost", exact=False).first.click()
    saved(grid)
    assert list(standing().values()) == ["ghost"] * 3


def test_key_without_selection_labels_the_cutout_in_focus_and_goes_on(grid, night):
    press(grid, "l", "1")
    saved(grid)
    assert standing() == {night[0].pk: "long_trail", night[1].pk: "asteroid"}


def test_own_keys_label_here_too_before_the_grids_own_and_the_bar_shows_them(page, night, vetter):
    own = {"class.ghost": ["x"], "undo": ["Backspace"], "class.blank": []}
    Preference.objects.create(user=vetter, name="keys", value=own)
    opened(page)
    ghost = page.locator(".grid-tools [data-class=ghost] kbd:visible")
    expect(ghost).to_have_text(["x"])
    expect(page.locator(".grid-tools [data-class=blank] kbd:visible")).to_have_count(0)
    press(page, "7", "n", "g", "u", "x", "a")
    saved(page)
    assert standing() == {night[0].pk: "ghost", night[1].pk: "asteroid"}
    press(page, "Backspace", "j", "x")  # the menu of junk takes the same keys
    expect(page.locator(".tile")).to_have_count(6)
    saved(page)
    assert set(standing().values()) == {"ghost"}


def test_pages_turn_without_labels_and_what_was_passed_over_is_offered_again(grid, night):
    press(grid, "PageDown")
    drawn(grid, 6)
    press(grid, "Shift+A", "n")
    grid.get_by_role("button", name="Look at 24 again").click()
    drawn(grid, 24)
    saved(grid)
    assert len(standing()) == 6


def test_step_given_while_the_server_is_away_is_kept_and_saved_after_a_reload(grid):
    grid.route("**/grid/labels/", lambda route: route.abort())
    junk(grid)
    expect(grid.locator("#unsaved")).to_have_text("24 unsaved")
    assert Label.objects.count() == 0
    grid.unroute("**/grid/labels/")
    grid.reload()
    saved(grid)
    expect(grid.locator("#counts")).to_have_text("24 done · 6 left")
    assert Label.objects.count() == 24


def test_step_of_the_grid_is_sent_by_the_scan_page_too(grid):
    grid.route("**/grid/labels/", lambda route: route.abort())
    junk(grid)
    expect(grid.locator("#unsaved")).to_have_text("24 unsaved")
    grid.unroute("**/grid/labels/")
    grid.goto("/scan/")
    saved(grid)
    expect(grid.locator("#counts")).to_have_text("24 done · 6 left")


def test_refused_step_is_shown_and_its_cutouts_are_offered_again(grid, night):
    Candidate.objects.filter(pk=night[3].pk).update(state=State.QUARANTINED)
    junk(grid)
    expect(grid.locator("#notices")).to_contain_text("did not take “bad subtraction” for 24 cutouts")
    drawn(grid, 24)
    assert standing() == {}


def test_cutout_that_is_not_drawn_is_not_called_junk_until_it_is_fetched_again(page, night):
    stamp = f"**/candidates/{night[5].pk}/stamp.png"
    page.route(stamp, lambda route: route.abort())
    log_in(page)
    page.goto("/grid/")
    expect(page.locator("#junk-text")).to_contain_text(" 23 are junk")
    junk(page)
    saved(page)
    assert len(standing()) == 23
    assert night[5].pk not in standing()
    page.unroute(stamp)
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("#junk-text")).to_contain_text("All 1 are junk")
    press(page, "j")
    saved(page)
    assert night[5].pk in standing()


def test_queue_that_cannot_be_reached_says_so_and_comes_by_itself(grid):
    asked = []
    grid.route("**/grid/cutouts/**", lambda route: (asked.append(route.request.url), route.abort()))
    grid.reload()
    press(grid, "PageDown")
    expect(grid.get_by_role("heading", name="The queue cannot be reached")).to_be_visible()
    grid.wait_for_timeout(1000)
    assert 1 <= len(asked) < 10  # every 2.5 s, not without a pause
    grid.unroute("**/grid/cutouts/**")
    drawn(grid, 6)


@pytest.mark.parametrize("width", [390, 1280, 2560])
@pytest.mark.parametrize("theme", ["dark", "light"])
def test_grid_keeps_nobody_out_and_fits_the_screen(new_page, night, theme, width, tmp_path):
    page = opened(new_page(color_scheme=theme, viewport={"width": width, "height": 844 if width < 2000 else 1440}))
    press(page, "x", "Shift+ArrowRight", "ArrowDown", "2")
    press(page, "?")
    assert serious(page) == []
    press(page, "Escape")
    assert serious(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert len(page.screenshot(path=tmp_path / "grid.png")) > 10_000


def test_a_new_guideline_is_told_of_on_the_grid_and_read_there(page, night, tmp_path):
    told = {"by": factories.make_user("mira", is_staff=True), "classes": list(FineClass)}
    first = guideline_write(campaign_default(), text="Both ends are **inside**.", **told)
    grid = opened(page)
    second = guideline_write(campaign_default(), text="Ends may touch the **edge**.", **told)
    junk(grid)
    expect(grid.locator("#guideline-new")).to_contain_text("The guideline changed: version")
    saved(grid)
    grid.screenshot(path=tmp_path / "told.png")
    grid.get_by_role("link", name="Read it").click()
    expect(grid.locator("#guideline strong")).to_have_text("edge")
    expect(grid.locator("#guideline")).to_be_visible()
    grid.screenshot(path=tmp_path / "read.png")
    assert serious(grid) == []
    grid.keyboard.press("Escape")
    drawn(grid, 6)
    press(grid, "j")  # the same class again
    expect(grid.locator("#counts")).to_have_text("30 done · 0 left")
    saved(grid)
    assert list(Label.objects.order_by("pk").values_list("guideline", flat=True)) == [first.pk] * 24 + [second.pk] * 6
