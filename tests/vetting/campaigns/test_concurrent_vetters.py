"""Eight vetters at once, each in a thread and a connection of its own.

``CONCURRENT_STEPS`` sets how much; tests/benchmarks/stateful.py runs 10,000 steps.
"""

import os
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext, suppress
from random import Random

import pytest
from django.core.cache import cache
from django.db import connection

from tests.factories import make_campaign, make_candidate, make_user
from tests.vetting.campaigns.counting import note
from tests.vetting.campaigns.oracle import Item, Rules
from vetting.campaigns import services
from vetting.campaigns.models import Adjudication, CampaignEvent, Consensus, Label
from vetting.campaigns.selectors import labels_standing, pool
from vetting.campaigns.selectors.adjudication import adjudications_standing
from vetting.common import ApplicationError, ConflictError

STEPS = int(os.environ.get("CONCURRENT_STEPS", "160"))
VETTERS = 8
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(3600)]


def campaign_of(count, **policy):
    vetters = [make_user(f"vera{place}") for place in range(VETTERS)]
    manager = make_user("mira")
    campaign = make_campaign(manager, *vetters, order="random", **policy)
    rows = [make_candidate() for _ in range(count)]
    services.pool_add(campaign, [row.source_id for row in rows])
    return campaign, rows, vetters, manager


def together(work, people):
    def closing(place, person):
        try:
            return work(place, person)
        finally:
            connection.close()

    with ThreadPoolExecutor(VETTERS) as threads:
        return sum(threads.map(closing, range(len(people)), people))


def save(row, campaign, vetter, says):
    sent = {"campaign": campaign, "vetter": vetter, "uuid": uuid.uuid4(), "fine_class": says}
    first = services.label_save(row, **sent)
    assert services.label_save(row, **sent) == first  # a retry
    return first


@pytest.fixture
def long(request, monkeypatch):
    """Set from how many candidates on the order of a queue is kept."""
    monkeypatch.setattr(pool, "LONG", request.param)
    cache.clear()
    yield
    cache.clear()


@pytest.mark.parametrize("long", [500, 1], indirect=True)
def test_eight_vetters_retire_every_candidate_once_and_none_is_asked_of_too_many(long):
    campaign, rows, vetters, _ = campaign_of(30, votes_needed=2)

    def work(place, vetter):
        saved = 0
        while lent := services.assignments_lease(campaign, vetter, random=Random(place)):
            for lease in lent:
                save(lease.candidate, campaign, vetter, "ghost")
                saved += 1
        return saved

    assert together(work, vetters) == Label.objects.count() == 2 * len(rows)
    assert not Label.objects.filter(is_late=True).exists()
    retired = Counter(CampaignEvent.objects.filter(kind="retired").values_list("candidate", flat=True))
    assert retired == {row.pk: 1 for row in rows}


@pytest.mark.parametrize("rules", [Rules("n_agreeing", 2, 4), Rules("two_coin", 1, 4, "adaptive")])
def test_eight_vetters_at_random_leave_what_the_oracle_says(rules):
    campaign, rows, vetters, manager = campaign_of(max(12, STEPS // 20), **rules.as_policy())

    def work(place, vetter):
        random = Random(place)
        done = 0
        while done < STEPS // VETTERS:
            done += 1
            step(random, campaign, rows, vetter, manager)
        return done

    note("concurrent_steps", together(work, vetters))
    held = {row["candidate_id"]: row for row in Consensus.objects.values()}
    for row in rows:
        item = replayed(row, rules)
        if item.votes or item.decisions:
            assert item.agrees(held[row.pk])
    votes = Counter(labels_standing(campaign).values_list("candidate", "vetter"))
    assert set(votes.values()) == {1}
    turns = dict.fromkeys((row.pk for row in rows), 0)
    for pk, kind in CampaignEvent.objects.exclude(candidate=None).order_by("pk").values_list("candidate", "kind"):
        turns[pk] += {"retired": 1, "returned": -1}.get(kind, 0)
        assert turns[pk] in {0, 1}  # retired once, or returned in between


def step(random, campaign, rows, vetter, manager):
    kind, row, new = random.random(), random.choice(rows), uuid.uuid4()
    says = random.choice(["asteroid", "ghost", "unsure"])
    if kind < 0.2:
        services.assignments_lease(campaign, vetter, count=2, random=random)
    elif kind < 0.7:
        save(row, campaign, vetter, says)
    elif kind < 0.95:
        with pytest.raises(ApplicationError) if not own(campaign, vetter) else nullcontext():
            services.label_undo(campaign=campaign, vetter=vetter, uuid=new)
    else:
        decide(row, campaign, manager, new)


def decide(row, campaign, manager, uuid):
    """Look, then decide; what somebody decided in between is not overridden."""
    seen = adjudications_standing(campaign).filter(candidate=row).first()
    with suppress(ConflictError):
        services.adjudication_decide(
            row, campaign=campaign, adjudicator=manager, uuid=uuid, fine_class="blank", replaces=seen and seen.uuid
        )


def own(campaign, vetter):
    return labels_standing(campaign).filter(vetter=vetter).exists()


def replayed(row, rules):
    item = Item(rules)
    for label in Label.objects.filter(candidate=row).order_by("pk"):
        if label.action == "undo":
            item.take_back(label.undoes_id)
        else:
            item.vote(label.pk, label.vetter_id, label.fine_class)
    for decided in Adjudication.objects.filter(candidate=row, action="decide").order_by("pk"):
        item.decide(decided.pk, decided.fine_class)
    return item
