"""What is urgent: moved to the front on the campaign's page, and refused where a night is handed out."""

import pytest
from django.test import Client

from tests import factories
from vetting.campaigns.services import assignments_lease, campaign_change, pool_prioritise
from vetting.common import ApplicationError

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(client):
    client.user = factories.make_user("mira", is_staff=True, is_superuser=True)
    client.force_login(client.user)
    return client


def moved(manager: Client, campaign, names, **over):
    page = manager.post(f"/campaigns/{campaign.pk}/front/", {"names": names, **over}, follow=True)
    return page.content.decode()


def test_what_was_pasted_is_handed_out_first_and_moved_back(manager):
    vera = factories.make_user("vera")
    campaign = factories.make_campaign(manager.user, vera, order="urgency")
    *_, last = factories.make_pool(campaign, 8)
    page = moved(manager, campaign, last.source_id)
    assert "1 moved to the front" in page
    assert "1 in front" in page
    assert [lease.candidate for lease in assignments_lease(campaign, vera, count=1)] == [last]
    assert "Nothing is in front" in moved(manager, campaign, last.source_id, back="1")


@pytest.mark.parametrize("names", ["17", ""])
def test_what_is_not_in_the_pool_moves_nothing(manager, names):
    campaign = factories.make_campaign(manager.user)
    (row,) = factories.make_pool(campaign, 1)
    page = moved(manager, campaign, f"{row.source_id} {names}" if names else "")
    assert ("expected scored candidates of the pool" if names else "This field is required.") in page
    assert f">\n{row.source_id} 17</textarea>" in page or not names  # nobody pastes it again
    assert not campaign.pool_items.filter(priority__gt=0).exists()


def test_the_nightly_campaign_takes_neither_a_front_nor_a_share_of_gold(manager):
    nightly, row = factories.make_default_campaign(), factories.make_candidate()
    with pytest.raises(ApplicationError, match="nothing is moved to its front"):
        pool_prioritise(nightly, [row.pk], priority=1)
    with pytest.raises(ApplicationError, match=r"expected a share of gold of 0, got 0\.05"):
        campaign_change(nightly, by=manager.user, gold_share=0.05)
    assert "Move to the front" not in manager.get(f"/campaigns/{nightly.pk}/").content.decode()
