import json

import pytest

from tests.vetting.campaigns.test_dashboard_tables import NOW, record, vote
from vetting.campaigns.dashboards import plots
from vetting.campaigns.dashboards.forecast import Forecast, forecast
from vetting.campaigns.dashboards.own import own_tables
from vetting.campaigns.dashboards.tables import TABLES

SOME = record(
    vote(1, 1, "asteroid"),
    vote(1, 2, "asteroid"),
    vote(2, 1, "ghost", hours=30),
    vote(2, 2, "blank", hours=31),
    retired=[NOW.replace(day=1, hour=13), NOW.replace(day=2, hour=20)],
    gold={1: "asteroid"},
)


def tables(given):
    return {name: make(given) for name, make in TABLES.items()}


def drawn(given, *, ahead=None):
    return plots.items(tables(given), ahead or forecast(given.retired, given.total, NOW), given.total)


def source(plot, name):
    return next(r.data_source.data for r in plot.renderers if r.name == name)


def test_every_plot_is_drawn_where_there_are_votes():
    found = drawn(SOME)
    assert set(found) == {"progress", "pace", "classes", "confusion", "pairs", "gold", "missed"}
    assert all("item" in each for each in found.values())


def test_the_plots_are_strict_json():
    json.dumps(drawn(SOME), allow_nan=False)


def test_without_votes_every_plot_says_what_is_missing():
    assert all(each["message"].endswith(".") for each in drawn(record()).values())


def test_what_a_role_may_not_see_is_not_drawn():
    given = {name: table for name, table in tables(SOME).items() if name in {"days", "classes"}}
    assert set(plots.items(given, Forecast(0, 0.0), 10)) == {"progress", "pace", "classes"}


def test_progress_ends_at_all_labels():
    assert source(plots.progress(TABLES["days"](SOME), Forecast(8, 0.0), 10), "labels")["labels"][-1] == 4


def test_the_forecast_reaches_the_number_asked_for():
    ahead = forecast(SOME.retired, SOME.total, NOW)
    line = source(plots.progress(TABLES["days"](SOME), ahead, SOME.total), "forecast")
    assert (line["x"][-1], line["y"][-1]) == (ahead.end, 10)


def test_no_forecast_is_drawn_where_none_is_told():
    plot = plots.progress(TABLES["days"](SOME), Forecast(8, 0.0), 10)
    assert "forecast" not in {r.name for r in plot.renderers}


def test_pairs_are_drawn_both_ways():
    cells = source(plots.pairs(TABLES["pairs"](SOME)), "boxes")
    assert {(x, y) for x, y in zip(cells["x"], cells["y"], strict=True)} == {("vera", "jan"), ("jan", "vera")}


def test_shares_of_confusion_are_written_in_their_cells():
    cells = source(plots.confusion(TABLES["confusion"](SOME)), "boxes")
    told = dict(zip(zip(cells["y"], cells["x"], strict=True), cells["text"], strict=True))
    assert (told["asteroid", "asteroid"], told["ghost", "blank"], told["ghost", "ghost"]) == ("100", "100", "")


@pytest.mark.parametrize("given", [SOME, record()])
def test_a_vetters_own_plots_are_strict_json(given):
    found = plots.own_items(own_tables(given, 1))
    json.dumps(found, allow_nan=False)
    assert set(found) == {"pace", "classes", "confusion"}


def test_own_tables_hold_own_votes_alone():
    found = own_tables(SOME, 1)
    assert set(found["votes"].column("vetter")) == {"vera"}
    assert sum(found["classes"].column("votes")) == 2


def test_what_others_said_is_set_against_the_own_class():
    table = own_tables(SOME, 1)["confusion"]
    told = {(row[0], row[1]): row[2] for row in table.rows}
    assert (told["ghost", "blank"], told["asteroid", "asteroid"], told["blank", "ghost"]) == (1, 1, None)
