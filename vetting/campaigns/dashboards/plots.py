"""The plots of a campaign: tables in, Bokeh's JSON out. Colours of text, axes and ground are left to the page."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import numpy as np
from bokeh.embed import json_item
from bokeh.models import ColumnDataSource, HoverTool, LinearColorMapper, NumeralTickFormatter, Text

from vetting.campaigns.dashboards.forecast import Forecast
from vetting.campaigns.dashboards.tables import Table
from vetting.campaigns.keys import NAMES
from vetting.candidates.plots import COUNT_COLOURS, bare_figure

LABELS, RETIRED, AHEAD = "#3b82d6", "#1f9e89", "#e07b1a"
MOST_VETTERS = 20  # in the plots of single vetters; the table has all
A_DAY = dt.timedelta(days=1)


def items(tables: Mapping[str, Table], ahead: Forecast, total: int) -> dict[str, dict[str, Any]]:
    """Return every plot whose table is given, by name: Bokeh's JSON, or the message that stands in its place."""
    drawn: dict[str, Any] = {}
    if "days" in tables:
        drawn |= {"progress": progress(tables["days"], ahead, total), "pace": pace(tables["days"])}
    if "classes" in tables:
        drawn["classes"] = classes(tables["classes"])
    if "confusion" in tables:
        drawn["confusion"] = confusion(tables["confusion"])
    if "pairs" in tables:
        drawn["pairs"] = pairs(tables["pairs"])
    if "vetters" in tables:
        drawn["gold"] = gold(tables["vetters"])
    if "missed" in tables:
        drawn["missed"] = missed(tables["missed"])
    return _embedded(drawn)


def own_items(tables: Mapping[str, Table]) -> dict[str, dict[str, Any]]:
    """Return the plots of one vetter's page."""
    drawn = {
        "pace": pace(tables["days"]),
        "classes": classes(tables["classes"], second="votes_of_all"),
        "confusion": confusion(tables["confusion"], "this vetter said", "the others said"),
    }
    return _embedded(drawn)


def _embedded(drawn: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        name: {"message": plot} if isinstance(plot, str) else {"item": json_item(plot)} for name, plot in drawn.items()
    }


def progress(days: Table, ahead: Forecast, total: int) -> Any:
    """Draw labels and retired candidates as they added up, the number asked for, and the forecast of the end."""
    if not days.rows:
        return "No labels yet: the curve starts with the first."
    plot = bare_figure(x_axis_type="datetime", y_axis_label="labels, candidates", x_axis_label="UTC")
    ends = [_noon(day) + A_DAY / 2 for day in days.column("day")]
    start = ends[0] - A_DAY
    source = ColumnDataSource({
        "at": [start, *ends],
        "day": [None, *map(str, days.column("day"))],
        "labels": [0, *days.column("labels_total")],
        "retired": [0, *days.column("retired_total")],
    })  # fmt: skip
    for name, colour in (("labels", LABELS), ("retired", RETIRED)):
        plot.line("at", name, source=source, color=colour, line_width=2.5, name=name)
        points = plot.scatter("at", name, source=source, color=colour, size=5)
        plot.add_tools(HoverTool(renderers=[points], tooltips=f"@day: @{name} {name}", visible=False))
    finish = ahead.end or ends[-1]
    plot.line([start, finish], [total, total], color=RETIRED, line_dash="dotted", line_width=1.5, name="asked for")
    if ahead.end:
        done = days.rows[-1][-1]
        plot.line([ends[-1], ahead.end], [done, total], color=AHEAD, line_dash="dashed", line_width=2, name="forecast")
        if ahead.soonest and ahead.latest:
            plot.line(
                [ahead.soonest, ahead.latest], [total, total], color=AHEAD, line_width=6, alpha=0.5, name="interval"
            )
    plot.yaxis.formatter = NumeralTickFormatter(format="0,0")
    plot.y_range.start = 0
    return plot


def _noon(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(12), dt.UTC)


def pace(days: Table) -> Any:
    """Draw the labels of each day."""
    if not days.rows:
        return "No labels yet."
    plot = bare_figure(x_axis_type="datetime", y_axis_label="labels a day", x_axis_label="UTC", tools="save")
    source = ColumnDataSource({
        "at": [_noon(day) for day in days.column("day")],
        "day": [str(day) for day in days.column("day")],
        "labels": days.column("labels"),
        "vetters": days.column("vetters"),
        "said": ["–" if each is None else f"{each:.1f} s" for each in days.column("median_seconds")],
    })  # fmt: skip
    bars = plot.vbar("at", A_DAY * 0.8, "labels", source=source, color=LABELS, line_width=0, name="labels")
    says = "@day: @labels labels of @vetters vetters, median @said"
    plot.add_tools(HoverTool(renderers=[bars], tooltips=says, visible=False))
    plot.y_range.start = 0
    return plot


def classes(table: Table, *, second: str = "candidates") -> Any:
    """Draw the share of each class among the votes, and among decided candidates or everyone's votes."""
    if not any(table.column("votes")):
        return "No labels yet."
    names = [NAMES[name] for name in table.column("fine_class")][::-1]
    plot = bare_figure(y_range=names, x_axis_label="share", height=380, tools="save")
    for column, count, colour, offset in (
        ("votes_share", "votes", LABELS, 0.18),
        (f"{second}_share", second, RETIRED, -0.18),
    ):
        shares = [share or 0.0 for share in table.column(column)][::-1]
        held = {"y": [(name, offset) for name in names], "name": names, "share": shares}
        source = ColumnDataSource(held | {"count": table.column(count)[::-1]})
        bars = plot.hbar("y", 0.32, "share", source=source, color=colour, line_width=0, name=count)
        says = f"@name: @count {count.replace('_', ' ')}, @share{{0.0%}}"
        plot.add_tools(HoverTool(renderers=[bars], tooltips=says, visible=False))
    plot.xaxis.formatter = NumeralTickFormatter(format="0%")
    plot.x_range.start = 0
    return plot


def confusion(table: Table, one: str = "one vetter said", other: str = "another vetter said") -> Any:
    """Draw what another vetter said of what one had called a class: shares of each row."""
    if not any(table.column("votes")):
        return "No candidate has two votes yet."
    names = list(NAMES.values())
    rows = [NAMES[name] for name in table.column("fine_class")]
    columns = [NAMES[name] for name in table.column("other")]
    shares = table.column("share")
    plot = bare_figure(
        x_range=names, y_range=names[::-1], height=420, tools="save",
        x_axis_label=other, y_axis_label=one,
    )  # fmt: skip
    plot.xaxis.major_label_orientation = 0.8
    says = "@y – @x: @text % of the pairs (@weight{0.0})"
    cells = {"x": columns, "y": rows, "value": shares, "text": [_percent(each) for each in shares]}
    _boxes(plot, cells | {"weight": table.column("votes")}, says)
    return plot


def _percent(share: float | None) -> str:
    if not share:
        return ""
    return "<1" if share < 0.01 else f"{100 * share:.0f}"


def _boxes(plot: Any, cells: dict[str, list[Any]], says: str) -> None:
    """Draw cells of ``x`` and ``y``, each filled by its ``value`` of 0 to 1 and with its ``text``."""
    shown = np.array([np.nan if each is None else max(each, 0.0) for each in cells["value"]], dtype=np.float32)
    source = ColumnDataSource({**cells, "value": shown})
    mapper = LinearColorMapper(palette=COUNT_COLOURS, low=0.005, high=1, low_color="#00000000", nan_color="#00000000")
    fill = {"field": "value", "transform": mapper}
    boxes = plot.rect("x", "y", 0.96, 0.96, source=source, fill_color=fill, line_color=None, name="boxes")
    words = Text(x="x", y="y", text="text", text_align="center", text_baseline="middle", background_fill_alpha=0)
    plot.add_glyph(source, words)
    plot.add_tools(HoverTool(renderers=[boxes], tooltips=says, visible=False))
    plot.grid.visible = False


def pairs(table: Table) -> Any:
    """Draw Cohen's kappa of every two vetters that have judged candidates in common."""
    if not table.rows:
        return "No two vetters have judged the same candidate yet."
    weight: dict[str, int] = {}
    for one, other, number, _, _ in table.rows:
        for name in (one, other):
            weight[name] = weight.get(name, 0) + number
    names = sorted(sorted(weight, key=lambda name: -weight[name])[:MOST_VETTERS])
    shown = [row for row in table.rows if row[0] in names and row[1] in names]
    both = [*shown, *((other, one, *rest) for one, other, *rest in shown)]
    plot = bare_figure(x_range=names, y_range=names[::-1], height=420, tools="save")
    plot.xaxis.major_label_orientation = 0.8
    cells = {
        "x": [row[1] for row in both],
        "y": [row[0] for row in both],
        "value": [row[4] for row in both],
        "text": ["–" if row[4] is None else f"{row[4]:.2f}" for row in both],
        "weight": [row[2] for row in both],
    }
    _boxes(plot, cells, "@y and @x: kappa @text on @weight candidates")
    return plot


def gold(table: Table) -> Any:
    """Draw each vetter's sensitivity and specificity on gold with their intervals, least sensitive on top."""
    told = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
    told = [each for each in told if each["asteroids_shown"] or each["others_shown"]][:MOST_VETTERS]
    if not told:
        return "Nobody has judged a candidate whose answer is known."
    told.sort(key=lambda each: -1.0 if each["sensitivity"] is None else -each["sensitivity"])
    names = [each["vetter"] for each in told]
    plot = bare_figure(y_range=names, x_range=(-0.02, 1.02), x_axis_label="share", tools="save", height=_height(names))
    for what, shown, colour, offset in (
        ("sensitivity", "asteroids_shown", RETIRED, 0.15),
        ("specificity", "others_shown", AHEAD, -0.15),
    ):
        known = [each for each in told if each[what] is not None]
        source = ColumnDataSource({
            "y": [(each["vetter"], offset) for each in known],
            "name": [each["vetter"] for each in known],
            "share": [each[what] for each in known],
            "low": [each[f"{what}_low"] for each in known],
            "high": [each[f"{what}_high"] for each in known],
            "shown": [each[shown] for each in known],
        })  # fmt: skip
        plot.hbar("y", 0.06, "high", "low", source=source, color=colour, alpha=0.5, line_width=0)
        points = plot.scatter("share", "y", source=source, color=colour, size=9, name=what)
        says = f"@name: {what} @share{{0.0%}} of @shown (@low{{0.0%}}–@high{{0.0%}})"
        plot.add_tools(HoverTool(renderers=[points], tooltips=says, visible=False))
    plot.xaxis.formatter = NumeralTickFormatter(format="0%")
    return plot


def _height(names: list[str]) -> int:
    return 120 + 34 * len(names)


def missed(table: Table) -> Any:
    """Draw by night the share of votes on known asteroids that missed them, with the interval."""
    if not table.rows:
        return "No vetter was shown an asteroid whose answer is known."
    at: list[dt.datetime] = [_noon(night) for night in table.column("night")]
    plot = bare_figure(
        x_axis_type="datetime", x_range=(min(at) - A_DAY, max(at) + A_DAY), y_range=(-0.02, 1.02),
        x_axis_label="night", y_axis_label="missed", tools="save",
    )  # fmt: skip
    source = ColumnDataSource({"at": at, **{name: table.column(name) for name in table.columns if name != "night"}})
    source.data["night"] = [str(night) for night in table.column("night")]
    plot.segment("at", "low", "at", "high", source=source, color=AHEAD, alpha=0.6, line_width=2)
    points = plot.scatter("at", "rate", source=source, color=AHEAD, size=9, name="missed")
    says = "@night: @missed of @votes votes (@low{0.0%}–@high{0.0%})"
    plot.add_tools(HoverTool(renderers=[points], tooltips=says, visible=False))
    plot.yaxis.formatter = NumeralTickFormatter(format="0%")
    return plot
