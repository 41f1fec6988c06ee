"""A labelled data set on disk: which cutout has which label, and a split that no night or object leaks through."""

import csv
import hashlib
from collections import Counter
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from scoring.detection import CutoutKind, Detection
from scoring.families import TARGETS, Family, FineClass
from scoring.readers import discover, folder

COLUMNS = ("cutout", "label", "group")
CONFIDENCES = (1, 2, 3)  # a guess to sure


class ManifestError(Exception):
    """A manifest that cannot be used; the message says where, what was expected and what came."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One labelled cutout.

    Attributes
    ----------
    cutout : file name of the difference cutout, or its path below the folder of cutouts; unique in the data set.
    label : fine class.
    group : nights joined by a common object; never split between training and test.
    confidence : how sure the label is, 1 (a guess) to 3 (sure).
    """

    cutout: str
    label: FineClass
    group: str
    confidence: int = 3


def read_manifest(path: Path) -> list[Entry]:
    """Read a CSV with a header and the columns cutout, label, group and, if it likes, confidence.

    Raises
    ------
    ManifestError : a column is missing, a label or a confidence is unknown, or a cutout is named twice.
    """
    with path.open(newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        missing = [name for name in COLUMNS if name not in (reader.fieldnames or [])]
        if missing:
            raise ManifestError(f"{path}: expected the columns {', '.join(COLUMNS)}, but came {reader.fieldnames}")
        entries = [_entry(row, f"{path}, line {reader.line_num}") for row in reader]
    twice = [name for name, count in Counter(entry.cutout for entry in entries).items() if count > 1]
    if twice:
        raise ManifestError(f"{path}: expected each cutout once, but {len(twice)} come twice, {twice[0]} first")
    return entries


def _entry(row: dict[str, str], where: str) -> Entry:
    try:
        entry = Entry(row["cutout"], FineClass(row["label"]), row["group"], int(row.get("confidence") or 3))
    except ValueError:
        entry = None
    if entry is None or entry.confidence not in CONFIDENCES:
        known = ", ".join(FineClass)
        raise ManifestError(f"{where}: expected a label of {known}, and confidence 1 to 3, but came {row}")
    return entry


def labelled(entries: Sequence[Entry], cutouts: Path) -> Iterator[tuple[Entry, Detection]]:
    """Read the difference cutouts below a path that a manifest names, each once.

    Raises
    ------
    ManifestError : a name is that of two cutouts that differ.
    """
    wanted = {entry.cutout: entry for entry in entries}
    found: dict[str, tuple[str, bytes]] = {}  # where each was, and its digest
    for source in tqdm(discover(cutouts, verify=False), desc="cutouts", unit="source", disable=None):
        for unit in source.read():
            name = name_in(wanted, unit) if isinstance(unit, Detection) else None
            if name is None or not isinstance(unit, Detection):
                continue
            here = unit.origin, hashlib.sha256(unit.cutouts[CutoutKind.DIFF].content).digest()
            before = found.setdefault(name, here)
            if before is here:
                yield wanted[name], unit
            elif before[1] != here[1]:
                raise ManifestError(
                    f"expected one cutout of the name {name}, but came {before[0]} and {here[0]}: name each by its "
                    f"path below {cutouts}"
                )


def name_in(names: Container[str], unit: Detection) -> str | None:
    """Find what a manifest calls the difference cutout of a detection: its path, else its file's name; or None."""
    raw = unit.cutouts.get(CutoutKind.DIFF)
    if raw is None:
        return None
    path = [unit.origin] if unit.layout == folder.LAYOUT else []
    return next((name for name in (*path, Path(raw.name).name) if name in names), None)


def check_trainable(entries: Sequence[Entry]) -> None:
    """See that labels are enough to train on and to measure: every family has both answers, and nights can be held out.

    Raises
    ------
    ManifestError : they are not; the message says what is missing.
    """
    labels = {entry.label for entry in entries}
    missing = []
    for family in Family:
        for answer in (1, 0):
            saying = [label for label in FineClass if TARGETS[label][family] == answer]
            if not labels & set(saying):
                missing.append(f"a cutout of {' or '.join(saying)} ({family} = {answer})")
    if len({entry.group for entry in entries}) < 2:
        missing.append("a second group of nights, to measure on what was not learnt from")
    if missing:
        raise ManifestError(f"{len(entries)} labelled cutouts were read; expected also {', and '.join(missing)}")


def folds(entries: Sequence[Entry], named: Sequence[Sequence[str]] = (), count: int = 4) -> dict[str, int]:
    """Give every group a fold.

    Parameters
    ----------
    entries : the data set, a list or tuple.
    named : groups of the first folds; the groups that are not named make the last one.
    count : number of folds where none is named; groups are dealt, those with most asteroids first, to the fold that has
        fewest asteroids and then fewest cutouts.

    Returns
    -------
    dict of group → fold, 0-based.

    Raises
    ------
    ManifestError : a named group has no cutout, or every group lies in one fold.
    """
    cutouts = Counter(entry.group for entry in entries)
    if named:
        unknown = {group for groups in named for group in groups} - cutouts.keys()
        if unknown or (len(named) == 1 and set(named[0]) == cutouts.keys()):
            raise ManifestError(
                f"expected named_folds of groups among {', '.join(sorted(cutouts))}, and no fold of them all, but came "
                f"{[list(groups) for groups in named]}"
            )
        fold_of = {group: number for number, groups in enumerate(named) for group in groups}
        return {group: fold_of.get(group, len(named)) for group in cutouts}
    asteroids = Counter(entry.group for entry in entries if entry.label is FineClass.ASTEROID)
    held = [(0, 0)] * count
    dealt = {}
    for group in sorted(cutouts, key=lambda name: (-asteroids[name], -cutouts[name], name)):
        fold = min(range(count), key=lambda number: held[number])
        dealt[group] = fold
        held[fold] = (held[fold][0] + asteroids[group], held[fold][1] + cutouts[group])
    return dealt
