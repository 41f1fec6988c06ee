"""Labelled cutouts with what an ensemble says of each: scored now, or out of fold by the training that made it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scoring.detection import Detection
from scoring.families import JUDGED, Family, FineClass
from scoring.gate import members_of
from scoring.inference import NEAREST, Ensemble, Scores
from scoring.manifest import Entry, folds, labelled
from scoring.out_of_fold import OutOfFold, ranking, sigmoid
from scoring.score_table import BATCH, scorable

Thresholds = Mapping[str, Mapping[str, float]]  # family → member → least score that passes


@dataclass(frozen=True, eq=False)
class Judged:
    """Labelled cutouts and their scores; ``unsure`` and what cannot be scored is not among them.

    Attributes
    ----------
    scored : names, labels, groups, folds, and the logits of the best member of each family.
    passed : bool (n, 3), whether a member of the family is at or above its threshold; in the order rb, sl, kd.
    ranking : (n,) p_asteroid.
    detections : what the survey says of each.
    left_out : why how many labelled cutouts are not here.
    out_of_fold : whether every score is of a network that had not seen the cutout's group.
    """

    scored: OutOfFold
    passed: NDArray[np.bool_]
    ranking: NDArray[np.float64]
    detections: Sequence[Detection]
    left_out: Mapping[str, int]
    out_of_fold: bool

    @property
    def nights(self) -> NDArray[np.str_]:
        """UTC date of each, or its group where the time is not known."""
        pairs = zip(self.detections, self.scored.groups, strict=True)
        return np.array([str(detection.night or f"group {group}") for detection, group in pairs])

    @property
    def plausible(self) -> NDArray[np.bool_]:
        """Which pass the gate."""
        return np.asarray(self.passed.all(axis=1))


def judge_out_of_fold(
    members: Mapping[str, OutOfFold], thresholds: Thresholds, entries: Sequence[Entry], cutouts: Path
) -> Judged:
    """Judge by scores that a training run wrote.

    Parameters
    ----------
    members : name of a network, or what the names of its three have before ``_rb``, ``_sl`` and ``_kd`` → its scores.
        The name may be empty where each family has one member.
    thresholds : of the ensemble.
    entries, cutouts : labels, and where the survey's table of them is.

    Raises
    ------
    ValueError : the scores are not of the same cutouts, of none that is labelled, or not of every member; or a group of
        the labels lies in two folds.
    """
    first = next(iter(members.values()))
    if any(
        not np.array_equal(oof.names, first.names) or not np.array_equal(oof.fold, first.fold)
        for oof in members.values()
    ):
        raise ValueError("expected out-of-fold scores of the same cutouts in the same folds, but they differ")
    found = {entry.cutout: (entry, replace(unit, cutouts={})) for entry, unit in labelled(_sure(entries), cutouts)}
    here = np.array([name in found for name in first.names])
    if not here.any():
        raise ValueError(f"{cutouts} holds none of the {len(here)} cutouts that have scores and a label")
    pairs = [found[name] for name in first.names[here]]
    scored = OutOfFold(
        first.names[here],
        np.array([entry.label.value for entry, _ in pairs]),
        np.array([entry.group for entry, _ in pairs]),
        first.fold[here],
        np.max([oof.logits[here] for oof in members.values()], axis=0),
        first.classes[here] if first.classes is not None and len(members) == 1 else None,
    )
    _check_folds(scored)
    passed = _passed_out_of_fold({name: sigmoid(oof.logits[here]) for name, oof in members.items()}, thresholds)
    left_out = _left_out(entries) + Counter({"without a score": len(_sure(entries)) - len(pairs)})
    return Judged(scored, passed, ranking(scored), [unit for _, unit in pairs], +left_out, out_of_fold=True)


def _check_folds(scored: OutOfFold) -> None:
    """See that no group of the labels lies in two folds: such scores would be of networks that have seen its object."""
    for group in np.unique(scored.groups):
        fold = np.unique(scored.fold[scored.groups == group])
        if len(fold) > 1:
            raise ValueError(
                f"expected each group in one fold, but {group} lies in the folds {', '.join(map(str, fold))}"
            )


def _passed_out_of_fold(members: Mapping[str, NDArray[np.float64]], thresholds: Thresholds) -> NDArray[np.bool_]:
    columns = []
    for number, family in enumerate(Family):
        of_family = dict(thresholds[family.value])
        passes = []
        for name, scores in members.items():
            known = [member for member in of_family if not name or member in (name, f"{name}_{family}")]
            if len(known) != 1:
                raise ValueError(f"expected out-of-fold scores of one of {', '.join(of_family)}, but came {name!r}")
            passes.append(scores[:, number] >= of_family.pop(known[0]))
        if of_family:
            raise ValueError(f"expected out-of-fold scores of every member, but {', '.join(of_family)} has none")
        columns.append(np.any(passes, axis=0))
    return np.stack(columns, axis=1)


def judge_now(ensemble: Ensemble, entries: Sequence[Entry], cutouts: Path) -> Judged:
    """Judge by scoring every labelled cutout; right only for cutouts that the networks have not learnt from.

    Raises
    ------
    ValueError : no labelled cutout could be scored.
    """
    kept: list[tuple[Entry, Detection, Scores]] = []
    left_out = _left_out(entries)
    units = labelled(_sure(entries), cutouts)
    while batch := list(islice(units, BATCH)):
        for (entry, unit), scores in zip(batch, ensemble.score([scorable(unit) for _, unit in batch]), strict=True):
            if scores.plausible is None:
                left_out[f"unscorable: {scores.reason}"] += 1
            else:
                kept.append((entry, replace(unit, cutouts={}), scores))
    if not kept:
        raise ValueError(f"{cutouts} holds none of the {len(entries)} labelled cutouts, or none can be scored")
    left_out["not found"] = len(entries) - len(kept) - left_out.total()
    fold_of = folds([entry for entry, _, _ in kept])
    maxima = np.clip([[_score(scores, family) for family in Family] for _, _, scores in kept], NEAREST, 1 - NEAREST)
    scored = OutOfFold(
        np.array([entry.cutout for entry, _, _ in kept]),
        np.array([entry.label.value for entry, _, _ in kept]),
        np.array([entry.group for entry, _, _ in kept]),
        np.array([fold_of[entry.group] for entry, _, _ in kept]),
        np.log(maxima / (1 - maxima)),
        _classes([scores for _, _, scores in kept]),
    )
    thresholds = ensemble.description["thresholds"]
    passed = np.array([[_passes(scores, family, thresholds) for family in Family] for _, _, scores in kept])
    ranks = np.array([scores.p_asteroid for _, _, scores in kept], float)
    return Judged(scored, passed, ranks, [unit for _, unit, _ in kept], +left_out, out_of_fold=False)


def _score(scores: Scores, family: Family) -> float:
    value = {Family.RB: scores.rb, Family.SL: scores.sl, Family.KD: scores.kd}[family]
    return float(value or 0)


def _classes(scored: Sequence[Scores]) -> NDArray[np.float64] | None:
    """Logarithms of the fine classes' probabilities (n, 8); None where no network tells them apart."""
    if not all(scores.classes for scores in scored):
        return None
    chances = np.array([[scores.classes[label.value] for label in JUDGED] for scores in scored])
    return np.asarray(np.log(np.clip(chances, NEAREST, 1)))


def _passes(scores: Scores, family: Family, thresholds: Any) -> bool:
    members = thresholds[family.value]
    found = members_of(scores.members, family, members)
    return any(found[name] >= least for name, least in members.items())


def _sure(entries: Sequence[Entry]) -> list[Entry]:
    return [entry for entry in entries if entry.label is not FineClass.UNSURE]


def _left_out(entries: Sequence[Entry]) -> Counter[str]:
    return Counter({"unsure": len(entries) - len(_sure(entries))})
