"""A long queue's order is kept for seconds; what is lent from it is looked at again."""

from random import Random

import pytest
from django.core.cache import cache

from tests.factories import make_campaign, make_cast, make_label, make_pool
from vetting.campaigns.selectors import pool
from vetting.campaigns.services import assignments_lease


@pytest.fixture
def cast(db):
    return make_cast()


@pytest.fixture
def campaign(cast, monkeypatch):
    monkeypatch.setattr(pool, "LONG", 3)
    monkeypatch.setattr(pool, "KEPT_SECONDS", 600)
    cache.clear()
    yield make_campaign(cast.manager, cast.vetter, cast.second_vetter, order="urgency", votes_needed=1)
    cache.clear()


def lent(campaign, vetter, count):
    return [row.candidate for row in assignments_lease(campaign, vetter, count=count, random=Random(1))]


def test_a_kept_order_is_lent_from_its_front_and_never_the_same_to_two(campaign, cast):
    rows = make_pool(campaign, 7)
    assert lent(campaign, cast.vetter, 2) == rows[:2]
    assert lent(campaign, cast.second_vetter, 2) == rows[2:4]


def test_the_second_vetter_needs_no_sorting(campaign, cast, django_assert_max_num_queries):
    make_pool(campaign, 7)
    lent(campaign, cast.vetter, 2)
    with django_assert_max_num_queries(9) as asked:
        lent(campaign, cast.second_vetter, 2)
    assert not [query for query in asked.captured_queries if "p_asteroid" in query["sql"]]


def test_what_was_retired_since_is_not_lent(campaign, cast):
    rows = make_pool(campaign, 7)
    lent(campaign, cast.vetter, 2)
    for row in rows[:2]:
        make_label(row, cast.vetter, campaign=campaign)
    assert lent(campaign, cast.second_vetter, 2) == rows[2:4]


def test_what_came_since_is_lent_once_the_kept_order_is_used_up(campaign, cast):
    rows = make_pool(campaign, 4)
    lent(campaign, cast.vetter, 1)
    new = make_pool(campaign, 2)
    assert set(lent(campaign, cast.second_vetter, 5)) == {*rows[1:], *new}
