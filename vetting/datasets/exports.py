"""What an export consists of: a dict of formats, and the README and digests that go with each of them."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from scoring import __version__
from vetting.campaigns.models import Label
from vetting.candidates.models import Score
from vetting.datasets import columns
from vetting.datasets.archive import Member, plain_name, with_manifest
from vetting.datasets.cutouts import cutouts_and_manifest
from vetting.datasets.readme import Facts, readme
from vetting.datasets.selectors import Record, Selection, gold, kept_back, latest_label, moment, records, survey_columns
from vetting.datasets.zwickyverse import tree
from vetting.registry.selectors import active_ensemble

TEST_PERCENT = 10  # nights held out of the Zwickyverse tree
LOOKS = 5  # at labels and what they decide, until both are of one moment
NO_LABEL_YET = dt.datetime(1980, 1, 1, tzinfo=dt.UTC)  # the earliest time that a zip can carry


@dataclass
class Export:
    """The labelled set as it stood when the export was begun; ``on_record`` hears of every candidate of every pass."""

    selection: Selection
    formats: tuple[str, ...]
    test_percent: int = TEST_PERCENT
    for_manager: bool = True  # with what is gold, and why a candidate was handed out, which vetters are not told
    on_record: Callable[[], None] = lambda: None
    missing: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        newest, latest = None, latest_label(self.selection)
        for _ in range(LOOKS):
            newest = latest
            self.at = moment(self.selection, label=newest.pk if newest else 0)
            latest = latest_label(self.selection)
            if latest == newest:  # else what is decided may go by a label that came in between
                break
        self.labelled_until = newest.labelled_at if newest else NO_LABEL_YET
        self.ids = list(self.at.verdicts)
        self.kept_back = kept_back(self.selection)
        self.ensemble = active_ensemble()

    @cached_property
    def candidate_columns(self) -> list[columns.Column[Record]]:
        """Columns of the candidates: the survey's own ones are those that occur among them."""
        return columns.candidate_columns(survey_columns(self.ids), self.ensemble.pk if self.ensemble else None)

    def records(self) -> Iterator[Record]:
        """Go through the candidates once, by night, survey and identifier."""
        for record in records(self.selection, self.at):
            yield record
            self.on_record()

    @property
    def steps(self) -> int:
        """How often ``on_record`` will be called."""
        return len(self.ids) * sum(FORMATS[name].passes for name in self.formats)

    @property
    def stamp(self) -> tuple[int, int, int, int, int, int]:
        """Time that the members of a zip carry: of the latest label, so that the same labels are the same bytes."""
        at = self.labelled_until.astimezone(dt.UTC)
        return at.year, at.month, at.day, at.hour, at.minute, at.second

    @property
    def name(self) -> str:
        """Name of the zip or folder."""
        first, last = self.selection.first_night, self.selection.last_night
        nights = "_".join(str(night) for night in dict.fromkeys([first, last]) if night)
        return "_".join(part for part in ("deepstreaks", plain_name(self.selection.campaign.name), nights) if part)


@dataclass(frozen=True, slots=True)
class Format:
    """One format: what it is called, how often it goes through the candidates, and its writer."""

    title: str
    passes: int
    write: Callable[[Export], Iterable[Member]]


def tables(export: Export) -> Iterator[Member]:
    """Yield the CSV tables: labels that stand, consensus, history of the labels, adjudications, scores, gold."""
    candidate = export.candidate_columns
    event = columns.EVENT + columns.QUEUE if export.for_manager else columns.EVENT

    def labels() -> Iterator[tuple[Record, Label]]:
        return ((record, label) for record in export.records() for label in record.labels)

    def events() -> Iterator[tuple[Record, Label]]:
        return ((record, label) for record in export.records() for label in record.history)

    def settled() -> Iterator[columns.Settled]:
        return ((record, *decision) for record in export.records() for decision in record.adjudications)

    def scores() -> Iterator[tuple[Record, Score]]:
        return ((record, score) for record in export.records() for score in record.scores)

    yield Member("labels.csv", columns.table(columns.with_label(candidate, for_manager=export.for_manager), labels()))
    yield Member("consensus.csv", columns.table(columns.CONSENSUS + candidate, export.records()))
    yield Member("label_events.csv", columns.table(event, events()))
    yield Member("adjudications.csv", columns.table(columns.ADJUDICATION, settled()))
    yield Member("scores.csv", columns.table(columns.SCORE, scores()))
    if export.for_manager:
        yield Member("gold.csv", columns.table(columns.GOLD, gold(export.selection).iterator()))


def cutouts(export: Export) -> Iterable[Member]:
    """Yield the cutouts as they came, each by the name that the survey gave it, and the table to train on."""
    return cutouts_and_manifest(export.records(), missing=export.missing)


def zwickyverse(export: Export) -> Iterable[Member]:
    """Yield the tree that the original DeepStreaks reads."""
    return tree(export.records(), test_percent=export.test_percent, missing=export.missing)


FORMATS: dict[str, Format] = {
    "csv": Format("tables (CSV): labels, consensus, history, adjudications, scores", 5, tables),
    "cutouts": Format("cutouts, as they came, with the table to train networks on", 1, cutouts),
    "zwickyverse": Format("Zwickyverse tree, for the original DeepStreaks", 1, zwickyverse),
}


def export_members(export: Export, *, now: dt.datetime) -> Iterator[Member]:
    """Yield every file of an export, with its README and its digests last: they tell what was written before."""

    def everything() -> Iterator[Member]:
        for name in export.formats:
            yield from FORMATS[name].write(export)
        yield Member("README.md", readme(_facts(export, now)))

    return with_manifest(everything())


def _facts(export: Export, now: dt.datetime) -> Facts:
    return Facts(
        selection=export.selection,
        formats={name: FORMATS[name].title for name in export.formats},
        candidates=len(export.ids),
        kept_back=export.kept_back,
        labelled_until=export.labelled_until if export.at.label else None,
        candidate_columns=export.candidate_columns if "csv" in export.formats else [],
        ensemble=f"{export.ensemble.name}, sha256 {export.ensemble.sha256}" if export.ensemble else "none",
        test_percent=export.test_percent,
        for_manager=export.for_manager,
        missing=export.missing,
        version=__version__,
        now=now,
    )
