import base64
import gzip
import json
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from astropy.coordinates import SkyCoord
from bokeh.models import TapTool

from vetting.candidates import plots
from vetting.candidates.models import State
from vetting.candidates.selectors import NIGHT_COLUMNS

LINKS = plots.Links("/candidates/@pk/", "/candidates/@pk/thumb.png")
EMPTY = {name: [] for name in NIGHT_COLUMNS}
EXPOSED = datetime(2018, 7, 1, 6, tzinfo=UTC)  # MJD 58300.25


def night(size=4, **over):
    """Make columns of a night: the first half rejected, the rest queued."""
    share = np.linspace(0, 1, size)
    columns = {
        "pk": list(range(1, size + 1)),
        "seen_state": [State.REJECTED.value] * (size // 2) + [State.QUEUED.value] * (size - size // 2),
        "mjd_mid": [58300.25] * size,
        "ra": list(150 + 10 * share),
        "dec": list(20 + 5 * share),
        "ccd": [1 + at % 16 for at in range(size)],
        "quadrant": [1 + at % 4 for at in range(size)],
        "length": list(10 + 40 * share),
        "position_angle": list(179 * share),
        "ingested_at": [EXPOSED + timedelta(hours=1)] * size,
        "scored_at": [EXPOSED + timedelta(hours=1, seconds=10)] * size,
    } | {name: list(share) for name in plots.SCORES}
    return columns | over


def sources(plot, name):
    return [r.data_source.data for r in plot.renderers if r.name == name]


def test_the_sky_map_holds_every_candidate_once_what_people_judge_on_top():
    others, judged = sources(plots.sky_map(night(), LINKS), "by_state")
    assert (list(others["pk"]), list(judged["pk"])) == ([1, 2], [3, 4])


def test_distances_on_the_sky_map_are_those_on_the_sky():
    columns = night(size=2, ra=[359.9, 0.1], dec=[60.0, 60.1])
    (x0, y0), (x1, y1) = ((source["x"][0], source["y"][0]) for source in sources(plots.sky_map(columns, LINKS), "by_p"))
    first, second = SkyCoord(columns["ra"], columns["dec"], unit="deg")
    assert np.degrees(np.hypot(x1 - x0, y1 - y0)) == pytest.approx(first.separation(second).deg, rel=1e-3)


def test_the_sky_map_shows_states_first_and_keeps_scores_hidden():
    shown = {r.name: r.visible for r in plots.sky_map(night(), LINKS).renderers if r.name}
    assert shown == {"by_state": True, "by_p": False}


def test_a_point_has_the_colour_of_its_state():
    (source, _) = sources(plots.sky_map(night(), LINKS), "by_state")
    assert f"{source['colour'][0]:08x}" == plots.STATE_COLOURS[State.REJECTED][1:] + "ff"


def test_a_point_without_score_says_so():
    (source, _) = sources(plots.sky_map(night(p_asteroid=[None, 0.126, 0.5, 1.0]), LINKS), "by_state")
    assert source["said"] == ["not scored", "0.13"]


def test_a_tap_opens_the_candidate():
    (tap,) = plots.sky_map(night(), LINKS).select(type=TapTool)
    assert tap.callback.url == LINKS.page


def test_a_histogram_counts_every_score_and_over_it_those_that_people_judge():
    plot = plots.score_histogram("rb")(night(size=100), LINKS)
    assert [sum(sources(plot, name)[0]["count"]) for name in ("all", "to people")] == [100, 50]


def test_a_score_of_one_is_in_the_last_bar():
    (source,) = sources(plots.score_histogram("kd")(night(kd=[1.0, 1.0, None, 0.0]), LINKS), "all")
    assert list(source["count"]) == [1, 2]
    assert source["right"][-1] == 1


def test_unscorable_candidates_are_not_counted_as_zero():
    plot = plots.score_histogram("sl")(night(sl=[None, None, 0.5, float("nan")]), LINKS)
    assert sum(sources(plot, "all")[0]["count"]) == 1


def test_lengths_are_counted_whatever_their_state():
    plot = plots.length_angle(night(size=60, length=[600.0, 0.0, None] + [20.0] * 57), LINKS)
    assert sum(sources(plot, "bins")[0]["count"]) == 58
    assert len(sources(plot, "points")[0]["pk"]) == 30


@pytest.mark.parametrize(
    ("ccd", "quadrant", "place"),
    [(1, 3, (1, 0)), (1, 4, (0, 0)), (4, 3, (7, 0)), (13, 1, (0, 7)), (16, 2, (7, 7)), (16, 3, (7, 6)), (6, 1, (2, 3))],
)
def test_quadrants_lie_as_on_the_sky_north_up_east_left(ccd, quadrant, place):
    column, row = plots.quadrant_place(np.array([ccd]), np.array([quadrant]))
    assert (column[0], row[0]) == place


def test_every_quadrant_has_a_place_of_its_own():
    chips, parts = np.repeat(np.arange(1, 17), 4), np.tile(np.arange(1, 5), 16)
    assert len(set(zip(*plots.quadrant_place(chips, parts), strict=True))) == 64


def test_quadrants_count_their_candidates():
    plot = plots.quadrants(night(ccd=[5, 5, 5, None], quadrant=[2, 2, 3, 1]), LINKS)
    (cells,) = sources(plot, "cells")
    counts = {
        cell[:2]: cell[2:] for cell in zip(*(cells[name] for name in ("ccd", "q", "count", "judged")), strict=True)
    }
    assert counts[5, 2] == (2, 0)
    assert counts[5, 3] == (1, 1)
    assert sum(cells["count"]) == 3


@pytest.mark.parametrize(
    ("name", "seconds"), [("exposure → ingest", 3600), ("exposure → score", 3610), ("ingest → score", 10)]
)
def test_latency_is_counted_from_mid_exposure(name, seconds):
    (source,) = sources(plots.latency(night(), LINKS), name)
    assert source["time"] == pytest.approx(seconds, abs=0.01)


def test_latency_leaves_out_what_is_not_scored_yet():
    plot = plots.latency(night(scored_at=[None] * 4), LINKS)
    assert not sources(plot, "exposure → score")
    assert sources(plot, "exposure → ingest")


def test_an_empty_night_gives_messages_in_the_place_of_plots():
    items = plots.night_items(EMPTY, LINKS)
    assert all(set(item) == {"message"} for item in items.values())


def test_a_night_without_scores_says_so():
    unscored = night(scored_at=[None] * 4, **{name: [None] * 4 for name in plots.SCORES})
    items = plots.night_items(unscored, LINKS)
    assert [items[name] for name in plots.SCORES] == [{"message": "No scores yet."}] * 4
    assert "item" in items["sky"]


@pytest.mark.parametrize("column", ["length", "position_angle", "ccd", "quadrant", "p_asteroid"])
def test_a_column_that_is_known_nowhere_breaks_no_plot(column):
    plots.night_items(night(**{column: [None] * 4}), LINKS)


def test_plots_give_no_colour_to_text_so_that_the_page_can():
    text = json.dumps(plots.night_items(night(), LINKS))
    for given in ("axis_label_text_color", "major_label_text_color", "background_fill_color", '"text_color"'):
        assert given not in text


def test_data_reach_the_page_as_they_were():
    items = plots.night_items(night(size=500), LINKS)
    assert sorted(np.concatenate(arrays(items["sky"], "pk"))) == list(range(1, 501))
    assert np.concatenate(arrays(items["sky"], "ra")) == pytest.approx(np.linspace(150, 160, 500), abs=1e-4)


def arrays(item, name):
    """Decode the arrays of a column from the JSON, as the browser does."""
    found = []

    def walk(node):
        if isinstance(node, dict):
            if node.get("type") == "map":
                for key, value in node["entries"]:
                    if key == name and value.get("type") == "ndarray":
                        content = gzip.decompress(base64.b64decode(value["array"]["data"]))
                        found.append(np.frombuffer(content, value["dtype"]))
            node = list(node.values())
        if isinstance(node, list):
            for part in node:
                walk(part)

    walk(item)
    return found


def test_a_whole_night_stays_small():
    random, size = np.random.default_rng(1), 23_000
    columns = night(size=size, ra=list(random.uniform(100, 300, size)), dec=list(random.uniform(-30, 80, size)))
    assert len(gzip.compress(json.dumps(plots.night_items(columns, LINKS)).encode())) < 1_200_000  # as it is sent
