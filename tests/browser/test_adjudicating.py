"""Adjudication in a real browser: the page names the keys that it obeys."""

import pytest
from playwright.sync_api import expect

from tests import factories
from tests.browser.conftest import log_in
from tests.browser.test_scan import drawn
from vetting.campaigns.models import Adjudication
from vetting.candidates.models import Preference

pytestmark = pytest.mark.browser


def test_adjudication_names_and_obeys_own_keys(page, site):
    mira = factories.make_user("mira")
    campaign = factories.make_campaign(mira, rule="majority", votes_needed=2)
    (row,) = factories.make_pool(campaign, 1)
    factories.make_cutout(row)
    for vetter, name in ((mira, "asteroid"), (factories.make_user("jan"), "ghost")):
        factories.make_label(row, vetter, name, campaign=campaign)
    Preference.objects.create(user=mira, name="keys", value={"class.asteroid": ["x"], "undo": ["y"]})
    log_in(page, "mira")
    page.goto(f"/campaigns/{campaign.pk}/adjudicate/")
    asteroid = page.locator("[data-action='class.asteroid']")
    expect(asteroid.locator("kbd:visible")).to_have_text(["x"])
    drawn(page)
    page.keyboard.press("x")
    expect(page.locator("[data-action=undo] kbd")).to_have_text("y")
    assert Adjudication.objects.get().fine_class == "asteroid"
