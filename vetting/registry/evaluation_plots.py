"""Plots of an evaluation: the values of ``evaluation.json`` in, Bokeh's figures out. Colours of text are the page's."""

from collections.abc import Mapping, Sequence
from typing import Any

from bokeh.models import ColumnDataSource, HoverTool, Whisker
from bokeh.plotting import figure

Figures = Mapping[str, Any]

# Middle tones that can be told from a white and from a black ground, in the order of the systems.
COLOURS = ("#3b82d6", "#1f9e89", "#a58bb8", "#e07b1a", "#8d8d9b", "#d6404a", "#cf6a96")
BEFORE, AFTER = "#8d8d9b", "#3b82d6"
BANDED = ("p_asteroid", "gradient boosting, the same folds")  # whose intervals are drawn: more would hide each other
LEAST_FPR = 1e-4
MOST_NAMES = 12  # nights that can be named below their bars


def colours(evaluation: Figures) -> dict[str, str]:
    """Give the colour of each system, by name."""
    names = [system["name"] for system in evaluation["systems"]]
    return dict(zip(names, COLOURS * (1 + len(names) // len(COLOURS)), strict=False))


def evaluation_plots(evaluation: Figures) -> dict[str, Any]:
    """Draw everything that an evaluation states, by the name of the plot."""
    plots = {
        "roc": roc(evaluation),
        "precision": precision(evaluation),
        "false-positives": false_positives(evaluation["false_positives"]["by_night"]),
        "classes": classes(evaluation["classes"]),
    }
    for system in evaluation["systems"]:
        if "reliability" in system:
            plots[f"reliability-{system['name']}"] = reliability(system["reliability"])
    for number, table in enumerate(evaluation["completeness"]):
        plots[f"completeness-{number}"] = completeness(table)
    return plots


def roc(evaluation: Figures) -> Any:
    """Draw true against false positive rate, which is logarithmic: a night has thousands of negatives."""
    plot = _figure(x_axis_type="log", x_range=(LEAST_FPR, 1), y_range=(0, 1.02))
    for name, colour, system in _coloured(evaluation):
        curve = system["roc"]
        shown = [at for at, fpr in enumerate(curve["fpr"]) if fpr >= LEAST_FPR]
        _curve(plot, name, colour, *([curve[key][at] for at in shown] for key in ("fpr", "tpr", "low", "high")))
    plot.xaxis.axis_label, plot.yaxis.axis_label = "false positive rate", "true positive rate"
    return plot


def precision(evaluation: Figures) -> Any:
    """Draw precision against recall, at the shares of the labelled cutouts."""
    plot = _figure(x_range=(0, 1.01), y_range=(0, 1.02))
    for name, colour, system in _coloured(evaluation):
        curve = system["precision"]
        _curve(plot, name, colour, *(curve[key] for key in ("recall", "precision", "low", "high")))
    plot.xaxis.axis_label, plot.yaxis.axis_label = "recall", "precision"
    return plot


def reliability(table: Figures) -> Any:
    """Draw what came true against what was said, before and after calibration."""
    plot = _figure(height=260, x_range=(0, 1), y_range=(-0.02, 1.02))
    plot.line([0, 1], [0, 1], color=BEFORE, line_dash="dotted")
    for name, colour in (("before", BEFORE), ("after", AFTER)):
        if table[name]:
            source = _source(table[name], ("predicted", "observed", "count", "low", "high"))
            _whiskers(plot, source, "predicted", colour)
            plot.line("predicted", "observed", source=source, color=colour, width=2)
            points = plot.scatter("predicted", "observed", source=source, color=colour, size=6)
            _hover(plot, points, f"{name}: said @predicted{{0.00}}, came true @observed{{0.00}} of @count")
    plot.xaxis.axis_label, plot.yaxis.axis_label = "score", "share that came true"
    return plot


def completeness(table: Figures) -> Any:
    """Draw the share of the asteroids that the gate finds, in bins of a quantity; whiskers are the wider interval."""
    bins = table["bins"]
    ends = [[*(row["interval_95"] or []), *row["wilson_95"]] for row in bins]
    source = ColumnDataSource(
        {
            "middle": [(row["low"] + row["high"]) / 2 for row in bins],
            "left": [row["low"] for row in bins],
            "right": [row["high"] for row in bins],
            "share": [row["value"] for row in bins],
            "low": [min(values) for values in ends],
            "high": [max(values) for values in ends],
            "said": [f"{row['found']} of {row['count']}" for row in bins],
        }
    )
    plot = _figure(height=260, y_range=(0, 1.04))
    plot.segment("left", "share", "right", "share", source=source, color=AFTER, line_width=2)
    _whiskers(plot, source, "middle", AFTER)
    points = plot.scatter("middle", "share", source=source, color=AFTER, size=7)
    _hover(plot, points, "@left{0.0}–@right{0.0}: @said found")
    unit = f" ({table['unit'].partition(',')[0]})" if table["unit"] else ""
    plot.xaxis.axis_label, plot.yaxis.axis_label = f"{table['quantity']}{unit}", "share found"
    return plot


def false_positives(nights: Sequence[Figures]) -> Any:
    """Draw what passed the gate wrongly, night by night."""
    names = [night["night"] for night in nights]
    source = ColumnDataSource(
        {key: [night[key] for night in nights] for key in ("night", "received", "false_positives")}
    )
    plot = _figure(x_range=names, y_range=(0, max(1, *(night["false_positives"] for night in nights)) * 1.1))
    bars = plot.vbar("night", 0.8, "false_positives", source=source, color=COLOURS[3])
    _hover(plot, bars, "@night: @false_positives of @received passed wrongly")
    if len(names) > MOST_NAMES:
        plot.xaxis.major_label_text_font_size, plot.xaxis.major_tick_line_color = "0px", None
        plot.xaxis.axis_label = f"{len(names)} nights, {names[0]} to {names[-1]}"
    plot.xgrid.grid_line_color = None
    plot.xaxis.major_label_orientation = 0.8
    plot.yaxis.axis_label = "false positives"
    return plot


def classes(rows: Sequence[Figures]) -> Any:
    """Draw the share of each fine class that passes the gate."""
    names = [row["label"].replace("_", " ") for row in rows]
    ends = [row["gate"]["interval_95"] or (None, None) for row in rows]
    source = ColumnDataSource(
        {
            "label": names,
            "share": [row["gate"]["value"] for row in rows],
            "low": [end[0] for end in ends],
            "high": [end[1] for end in ends],
            "said": [f"{row['passed']} of {row['count']}" for row in rows],
        }
    )
    plot = _figure(y_range=names[::-1], x_range=(0, 1.02))
    bars = plot.hbar("label", 0.6, "share", source=source, color=AFTER)
    plot.add_layout(
        Whisker(base="label", lower="low", upper="high", dimension="width", source=source, line_color=BEFORE)
    )
    _hover(plot, bars, "@label: @said passed")
    plot.xaxis.axis_label = "share that passes the gate"
    return plot


def _figure(**over: Any) -> Any:
    given = {"height": 340, "sizing_mode": "stretch_width", "tools": "pan,box_zoom,reset,save", "active_drag": None}
    plot = figure(**(given | over))
    plot.toolbar.logo = None
    return plot


def _coloured(evaluation: Figures) -> list[tuple[str, str, Figures]]:
    of_name = colours(evaluation)
    return [(system["name"], of_name[system["name"]], system) for system in evaluation["systems"]]


def _curve(plot: Any, name: str, colour: str, *columns: Sequence[float]) -> None:
    x, y, low, high = columns
    if name in BANDED:
        plot.varea(x, low, high, color=colour, alpha=0.15)
    line = plot.line(x, y, color=colour, width=2, line_dash="solid" if name in BANDED else "dashed", name=name)
    _hover(plot, line, f"{name}: $x{{0.0000}}, $y{{0.000}}")


def _source(table: Figures, keys: Sequence[str]) -> ColumnDataSource:
    return ColumnDataSource({key: table[key] for key in keys})


def _whiskers(plot: Any, source: ColumnDataSource, base: str, colour: str) -> None:
    bars = Whisker(base=base, lower="low", upper="high", source=source, line_color=colour)
    bars.upper_head.line_color = bars.lower_head.line_color = colour
    plot.add_layout(bars)


def _hover(plot: Any, renderer: Any, said: str) -> None:
    plot.add_tools(HoverTool(renderers=[renderer], tooltips=said, visible=False))
