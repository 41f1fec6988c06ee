"""Real and simulated cutouts side by side, and how well a classifier tells them apart."""

import json
from collections import defaultdict
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from scipy.optimize import minimize
from scipy.special import expit

from scoring.cutout import CutoutError, decode
from scoring.detection import CutoutKind
from scoring.evaluation import auc
from scoring.families import FineClass
from scoring.manifest import Entry, folds, labelled, read_manifest
from scoring.preprocessing import NOISE, SKY, Unscorable, brightness
from scoring.simulation.config import CUTOUT_SIZE
from scoring.simulation.rendering import FloatImage, z_to_grey

SHOWN = 6  # cutouts of each kind and class in the sheet
GAP, TITLE = 4, 14  # px between cutouts, and of a line of text
FOLDS = 4
LEAST = 20  # cutouts of each kind below which no classifier is trained
PENALTY = 0.01  # on the squared coefficients, of standardised features
QUANTILES = (0.001, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 0.999)
RINGS = np.linspace(0, 0.71, 9)  # cycles per px

Labelled = dict[FineClass, list[tuple[Entry, FloatImage]]]


def compare(real: tuple[Path, Path], simulated: tuple[Path, Path], out: Path) -> dict[str, float]:
    """Draw the sheet and measure how well real and simulated cutouts can be told apart.

    Parameters
    ----------
    real, simulated : a path that `scoring.readers` takes, and the manifest of its cutouts.
    out : folder for ``sheet.png`` and ``told_apart.json``.

    Returns
    -------
    Class → AUC of a logistic regression on 29 simple features, on groups that it was not fitted to: 0.5 is chance, and
        the lower the better. Classes with fewer than 20 cutouts of either kind are left out.

    Raises
    ------
    ValueError : a path holds none of the cutouts that its manifest names.
    """
    ours, theirs = _read(*simulated), _read(*real)
    out.mkdir(parents=True, exist_ok=True)
    _sheet(theirs, ours).save(out / "sheet.png")
    apart = {
        label.value: told_apart(theirs[label], ours[label])
        for label in FineClass
        if min(len(theirs[label]), len(ours[label])) >= LEAST
    }
    (out / "told_apart.json").write_text(json.dumps({"auc": apart}, indent=2) + "\n", encoding="utf-8")
    return apart


def _read(path: Path, manifest: Path) -> Labelled:
    """Read the labelled cutouts below a path: z (157, 157), NaN where masked."""
    entries = read_manifest(manifest)
    found: Labelled = defaultdict(list)
    for entry, unit in labelled(entries, path):
        try:
            bright = brightness(decode(unit.cutouts[CutoutKind.DIFF], unit), CUTOUT_SIZE)
        except (CutoutError, Unscorable):
            continue
        found[entry.label].append((entry, ((bright - SKY) / NOISE).astype(np.float32)))
    if not found:
        raise ValueError(f"{path} holds none of the {len(entries)} cutouts that {manifest} names")
    return found


def _sheet(real: Labelled, simulated: Labelled) -> Image.Image:
    """Real cutouts on the left, simulated ones on the right, a row for each class."""
    labels = [label for label in FineClass if real[label] and simulated[label]]
    step = CUTOUT_SIZE + GAP
    middle = SHOWN * step + 3 * GAP
    sheet = Image.new("L", (middle + SHOWN * step, max(len(labels), 1) * (step + TITLE)), 255)
    pen = ImageDraw.Draw(sheet)
    for row, label in enumerate(labels):
        top = row * (step + TITLE)
        for left, kind, cutouts in ((0, "real", real[label]), (middle, "simulated", simulated[label])):
            pen.text((left, top), f"{label}, {kind}", fill=0)
            chosen = np.linspace(0, len(cutouts) - 1, min(SHOWN, len(cutouts))).astype(int)
            for column, index in enumerate(chosen):
                picture = Image.fromarray(z_to_grey(cutouts[index][1]))
                sheet.paste(picture, (left + column * step, top + TITLE))
    return sheet


def told_apart(real: list[tuple[Entry, FloatImage]], simulated: list[tuple[Entry, FloatImage]]) -> float:
    """AUC, on groups that it was not fitted to, of a logistic regression between real and simulated cutouts."""
    cutouts = [*real, *simulated]
    values = np.stack([features(z) for _, z in cutouts])
    truth = np.arange(len(cutouts)) >= len(real)
    fold = np.empty(len(cutouts), int)
    for kind in (~truth, truth):  # each kind is dealt by itself: no fold lacks one of them
        entries = [cutouts[index][0] for index in np.flatnonzero(kind)]
        fold_of = folds(entries, count=FOLDS)
        fold[kind] = [fold_of[entry.group] for entry in entries]
    scores = np.zeros(len(cutouts))
    for number in np.unique(fold):
        held_out = fold == number
        scores[held_out] = _fitted(values[~held_out], truth[~held_out], values[held_out])
    return round(auc(scores, truth), 3)


def features(z: FloatImage) -> NDArray[np.float64]:
    """Describe a cutout (ny, nx) in sigma by its levels, its correlations and the power at each scale."""
    seen = np.isfinite(z)
    whole = np.where(seen, z, 0).astype(np.float64)
    levels = np.quantile(z[seen], QUANTILES)
    middle = slice(CUTOUT_SIZE // 2 - 10, CUTOUT_SIZE // 2 + 11)
    spread = whole.std() + 1e-6
    pairs = ((whole[1:], whole[:-1]), (whole[2:], whole[:-2]))
    across = ((whole[:, 1:], whole[:, :-1]), (whole[:, 2:], whole[:, :-2]))
    correlations = [float((first * second).mean()) / spread**2 for first, second in (*pairs, *across)]
    power = np.abs(np.fft.fft2(np.clip(whole, -2.5, 5))) ** 2 / whole.size
    frequency = np.hypot(*np.meshgrid(*(np.fft.fftfreq(side) for side in whole.shape), indexing="ij"))
    in_ring = np.digitize(frequency, RINGS)
    rings = [np.log(power[in_ring == ring].mean() + 1e-6) for ring in range(1, len(RINGS))]
    blocks = whole[:152, :152].reshape(19, 8, 19, 8).mean(axis=(1, 3))
    centre = whole[middle, middle]
    rest = [np.log(spread), seen.mean(), blocks.std(), blocks.max(), blocks.min(), centre.mean(), centre.std()]
    return np.array([*levels, *correlations, *rings, *rest, float((np.abs(whole) > 5).mean())])


def _fitted(values: NDArray[np.float64], truth: NDArray[np.bool_], asked: NDArray[np.float64]) -> NDArray[np.float64]:
    """Fit a logistic regression on standardised features; return the logits of those that are asked for."""
    mean, spread = values.mean(axis=0), values.std(axis=0) + 1e-9
    x = np.c_[(values - mean) / spread, np.ones(len(values))]
    weight = np.where(truth, 0.5 / truth.mean(), 0.5 / (1 - truth.mean()))  # as if there were as many of each kind

    def loss(line: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        logits = x @ line
        slope = x.T @ (weight * (expit(logits) - truth)) / len(x) + 2 * PENALTY * line
        return float(np.mean(weight * (np.logaddexp(0, logits) - truth * logits)) + PENALTY * line @ line), slope

    line = minimize(loss, np.zeros(x.shape[1]), jac=True, method="L-BFGS-B").x
    far = np.clip((asked - mean) / spread, -10, 10)
    return np.asarray(np.c_[far, np.ones(len(asked))] @ line)
