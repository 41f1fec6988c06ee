"""Cutouts as they came, and the table of their classes that training reads (``scoring.manifest``)."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator

from scoring.detection import CutoutKind
from vetting.candidates.models import Candidate, Cutout
from vetting.common import csv_line
from vetting.datasets.archive import Member, plain_name
from vetting.datasets.selectors import Record, Verdict

COLUMNS = ("cutout", "label", "group", "confidence")
SURE, DOUBTED = 3, 2


def cutouts_and_manifest(records: Iterable[Record], *, missing: list[str]) -> Iterator[Member]:
    """Yield the cutouts, then the table of those that are decided; a file that is lost is told in ``missing``."""
    taken: set[str] = set()
    named: list[tuple[str, Candidate, Verdict]] = []
    for record in records:
        candidate = record.candidate
        folder = plain_name(f"{candidate.survey}_{candidate.source_id}")
        for row in record.cutouts:
            try:
                content = row.content()
            except OSError:
                missing.append(f"{candidate.survey} {candidate.source_id}: the file of its {row.kind} is lost")
                continue
            name = _free_name(row, folder, taken)
            yield Member(f"cutouts/{candidate.night}/{folder}/{name}", [content])
            if row.kind == CutoutKind.DIFF and record.verdict.fine_class:
                named.append((name, candidate, record.verdict))
    yield Member("manifest.csv", _manifest(named))


def _free_name(row: Cutout, folder: str, taken: set[str]) -> str:
    """Name a file as the survey did, or longer: the table names files without their folders, so each name is unique."""
    name = plain_name(row.name)
    longer = (name, f"{row.kind}_{name}", f"{folder}_{row.kind}_{name}")
    free = next(each for each in longer if each not in taken)
    taken.add(free)
    return free


def _manifest(named: list[tuple[str, Candidate, Verdict]]) -> Iterator[bytes]:
    group = groups((candidate.night, candidate.known_object) for _, candidate, _ in named)
    yield csv_line(COLUMNS)
    for name, candidate, verdict in named:
        yield csv_line((name, verdict.fine_class, group[candidate.night], _confidence(verdict)))


def groups(seen: Iterable[tuple[dt.date, str]]) -> dict[dt.date, dt.date]:
    """Return for each night the first of the nights that it is joined with by a known object, from one to the next.

    Parameters
    ----------
    seen : night and known object of each candidate, empty where it agrees with none.
    """
    group: dict[dt.date, dt.date] = {}
    nights: dict[str, set[dt.date]] = defaultdict(set)
    for night, name in seen:
        group[night] = night
        if name:
            nights[name].add(night)
    for joined in nights.values():
        met = {group[night] for night in joined}
        group |= {night: min(met) for night, first in group.items() if first in met}
    return group


def _confidence(verdict: Verdict) -> int:
    """Return how sure a class is: an adjudicator decided, or all who voted agree; nothing is a mere guess."""
    return SURE if verdict.adjudicated_class or verdict.agreeing == verdict.votes else DOUBTED
