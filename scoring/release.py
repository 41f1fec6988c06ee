"""A finished training run → what is shipped: bundles, cards, thresholds and the calibrated ranking score."""

import hashlib
import platform
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import keras
import numpy as np

from scoring import __version__
from scoring.architectures import ARCHITECTURES
from scoring.bundle import write_bundle
from scoring.conversion import averaged, largest_difference, parameters, split_heads, to_tflite, with_scores
from scoring.ensemble_record import ensemble_description, ensemble_figures, passing, write_ensemble
from scoring.families import JUDGED, Family
from scoring.fitting import read_network
from scoring.fusion import Correction, corrected
from scoring.metadata import FEATURES
from scoring.out_of_fold import (
    CORRECTION,
    OOF,
    OOF_WITH_METADATA,
    OutOfFold,
    by_fold,
    measured,
    read_oof,
    rounded,
    thresholds_of,
)
from scoring.simulation import PAINTERS, SimulationConfig
from scoring.train_config import TrainConfig
from scoring.training_images import draw_simulated

INPUT = {
    "shape": [144, 144, 1],
    "dtype": "float32",
    "range": [0.0, 1.0],
    "convention": "1 - grey/255 of IPAC's rendering: sky 0.2, +10 sigma 1, -2.5 sigma 0; masked pixels 0.2; the fitted "
    "midpoint at pixel (72, 72); see scoring.preprocessing.to_network",
}
QUESTIONS = {
    Family.RB: "real (1) or bogus (0): anything streak-like is real, cosmic rays and satellites too",
    Family.SL: "short (1) or long (0): asked only of what is real",
    Family.KD: "keep (1: an asteroid) or ditch (0: anything else)",
}
INTENDED_USE = (
    "Ranking and selecting ZTF streak detections for people to vet. Not a discovery claim: nothing is reported without "
    "a person's look."
)
LIMITS = (
    "What is not like the labelled cutouts is not covered: other surveys, pixel scales, renderings, or streaks fainter "
    "or shorter than theirs. Rates hold for their mixture, not for a stream of detections."
)


def release(config: TrainConfig, run: Path, out: Path) -> Path:
    """Write the bundles, cards and ``ensemble.json`` of a finished run; return their folder."""
    build = ARCHITECTURES[config.architecture]
    oof = read_oof(run / (OOF_WITH_METADATA if config.metadata else OOF))
    network = read_network(config, run, int(oof.fold.max()) + 1)
    thresholds = thresholds_of(oof)
    images = draw_simulated(
        dict.fromkeys(PAINTERS, 8), np.random.default_rng(config.seed), SimulationConfig()
    ).centres()
    parts = split_heads(network, build) if config.split else {tuple(Family): shared(config, network, run)}
    members = []
    for families, part in parts.items():
        content = to_tflite(part, config.precision)
        card = network_card(config, families, oof, thresholds)
        card["parameters"] = parameters(part)
        card["largest_difference_from_parent"] = rounded(largest_difference(part, content, images))
        digest = write_bundle(out, content, card)
        members.append({"name": card["name"], "outputs": card["outputs"], "sha256": digest})
    of_members = {
        family: {member["name"]: thresholds[family] for member in members if family in member["outputs"]}
        for family in Family
    }
    data = data_record(config, oof)
    description = ensemble_description(
        config.name, oof, of_members, members, passed=passing(oof, thresholds), data=data
    )
    if config.metadata:
        pixels = read_oof(run / OOF)
        description["grouped_cross_validation_pixels_alone"] = ensemble_figures(pixels, passing(pixels, thresholds))
    write_ensemble(out, description, oof.names.tolist())
    return out


def shared(config: TrainConfig, network: keras.Model, run: Path) -> keras.Model:
    """Put the mirror images and the correction by the survey's fit about a network, and scores behind them."""
    network = averaged(network, config.views)
    if config.metadata:
        with np.load(run / CORRECTION) as stored:
            network = corrected(network, Correction(**stored))
    return with_scores(network)


def network_card(
    config: TrainConfig, families: Sequence[Family], oof: OutOfFold, thresholds: Mapping[Family, float]
) -> dict[str, Any]:
    """Make the card of one network."""
    return {
        "name": f"{config.name}_{families[0]}" if config.split else config.name,
        "version": __version__,
        "architecture": config.architecture,
        "outputs": [family.value for family in families],
        "classes": [label.value for label in JUDGED] if config.fine_classes else [],
        "metadata": list(FEATURES) if config.metadata else [],
        "questions": {family.value: QUESTIONS[family] for family in families},
        "precision": config.precision,
        "input": INPUT,
        "output": "score 0-1 of each family, sigmoid; then the probability of each fine class, where there are any",
        "thresholds": {family.value: thresholds[family] for family in families},
        "licence": "MIT",
        "intended_use": INTENDED_USE,
        "limits": config.limits or LIMITS,
        "data": data_record(config, oof),
        "grouped_cross_validation": {
            family.value: family_figures(family, oof, thresholds[family]) for family in families
        },
        "training": training_record(config),
    }


def family_figures(family: Family, oof: OutOfFold, threshold: float) -> dict[str, Any]:
    """Measure one family on cutouts whose groups the networks had not seen."""
    scores, truth, known = oof.of(family)
    picked = scores >= threshold
    return {
        **measured(scores, truth, oof.groups[known]),
        "at_threshold": {"tpr": rounded(picked[truth].mean()), "fpr": rounded(picked[~truth].mean())},
        "folds": by_fold(scores, truth, oof.groups[known], oof.fold[known]),
        "note": "each cutout scored by a network that had seen no cutout, and no background, of its group; the shipped "
        "network has learnt from all groups",
    }


def data_record(config: TrainConfig, oof: OutOfFold) -> dict[str, Any]:
    """Record what was learnt from."""
    return {
        "source": config.source or f"cutouts that {Path(config.manifest).name} labels",
        "drawn": "streaks of scoring.simulation on cutouts without one, and whole simulated cutouts",
        "manifest": Path(config.manifest).name,
        "manifest_sha256": hashlib.sha256(Path(config.manifest).read_bytes()).hexdigest(),
        "cutouts": dict(sorted(Counter(oof.labels.tolist()).items())),
        "groups": len(set(oof.groups.tolist())),
        "split": "by group (nights joined by a common object), never by cutout",
        "left_out": "unsure, and what cannot be scored",
    }


def training_record(config: TrainConfig) -> dict[str, Any]:
    """Record how it was trained."""
    return {
        "command": f"./run train {config.name}.toml",
        "config": asdict(config),
        "versions": {"python": platform.python_version(), "keras": keras.__version__, "numpy": np.__version__},
        "made": datetime.now(UTC).date().isoformat(),
    }
