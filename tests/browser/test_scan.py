"""The scan page as a vetter drives it: by keyboard, in a real browser, with the network going away."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests import factories
from tests.browser.conftest import log_in, serious
from vetting.campaigns.models import Label
from vetting.campaigns.selectors import campaign_default, labels_standing
from vetting.campaigns.services import pool_add
from vetting.candidates.models import Candidate, State

pytestmark = pytest.mark.browser

KEYS = "1234567819a2lfcysgnq"  # every class by its digit, and again by its letter


def make_night(count: int) -> list[Candidate]:
    """Make candidates with cutouts, the best first."""
    rows = [factories.make_candidate() for _ in range(count)]
    for place, row in enumerate(rows):
        factories.make_cutout(row)
        factories.make_score(row, p_asteroid=0.9 - place / 100)
    return rows


@pytest.fixture
def night(vetter):
    return make_night(8)


@pytest.fixture
def scan(page, night):
    log_in(page)
    drawn(page)
    return page


def drawn(page: Page) -> None:
    """Wait for pixels on the screen; while the next candidates are on their way, the last one stays behind the page."""
    expect(page.get_by_role("heading", name="Fetching the next candidates")).to_be_hidden()
    expect(page.locator("streak-viewer")).to_have_attribute("data-state", "drawn")
    expect(page.locator("#scan[data-waits]")).to_have_count(0)


def press(page: Page, keys: str) -> None:
    for key in keys:
        drawn(page)
        page.keyboard.press(key)


def saved(page: Page) -> None:
    expect(page.locator("#unsaved")).to_be_hidden()


def shown(page: Page) -> str:
    return page.locator("#facts h2 a").inner_text().split()[-1]


def standing() -> list[str]:
    return list(labels_standing(campaign_default()).order_by("pk").values_list("fine_class", flat=True))


def test_twenty_labels_by_keyboard_with_one_undone_and_given_anew(page, vetter):
    make_night(24)
    log_in(page)
    press(page, KEYS)
    press(page, "u4")
    expect(page.locator("#counts")).to_have_text("20 done · 4 left")
    saved(page)
    assert (len(standing()), Label.objects.count()) == (20, 22)
    assert standing()[-1] == "cosmic_ray"
    page.reload()
    expect(page.locator("#counts")).to_have_text("20 done · 4 left")


def test_best_candidate_is_shown_first_and_a_key_shows_the_next(scan, night):
    assert shown(scan) == night[0].source_id
    press(scan, "a")
    assert shown(scan) == night[1].source_id
    saved(scan)
    assert Label.objects.get().candidate == night[0]


def test_undo_shows_the_candidate_again_also_after_a_reload(scan, night):
    press(scan, "ab2")
    saved(scan)
    scan.reload()
    press(scan, "u")
    assert shown(scan) == night[1].source_id
    saved(scan)
    assert standing() == ["asteroid"]


def test_new_label_on_one_before_corrects_it_and_keeps_the_history(scan, night):
    press(scan, "an")
    scan.keyboard.press("ArrowLeft")
    expect(scan.get_by_role("button", name="blank")).to_have_attribute("aria-pressed", "true")
    press(scan, "g")
    assert shown(scan) == night[2].source_id
    saved(scan)
    assert (standing(), Label.objects.count()) == (["asteroid", "ghost"], 3)


def test_labels_given_while_the_server_is_away_are_kept_and_saved_later(scan):
    scan.route("**/scan/**", lambda route: route.abort())
    press(scan, "a2fcy")
    expect(scan.locator("#unsaved")).to_have_text("5 unsaved")
    assert Label.objects.count() == 0
    scan.unroute("**/scan/**")
    saved(scan)
    assert standing() == ["asteroid", "long_trail", "flashes", "cosmic_ray", "bad_subtraction"]


@pytest.mark.parametrize("width", [390, 1280])
def test_the_notice_that_the_server_is_away_is_read_in_full(new_page, night, vetter, width):
    pool_add(factories.make_campaign(vetter), [row.source_id for row in night])
    page = new_page(viewport={"width": width, "height": 800})
    log_in(page)
    page.route("**/scan/labels/", lambda route: route.abort())
    press(page, "nn")
    expect(page.locator("#trouble")).to_contain_text("sent again by itself")
    bar, notice = page.locator(".scan-bar").bounding_box(), page.locator("#trouble").bounding_box()
    assert notice["y"] >= bar["y"]
    assert notice["y"] + notice["height"] <= bar["y"] + bar["height"]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.unroute("**/scan/labels/")
    saved(page)


def test_unsaved_labels_outlive_a_reload(scan):
    scan.route("**/scan/labels/", lambda route: route.abort())
    press(scan, "an")
    expect(scan.locator("#unsaved")).to_have_text("2 unsaved")
    scan.unroute("**/scan/labels/")
    scan.reload()
    saved(scan)
    expect(scan.locator("#counts")).to_have_text("2 done · 6 left")
    assert standing() == ["asteroid", "blank"]


def test_label_whose_answer_was_lost_is_one_row(scan):
    def lose(route):
        route.fetch()
        route.abort()

    scan.route("**/scan/labels/", lose, times=1)
    press(scan, "a")
    saved(scan)
    assert Label.objects.count() == 1


def test_unsaved_label_can_be_taken_back(scan, night):
    scan.route("**/scan/labels/", lambda route: route.abort())
    press(scan, "au")
    expect(scan.locator("#unsaved")).to_have_text("2 unsaved")
    assert shown(scan) == night[0].source_id
    scan.unroute("**/scan/labels/")
    saved(scan)
    assert (standing(), Label.objects.count()) == ([], 2)


def test_busy_server_is_asked_again(scan):
    scan.route("**/scan/labels/", lambda route: route.fulfill(status=503, headers={"Retry-After": "5"}), times=1)
    press(scan, "a")
    expect(scan.locator("#trouble")).to_contain_text("503")
    saved(scan)
    assert standing() == ["asteroid"]


def test_labels_outlive_the_session(scan):
    scan.context.clear_cookies()
    press(scan, "a")
    expect(scan.locator("#notices")).to_contain_text("your session has ended. 1 label is kept in this browser")
    with scan.expect_popup() as popup:
        scan.get_by_role("link", name="Log in in a new tab").click()
    log_in(popup.value)
    scan.evaluate("dispatchEvent(new Event('focus'))")
    saved(scan)
    assert standing() == ["asteroid"]


def test_refused_label_is_shown_with_its_reason_until_it_is_dismissed(scan, night):
    Candidate.objects.filter(pk=night[0].pk).update(state=State.QUARANTINED)
    press(scan, "a")
    expect(scan.locator("#notices")).to_contain_text(f"did not take “asteroid” for {night[0].source_id}")
    scan.reload()
    expect(scan.locator("#notices")).to_contain_text("is quarantined")
    scan.get_by_role("button", name="Dismiss").click()
    expect(scan.locator("#notices")).to_be_empty()


def test_notice_moves_no_class_and_leaves_the_tools_of_the_viewer_in_sight(page, night):
    for row in night:
        factories.make_cutout(row, kind="SCI")
        factories.make_cutout(row, kind="REF")
    log_in(page)
    drawn(page)
    classes = page.get_by_role("button", name="ghost").bounding_box()
    Candidate.objects.filter(pk=night[0].pk).update(state=State.QUARANTINED)
    press(page, "a")
    expect(page.locator("#notices")).to_contain_text("did not take")
    drawn(page)
    moved = page.get_by_role("button", name="ghost").bounding_box()
    assert abs(moved["y"] - classes["y"]) <= 3
    tools = page.locator(".viewer-toolbar").bounding_box()
    assert tools["y"] + tools["height"] <= 800


def test_key_is_ignored_until_the_pixels_are_drawn(page, night):
    page.route(re.compile("/frames/"), lambda route: route.abort())
    log_in(page)
    expect(page.locator("streak-viewer")).to_contain_text("cannot be fetched")
    page.keyboard.press("a")
    expect(page.locator("#last")).to_contain_text("Not yet")
    page.unroute(re.compile("/frames/"))
    press(page, "n")
    saved(page)
    assert standing() == ["blank"]


def test_queue_that_cannot_be_reached_is_asked_again_with_pauses(page, vetter):
    make_night(14)  # more than come at once
    log_in(page)
    asked = []
    page.route("**/scan/queue/**", lambda route: (asked.append(route.request.url), route.abort()))
    press(page, "n" * 12)
    expect(page.get_by_role("heading", name="The queue cannot be reached")).to_be_visible()
    page.wait_for_timeout(1000)
    assert 1 <= len(asked) < 10
    page.unroute("**/scan/queue/**")
    expect(page.get_by_role("heading", name="The queue cannot be reached")).to_be_hidden()
    press(page, "aa")
    saved(page)
    assert standing() == ["blank"] * 12 + ["asteroid"] * 2


def test_keys_pressed_while_the_next_candidates_are_fetched_label_nothing(page, vetter):
    make_night(14)  # more than come at once
    log_in(page)
    drawn(page)
    page.evaluate("""() => {
        const send = fetch;
        window.fetch = async (...sent) => {
            if (sent[0].includes("queue")) await new Promise((done) => { window.goOn = done; });
            return send(...sent);
        };
    }""")
    press(page, "n" * 12)
    for _ in range(2):
        page.keyboard.press("n")
    expect(page.get_by_role("heading", name="Fetching the next candidates")).to_be_visible()
    expect(page.locator("#counts")).to_have_text("12 done · 2 left")
    page.evaluate("goOn()")
    press(page, "aa")
    saved(page)
    assert standing() == ["blank"] * 12 + ["asteroid"] * 2


def test_candidate_without_pixels_says_so_and_can_be_labelled(page, vetter):
    factories.make_score(factories.make_candidate(), p_asteroid=None, plausible=None, reason="no difference image")
    log_in(page)
    expect(page.locator("streak-viewer")).to_contain_text("No pixels")
    page.get_by_role("button", name="Invert").click()  # paints anew
    expect(page.locator("streak-viewer")).to_contain_text("No pixels")
    expect(page.locator("#facts")).to_contain_text("Cannot be scored: no difference image")
    expect(page.locator("#scan[data-waits]")).to_have_count(0)
    page.keyboard.press("9")
    saved(page)
    assert standing() == ["unsure"]


def test_key_held_down_is_one_label(scan):
    scan.keyboard.down("a")
    for _ in range(5):
        scan.keyboard.down("a")
    scan.keyboard.up("a")
    saved(scan)
    assert len(standing()) == 1


def test_key_that_bounces_labels_nothing_that_was_not_on_the_screen(scan):
    scan.wait_for_load_state("networkidle")  # the pixels of the next have come
    scan.evaluate(
        """() => {
            for (let i = 0; i < 2; i += 1) {
                document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "n", code: "KeyN", bubbles: true }));
            }
        }"""
    )
    expect(scan.locator("#last")).to_contain_text("Not yet")
    press(scan, "n")
    saved(scan)
    assert len(standing()) == 2


def test_refused_correction_leaves_the_count_as_it_was(scan, night):
    press(scan, "n")
    saved(scan)
    Candidate.objects.filter(pk=night[0].pk).update(state=State.QUARANTINED)
    scan.keyboard.press("ArrowLeft")
    press(scan, "g")
    expect(scan.locator("#notices")).to_contain_text("did not take")
    assert scan.locator("#counts").inner_text().startswith("1 done")


def test_skipped_candidates_are_offered_again_at_the_end(scan, night):
    scan.keyboard.press("ArrowRight")
    press(scan, "n" * 7)
    with scan.expect_response(lambda answer: "/scan/borrowed/" in answer.url):  # some may be with others by now
        scan.get_by_role("button", name="Look at 1 skipped again").click()
    expect(scan.locator("#facts h2 a")).to_contain_text(night[0].source_id)


def test_end_of_the_night_leads_to_the_export(scan):
    press(scan, "n" * 8)
    expect(scan.get_by_role("heading", name="Night done")).to_be_visible()
    export = scan.get_by_role("link", name="Export this night")
    expect(export).to_have_attribute("href", re.compile("/export/.*2018-07-01"))


@pytest.mark.parametrize("place", ["scan", "grid"])
def test_end_of_what_was_picked_leads_to_all_that_is_plausible(page, night, place):
    log_in(page)
    page.goto(f"/{place}/?ids={night[2].pk},{night[5].pk}")
    if place == "scan":
        press(page, "nn")
    else:
        expect(page.locator(".tile img")).to_have_count(2)
        page.wait_for_load_state("networkidle")
        page.keyboard.press("Shift+A")
        page.keyboard.press("n")
    expect(page.get_by_role("heading", name="Choice done")).to_be_visible()
    expect(page.locator("#end-text")).to_contain_text("You have judged 2 candidates of “2 picked candidates”")
    expect(page.locator("#counts")).to_have_text("2 done · 0 left")
    saved(page)
    page.get_by_role("link", name="All plausible of this night").click()
    expect(page.locator("#counts")).to_have_text("2 done · 6 left")


def test_candidates_that_come_in_later_appear_by_themselves(page, night):
    page.clock.install()
    log_in(page)
    press(page, "n" * 8)
    expect(page.get_by_role("heading", name="Night done")).to_be_visible()
    saved(page)
    late = make_night(1)[0]
    page.clock.fast_forward(11_000)
    expect(page.locator("#facts h2").first).to_contain_text(late.source_id)


def test_single_keys_can_be_switched_off(scan):
    scan.keyboard.press("?")
    scan.get_by_label("Single keys are on").uncheck()
    scan.keyboard.press("Escape")
    scan.keyboard.press("a")
    assert scan.locator("#counts").inner_text() == "0 done · 8 left"


def test_other_login_in_the_same_browser_does_not_take_over_kept_labels(scan):
    factories.make_user("jan")
    scan.route("**/scan/labels/", lambda route: route.abort())
    press(scan, "a")
    scan.context.clear_cookies()
    other = scan.context.new_page()
    log_in(other, "jan")
    scan.unroute("**/scan/labels/")
    expect(scan.locator("#notices")).to_contain_text("you are logged in as jan now")
    assert not Label.objects.exists()


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_login_and_scan_pages_keep_nobody_out(new_page, night, theme, tmp_path):
    page = new_page(color_scheme=theme)
    page.goto("/login/")
    assert serious(page) == []
    log_in(page)
    drawn(page)
    assert serious(page) == []
    page.keyboard.press("?")
    assert serious(page) == []


@pytest.mark.parametrize("width", [390, 1280, 2560])
@pytest.mark.parametrize("theme", ["dark", "light"])
def test_nothing_is_wider_than_the_screen(new_page, night, theme, width, tmp_path):
    page = new_page(color_scheme=theme, viewport={"width": width, "height": 844})
    log_in(page)
    drawn(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    box = page.locator("streak-viewer .frame-sky").bounding_box()
    assert box["width"] >= min(350, width)
    assert box["y"] + box["height"] <= 844
    assert len(page.screenshot(path=tmp_path / "scan.png")) > 10_000
