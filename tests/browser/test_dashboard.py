"""Dashboards of a campaign in a real browser: plots in both themes, nothing that axe objects to."""

import uuid

import pytest
from playwright.sync_api import expect

from tests import factories
from tests.browser.conftest import log_in, serious
from tests.vetting.campaigns.simulated_votes import simulate
from vetting.campaigns.models import Campaign, Label, Membership, PoolItem, Role
from vetting.campaigns.skill import CLASSES

pytestmark = pytest.mark.browser
PLOTS = 7


@pytest.fixture
def campaign(vetter):
    """A campaign of 30 candidates with three votes each, six of them gold; vera is its manager."""
    made = Campaign.objects.create(name="spring", votes_needed=3, pool=Campaign.Pool.LIST)
    Membership.objects.create(campaign=made, user=vetter, role=Role.MANAGER)
    people = [vetter, *(factories.make_user(name) for name in ("jan", "olga", "ling", "tomás"))]
    votes = simulate(30, votes=3)
    candidates = [factories.make_candidate() for _ in votes.truth]
    PoolItem.objects.bulk_create(
        PoolItem(campaign=made, candidate=row, gold_class=name, gold_source="known")
        for row, name in zip(candidates[:6], ["asteroid", "ghost"] * 3, strict=True)
    )
    Label.objects.bulk_create(
        Label(
            uuid=uuid.uuid4(),
            campaign=made,
            candidate=candidates[item],
            vetter=people[who - 100],
            fine_class=CLASSES[code].value,
            seconds=2.0,
        )
        for item, who, code in zip(votes.items, votes.vetters, votes.classes, strict=True)
    )
    return made


def drawn(page, plots):
    expect(page.locator("[data-plot] .bk-Figure")).to_have_count(plots)
    expect(page.locator("[data-plot][aria-busy]")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_manager_sees_every_plot_and_axe_objects_to_nothing(new_page, campaign, scheme):
    page = new_page(color_scheme=scheme)
    log_in(page)
    page.goto(f"/campaigns/{campaign.pk}/dashboard/")
    drawn(page, PLOTS)
    assert serious(page) == []


def test_a_manager_goes_on_to_the_page_of_a_vetter(page, campaign):
    log_in(page)
    page.goto(f"/campaigns/{campaign.pk}/dashboard/")
    page.get_by_role("link", name="jan").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("jan")
    drawn(page, 3)
    assert serious(page) == []


def test_a_page_on_a_phone_is_as_wide_as_the_phone(new_page, campaign):
    page = new_page(viewport={"width": 390, "height": 800})
    log_in(page)
    page.goto(f"/campaigns/{campaign.pk}/dashboard/")
    drawn(page, PLOTS)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
