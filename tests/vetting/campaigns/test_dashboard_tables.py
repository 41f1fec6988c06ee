import datetime as dt

import pytest

from scoring.families import Family
from vetting.campaigns.dashboards.forecast import forecast
from vetting.campaigns.dashboards.record import Record, Vote
from vetting.campaigns.dashboards.tables import TABLES, classes, confusion, days, measures, missed, pairs, vetters
from vetting.campaigns.skill import Coin, Skill

NOON = dt.datetime(2018, 7, 1, 12, tzinfo=dt.UTC)
NOW = NOON + dt.timedelta(days=3)
NAMES = {1: "vera", 2: "jan", 3: "ann", 4: "ben", 5: "cat"}


def vote(candidate, vetter, fine_class, *, hours=0.0, seconds=2.0):
    at = NOON + dt.timedelta(hours=hours)
    return Vote(candidate, NOON.date(), vetter, NAMES[vetter], fine_class, seconds, at)


def record(*votes, **over):
    return Record(total=10, votes=list(votes), **over)


def as_dicts(table):
    return [dict(zip(table.columns, row, strict=True)) for row in table.rows]


def test_days_are_counted_with_the_quiet_ones_between():
    rows = as_dicts(days(record(vote(1, 1, "ghost"), vote(2, 1, "ghost", hours=48), vote(2, 2, "ghost", hours=48))))
    assert [(row["labels"], row["vetters"], row["labels_total"]) for row in rows] == [(1, 1, 1), (0, 0, 1), (2, 2, 3)]


def test_agreement_is_of_candidates_with_two_votes():
    two = [vote(1, 1, "ghost"), vote(1, 2, "ghost"), vote(2, 1, "ghost"), vote(2, 2, "blank")]
    raw = as_dicts(measures(record(*two, vote(3, 1, "ghost"))))[0]
    assert (raw["measure"], raw["candidates"], raw["value"]) == ("raw agreement", 2, 0.5)


def test_the_interval_of_a_single_night_draws_candidates():
    two = [vote(1, 1, "ghost"), vote(1, 2, "ghost"), vote(2, 1, "ghost"), vote(2, 2, "blank")]
    alpha = as_dicts(measures(record(*two, vote(3, 1, "blank"), vote(3, 2, "blank"))))[1]
    assert (alpha["drawn"], alpha["low"] < alpha["high"]) == ("candidates", True)


def test_pairs_name_both_vetters():
    assert as_dicts(pairs(record(vote(1, 1, "ghost"), vote(1, 2, "ghost"))))[0]["other"] == "jan"


def test_confusion_is_the_share_of_what_the_other_vetter_said():
    table = confusion(record(vote(1, 1, "ghost"), vote(1, 2, "blank"), vote(2, 1, "ghost"), vote(2, 2, "ghost")))
    found = {(row["fine_class"], row["other"]): row["share"] for row in as_dicts(table)}
    assert found["ghost", "ghost"] == pytest.approx(2 / 3, abs=1e-4)
    assert (found["blank", "ghost"], found["asteroid", "ghost"]) == (1, None)


def test_classes_are_counted_by_votes_and_by_decided_candidates():
    table = classes(record(vote(1, 1, "ghost"), decided=["ghost", "blank"]))
    rows = {row["fine_class"]: row for row in as_dicts(table)}
    assert (rows["ghost"]["votes_share"], rows["ghost"]["candidates_share"]) == (1, 0.5)


def test_missed_asteroids_are_told_by_night():
    told = as_dicts(missed(record(vote(1, 1, "ghost"), vote(2, 1, "asteroid"), gold={1: "asteroid", 2: "asteroid"})))
    assert [(row["night"], row["missed"], row["votes"], row["rate"]) for row in told] == [(NOON.date(), 1, 2, 0.5)]


def test_agreement_with_others_is_a_mean_over_candidates():
    one = [vote(1, 1, "ghost"), *(vote(1, other, "ghost") for other in (2, 3, 4, 5))]
    vera = as_dicts(vetters(record(*one, vote(2, 1, "ghost"), vote(2, 2, "blank"), vote(3, 1, "blank"))))[0]
    assert (vera["agreeing"], vera["compared"], vera["agreement"]) == (1, 2, 0.5)


def test_others_who_say_the_same_in_part_count_in_part():
    given = [vote(1, 1, "ghost"), vote(1, 2, "ghost"), vote(1, 3, "blank"), vote(1, 4, "blank"), vote(1, 5, "blank")]
    assert as_dicts(vetters(record(*given)))[0]["agreement"] == 0.25


def test_more_others_make_the_interval_no_narrower():
    pairs_of = [vote(item, who, "ghost") for item in range(4) for who in (1, 2)]
    fives = [vote(item, who, "ghost") for item in range(4) for who in NAMES]
    few, many = (as_dicts(vetters(record(*given)))[0]["agreement_low"] for given in (pairs_of, fives))
    assert few == many


def test_a_vetter_is_told_with_gold_agreement_and_fitted_skill():
    skill = Skill(dict.fromkeys(Family, 0.5), {1: dict.fromkeys(Family, Coin(0.9, 0.8))})
    given = [vote(1, 1, "asteroid"), vote(1, 2, "asteroid"), vote(2, 1, "unsure")]
    vera, jan = as_dicts(vetters(record(*given, gold={1: "asteroid"}, skill=skill)))
    assert (vera["labels"], vera["unsure"], vera["agreement"], vera["sensitivity"]) == (2, 1, 1, 1)
    assert (vera["fitted_rb_sensitivity"], jan["fitted_rb_sensitivity"]) == (0.9, None)


@pytest.mark.parametrize("name", TABLES)
def test_a_campaign_without_votes_has_its_tables(name):
    table = TABLES[name](record())
    assert all(len(row) == len(table.columns) for row in table.rows)


def done(number, *, days_ago):
    now = NOW
    return sorted(now - dt.timedelta(days=days_ago * (number - at) / number) for at in range(number))


def test_the_forecast_carries_the_pace_on():
    found = forecast(done(100, days_ago=10), 150, NOW)
    assert (found.left, found.per_day) == (50, pytest.approx(10))
    assert (found.end - NOW) / dt.timedelta(days=1) == pytest.approx(5)
    assert found.soonest < found.end < found.latest


def test_the_forecast_forgets_the_pace_of_long_ago():
    found = forecast(done(1000, days_ago=2000), 1100, NOW)
    assert found.per_day == pytest.approx(0.5, rel=0.2)


@pytest.mark.parametrize(("number", "total"), [(0, 10), (10, 10), (12, 10)])
def test_no_end_is_told_before_the_first_and_after_the_last(number, total):
    assert forecast(done(number, days_ago=3), total, NOW).end is None


def test_a_handful_of_candidates_does_not_tell_the_latest_end():
    assert forecast(done(3, days_ago=3), 1000, NOW).latest is None
