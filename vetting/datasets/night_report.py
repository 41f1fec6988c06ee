"""The report at the end of a night: said once as sections of text and tables, shown as a page and as Markdown."""

import datetime as dt
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max, Min, Q

from vetting.campaigns.deferrals import deferrals_standing
from vetting.campaigns.models import Deferral, Label
from vetting.campaigns.nights import Step, clock
from vetting.campaigns.selectors import campaign_default
from vetting.candidates.formatting import UNKNOWN, dec_dms, number, ra_hms, span, utc_of_mjd
from vetting.candidates.models import Candidate, State
from vetting.candidates.selectors import nights_summary, scored
from vetting.ingest.models import IngestBatch

ASTEROID_HEADINGS = (
    "Source id", "Mid-exposure (UTC)", "RA", "Dec", "Rate (deg/day)", "PA (deg)", "Mag", "p(asteroid)",
)  # fmt: skip
PURGATORY_HEADINGS = ("Source id", "Mid-exposure (UTC)", "RA", "Dec", "p(asteroid)", "Put there by")
SPECIAL = str.maketrans({mark: f"\\{mark}" for mark in "\\|`*_<>[]#"})


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the report: sentences, and a table where there is one."""

    title: str
    says: tuple[str, ...] = ()
    headings: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


def report_of(night: dt.date, *, now: dt.datetime) -> list[Section]:
    """Collect the report of a night that has candidates."""
    return [
        _came_in(night, now),
        _scores(night),
        _classes(night),
        _asteroids(night),
        _purgatory(night),
        latencies(clock(night)),
        _people(night),
    ]


def _came_in(night: dt.date, now: dt.datetime) -> Section:
    counted = nights_summary([night])[night]
    total, states = counted["total"], {state: counted[state.value] for state in State}
    parts = " + ".join(f"{count} {state.label}" for state, count in states.items())
    ingested = Candidate.objects.filter(night=night).aggregate(first=Min("ingested_at"), last=Max("ingested_at"))
    still_open = Q(finished_at=None) | Q(finished_at__gte=ingested["first"])
    runs = list(IngestBatch.objects.filter(still_open, started_at__lte=ingested["last"]).order_by("pk"))
    return Section(
        "What came in",
        (
            f"{counted['exposures']} exposures, {utc_of_mjd(counted['start'])} to {utc_of_mjd(counted['end'])} UTC.",
            f"Candidates: {total} = {parts}. {balance_says(total - sum(states.values()))}",
            f"As of {now:%Y-%m-%d %H:%M:%S} UTC. The runs that stored them, with what else they brought:",
        ),
        ("Run", "Started (UTC)", "Received", "New", "Duplicate", "Quarantined", "Lost"),
        tuple(
            (
                run.path, f"{run.started_at:%Y-%m-%d %H:%M:%S}", str(run.received), str(run.new), str(run.duplicate),
                str(run.quarantined), str(run.received - run.new - run.duplicate - run.quarantined),
            )
            for run in runs
        ),
    )  # fmt: skip


def balance_says(lost: int) -> str:
    """Say whether the parts make up the whole."""
    return "Nothing is lost." if lost == 0 else f"{abs(lost)} are not accounted for: look into it."


def _scores(night: dt.date) -> Section:
    rows = scored().filter(night=night).order_by()
    counted = rows.aggregate(
        waiting=Count("pk", filter=Q(state=State.NEW)),
        with_score=Count("pk", filter=Q(("p_asteroid__isnull", False))),
        without=Count("pk", filter=Q(("scored_at__isnull", False), ("p_asteroid", None))),
        passing=Count("pk", filter=Q(("plausible", True))),
        left=Count("pk", filter=Q(state=State.QUEUED)),
    )
    return Section(
        "Scores",
        (
            f"{counted['with_score']} scored, {counted['waiting']} waiting for a score.",
            f"{counted['without']} cannot be scored and went to people.",
            f"{counted['passing']} are plausible: they pass the gate. {counted['left']} wait for a decision.",
        ),
    )


def _classes(night: dt.date) -> Section:
    labels = nights_summary([night])[night]["labels"]
    counted = sorted(labels.items(), key=lambda item: -item[1])
    return Section(
        "Vetted by class",
        () if counted else ("Nothing is decided yet.",),
        ("Class", "Candidates") if counted else (),
        tuple((name.replace("_", " "), str(count)) for name, count in counted),
    )


def _asteroids(night: dt.date) -> Section:
    rows: list[Any] = list(scored().filter(("label", "asteroid"), night=night).order_by("mjd_mid"))
    return Section(
        "Asteroids",
        ("Positions are the midpoint, ICRS; the sense of motion is ambiguous by 180°.",) if rows else ("None.",),
        ASTEROID_HEADINGS if rows else (),
        tuple(
            (
                row.source_id, utc_of_mjd(row.mjd_mid), ra_hms(row.ra), dec_dms(row.dec), number(row.rate, 1),
                number(row.position_angle, 1), number(row.magnitude, 2), number(row.p_asteroid, 3),
            )
            for row in rows
        ),
    )  # fmt: skip


def _purgatory(night: dt.date) -> Section:
    deferrals = deferrals_standing(campaign_default()).filter(kind=Deferral.Kind.PURGATORY, candidate__night=night)
    people: dict[int, list[str]] = {}
    for pk, name in deferrals.order_by("pk").values_list("candidate", "vetter__username"):
        people.setdefault(pk, []).append(name)
    rows: list[Any] = list(scored().filter(pk__in=people).order_by("mjd_mid"))
    return Section(
        "In purgatory",
        ("Too good to junk, too poor to report: put off and not decided.",) if rows else ("Nothing lies there.",),
        PURGATORY_HEADINGS if rows else (),
        tuple(
            (
                row.source_id, utc_of_mjd(row.mjd_mid), ra_hms(row.ra), dec_dms(row.dec), number(row.p_asteroid, 3),
                ", ".join(people[row.pk]),
            )
            for row in rows
        ),
    )  # fmt: skip


def latencies(steps: Sequence[Step]) -> Section:
    """Set the readings of the clock beside their targets."""
    return Section(
        "Latency since mid-exposure",
        (),
        ("Until", "Candidates", "Median", "95 %", "Target", "In time"),
        tuple(
            (
                step.name, str(step.count), UNKNOWN if step.median is None else span(step.median),
                UNKNOWN if step.late is None else span(step.late), span(step.target), str(step.in_time),
            )
            for step in steps
        ),
    )  # fmt: skip


def _people(night: dt.date) -> Section:
    labels = Label.objects.filter(campaign=campaign_default(), candidate__night=night).order_by()
    found = labels.values("vetter__username").annotate(
        made=Count("pk", filter=Q(action=Label.Action.LABEL)),
        undone=Count("pk", filter=Q(action=Label.Action.UNDO)),
        first=Min("labelled_at"),
        last=Max("labelled_at"),
    )
    seconds: dict[str, list[float]] = {}

    def median_of(name: str) -> str:
        return number(statistics.median(seconds[name]), 1) if name in seconds else UNKNOWN

    for name, value in labels.values_list("vetter__username", "seconds"):
        if value is not None:
            seconds.setdefault(name, []).append(value)
    people = sorted(found, key=lambda one: -one["made"])
    return Section(
        "Who did what",
        () if people else ("Nobody has labelled anything.",),
        ("Vetter", "Labels", "Taken back", "Median time (s)", "From (UTC)", "To (UTC)") if people else (),
        tuple(
            (
                one["vetter__username"], str(one["made"]), str(one["undone"]), median_of(one["vetter__username"]),
                f"{one['first']:%Y-%m-%d %H:%M:%S}", f"{one['last']:%Y-%m-%d %H:%M:%S}",
            )
            for one in people
        ),
    )  # fmt: skip


def as_markdown(title: str, sections: Sequence[Section]) -> str:
    """Write the report as Markdown; what comes from files and people stays text."""
    lines = [f"# {title}", ""]
    for section in sections:
        lines += [f"## {section.title}", ""]
        for sentence in section.says:
            lines += [_plain(sentence), ""]
        if section.rows:
            lines += [_row(section.headings), _row("---" for _ in section.headings)]
            lines += [_row(_plain(cell) for cell in row) for row in section.rows] + [""]
    return "\n".join(lines)


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _plain(text: str) -> str:
    return " ".join(text.split()).translate(SPECIAL)
