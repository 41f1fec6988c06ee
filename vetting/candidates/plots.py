"""The plots of a night: plain columns in, Bokeh's JSON out. Colours of text, axes and ground are left to the page."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from bokeh.embed import json_item
from bokeh.models import (
    BasicTickFormatter,
    ColumnDataSource,
    FixedTicker,
    HoverTool,
    LinearColorMapper,
    MultiLine,
    NumeralTickFormatter,
    OpenURL,
    TapTool,
    Text,
)
from bokeh.plotting import figure
from numpy.typing import NDArray

from vetting.candidates.formatting import MJD_EPOCH
from vetting.candidates.models import SCORED, State
from vetting.candidates.sky_projection import (
    ECLIPTIC_POLE,
    GALACTIC_POLE,
    SkyView,
    great_circle,
    labels,
    look_at,
    meridians,
    parallels,
    project,
)

Columns = Mapping[str, Sequence[Any]]
Array = NDArray[Any]

# Middle tones, so that each can be told from a white and from a black ground; colour-blind people tell them apart.
STATE_COLOURS = {
    State.NEW: "#8d8d9b",
    State.REJECTED: "#a58bb8",
    State.QUEUED: "#e07b1a",
    State.VETTED: "#1f9e89",
    State.QUARANTINED: "#d6404a",
}
SCORE_COLOURS = ("#9aa0b5", "#7d94c4", "#8a86c9", "#b07ab8", "#cf6a96", "#df6468", "#e8622f")  # 0 to 1
COUNT_COLOURS = tuple(f"#3b82d6{alpha:02x}" for alpha in range(24, 256, 11))  # few to many
CURVES = {"exposure → ingest": "#3b82d6", "exposure → score": "#e07b1a", "ingest → score": "#1f9e89"}
PICKING = "pan,box_select,lasso_select,box_zoom,wheel_zoom,reset,save"  # for plots whose points can be scanned
IN_SCAN = (State.QUEUED, State.VETTED)
SCORES = ("p_asteroid", "rb", "sl", "kd")
TICKS = {
    1: "1 s", 10: "10 s", 60: "1 min", 600: "10 min", 3600: "1 h", 6 * 3600: "6 h", 86400: "1 d", 7 * 86400: "1 wk",
    30.44 * 86400: "1 mo", 31557600: "1 yr", 10 * 31557600: "10 yr",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Links:
    """Addresses of a candidate's page and thumbnail, with ``@pk`` in the place of its id."""

    page: str
    thumb: str


def night_items(columns: Columns, links: Links) -> dict[str, dict[str, Any]]:
    """Return every plot by name as Bokeh's JSON, or as the message that stands in its place."""
    items: dict[str, dict[str, Any]] = {}
    for name, draw in PLOTS.items():
        drawn = draw(columns, links)
        items[name] = {"message": drawn} if isinstance(drawn, str) else {"item": json_item(drawn)}
    return items


def floats(values: Sequence[float | None]) -> Array:
    """Return a column as floats, NaN where it is not known."""
    return np.array([np.nan if value is None else value for value in values], dtype=float)


def bare_figure(**over: Any) -> Any:
    """Make a figure without data that leaves the page's wheel and swipes alone."""
    # No tool takes the wheel or a swipe before it is chosen: they scroll the page.
    given = {
        "height": 320,
        "sizing_mode": "stretch_width",
        "tools": "pan,box_zoom,wheel_zoom,reset,save",
        "active_drag": None,
        "active_scroll": None,
    }
    plot = figure(**(given | over))
    plot.toolbar.logo = None
    return plot


def _in_scan(columns: Columns) -> NDArray[np.bool_]:
    return np.isin(np.array(columns["seen_state"], dtype=object), [str(state) for state in IN_SCAN])


def _points(columns: Columns, mask: Array | slice, **extra: Array) -> ColumnDataSource:
    """Make the source of points that can be hovered over and opened; 32 bits a number keep the page small."""
    colours = {str(state): np.uint32(int(colour[1:], 16) << 8 | 0xFF) for state, colour in STATE_COLOURS.items()}
    colours[SCORED] = colours[State.NEW]  # what is sealed looks as if its score were not known
    given = {
        "pk": np.array(columns["pk"], dtype=np.int32),
        "colour": np.array([colours[state] for state in columns["seen_state"]], dtype=np.uint32),
        "ra": floats(columns["ra"]),
        "dec": floats(columns["dec"]),
        "p": floats(columns["p_asteroid"]),
        "length": floats(columns["length"]),
        **extra,
    }
    shown = {
        name: (column.astype(np.float32) if column.dtype == float else column)[mask] for name, column in given.items()
    }
    return ColumnDataSource({**shown, "said": ["not scored" if np.isnan(p) else f"{p:.2f}" for p in shown["p"]]})


def _mark_picked(renderer: Any) -> None:
    """Ring what is selected and leave the others as they are; a click that selects is one that opens a candidate."""
    ringed = renderer.glyph.clone()
    ringed.update(line_color="#3b82d6", line_width=2.5, line_alpha=1)
    renderer.selection_glyph, renderer.nonselection_glyph = ringed, None


def _add_tools(plot: Any, renderers: list[Any], links: Links) -> None:
    picture = f'<img src="{links.thumb}" width="96" height="96" alt="no image">'
    facts = "#@pk · p @said · @length{0} px<br>RA @ra{0.000}° Dec @dec{0.000}°"
    plot.add_tools(
        HoverTool(renderers=renderers, tooltips=f"<div>{picture}<div>{facts}</div></div>", limit=1, visible=False),
        TapTool(renderers=renderers, callback=OpenURL(url=links.page, same_tab=True), visible=False),
    )


def sky_map(columns: Columns, links: Links) -> Any:
    """Draw the candidates on the sky, coloured by state or by p(asteroid); what people judge is drawn larger."""
    if not columns["pk"]:
        return "No candidates."
    view = look_at(columns["ra"], columns["dec"])
    bounds = (-view.half_width, view.half_width)
    plot = bare_figure(
        height=None, sizing_mode="scale_width", aspect_ratio=1, x_range=bounds, y_range=bounds,
        match_aspect=True, x_axis_type=None, y_axis_type=None, tools=PICKING,
    )  # fmt: skip
    _draw_graticule(plot, view)
    x, y = project(view, columns["ra"], columns["dec"])
    judged = _in_scan(columns)
    renderers = []
    for mask, size, alpha in ((~judged, 4, 0.55), (judged, 9, 0.9)):
        source = _points(columns, mask, x=x, y=y)
        for name, colour in (("by_state", "colour"), ("by_p", _score_colour())):
            renderer = plot.scatter("x", "y", source=source, size=size, color=colour, alpha=alpha, name=name)
            renderer.visible = name == "by_state"
            _mark_picked(renderer)
            renderers.append(renderer)
    _add_tools(plot, renderers, links)
    return plot


def _score_colour() -> dict[str, Any]:
    mapper = LinearColorMapper(palette=SCORE_COLOURS, low=0, high=1, nan_color=STATE_COLOURS[State.NEW])
    return {"field": "p", "transform": mapper}


def _draw_graticule(plot: Any, view: SkyView) -> None:
    circles, parallel = meridians(view), parallels(view)
    for lines, width, dash in (
        ([*circles.values(), *parallel.values()], 0.5, "solid"),
        ([great_circle(view, ECLIPTIC_POLE)], 1.3, "dashed"),
        ([great_circle(view, GALACTIC_POLE)], 1.3, "dotted"),
    ):
        xs, ys = ([line[axis].astype(np.float32) for line in lines] for axis in (0, 1))
        source = ColumnDataSource({"xs": xs, "ys": ys})
        plot.add_glyph(source, MultiLine(xs="xs", ys="ys", line_width=width, line_dash=dash))
    x, y, text = zip(*labels(view), strict=True)
    names = Text(x="x", y="y", text="text", x_offset=3, y_offset=-2, background_fill_alpha=0.75, padding=2)
    plot.add_glyph(ColumnDataSource({"x": x, "y": y, "text": text}), names, level="overlay")


def score_histogram(name: str) -> Callable[[Columns, Links], Any]:
    """Return the plot of one score: all candidates, and over them those that passed the gate; log counts."""

    def draw(columns: Columns, _links: Links) -> Any:
        scores = floats(columns[name])
        known = np.isfinite(scores)
        if not known.any():
            return "No scores yet."
        plot = bare_figure(
            height=240, y_axis_type="log", x_range=(-0.01, 1.01), tools="save",
            x_axis_label=name.replace("p_asteroid", "p(asteroid)"), y_axis_label="candidates",
        )  # fmt: skip
        edges = np.linspace(0, 1, 41)
        for mask, colour, title in (
            (known, STATE_COLOURS[State.REJECTED], "all"),
            (known & _in_scan(columns), STATE_COLOURS[State.QUEUED], "to people"),
        ):
            counts, _ = np.histogram(scores[mask], edges)
            source = _bars(edges, counts)
            bars = plot.quad("left", "right", "top", "bottom", source=source, color=colour, line_width=0.5, name=title)
            plot.add_tools(
                HoverTool(renderers=[bars], tooltips=f"@left{{0.000}}–@right{{0.000}}: @count {title}", visible=False)
            )
        plot.yaxis.ticker = FixedTicker(ticks=[1, 3, 10, 30, 100, 300, 1000, 3000, 10_000, 30_000])
        plot.yaxis.formatter = NumeralTickFormatter(format="0a")
        plot.y_range.start, plot.y_range.end = 0.5, max(2.0, 2.0 * np.histogram(scores[known], edges)[0].max())
        return plot

    return draw


def _bars(edges: Array, counts: Array) -> ColumnDataSource:
    full = counts > 0  # an empty bar has no place on a logarithmic axis
    return ColumnDataSource(
        {
            "left": edges[:-1][full],
            "right": edges[1:][full],
            "top": counts[full],
            "bottom": np.full(full.sum(), 0.5),
            "count": counts[full],
        }
    )


def length_angle(columns: Columns, links: Links) -> Any:
    """Draw length against position angle: counts of all, and as points those that people judge."""
    length, angle = floats(columns["length"]), floats(columns["position_angle"])
    known = np.isfinite(angle) & (np.nan_to_num(length) > 0)
    if not known.any():
        return "No fitted streaks."
    lowest, highest = min(8.0, length[known].min()), max(70.0, 1.05 * length[known].max())
    plot = bare_figure(
        height=420, y_axis_type="log", x_range=(0, 180), y_range=(lowest, highest), y_axis_label="length, px",
        x_axis_label="position angle, deg east of north", tools=PICKING,
    )  # fmt: skip
    plot.xaxis.ticker = FixedTicker(ticks=list(range(0, 181, 30)))
    plot.yaxis.ticker = FixedTicker(ticks=[1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000])
    plot.yaxis.formatter = BasicTickFormatter()
    edges = (np.linspace(0, 180, 37), np.geomspace(lowest, highest, 31))
    counts, x, y = np.histogram2d(angle[known], length[known], bins=edges)
    i, j = np.nonzero(counts)
    boxes = {"left": x[i], "right": x[i + 1], "bottom": y[j], "top": y[j + 1], "count": counts[i, j].astype(np.int32)}
    boxes["log"] = np.log10(boxes["count"]).astype(np.float32)
    mapper = LinearColorMapper(palette=COUNT_COLOURS, low=-0.2, high=max(1.0, float(boxes["log"].max())))
    fill = {"field": "log", "transform": mapper}
    bins = plot.quad(
        "left", "right", "top", "bottom", source=ColumnDataSource(boxes), fill_color=fill, line_color=None, name="bins"
    )
    plot.add_tools(HoverTool(renderers=[bins], tooltips="@count candidates", visible=False))
    source = _points(columns, known & _in_scan(columns), x=angle, y=length)
    points = plot.scatter("x", "y", source=source, size=7, color="colour", alpha=0.9, name="points")
    _mark_picked(points)
    _add_tools(plot, [points], links)
    return plot


def quadrant_place(ccd: Array, quadrant: Array) -> tuple[Array, Array]:
    """Return column (from the east) and row (from the south) of a CCD quadrant in the 8×8 mosaic.

    On the sky with north up and east left, CCD 1 is the lower left one and 16 the upper right; q1 is the upper left
    quarter of its CCD, and 2, 3, 4 follow clockwise. Measured: the mean positions of real streaks in 151 quadrants of
    102 fields fit this to 0.17 deg rms, where a quadrant is 0.87 deg wide.
    """
    column = 2 * ((ccd - 1) % 4) + np.isin(quadrant, (2, 3))
    row = 2 * ((ccd - 1) // 4) + np.isin(quadrant, (1, 2))
    return column, row


def quadrants(columns: Columns, _links: Links) -> Any:
    """Draw how many candidates each CCD quadrant gave, laid out as the mosaic lies on the sky."""
    ccd, quadrant = floats(columns["ccd"]), floats(columns["quadrant"])
    known = np.isfinite(ccd) & np.isfinite(quadrant)
    if not known.any():
        return "No CCD and quadrant known."
    chips, parts = (grid.ravel() for grid in np.meshgrid(np.arange(1, 17), np.arange(1, 5), indexing="ij"))
    counts = np.zeros((17, 5), dtype=np.int32)
    judged = np.zeros_like(counts)
    for table, mask in ((counts, known), (judged, known & _in_scan(columns))):
        np.add.at(table, (ccd[mask].astype(int), quadrant[mask].astype(int)), 1)
    column, row = quadrant_place(chips, parts)
    cells: dict[str, Any] = {"x": column + 0.5, "y": row + 0.5, "ccd": chips, "q": parts, "count": counts[chips, parts]}
    cells["judged"] = judged[chips, parts]
    cells["text"] = [str(count) if count else "" for count in counts[chips, parts]]
    plot = bare_figure(
        height=None, sizing_mode="scale_width", aspect_ratio=1, x_range=(-0.1, 8.1), y_range=(-0.1, 8.1),
        x_axis_label="west →", y_axis_label="north →", tools="save",
    )  # fmt: skip
    _draw_mosaic(plot, ColumnDataSource(cells), int(counts.max()))
    return plot


def _draw_mosaic(plot: Any, cells: ColumnDataSource, most: int) -> None:
    plot.grid.visible = False
    for axis in plot.axis:
        axis.major_label_text_font_size, axis.major_tick_line_color, axis.minor_tick_line_color = "0px", None, None
        axis.axis_line_color = None
    fill = {"field": "count", "transform": LinearColorMapper(palette=COUNT_COLOURS, low=0.5, high=max(most, 2))}
    fill["transform"].low_color = "#00000000"
    boxes = plot.rect("x", "y", 0.96, 0.96, source=cells, fill_color=fill, line_color=None, name="cells")
    plot.add_glyph(
        cells, Text(x="x", y="y", text="text", text_align="center", text_baseline="middle", background_fill_alpha=0)
    )
    corners = quadrant_place(np.arange(1, 17), np.ones(16))
    chips = ColumnDataSource({"x": corners[0], "y": corners[1] + 1, "text": [f"CCD {at}" for at in range(1, 17)]})
    plot.add_glyph(
        chips,
        Text(
            x="x",
            y="y",
            text="text",
            x_offset=4,
            y_offset=14,
            text_font_size="10px",
            text_alpha=0.7,
            background_fill_alpha=0,
        ),
    )
    sides, ends = [[2 * at, 2 * at] for at in range(5)], [[0, 8]] * 5
    plot.add_glyph(
        ColumnDataSource({"xs": sides + ends, "ys": ends + sides}), MultiLine(xs="xs", ys="ys", line_width=1.5)
    )
    says = "CCD @ccd, quadrant @q: @count, @judged of them to people"
    plot.add_tools(HoverTool(renderers=[boxes], tooltips=says, visible=False))


def latency(columns: Columns, _links: Links) -> Any:
    """Draw the share of candidates that were ingested and scored within a time; medians by the middle line."""
    exposed = floats(columns["mjd_mid"]) * 86400
    ingested, scored = seconds(columns["ingested_at"]), seconds(columns["scored_at"])
    spans = dict(zip(CURVES, (ingested - exposed, scored - exposed, scored - ingested), strict=True))
    spans = {name: np.sort(span[np.isfinite(span)]).clip(0.1) for name, span in spans.items()}
    drawn = {name: span for name, span in spans.items() if span.size}
    if not drawn:
        return "No candidates."
    everything = np.concatenate(list(drawn.values()))
    plot = bare_figure(
        x_axis_type="log", x_range=(everything.min() / 2, everything.max() * 2), y_range=(0, 1.02),
        x_axis_label="time", y_axis_label="share of candidates", tools="save",
    )  # fmt: skip
    plot.xaxis.ticker = FixedTicker(ticks=list(TICKS))
    plot.xaxis.major_label_overrides = dict(TICKS)
    for name, span in drawn.items():
        share = np.linspace(0, 1, 201)
        source = ColumnDataSource({"time": np.quantile(span, share), "share": share})
        plot.line("time", "share", source=source, color=CURVES[name], line_width=2, name=name)
    return plot


def seconds(times: Sequence[datetime | None]) -> Array:
    """Return times as seconds since MJD 0, NaN where there is none."""
    return np.array([np.nan if time is None else (time - MJD_EPOCH).total_seconds() for time in times])


PLOTS: dict[str, Callable[[Columns, Links], Any]] = {
    "sky": sky_map,
    **{name: score_histogram(name) for name in SCORES},
    "length_angle": length_angle,
    "quadrants": quadrants,
    "latency": latency,
}
