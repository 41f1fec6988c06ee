"""The scan page of a campaign in a real browser: two vetters who are blind, labels of two campaigns at once."""

import pytest
from playwright.sync_api import Page, expect

from tests import factories
from tests.browser.conftest import log_in, serious
from tests.browser.test_scan import drawn, make_night, press, saved
from vetting.campaigns.models import Campaign, Consensus, Label, Membership, Role
from vetting.campaigns.services import guideline_write, pool_add
from vetting.candidates.models import Candidate

pytestmark = pytest.mark.browser
BLIND = {"blind": True, "explanation": False, "neighbours": False}


@pytest.fixture
def manager(vetter):
    return factories.make_user("mira")


@pytest.fixture
def campaign(vetter, manager):
    """Give a blind campaign that asks for two votes of two people on six candidates."""
    made = factories.make_campaign(
        manager,
        vetter,
        factories.make_user("jan"),
        votes_needed=2,
        rule=Campaign.Rule.MAJORITY,
        blindness=Campaign.Blindness.FIRST_VOTE,
    )
    pool_add(made, [row.source_id for row in make_night(6)])
    guideline_write(made, by=manager, text="# What counts\n\nBoth ends **inside**.", classes=["asteroid", "ghost"])
    return made


def scan(page: Page, campaign: Campaign, name: str = "vera") -> Page:
    log_in(page, name)
    page.goto(f"/scan/?campaign={campaign.pk}")
    return page


def judge_all(page: Page, key: str) -> list[str]:
    """Press one key until nothing is left; the candidates in the order in which they came."""
    seen: list[str] = []
    ready = page.locator("streak-viewer[data-state=drawn]:visible, #end-title:text('Nothing left')")
    while True:
        expect(ready).to_be_visible()
        if page.locator("#end").is_visible():
            break
        expect(page.locator("#facts")).to_contain_text("Blind")
        seen.append(page.locator("#facts h2 a").inner_text().split()[-1])
        page.keyboard.press(key)
        expect(page.locator("#last")).to_contain_text(seen[-1])
    return seen


def test_two_vetters_label_a_blind_campaign_and_get_each_candidate_once(new_page, campaign):
    for name, key in (("vera", "a"), ("jan", "g")):
        page = scan(new_page(), campaign, name)
        seen = judge_all(page, key)
        assert (len(seen), len({*seen})) == (6, 6)
        expect(page.get_by_role("heading", name="Nothing left for you")).to_be_visible()
        expect(page.locator("#end-text")).to_contain_text("you have judged 6")
        saved(page)
    votes = Label.objects.filter(campaign=campaign).values_list("candidate", "vetter").distinct()
    assert (len(votes), Label.objects.exclude(campaign=campaign).count()) == (12, 0)
    assert Consensus.objects.filter(campaign=campaign, votes=2).count() == 6


def test_unsaved_labels_of_one_campaign_are_saved_there_from_the_page_of_another(page, campaign):
    scan(page, campaign).route("**/scan/labels/", lambda route: route.abort())
    press(page, "ag")
    expect(page.locator("#unsaved")).to_have_text("2 unsaved")
    page.locator("details.campaign-chooser summary").click()
    page.get_by_role("link", name="Nightly vetting").click()
    expect(page.locator("#counts")).to_have_text("0 done · 6 left")  # what waits for the other one is not hidden here
    press(page, "n")
    expect(page.locator("#unsaved")).to_have_text("3 unsaved")
    page.unroute("**/scan/labels/")
    page.evaluate("dispatchEvent(new Event('focus'))")
    saved(page)
    kept = Label.objects.order_by("pk").values_list("campaign__is_default", "fine_class")
    assert list(kept) == [(False, "asteroid"), (False, "ghost"), (True, "blank")]


def test_only_keys_of_the_class_set_label_and_undo_and_redo_are_the_campaigns(page, campaign):
    press(scan(page, campaign), "n")
    expect(page.locator("#counts")).to_have_text("0 done · 6 left")
    assert page.locator("[data-class]").count() == 2
    press(page, "au")
    expect(page.locator("#counts")).to_have_text("0 done · 6 left")
    page.keyboard.press("Shift+U")
    expect(page.locator("#counts")).to_have_text("1 done · 5 left")
    saved(page)
    assert Label.objects.filter(campaign=campaign).count() == 3


def test_guideline_is_read_in_a_dialog_and_its_version_goes_with_the_label(page, campaign):
    scan(page, campaign).get_by_role("button", name="Guideline").click()
    expect(page.locator("#guideline strong")).to_have_text("inside")
    page.keyboard.press("Escape")
    press(page, "a")
    saved(page)
    label = Label.objects.get()
    assert (label.guideline, label.shown) == (campaign.guidelines.first(), BLIND)


def test_new_guideline_is_told_of_and_holds_for_labels_once_it_was_read(page, campaign, manager):
    press(scan(page, campaign), "a")
    saved(page)
    guideline_write(campaign, by=manager, text="Ends may touch the **edge**.", classes=["asteroid", "ghost", "unsure"])
    press(page, "aa")
    expect(page.locator("#guideline-new")).to_contain_text("The guideline changed: version 3.")
    press(page, "a")
    saved(page)
    page.get_by_role("link", name="Read it").click()
    expect(page.locator("#guideline strong")).to_have_text("edge")
    expect(page.locator("#guideline")).to_be_visible()  # the script opens it, and listens from then on
    page.keyboard.press("Escape")
    press(page, "q")
    saved(page)
    expect(page.locator("#guideline-new")).to_be_empty()
    assert "guideline=" not in page.url
    said = Label.objects.order_by("pk").values_list("fine_class", "guideline__number")
    assert list(said) == [("asteroid", 2)] * 4 + [("unsure", 3)]


def test_label_of_a_role_that_was_lowered_is_shown_and_holds_nothing_back(page, campaign):
    drawn(scan(page, campaign))
    Membership.objects.filter(user__username="vera").update(role=Role.VIEWER)
    press(page, "a")
    expect(page.locator("#notices")).to_contain_text("yours is viewer")
    page.goto("/scan/")
    press(page, "n")
    saved(page)
    assert Label.objects.get().campaign.is_default


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_page_and_guideline_keep_nobody_out(new_page, campaign, theme):
    page = scan(new_page(color_scheme=theme), campaign)
    drawn(page)
    assert serious(page) == []
    page.get_by_role("button", name="Guideline").click()
    assert serious(page) == []


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("theme", ["dark", "light"])
def test_nothing_is_wider_than_the_screen(new_page, campaign, theme, width, tmp_path):
    for row in Candidate.objects.all():
        factories.make_cutout(row, kind="SCI")
        factories.make_cutout(row, kind="REF")
    page = scan(new_page(color_scheme=theme, viewport={"width": width, "height": 844}), campaign)
    drawn(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.screenshot(path=tmp_path / "campaign.png")
