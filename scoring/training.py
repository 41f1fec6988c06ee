"""Train one network with a head for each family, fold by fold and on everything; every step can be resumed."""

import csv
import json
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import keras
import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from scoring.cutout import CutoutError, decode
from scoring.detection import CutoutKind, Detection
from scoring.families import Family, FineClass
from scoring.fitting import fit
from scoring.manifest import Entry, folds, read_manifest
from scoring.preprocessing import NOISE, SKY, Unscorable, brightness
from scoring.readers import discover
from scoring.simulation.config import CUTOUT_SIZE, SimulationConfig
from scoring.train_config import TrainConfig
from scoring.training_images import LabelledCutouts, TrainingImages, draw_injected, draw_simulated


def load_real(entries: Sequence[Entry], cutouts: Path) -> LabelledCutouts:
    """Read every labelled cutout below a path; ``unsure`` and unscorable ones are left out."""
    wanted = {entry.cutout: entry for entry in entries if entry.label is not FineClass.UNSURE}
    found: list[tuple[Entry, NDArray[np.float16]]] = []
    for source in tqdm(discover(cutouts, verify=False), desc="cutouts", unit="source"):
        for item in source.read():
            raw = item.cutouts.get(CutoutKind.DIFF) if isinstance(item, Detection) else None
            entry = wanted.pop(Path(raw.name).name, None) if raw else None
            if raw is None or entry is None or not isinstance(item, Detection):
                continue
            try:
                bright = brightness(decode(raw, item), CUTOUT_SIZE)
            except (CutoutError, Unscorable):
                continue
            found.append((entry, ((bright - SKY) / NOISE).astype(np.float16)))
    if not found:
        raise ValueError(f"{cutouts} holds none of the {len(entries)} cutouts that the manifest names")
    order = sorted(found, key=lambda pair: pair[0].cutout)
    return LabelledCutouts(
        np.stack([z for _, z in order]),
        np.array([entry.label.value for entry, _ in order]),
        np.array([entry.group for entry, _ in order]),
        np.array([entry.confidence for entry, _ in order]),
        np.array([entry.cutout for entry, _ in order]),
    )


def logits_of(network: keras.Model, real: LabelledCutouts) -> NDArray[np.float32]:
    """Logits (n, 3) of real cutouts as they are."""
    return np.asarray(network.predict(real.centres(), batch_size=64, verbose=0), dtype=np.float32)


def train(config: TrainConfig, out: Path) -> Path:
    """Train the folds and the network that is shipped.

    Returns
    -------
    Path : ``out``, with ``config.json``, ``fold-<k>.weights.h5`` (the last ``k`` has learnt from every cutout) and
        ``oof.csv``, the logits that every cutout got from a network that had not seen its group.
    """
    out.mkdir(parents=True, exist_ok=True)
    entries = read_manifest(Path(config.manifest))
    real = load_real(entries, Path(config.cutouts))
    fold_of = folds(entries, config.named_folds)
    fold = np.array([fold_of[group] for group in real.groups])
    simulation = SimulationConfig.from_mapping(config.simulation)
    rng = np.random.default_rng(config.seed)
    injected = draw_injected(real, config.counts(config.injected), rng, simulation)
    simulated = draw_simulated(config.counts(config.simulated), rng, simulation)
    write_record(config, out)
    oof = np.full((len(fold), len(Family)), np.nan, np.float32)
    count = int(fold.max()) + 1
    for number in range(count + 1):
        held_out = [group for group, at in fold_of.items() if at == number]  # none in the last: it learns from all
        images = TrainingImages(
            [
                (real.at(fold != number), _shares(config.real)),
                (injected.at(~np.isin(injected.groups, held_out)), _shares(config.injected)),
                (simulated, _shares(config.simulated)),
            ]
        )
        network = fit(config, images, number, out)
        if number < count:
            oof[fold == number] = logits_of(network, real.at(fold == number))
            write_oof(out / "oof.csv", real, fold, oof)
    return out


def _shares(shares: Mapping[str, float]) -> dict[FineClass, float]:
    return {FineClass(name): share for name, share in shares.items()}


def write_oof(path: Path, real: LabelledCutouts, fold: NDArray[np.int_], logits: NDArray[np.float32]) -> None:
    """Write the out-of-fold logits that there are so far."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["cutout", "label", "group", "confidence", "fold", *(family.value for family in Family)])
        for *row, values in zip(real.names, real.labels, real.groups, real.confidence, fold, logits, strict=True):
            if np.isfinite(values).all():
                writer.writerow([*row, *(f"{value:.6f}" for value in values)])


def write_record(config: TrainConfig, out: Path) -> None:
    """Write the configuration and the versions beside the weights."""
    record = {
        "config": asdict(config),
        "python": platform.python_version(),
        "keras": keras.__version__,
        "backend": keras.backend.backend(),
        "numpy": np.__version__,
    }
    (out / "config.json").write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
