"""The tutorial of a first campaign (docs/tutorial/first-campaign.md), step by step, by what one sees on the pages.

Its pictures are made anew by

    TUTORIAL_PICTURES=1 ./run test tests/browser/test_campaign_tutorial.py
"""

import csv
import io
import os
import zipfile

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests import factories
from tests.browser.conftest import log_in, serious
from tests.browser.test_scan import drawn, make_night, saved
from tests.site import ROOT
from vetting.candidates.models import Candidate

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
PICTURES = ROOT / "docs" / "tutorial" / "img"
MIRA, JAN = "1112", "1212"  # their keys: on the second candidate they do not agree


def picture(page: Page, name: str) -> None:
    if os.environ.get("TUTORIAL_PICTURES"):
        PICTURES.mkdir(exist_ok=True)
        shot = Image.open(io.BytesIO(page.screenshot()))
        shot.quantize(96).save(PICTURES / f"{name}.png", optimize=True)  # a third of the size


def set_up(page: Page, names: list[str]) -> None:
    page.get_by_role("link", name="Campaigns", exact=True).click()
    page.get_by_role("link", name="New campaign").click()
    page.get_by_role("button", name="Re-check").click()
    page.get_by_label("Name", exact=True).fill("Spring re-check")
    page.get_by_label("Identifiers", exact=True).fill("\n".join(names))
    page.get_by_text("Policies").click()
    page.get_by_label("Votes at most", exact=True).fill("2")
    page.get_by_label("Guideline (Markdown)").fill("**Short** and *uniform*: an asteroid.")
    expect(page.get_by_role("region", name="Preview of the guideline").get_by_text("Short", exact=True)).to_be_visible()
    page.get_by_role("heading", level=1).scroll_into_view_if_needed()
    picture(page, "new-campaign")
    assert serious(page) == []
    page.get_by_role("button", name="Set up the campaign").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Spring re-check")


def invite(page: Page) -> str:
    page.get_by_label("Role", exact=True).select_option(label="vetter: labels")
    page.get_by_role("button", name="Make a link").click()
    link = page.get_by_label("copy it now, it is not shown again").input_value()
    page.get_by_role("button", name="Copy the link").scroll_into_view_if_needed()
    assert serious(page) == []
    picture(page, "invite")
    return link


def label(page: Page, by: dict[str, str]) -> None:
    """Press the key that a vetter has in mind for each candidate, in whatever order they come."""
    for _ in by:
        drawn(page)
        name = page.locator("#facts").get_by_role("link").first.inner_text().split()[-1]
        page.keyboard.press(by[name])
    saved(page)
    expect(page.get_by_role("heading", name="Nothing left for you")).to_be_visible()


def test_a_new_manager_sets_up_invites_labels_adjudicates_and_exports(new_page, site):
    factories.make_user("mira")
    factories.make_user("jan")
    names = [row.source_id for row in make_night(4)]
    mira, jan = new_page(), new_page()

    # 1. Set up, 2. invite, 3. start
    log_in(mira, "mira")
    set_up(mira, names)
    link = invite(mira)
    mira.get_by_role("button", name="Start").click()
    expect(mira.get_by_text("Spring re-check is started.")).to_be_visible()
    picture(mira, "campaign")

    # 4. The second vetter follows the link and labels
    log_in(jan, "jan")
    jan.goto(link)
    jan.get_by_role("button", name="Join the campaign").click()
    jan.get_by_role("navigation", name="Of this campaign").get_by_role("link", name="Scan").click()
    drawn(jan)
    jan.get_by_role("button", name="Guideline").click()
    expect(jan.get_by_role("dialog", name="Guideline").get_by_text("Short", exact=True)).to_be_visible()
    jan.get_by_role("button", name="Close").click()
    picture(jan, "scan")
    label(jan, dict(zip(names, JAN, strict=True)))

    # 5. So does the manager
    mira.get_by_role("navigation", name="Of this campaign").get_by_role("link", name="Scan").click()
    label(mira, dict(zip(names, MIRA, strict=True)))

    # 6. What they do not agree on is decided by one key, taken back, and decided again
    mira.get_by_role("link", name="Campaigns", exact=True).click()
    mira.get_by_role("link", name="Spring re-check").click()
    mira.get_by_role("navigation", name="Of this campaign").get_by_role("link", name="Adjudicate").click()
    expect(mira.get_by_role("listitem").filter(has_text="long trail").filter(has_text="jan")).to_be_visible()
    drawn(mira)
    assert serious(mira) == []
    picture(mira, "adjudicate")
    mira.keyboard.press("2")
    expect(mira.get_by_role("heading", name="Nothing is contested")).to_be_visible()
    mira.wait_for_load_state()  # the decision led to a new page; its script listens to keys from then on
    mira.keyboard.press("u")
    drawn(mira)
    mira.keyboard.press("1")
    expect(mira.get_by_role("heading", name="Nothing is contested")).to_be_visible()

    # 7. Close and export
    mira.get_by_role("link", name="Spring re-check").click()
    mira.get_by_text("Close …").click()
    mira.get_by_role("button", name="Close the campaign").click()
    picture(mira, "closed")
    mira.get_by_role("navigation", name="Of this campaign").get_by_role("link", name="Export").click()
    with mira.expect_download() as download:
        mira.get_by_role("button", name="Download").click()
    found = decided(download.value.path())
    wanted = {name: {"1": "asteroid", "2": "long_trail"}[key] for name, key in zip(names, MIRA, strict=True)}
    assert found == wanted
    assert Candidate.objects.filter(source_id__in=names).count() == len(found)


def decided(path) -> dict[str, str]:
    """The classes of the export's table of candidates."""
    with zipfile.ZipFile(path) as archive:
        name = next(each for each in archive.namelist() if each.endswith("consensus.csv"))
        rows = csv.DictReader(io.StringIO(archive.read(name).decode()))
        return {row["source_id"].lstrip("'"): row["fine_class"] for row in rows}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_of_a_campaign_fit_a_phone_and_keep_nobody_out(new_page, site, scheme):
    manager = factories.make_user("mira")
    campaign = factories.make_campaign(manager, rule="majority", votes_needed=2)
    (row, *_) = factories.make_pool(campaign, 2)
    factories.make_cutout(row)
    for vetter, name in ((manager, "asteroid"), (factories.make_user("jan"), "ghost")):
        factories.make_label(row, vetter, name, campaign=campaign)
    page = new_page(viewport={"width": 390, "height": 800}, color_scheme=scheme)
    log_in(page, "mira")
    for part in ("", "new/", *(f"{campaign.pk}/{each}" for each in ("", "settings/", "guideline/", "adjudicate/"))):
        page.goto(f"/campaigns/{part}", wait_until="networkidle")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, part
        assert serious(page) == [], part
