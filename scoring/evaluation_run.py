"""An ensemble and labelled cutouts → ``evaluation.json`` and ``model-card.md``."""

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scoring import __version__
from scoring.assessment import assess, ranked
from scoring.bundle import EVALUATION, read_card
from scoring.detection import Detection
from scoring.inference import Ensemble
from scoring.intervals import Draws
from scoring.judged import Judged, judge_now, judge_out_of_fold
from scoring.learnt import learnt_among
from scoring.manifest import read_manifest
from scoring.model_card import model_card
from scoring.out_of_fold import DRAWS, OutOfFold, read_oof
from scoring.whole_file import whole_file

CARD = "model-card.md"
LEARNT = "of cutouts that the networks have learnt from{}: better than they are on others"


def evaluate(
    directory: Path, truth: Path, cutouts: Path, out: Path, oof: Sequence[str] = (), *, baselines: bool = False
) -> dict[str, Any]:
    """Evaluate an ensemble, and write what was found.

    Parameters
    ----------
    directory : the ensemble.
    truth, cutouts : labels, and a path that `scoring.readers` takes.
    out : folder for ``evaluation.json`` and ``model-card.md``.
    oof : ``FILE`` or ``MEMBER=FILE`` of out-of-fold scores; none to score the cutouts now.
    baselines : whether gradient boosting on the table's columns stands beside it (needs scikit-learn).

    Returns
    -------
    dict : the evaluation, as it was written.

    Raises
    ------
    BundleError, ManifestError, ValueError : the ensemble, the labels or the scores cannot be used.
    """
    ensemble = Ensemble.load(directory)
    entries = read_manifest(truth)
    if oof:
        judged = judge_out_of_fold(_members(oof), ensemble.description["thresholds"], entries, cutouts)
    else:
        judged = judge_now(ensemble, entries, cutouts)
    evaluation = _identity(directory, ensemble) | assess(judged)
    digest = _digest(truth)
    evaluation["data"] |= {"truth": truth.name, "truth_sha256": digest}
    evaluation["systems"] += _baselines(judged, grown=baselines)
    cards = [read_card(directory / f"{member}.json") for member in ensemble.members]
    if not oof:
        learnt = learnt_among(directory, judged.scored.names.tolist())
        same = any(card.get("data", {}).get("manifest_sha256") == digest for card in cards)
        if learnt or (learnt is None and same):
            evaluation["scores"] = LEARNT.format(f" ({learnt} of {len(judged.scored.names)})" if learnt else "")
    out.mkdir(parents=True, exist_ok=True)
    for name, text in ((EVALUATION, json.dumps(evaluation, indent=1)), (CARD, model_card(evaluation, cards))):
        with whole_file(out / name) as file:
            file.write(f"{text.rstrip()}\n".encode())
    return evaluation


def _identity(directory: Path, ensemble: Ensemble) -> dict[str, Any]:
    return {
        "ensemble": {
            "name": ensemble.name,
            "version": str(ensemble.description.get("version", "")),
            "sha256": _digest(directory / "ensemble.json"),
            "members": list(ensemble.members),
            "thresholds": ensemble.description["thresholds"],
        },
        "made": datetime.now(UTC).date().isoformat(),
        "made_by": f"scoring {__version__}",
    }


def _members(given: Sequence[str]) -> dict[str, OutOfFold]:
    """Read ``MEMBER=FILE`` of each member; a name may be left out where there is one file."""
    pairs = [
        (name, path) if is_named else ("", name) for name, is_named, path in (text.partition("=") for text in given)
    ]
    if len({name for name, _ in pairs}) != len(pairs):
        raise ValueError(f"expected --oof MEMBER=FILE with another member each time, but came {' '.join(given)}")
    return {name: read_oof(Path(path)) for name, path in pairs}


def _baselines(judged: Judged, *, grown: bool) -> list[dict[str, Any]]:
    """Measure what the ensemble has to beat on the same cutouts, in the same folds, with the same draws."""
    asteroid, groups = judged.scored.asteroid, judged.scored.groups
    columns = {"survey's prob": _survey_prob(judged.detections)}
    if grown:
        from scoring.baselines import gradient_boosting, group_folds

        for folds, fold in (("the same folds", judged.scored.fold), ("GroupKFold of 10", group_folds(groups))):
            columns[f"gradient boosting, {folds}"] = gradient_boosting(judged.detections, asteroid, fold)
    draws = Draws.of(groups, DRAWS)
    return [ranked(name, scores, asteroid, draws) for name, scores in columns.items() if scores is not None]


def _survey_prob(detections: Sequence[Detection]) -> NDArray[np.float64] | None:
    """Give the survey's own ``prob`` of each; None unless the table has it for all."""
    prob = np.array([detection.values.get("prob", np.nan) for detection in detections])
    return prob if np.isfinite(prob).all() else None


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
