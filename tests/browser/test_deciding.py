"""What a vetter does besides labelling: putting off, taking back, deciding again, keys of one's own, links."""

import re
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from playwright.sync_api import expect

from tests import factories
from tests.browser.conftest import AT_ONCE, log_in, serious
from tests.browser.test_scan import drawn, make_night, press, saved, shown, standing
from vetting.campaigns.models import Campaign, Comment, Deferral, Label
from vetting.campaigns.neighbours import descriptors_fill
from vetting.candidates.formatting import dec_dms, julian, ra_hms, utc_of_mjd
from vetting.candidates.frames import packed

pytestmark = pytest.mark.browser
COMMENTS = "**/api/v1/comments/"  # to send one; to read them takes a candidate


@pytest.fixture
def night(vetter):
    return make_night(8)


@pytest.fixture
def scan(page, night):
    log_in(page)
    drawn(page)
    return page


def test_undo_reaches_back_to_the_first_label_of_the_night_after_a_reload(page, vetter):
    rows = make_night(30)
    log_in(page)
    press(page, "n" * 28)
    saved(page)
    page.reload()
    for left in range(3, 31):
        press(page, "u")
        expect(page.locator("#counts")).to_have_text(f"{30 - left} done · {left} left")
    saved(page)
    assert (standing(), shown(page)) == ([], rows[0].source_id)


def test_what_was_taken_back_is_decided_again_in_the_same_order(scan, night):
    press(scan, "a2f")
    press(scan, "uuu")
    for _ in range(3):
        scan.keyboard.press("Shift+U")
    saved(scan)
    assert standing() == ["asteroid", "long_trail", "flashes"]
    assert shown(scan) == night[3].source_id
    expect(scan.locator("#rate")).to_be_empty()  # six decisions, three of them made anew at once
    scan.keyboard.press("Shift+U")
    expect(scan.locator("#last")).to_have_text("Nothing was taken back.")


def test_undo_after_a_reload_goes_back_through_what_was_put_off_too(scan, night):
    press(scan, "ahz1")
    saved(scan)
    scan.reload()
    for place in (2, 1):
        press(scan, "u")
        expect(scan.locator("#facts h2 a")).to_contain_text(night[place].source_id)
        saved(scan)
    assert (standing(), Deferral.objects.filter(ended_at=None).exists()) == (["asteroid"], False)
    scan.keyboard.press("Shift+U")
    scan.keyboard.press("Shift+U")
    saved(scan)
    assert list(Deferral.objects.filter(ended_at=None).values_list("kind", flat=True)) == ["hide", "snooze"]
    scan.route("**/scan/recent/**", lambda route: route.abort())
    press(scan, "uuu")
    scan.keyboard.press("u")
    expect(scan.locator("#last")).to_contain_text("cannot be reached: the server does not answer")


def test_position_is_copied_by_key_and_by_button(new_page, night):
    page = new_page(permissions=["clipboard-read", "clipboard-write"])
    log_in(page)
    drawn(page)
    position = f"{ra_hms(night[0].ra)} {dec_dms(night[0].dec)}"
    page.keyboard.press("Shift+C")
    expect(page.locator("#last")).to_have_text(f"The position {position} is copied.")
    assert page.evaluate("navigator.clipboard.readText()") == position
    page.get_by_role("button", name="Copy the time").click()
    expect(page.get_by_role("button", name="Copy the time")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == utc_of_mjd(night[0].mjd_mid)
    assert julian(night[0].mjd_mid) == page.locator("#facts .moment").get_attribute("data-says")
    assert not Label.objects.exists()


def test_label_tells_which_scores_and_likenesses_stood_on_the_page(scan, night):
    with scan.expect_response(re.compile(rf"/scan/neighbours/.*candidate={night[2].pk}$")):  # nothing is known yet
        press(scan, "aa")
    saved(scan)
    descriptors_fill()
    drawn(scan)
    expect(scan.locator("#neighbours li")).to_have_count(0)
    scan.keyboard.press("ArrowRight")
    expect(scan.locator("#neighbours li")).to_have_count(2)
    press(scan, "a")
    saved(scan)
    ensemble = {"ensemble": night[0].scores.get().ensemble.sha256}
    without = {"blind": False, "explanation": False, "neighbours": False} | ensemble
    assert [row.shown for row in Label.objects.all()] == [without, without, without | {"neighbours": True}]


def test_label_tells_that_the_map_of_the_score_was_looked_at(scan, night):
    frames = [{"kind": kind, "width": 4, "height": 4, "unit": "logit", "offset": 0} for kind in ("p_asteroid", "kd")]
    made = packed({"frames": frames, "reason": ""}, [np.zeros((4, 4), np.float32)])
    scan.route("**/occlusion/", lambda route: route.fulfill(body=made, content_type="application/octet-stream"))
    press(scan, "o")
    expect(scan.locator("#last")).to_contain_text("Orange speaks")
    press(scan, "aa")
    saved(scan)
    assert [row.shown["explanation"] for row in Label.objects.all()] == [True, False]


def test_snoozed_candidate_leaves_the_queue_and_undo_brings_it_back(scan, night):
    press(scan, "z2")
    expect(scan.locator("#counts")).to_have_text("0 done · 7 left")
    assert shown(scan) == night[1].source_id
    saved(scan)
    assert Deferral.objects.get().kind == "snooze"
    press(scan, "u")
    saved(scan)
    assert (shown(scan), Deferral.objects.get().ended_at is not None) == (night[0].source_id, True)
    assert not Label.objects.exists()


def test_snoozed_candidate_comes_back_by_itself(page, night):
    page.clock.install()
    log_in(page)
    press(page, "z1")
    press(page, "n" * 7)
    expect(page.get_by_role("heading", name="Night done")).to_be_visible()
    saved(page)
    Deferral.objects.update(until="2018-07-01T00:00Z")
    page.clock.fast_forward(11_000)
    expect(page.locator("#facts h2").first).to_contain_text(night[0].source_id)


def test_digit_of_a_snooze_goes_by_its_place_and_arrows_of_the_keypad_are_arrows(scan, night):
    press(scan, "z")
    typed = """(keys) => document.activeElement.dispatchEvent(new KeyboardEvent("keydown", {...keys, bubbles: true}))"""
    scan.evaluate(typed, {"key": "&", "code": "Digit1"})  # the key of 1 on a French keyboard
    saved(scan)
    assert Deferral.objects.get().kind == "snooze"
    press(scan, "n")
    scan.evaluate(typed, {"key": "ArrowLeft", "code": "Numpad4"})  # Num Lock is off
    expect(scan.get_by_role("button", name="blank")).to_have_attribute("aria-pressed", "true")
    saved(scan)
    assert standing() == ["blank"]


def test_key_right_after_the_digit_of_a_snooze_is_for_the_page(scan, night):
    scan.wait_for_load_state("networkidle")
    scan.keyboard.press("z")
    scan.evaluate(AT_ONCE, [["1", "Digit1"], ["p", "KeyP"]])
    saved(scan)
    kinds = dict(Deferral.objects.values_list("candidate", "kind"))
    assert kinds == {night[0].pk: "snooze", night[1].pk: "purgatory"}


def test_what_is_just_put_off_is_not_asked_for_again(page, vetter):
    rows = make_night(14)  # more than come at once
    page.route("**/scan/deferrals/", lambda route: None)  # on its way while more is asked for
    log_in(page)
    drawn(page)
    enough = int(page.locator("#scan").get_attribute("data-low"))  # candidates ahead; fewer, and more are asked for
    before = 12 - 1 - enough
    press(page, "n" * before)
    with page.expect_request("**/scan/queue/**") as asked:
        press(page, "p")
    [held] = parse_qs(urlsplit(asked.value.url).query)["exclude"]
    assert str(rows[before].pk) in held.split(",")


def test_purgatory_and_hidden_are_listed_and_taken_back_on_their_page(scan, night):
    press(scan, "ph")
    saved(scan)
    scan.get_by_role("link", name="Put off").click()
    expect(scan.locator(".put-off")).to_contain_text(night[0].source_id)
    scan.get_by_role("link", name=re.compile("Hidden")).click()
    scan.get_by_role("button", name="Back into my queue").click()
    expect(scan.get_by_role("status").first).to_contain_text(f"{night[1].source_id} is back")
    assert list(Deferral.objects.filter(ended_at=None).values_list("kind", flat=True)) == ["purgatory"]


def test_putting_off_while_the_server_is_away_is_kept_and_sent_later(scan):
    scan.route("**/scan/deferrals/**", lambda route: route.abort())
    press(scan, "phn")
    expect(scan.locator("#unsaved")).to_have_text("3 unsaved")
    scan.unroute("**/scan/deferrals/**")
    saved(scan)
    assert (Deferral.objects.count(), standing()) == (2, ["blank"])


def test_a_link_opens_the_same_candidate_for_somebody_else(new_page, night):
    page = new_page(permissions=["clipboard-read", "clipboard-write"])
    log_in(page)
    press(page, "nn")
    page.keyboard.press("Shift+K")
    expect(page.locator("#last")).to_contain_text("is copied")
    link = page.evaluate("navigator.clipboard.readText()")
    factories.make_user("jan")
    other = new_page()
    log_in(other, "jan")
    other.goto(link)
    drawn(other)
    assert shown(other) == night[2].source_id
    press(other, "a")
    expect(other.get_by_role("heading", name="Nothing left for you just now")).to_be_visible()
    expect(other.locator("#end-text")).to_contain_text("5 candidates of this night are with other vetters now")
    page.goto("/put-off/")  # gives back what the page held
    expect(other.locator("#facts h2").first).to_contain_text(night[3].source_id)


def test_scores_of_a_blind_campaign_appear_after_the_vote(page, night):
    Campaign.objects.filter(is_default=True).update(blindness="first_vote")
    log_in(page)
    drawn(page)
    expect(page.locator("#facts")).to_contain_text("Blind")
    assert "0.9" not in page.locator("#first").text_content()
    press(page, "a")
    saved(page)
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#facts .p-asteroid")).to_contain_text("0.900")


def test_scores_appear_also_where_the_vote_is_saved_after_going_back(page, night):
    Campaign.objects.filter(is_default=True).update(blindness="first_vote")
    log_in(page)
    page.route("**/scan/labels/", lambda route: route.abort())
    press(page, "a")
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#trouble")).to_contain_text("sent again by itself")
    expect(page.locator("#facts")).to_contain_text("Blind")
    page.unroute("**/scan/labels/")
    expect(page.locator("#facts .p-asteroid")).to_contain_text("0.900")


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("address", ["/keys/", "/put-off/", "/put-off/?kind=hide"])
def test_pages_around_deciding_keep_nobody_out(new_page, night, vetter, theme, address):
    page = new_page(color_scheme=theme)
    log_in(page)
    press(page, "p")
    saved(page)
    page.goto(address)
    expect(page.locator("h1")).to_be_visible()
    assert serious(page) == []


def test_a_comment_that_is_begun_stays_with_its_candidate(scan, night):
    field = scan.locator("#thread textarea")
    press(scan, "k")
    scan.keyboard.type("the first")
    scan.keyboard.press("Escape")
    press(scan, "k")
    expect(field).to_have_value("the first")
    scan.keyboard.press("Escape")
    press(scan, "nk")
    expect(field).to_have_value("")
    scan.reload()
    press(scan, "u")
    press(scan, "k")
    expect(field).to_have_value("the first")


def test_a_comment_sent_while_another_is_written_takes_nothing_of_that_away(scan, night):
    field = scan.locator("#thread textarea")
    held = []
    scan.route(COMMENTS, lambda route: held.append(route))  # noqa: PLW0108 (Playwright marks the function)
    press(scan, "k")
    scan.keyboard.type("the first")
    with scan.expect_request(COMMENTS):
        scan.keyboard.press("Control+Enter")
    scan.keyboard.press("Escape")
    press(scan, "nk")
    scan.keyboard.type("the second")
    with scan.expect_response(COMMENTS):
        held[0].continue_()
    expect(field).to_have_value("the second")
    scan.keyboard.press("Escape")
    press(scan, "uk")
    expect(scan.locator("#thread .said")).to_have_text("the first")
    expect(field).to_have_value("")


def test_a_comment_edited_after_a_lost_answer_is_another_one(scan, night):
    scan.route(COMMENTS, lambda route: (route.fetch(), route.abort()))
    press(scan, "k")
    scan.keyboard.type("bright")
    scan.keyboard.press("Control+Enter")
    expect(scan.locator("#thread output")).to_contain_text("Not sent")
    scan.unroute(COMMENTS)
    scan.keyboard.type("er")
    scan.keyboard.press("Control+Enter")
    expect(scan.locator("#thread .said").last).to_have_text("brighter")
    assert Comment.objects.count() == 2


def test_a_comment_by_keyboard_names_a_colleague_who_is_told(scan, new_page, night):
    factories.make_user("jan")
    press(scan, "k")
    scan.keyboard.type("Look, @ja")
    expect(scan.get_by_role("option", name="jan")).to_be_visible()
    scan.keyboard.press("Enter")
    scan.keyboard.type("<b>faint</b>")
    scan.keyboard.press("Control+Enter")
    expect(scan.locator("#thread .said")).to_have_text("Look, @jan <b>faint</b>")
    scan.keyboard.press("Escape")
    press(scan, "a")
    other = new_page()
    log_in(other, "jan")
    expect(other.locator(".unread")).to_have_text("1")
    other.get_by_role("link", name="For me").click()
    expect(other.locator(".comments")).to_contain_text(f"vera on {night[0].source_id}")
    assert serious(other) == []
