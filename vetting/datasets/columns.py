"""Columns of the exported tables: each has a name, a unit and one sentence; the README of an export is made of them."""

import datetime as dt
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Generic, TypeVar

from scoring.families import TARGETS, Family, FineClass
from vetting.campaigns.models import Adjudication, Label, PoolItem
from vetting.candidates.models import Candidate, Score
from vetting.common import csv_line
from vetting.datasets.selectors import Record
from vetting.datasets.survey import unit_and_meaning

Row = TypeVar("Row")
Settled = tuple[Record, Adjudication, Adjudication | None]  # a decision, and what took it back


@dataclass(frozen=True, slots=True)
class Column(Generic[Row]):
    """One column: how to find its value in a row, and what a reader must know of it."""

    name: str
    unit: str
    description: str
    value: Callable[[Row], object]


def table(columns: list[Column[Row]], rows: Iterable[Row]) -> Iterator[bytes]:
    """Write a CSV table: a header line, then one line a row, UTF-8 with Unix line ends."""
    yield csv_line(column.name for column in columns)
    for row in rows:
        yield csv_line(column.value(row) for column in columns)


def _of(path: str) -> Callable[[Any], object]:
    return attrgetter(path)


def _shown(name: str) -> Callable[[tuple[Record, Label]], object]:
    return lambda row: row[1].shown.get(name)


def _of_first(get: Callable[[Any], object]) -> Callable[[tuple[Any, Any]], object]:
    return lambda row: get(row[0])


def _of_second(path: str) -> Callable[[tuple[Any, Any]], object]:
    return lambda row: attrgetter(path)(row[1])


def _named(get: Callable[[Row], Candidate]) -> list[Column[Row]]:
    """Columns that say which candidate a row is about."""
    return [
        Column("survey", "", "name of the survey", lambda row: get(row).survey),
        Column("source_id", "", "the candidate's identifier", lambda row: get(row).source_id),
        Column("night", "", "UTC date of mid-exposure", lambda row: get(row).night),
    ]


def _targets(get: Callable[[Row], str]) -> list[Column[Row]]:
    """Columns of what a fine class says to the three families."""

    def target(family: Family) -> Callable[[Row], object]:
        return lambda row: TARGETS[FineClass(get(row))][family] if get(row) else None

    meaning = {Family.RB: "real 1, bogus 0", Family.SL: "short 1, long 0", Family.KD: "keep 1, ditch 0"}
    return [
        Column(f"target_{family}", "", f"{meaning[family]}; empty where the class says nothing", target(family))
        for family in Family
    ]


CANDIDATE = [
    ("survey", "", "name of the survey"),
    ("source_id", "", "streakid or candid: read it as text, it may exceed 2^53"),
    ("night", "", "UTC date of mid-exposure"),
    ("exposure", "", "image that it was found in"),
    ("layout", "", "format that it was read from"),
    ("origin", "", "file that it was read from"),
    ("mjd_mid", "d", "middle of the exposure, MJD, UTC"),
    ("exptime", "s", "exposure time"),
    ("ra", "deg", "right ascension of the streak's midpoint, ICRS"),
    ("dec", "deg", "declination of the streak's midpoint, ICRS"),
    ("ra1", "deg", "right ascension of one fitted endpoint; the order is not the direction of motion"),
    ("dec1", "deg", "declination of the same endpoint"),
    ("ra2", "deg", "right ascension of the other endpoint"),
    ("dec2", "deg", "declination of the other endpoint"),
    ("band", "", "filter: g, r or i"),
    ("field", "", "field of the survey's grid"),
    ("ccd", "", "CCD, 1-16"),
    ("quadrant", "", "quadrant of the CCD, 1-4"),
    ("length", "px", "length of the streak"),
    ("length_arcsec", "arcsec", "length of the streak"),
    ("rate", "deg/d", "apparent motion, if the whole streak was made during the exposure"),
    ("position_angle", "deg", "position angle east of north, 0-180: ambiguous by 180 deg"),
    ("magnitude", "mag", "of the fitted flux"),
    ("snr", "", "signal to noise of the aperture photometry"),
    ("chi2", "", "reduced chi-square of the fit"),
    ("exposure_detections", "", "detections in the same exposure"),
]

GIVEN: list[Column[tuple[Record, Label]]] = [
    Column("label_uuid", "", "identifier of the label", lambda row: row[1].uuid),
    Column("campaign", "", "campaign that it was given in", lambda row: row[1].campaign.name),
    Column("vetter", "", "user name of who labelled", lambda row: row[1].vetter.get_username()),
    Column("fine_class", "", f"one of {', '.join(FineClass)}", lambda row: row[1].fine_class),
    Column("labelled_at", "", "when it was saved, UTC", lambda row: row[1].labelled_at),
    Column("seconds", "s", "from the picture to the key press", lambda row: row[1].seconds),
    Column("confidence", "%", "how sure the vetter was; empty: not told", lambda row: row[1].confidence),
    Column("comment", "", "what the vetter wrote with it", lambda row: row[1].comment),
    Column("is_late", "", "given after the candidate was decided, or the campaign closed", lambda row: row[1].is_late),
    Column("guideline", "", "version that it was made under", lambda row: row[1].guideline and row[1].guideline.number),
    Column("shown_blind", "", "whether scores and other labels were hidden; empty: not told", _shown("blind")),
    Column("shown_explanation", "", "whether the map of what moved the score was seen", _shown("explanation")),
    Column("shown_neighbours", "", "whether labelled candidates that look alike were seen", _shown("neighbours")),
    Column("shown_ensemble", "", "sha256 of the ensemble whose scores were shown", _shown("ensemble")),
]

LABEL: list[Column[tuple[Record, Label]]] = [*GIVEN, *_targets(lambda row: row[1].fine_class)]

# Why a vetter got a candidate tells what is gold: for managers alone.
QUEUE: list[Column[tuple[Record, Label]]] = [
    Column(
        "queue_reason", "", "why the candidate was handed out; empty where it was not: random is a fair sample",
        lambda row: _lent(row, "queue_reason"),
    ),
    Column(
        "selection_prob", "", "chance that the draw gave this candidate, for this reason, 0-1",
        lambda row: _lent(row, "selection_prob"),
    ),
]  # fmt: skip

EVENT: list[Column[tuple[Record, Label]]] = [
    *_named(lambda row: row[0].candidate),
    *GIVEN,
    Column("action", "", "label, or undo of an earlier one", lambda row: row[1].action),
    Column("undoes", "", "label_uuid of what an undo takes back", lambda row: row[1].undoes and row[1].undoes.uuid),
    Column("stands", "", "whether it counts: not taken back, not replaced", lambda row: row[1] in row[0].labels),
]

ADJUDICATION: list[Column[Settled]] = [
    *_named(lambda row: row[0].candidate),
    Column("adjudication_uuid", "", "identifier of the decision", lambda row: row[1].uuid),
    Column("adjudicator", "", "user name of who decided", lambda row: row[1].adjudicator.get_username()),
    Column("fine_class", "", "what was decided", lambda row: row[1].fine_class),
    Column("comment", "", "what the adjudicator wrote with it", lambda row: row[1].comment),
    Column("decided_at", "", "when, UTC", lambda row: row[1].decided_at),
    Column("taken_back_at", "", "when it was taken back, UTC; empty: never", lambda row: row[2] and row[2].decided_at),
    Column("taken_back_by", "", "user name of who did", lambda row: row[2] and row[2].adjudicator.get_username()),
]

GOLD: list[Column[PoolItem]] = [
    *_named(lambda row: row.candidate),
    Column("gold_class", "", "its true class", lambda row: row.gold_class),
    Column("gold_source", "", f"how that is known: {', '.join(PoolItem.Gold.values)}", lambda row: row.gold_source),
]

_DECIDED = [
    ("fine_class", "what counts: adjudicated, or else voted; empty while open"),
    ("voted_class", "what the votes decide, as far as they do"),
    ("adjudicated_class", "what an adjudicator has decided, if one has"),
    ("votes", "labels that stand, unsure ones included"),
    ("agreeing", "labels for the leading class"),
    ("p_human", "probability of an asteroid by the votes alone, 0-1: no network speaks in it"),
    ("p_fused", "the same with the networks' score: no target of training"),
    ("conflict", "why an adjudicator should look: unsure, contested, or model (people and networks disagree)"),
    ("retirement", "why no more votes are asked for: decided (by the votes) or adjudicated; empty while open"),
]

CONSENSUS: list[Column[Record]] = [
    *(Column(name, "", text, _of(f"verdict.{name}")) for name, text in _DECIDED),
    Column("vetters", "", "who labelled, with spaces between", lambda row: _vetters(row.labels)),
    Column("first_labelled_at", "", "earliest label that stands, UTC", lambda row: min(_times(row), default=None)),
    Column("last_labelled_at", "", "latest label that stands, UTC", lambda row: max(_times(row), default=None)),
    *_targets(lambda row: row.verdict.fine_class),
]

_SCORES = [
    ("rb", "", "score of real against bogus, 0-1: the maximum over the family"),
    ("sl", "", "score of short against long, 0-1"),
    ("kd", "", "score of keep against ditch, 0-1"),
    ("p_asteroid", "", "calibrated ranking score, 0-1"),
    ("plausible", "", "whether it passed the gate; empty where it cannot be scored"),
]

SCORE: list[Column[tuple[Record, Score]]] = [
    *_named(lambda row: row[0].candidate),
    Column("ensemble", "", "name of the ensemble", lambda row: row[1].ensemble.name),
    Column("ensemble_sha256", "", "its digest", lambda row: row[1].ensemble.sha256),
    *(Column(name, unit, text, _of_second(name)) for name, unit, text in _SCORES),
    Column("members", "", "score of every network, as JSON", lambda row: json.dumps(row[1].members, sort_keys=True)),
    Column(
        "classes", "", "probability of each fine class, as JSON", lambda row: json.dumps(row[1].classes, sort_keys=True)
    ),
    Column("reason", "", "why it cannot be scored", lambda row: row[1].reason),
    Column("scored_at", "", "UTC", lambda row: row[1].scored_at),
]


def candidate_columns(survey_names: list[str], ensemble: int | None) -> list[Column[Record]]:
    """Columns of the candidate: metadata, scores of one ensemble, and the survey's own columns."""
    own: list[Column[Record]] = [Column(name, unit, text, _of(f"candidate.{name}")) for name, unit, text in CANDIDATE]
    scores: list[Column[Record]] = [
        Column(f"score_{name}", unit, f"{text}, by the active ensemble", _score(name, ensemble))
        for name, unit, text in _SCORES
    ]
    survey: list[Column[Record]] = [
        Column(f"survey_{name}", *unit_and_meaning(name), _survey(name)) for name in survey_names
    ]
    return own + scores + survey


def with_label(columns: list[Column[Record]], *, for_manager: bool) -> list[Column[tuple[Record, Label]]]:
    """Columns of a label and of its candidate together."""
    own = LABEL + QUEUE if for_manager else LABEL
    return own + [Column(column.name, column.unit, column.description, _of_first(column.value)) for column in columns]


def _score(name: str, ensemble: int | None) -> Callable[[Record], object]:
    return lambda row: next((getattr(score, name) for score in row.scores if score.ensemble_id == ensemble), None)


def _lent(row: tuple[Record, Label], name: str) -> object:
    record, label = row
    lent = record.lent.get(label.vetter_id)
    return lent and getattr(lent, name)


def _survey(name: str) -> Callable[[Record], object]:
    return lambda row: row.candidate.values.get(name)


def _vetters(labels: list[Label]) -> str:
    return " ".join(sorted({label.vetter.get_username() for label in labels}))


def _times(row: Record) -> list[dt.datetime]:
    return [label.labelled_at for label in row.labels]
