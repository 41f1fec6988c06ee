"""Webhooks on a page of the campaign's manager."""

import pytest

from tests import factories
from vetting.campaigns.models import Delivery, Webhook
from vetting.campaigns.services.webhooks import webhook_create

pytestmark = pytest.mark.django_db
ADDRESS = "https://93.184.216.34/hook"


@pytest.fixture
def manager(client):
    client.user = factories.make_user("mira")
    client.force_login(client.user)
    return client


@pytest.fixture
def campaign(manager):
    return factories.make_campaign(manager.user)


@pytest.fixture
def hook(manager, campaign):
    return webhook_create(campaign, by=manager.user, address=ADDRESS, events=["label.created"])


def test_a_webhook_is_added_and_its_secret_shown_once(manager, campaign):
    page = f"/campaigns/{campaign.pk}/webhooks/"
    first = manager.post(page, {"address": ADDRESS, "events": ["label.created"]}, follow=True).content.decode()
    made = Webhook.objects.get(campaign=campaign)
    assert (made.address, made.events, made.secret in first) == (ADDRESS, ["label.created"], True)
    assert made.secret not in manager.get(page).content.decode()


@pytest.mark.parametrize(("address", "says"), [("http://example.org/", "expected https://"), ("", "This field is")])
def test_an_address_that_cannot_be_told_is_refused(manager, campaign, address, says):
    page = manager.post(f"/campaigns/{campaign.pk}/webhooks/", {"address": address, "events": ["label.created"]})
    assert says in page.content.decode()
    assert not Webhook.objects.exists()


def test_a_webhook_is_removed_with_its_log(manager, campaign, hook):
    page = manager.post(f"/campaigns/{campaign.pk}/webhooks/{hook.pk}/switch/", {"remove": "1"}, follow=True)
    assert f"{hook.address} is removed" in page.content.decode()
    assert not Webhook.objects.exists()


def test_a_webhook_is_switched_off_and_on(manager, campaign, hook):
    for name, is_active in (("off", False), ("on", True)):
        manager.post(f"/campaigns/{campaign.pk}/webhooks/{hook.pk}/switch/", {name: "1"})
        hook.refresh_from_db()
        assert hook.is_active is is_active


def test_the_log_is_shown_and_an_event_sent_again(manager, campaign, hook):
    sent = Delivery.objects.create(webhook=hook, event="label.created", content={}, state="failed", said="no route")
    assert "no route" in manager.get(f"/campaigns/{campaign.pk}/webhooks/").content.decode()
    page = manager.post(f"/campaigns/{campaign.pk}/deliveries/{sent.pk}/resend/", follow=True).content.decode()
    assert "label.created is sent again" in page
    assert hook.deliveries.get(state="waiting").event_id == sent.event_id
