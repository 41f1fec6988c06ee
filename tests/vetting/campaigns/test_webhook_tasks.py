import time

import pytest

from tests.factories import make_campaign, make_candidate, make_cast, make_label
from tests.vetting.campaigns.receiver import receiving
from vetting.campaigns import sending, tasks
from vetting.campaigns.models import Campaign, Delivery, Webhook
from vetting.campaigns.services.webhooks import webhook_create

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 60  # s for a thread on a loaded machine


@pytest.fixture
def slow(settings):
    """Give a receiver that takes events, but says so only when it is let go."""
    with receiving() as made:
        settings.WEBHOOK_ALLOW = [made.host]
        made.answers += [1]
        yield made


@pytest.fixture
def hook(slow):
    cast = make_cast()
    campaign = make_campaign(cast.manager, cast.vetter, pool=Campaign.Pool.QUEUE, votes_needed=1)
    hook = webhook_create(campaign, by=cast.manager, address=slow.address, events=[Webhook.Event.LABEL_CREATED])
    make_label(make_candidate(), cast.vetter, campaign=campaign)
    return hook


def ended():
    """Wait until no thread sends, then give what became of the events."""
    end = time.monotonic() + PATIENCE
    while tasks.SENDING._value < tasks.SENDING._initial_value:
        assert time.monotonic() < end, "the thread still sends"
        time.sleep(0.01)
    return list(Delivery.objects.values_list("state", flat=True))


def test_the_worker_goes_on_while_a_receiver_takes_its_time(slow, hook, monkeypatch):
    monkeypatch.setattr(sending, "DEADLINE", PATIENCE)
    tasks.send(hook.pk)  # waiting for the answer here would wait for ever: it comes after this line
    slow.let_go.set()
    assert ended() == ["delivered"]


def test_where_as_many_are_sent_to_as_may_be_the_sweep_comes_back(slow, hook, monkeypatch):
    held = [tasks.SENDING.acquire() for _ in range(8)]
    tasks.send(hook.pk)
    for _ in held:
        tasks.SENDING.release()
    assert (ended(), slow.got) == (["waiting"], [])
    slow.let_go.set()
    tasks.send(hook.pk)
    assert ended() == ["delivered"]
