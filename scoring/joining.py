"""Several finished training runs → one ensemble, with thresholds and a calibration for all of its members."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scoring.bundle import Bundle, read_bundle, read_json, write_bundle
from scoring.ensemble_record import ensemble_description, write_ensemble
from scoring.evaluation import threshold_at_fpr
from scoring.families import Family
from scoring.inference import NEAREST
from scoring.out_of_fold import (
    FPR_OF_KD,
    KEPT_BY_OTHERS,
    OOF,
    OOF_WITH_METADATA,
    OutOfFold,
    read_oof,
    sigmoid,
    written,
)

LEVELS = np.linspace(0, 0.03, 31)  # false positive rates of kd's members alone; rb and sl take some of them away
QUANTILES = np.linspace(0, 0.5, 501)  # of the asteroids' scores, where the thresholds of rb and sl may lie
SOFTNESS = 0.5  # of a threshold, in logits: no choice hangs on which side of it a single asteroid lies
MOST_RUNS = 3
Thresholds = Mapping[Family, Sequence[float]]  # of each run's member


@dataclass(frozen=True)
class Run:
    """A finished run.

    Attributes
    ----------
    bundles : its networks; the compressed ones where there are any.
    oof : scores that cutouts got from its folds.
    data : what it has learnt from, as its ``ensemble.json`` says.
    """

    bundles: Sequence[Bundle]
    oof: OutOfFold
    data: Mapping[str, Any]

    def member(self, family: Family) -> str:
        """Name of the network that answers for a family."""
        return next(bundle.name for bundle in self.bundles if family in bundle.outputs)


def join(folders: Sequence[Path], name: str, out: Path) -> Path:
    """Write one ensemble of the networks of several runs; return its folder.

    Parameters
    ----------
    folders : of released runs of `scoring.training.train`; of each, ``compressed/bundles`` or else ``bundles``.
    name : of the ensemble.
    out : folder to write.

    Raises
    ------
    ValueError : fewer than two runs or too many, or they have learnt from other cutouts or in other folds.
    """
    if not 2 <= len(folders) <= MOST_RUNS:
        raise ValueError(f"expected two to {MOST_RUNS} runs, but came {len(folders)}")
    runs = [read_run(folder) for folder in folders]
    first = runs[0].oof
    for folder, run in zip(folders, runs, strict=True):
        if not (np.array_equal(run.oof.names, first.names) and np.array_equal(run.oof.fold, first.fold)):
            raise ValueError(f"expected scores of the same cutouts in the same folds, but {folder} has others")
    oof = replace(first, logits=np.max([run.oof.logits for run in runs], axis=0), classes=None)
    chosen = joint_thresholds([run.oof for run in runs])
    thresholds = {
        family: {run.member(family): least for run, least in zip(runs, chosen[family], strict=True)}
        for family in Family
    }
    members = []
    for bundle in (bundle for run in runs for bundle in run.bundles):
        own = {family.value: thresholds[family][bundle.name] for family in bundle.outputs}
        digest = write_bundle(out, bundle.content, {**bundle.card, "thresholds": own}, packed=None)
        members.append({"name": bundle.name, "outputs": list(bundle.outputs), "sha256": digest})
    description = ensemble_description(
        name, oof, thresholds, members, passed=passed_out_of_fold([run.oof for run in runs]), data=runs[0].data
    )
    write_ensemble(out, description, first.names.tolist())
    return out


def read_run(folder: Path) -> Run:
    """Read a run's networks and scores."""
    bundles = folder / "compressed" / "bundles"
    bundles = bundles if bundles.is_dir() else folder / "bundles"
    description = read_json(bundles / "ensemble.json")
    networks = [read_bundle(bundles / f"{member['name']}.json") for member in description["members"]]
    fused = any(network.metadata for network in networks)
    return Run(networks, read_oof(folder / (OOF_WITH_METADATA if fused else OOF)), description["data"])


def joint_thresholds(runs: Sequence[OutOfFold]) -> dict[Family, list[float]]:
    """Thresholds of each run's member, in each family.

    rb and sl take away what is surely none: together their members pass 99 % of the asteroids, all at the same quantile
    of their own scores of asteroids, never above one half. What then passes kd may hold 1 % of what is no asteroid: of
    all ways to set its members in steps, the one that is to pass most cutouts like the asteroids (see `_chance`).
    """
    asteroid = runs[0].asteroid
    thresholds: dict[Family, list[float]] = {}
    open_ = np.ones(len(asteroid), bool)
    for family in (Family.RB, Family.SL):
        scores = _scores(runs, family)
        at = [np.quantile(s[asteroid], QUANTILES, method="lower").clip(max=0.5) for s in scores]
        levels = np.stack(at, axis=1)
        kept = [_passing(scores, least)[asteroid].mean() >= KEPT_BY_OTHERS for least in levels]
        thresholds[family] = [written(least) for least in levels[int(np.flatnonzero(kept)[-1])]]
        open_ &= _passing(scores, thresholds[family])
    scores = _scores(runs, Family.KD)
    steps = [[written(threshold_at_fpr(values, asteroid, level)) for level in LEVELS] for values in scores]
    passing = [[open_ & (values >= least) for least in own] for values, own in zip(scores, steps, strict=True)]
    missing = [
        [1 - _chance(values[asteroid], least) for least in own] for values, own in zip(scores, steps, strict=True)
    ]
    best, fewest = tuple(0 for _ in runs), np.inf
    for choice in product(range(len(LEVELS)), repeat=len(runs)):
        passed = np.any([own[level] for own, level in zip(passing, choice, strict=True)], axis=0)
        if passed[~asteroid].sum() > FPR_OF_KD * (~asteroid).sum():
            continue
        missed = float(np.prod([own[level] for own, level in zip(missing, choice, strict=True)], axis=0).sum())
        if missed < fewest:
            best, fewest = choice, missed
    thresholds[Family.KD] = [own[level] for own, level in zip(steps, best, strict=True)]
    return {family: thresholds[family] for family in Family}


def _chance(scores: NDArray[np.float64], threshold: float) -> NDArray[np.float64]:
    """Chance that a cutout like each of these passes a threshold: their logits are taken to vary by about one."""
    logits = [
        np.log(values / (1 - values))
        for values in np.clip([scores, np.full_like(scores, threshold)], NEAREST, 1 - NEAREST)
    ]
    return sigmoid((logits[0] - logits[1]) / SOFTNESS)


def passed_out_of_fold(runs: Sequence[OutOfFold]) -> NDArray[np.bool_]:
    """Say which cutouts pass the rule (n,), each fold by thresholds that were chosen on the others."""
    passed = np.zeros(len(runs[0].fold), bool)
    for number in np.unique(runs[0].fold):
        held_out = runs[0].fold == number
        chosen = joint_thresholds([_at(oof, ~held_out) for oof in runs])
        tried = [_at(oof, held_out) for oof in runs]
        passed[held_out] = np.all([_passing(_scores(tried, family), chosen[family]) for family in Family], axis=0)
    return passed


def _at(oof: OutOfFold, rows: NDArray[np.bool_]) -> OutOfFold:
    return OutOfFold(oof.names[rows], oof.labels[rows], oof.groups[rows], oof.fold[rows], oof.logits[rows])


def _scores(runs: Sequence[OutOfFold], family: Family) -> list[NDArray[np.float64]]:
    return [sigmoid(oof.logits[:, list(Family).index(family)]) for oof in runs]


def _passing(scores: Sequence[NDArray[np.float64]], thresholds: Sequence[float]) -> NDArray[np.bool_]:
    """Say which cutouts at least one member lets pass."""
    return np.asarray(np.any([values >= least for values, least in zip(scores, thresholds, strict=True)], axis=0))
