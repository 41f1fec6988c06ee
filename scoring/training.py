"""Train one network with a head for each family, fold by fold and on everything; every step can be resumed."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import keras
import numpy as np
from numpy.typing import NDArray

from scoring.conversion import averaged
from scoring.cutout import CutoutError, decode
from scoring.detection import CutoutKind
from scoring.families import JUDGED, Family, FineClass
from scoring.fitting import check_architecture, fit, read_network, weights_files
from scoring.fusion import fit_correction
from scoring.manifest import Entry, check_trainable, folds, labelled, read_manifest
from scoring.metadata import features
from scoring.out_of_fold import CORRECTION, OOF, OOF_WITH_METADATA
from scoring.preprocessing import NOISE, SKY, Unscorable, brightness
from scoring.run_record import PRETRAINED, check_initial, keep_record
from scoring.simulation.config import CUTOUT_SIZE, SimulationConfig
from scoring.train_config import TrainConfig
from scoring.training_images import LabelledCutouts, TrainingImages, draw_injected, draw_simulated

PRETRAINING = 999  # number of its seeds; folds have smaller ones


def load_real(entries: Sequence[Entry], cutouts: Path) -> LabelledCutouts:
    """Read every labelled cutout below a path; ``unsure`` and unscorable ones are left out."""
    found: list[tuple[Entry, NDArray[np.float16], NDArray[np.float32]]] = []
    for entry, detection in labelled([entry for entry in entries if entry.label is not FineClass.UNSURE], cutouts):
        try:
            bright = brightness(decode(detection.cutouts[CutoutKind.DIFF], detection), CUTOUT_SIZE)
        except (CutoutError, Unscorable):
            continue
        found.append((entry, ((bright - SKY) / NOISE).astype(np.float16), features(detection)))
    if not found:
        raise ValueError(f"{cutouts} holds none of the {len(entries)} cutouts that the manifest names")
    found.sort(key=lambda row: row[0].cutout)
    names, z, said = zip(*found, strict=True)
    return LabelledCutouts(
        np.stack(z),
        np.array([entry.label.value for entry in names]),
        np.array([entry.group for entry in names]),
        np.array([entry.confidence for entry in names]),
        np.array([entry.cutout for entry in names]),
        np.stack(said),
    )


def logits_of(network: keras.Model, real: LabelledCutouts, views: int) -> NDArray[np.float32]:
    """Logits (n, heads) of real cutouts as they are, averaged over their mirror images."""
    return np.asarray(averaged(network, views).predict(real.centres(), batch_size=64, verbose=0), dtype=np.float32)


@dataclass(frozen=True)
class Material:
    """Everything that a run learns from.

    Attributes
    ----------
    real : the labelled cutouts.
    fold : (n,) fold of each.
    injected, simulated : what was drawn.
    """

    real: LabelledCutouts
    fold: NDArray[np.int_]
    injected: LabelledCutouts
    simulated: LabelledCutouts

    @property
    def folds(self) -> int:
        """How many there are."""
        return int(self.fold.max()) + 1

    def images(self, config: TrainConfig, number: int) -> TrainingImages:
        """Leave out a fold's cutouts, and all drawn on its backgrounds; the number after the last leaves out none."""
        injected = self.injected.at(~np.isin(self.injected.groups, self.real.groups[self.fold == number]))
        return TrainingImages(
            [
                (self.real.at(self.fold != number), _shares(config.real)),
                (injected, _shares(config.injected)),
                (self.simulated, _shares(config.simulated)),
            ]
        )


def read_real(config: TrainConfig) -> tuple[LabelledCutouts, NDArray[np.int_]]:
    """Read the real cutouts, and give each its fold (n,): groups are dealt by the cutouts that could be read."""
    entries = read_manifest(Path(config.manifest))
    real = load_real(entries, Path(config.cutouts))
    read = set(real.names.tolist())
    entries = [entry for entry in entries if entry.cutout in read]
    check_trainable(entries)
    fold_of = folds(entries, config.named_folds)
    return real, np.array([fold_of[group] for group in real.groups.tolist()])


def gather(config: TrainConfig, real: LabelledCutouts, fold: NDArray[np.int_]) -> Material:
    """Draw on the real cutouts, and draw whole ones."""
    simulation = SimulationConfig.from_mapping(config.simulation)
    rng = np.random.default_rng(config.seed)
    return Material(
        real,
        fold,
        draw_injected(real, config.counts(config.injected), rng, simulation),
        draw_simulated(config.counts(config.simulated), rng, simulation),
    )


def train(config: TrainConfig, out: Path) -> Path:
    """Train the network that is shipped, and one for each fold.

    Returns
    -------
    Path : ``out``, with ``config.json`` and ``labels.csv`` (see ``scoring.run_record``), ``fold-<k>.weights.h5`` (the
        last ``k`` has learnt from every cutout; further networks have ``fold-<k>-2`` and so on) and ``oof.csv``, the
        logits that every cutout got from a network that had not seen its group. With metadata also ``correction.npz``
        and ``oof-with-metadata.csv``.

    Raises
    ------
    ManifestError, ValueError : labels or configuration cannot be used, or ``out`` holds a run of others.
    """
    check_architecture(config)
    real, fold = read_real(config)
    if config.initial:
        check_initial(Path(config.initial), real.names.tolist())
    out.mkdir(parents=True, exist_ok=True)
    keep_record(config, real, fold, out)
    material = gather(config, real, fold)
    begin = first_weights(config, out)

    def learn(number: int) -> None:
        images = material.images(config, number)
        for place, weights in enumerate(weights_files(out, number, config.networks)):
            fit(replace(config, seed=config.seed + place), images, number, weights, begin)

    learn(material.folds)
    logits = np.full((len(material.fold), config.heads), np.nan, np.float32)
    for number in range(material.folds):
        learn(number)
        network = read_network(config, out, number)
        held_out = material.fold == number
        logits[held_out] = logits_of(network, material.real.at(held_out), config.views)
        write_oof(out / OOF, material.real, material.fold, logits)
    if config.metadata:
        correct(material, logits, out)
    return out


def first_weights(config: TrainConfig, out: Path) -> Path | None:
    """Weights that every fold begins with: named, or learnt from simulated cutouts alone; None for random ones."""
    named = Path(config.initial) if config.initial else None
    if not config.pretraining:
        return named
    weights = out / PRETRAINED
    if not weights.exists():
        first = replace(config, epochs=config.pretraining)
        simulation = SimulationConfig.from_mapping(config.simulation)
        drawn = draw_simulated(first.counts(config.classes), np.random.default_rng(config.seed), simulation)
        fit(first, TrainingImages([(drawn, _shares(config.classes))]), PRETRAINING, weights, named)
    return weights


def correct(material: Material, logits: NDArray[np.float32], out: Path) -> None:
    """Fit the correction by the survey's fit, fold by fold for the figures: none has seen logits of its own fold."""
    real, corrected = material.real, np.empty_like(logits)
    for number in range(material.folds):
        held_out = material.fold == number
        learnt = real.at(~held_out)
        correction = fit_correction(logits[~held_out], learnt.features, learnt.labels, learnt.groups)
        corrected[held_out] = correction(logits[held_out], real.features[held_out])
    write_oof(out / OOF_WITH_METADATA, real, material.fold, corrected)
    shipped = fit_correction(logits, real.features, real.labels, real.groups)
    np.savez(out / CORRECTION, **asdict(shipped))


def _shares(shares: Mapping[str, float]) -> dict[FineClass, float]:
    return {FineClass(name): share for name, share in shares.items()}


def write_oof(path: Path, real: LabelledCutouts, fold: NDArray[np.int_], logits: NDArray[np.float32]) -> None:
    """Write the out-of-fold logits that there are so far."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        heads = [name.value for name in (*Family, *JUDGED)][: logits.shape[1]]
        writer.writerow(["cutout", "label", "group", "confidence", "fold", *heads])
        for *row, values in zip(real.names, real.labels, real.groups, real.confidence, fold, logits, strict=True):
            if np.isfinite(values).all():
                writer.writerow([*row, *(f"{value:.6f}" for value in values)])
