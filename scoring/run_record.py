"""What a training run learns from, written beside its weights: a run never goes on with anything else."""

import csv
import io
import json
import platform
import re
from collections.abc import Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from scoring.train_config import TrainConfig
from scoring.training_images import LabelledCutouts
from scoring.whole_file import whole_file

CONFIG, LABELS = "config.json", "labels.csv"
PRETRAINED = "pretrained.weights.h5"
COLUMNS = ("cutout", "label", "group", "confidence", "fold")
FREE = ("manifest", "cutouts", "source", "limits", "precision")  # may change between calls: no weight hangs on them
ANEW = "name another folder with --out, or delete this one to train anew"

Rows = list[tuple[str, ...]]


def keep_record(config: TrainConfig, real: LabelledCutouts, fold: NDArray[np.int_], out: Path) -> None:
    """Write configuration, versions, labels and folds; where weights are already, first see that they are the same.

    Raises
    ------
    ValueError : the weights in the folder are of another configuration, other labels or other folds.
    """
    if any(out.glob("*.weights.h5")) or any(out.glob("*.resume")):
        check_labels(real, fold, out)
        _check_config(config, out)
    table = io.StringIO()
    csv.writer(table, lineterminator="\n").writerows([COLUMNS, *_rows(real, fold)])
    with whole_file(out / LABELS) as file:
        file.write(table.getvalue().encode())
    record = {
        "config": asdict(config),
        "python": platform.python_version(),
        "keras": version("keras"),
        "numpy": version("numpy"),
    }
    with whole_file(out / CONFIG) as file:
        file.write(json.dumps(record, indent=2).encode() + b"\n")


def read_config(folder: Path) -> TrainConfig:
    """Read the configuration of a run."""
    values = json.loads((folder / CONFIG).read_text(encoding="utf-8"))["config"]
    return TrainConfig(**{**values, "named_folds": tuple(tuple(groups) for groups in values["named_folds"])})


def read_folds(real: LabelledCutouts, folder: Path) -> NDArray[np.int_]:
    """Fold (n,) that each cutout had in a run.

    Raises
    ------
    ValueError : these are not the cutouts and labels that the run has learnt from.
    """
    fold_of = {group: int(fold) for _, _, group, _, fold in _read_labels(folder)}
    fold = np.array([fold_of.get(group, -1) for group in real.groups.tolist()])
    check_labels(real, fold, folder)
    return fold


def check_labels(real: LabelledCutouts, fold: NDArray[np.int_], folder: Path) -> None:
    """See that a run has learnt from these cutouts, labels and groups in these folds.

    Raises
    ------
    ValueError : it has not; the message names the first cutout that differs.
    """
    kept, now = ({row[0]: row for row in rows} for rows in (_read_labels(folder), _rows(real, fold)))
    differing = sorted(name for name in kept.keys() | now.keys() if kept.get(name) != now.get(name))
    if differing:
        first = differing[0]
        raise ValueError(
            f"{folder}: expected the labels and folds that its networks have learnt from ({LABELS}), but "
            f"{len(differing)} cutouts differ, {first} first: {_told(kept.get(first))} there, "
            f"{_told(now.get(first))} now; {ANEW}"
        )


def check_initial(weights: Path, names: Sequence[str]) -> None:
    """See that weights to begin with have not learnt from these cutouts: no figure would be out of fold.

    Raises
    ------
    ValueError : they have, by the record beside them; or there is no such file.
    """
    if not weights.is_file():
        raise ValueError(f"expected initial to name a weights file, but there is no {weights}")
    if seen := sorted(_learnt_by(weights) & set(names)):
        raise ValueError(
            f"{weights}: expected initial weights that have learnt from none of these cutouts, but they have from "
            f"{len(seen)}, {seen[0]} first: scores of them would not be out of fold"
        )


def _learnt_by(weights: Path) -> set[str]:
    """Cutouts that weights have learnt from, by the record beside them; none where there is no record."""
    folder, fold = weights.parent, re.match(r"fold-(\d+)", weights.name)
    if not (folder / LABELS).exists():
        return set()
    rows = [] if weights.name == PRETRAINED else _read_labels(folder)
    names = {row[0] for row in rows if not fold or row[-1] != fold[1]}
    initial = read_config(folder).initial
    return names | _learnt_by(Path(initial)) if initial else names


def _check_config(config: TrainConfig, out: Path) -> None:
    kept, now = (json.loads(json.dumps(asdict(which))) for which in (read_config(out), config))
    differing = [
        f"{name} = {kept[name]!r} and not {now[name]!r}" for name in now if name not in FREE and kept[name] != now[name]
    ]
    if differing:
        raise ValueError(f"{out}: its networks were trained with {'; '.join(differing)}; {ANEW}")


def _rows(real: LabelledCutouts, fold: NDArray[np.int_]) -> Rows:
    columns = (real.names, real.labels, real.groups, real.confidence, fold)
    return [tuple(map(str, row)) for row in zip(*(column.tolist() for column in columns), strict=True)]


def _read_labels(folder: Path) -> Rows:
    if not (folder / LABELS).exists():
        raise ValueError(
            f"{folder}: expected {LABELS} beside the weights, which says what they have learnt from; {ANEW}"
        )
    with (folder / LABELS).open(newline="", encoding="utf-8") as file:
        return [tuple(row) for row in csv.reader(file)][1:]


def _told(row: tuple[str, ...] | None) -> str:
    return "none" if row is None else f"{row[1]}, group {row[2]}, confidence {row[3]}, fold {row[4]}"
