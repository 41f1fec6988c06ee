"""Training images: real cutouts, drawn streaks on real backgrounds, simulated ones, all under the sky's symmetries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Self

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from scoring.families import JUDGED, TARGETS, Family, FineClass
from scoring.metadata import FEATURES
from scoring.preprocessing import NOISE, SIDE, SKY
from scoring.simulation import SimulationConfig, inject, simulate
from scoring.simulation.config import CUTOUT_SIZE

MISSING = -1.0  # target of a family that a class says nothing to
EDGE = CUTOUT_SIZE // 2 - SIDE // 2  # first row and column of the crop about the midpoint
SHIFT = 4  # px by which a crop may be off the fitted midpoint
NOISY_SHARE, MOST_NOISE = 0.3, 0.7  # share of images that get noise added, and its most, sigma
CONFIDENCE_WEIGHTS = {1: 0.5, 2: 0.8, 3: 1.0}  # how much a label counts, by what its vetter was sure of
SIMULATED = ""  # group of cutouts that hold nothing real
# How often an injected streak gets a background of each class: mostly empty sky, as on the real sky.
BACKGROUNDS = {
    FineClass.BLANK: 0.55,
    FineClass.BAD_SUBTRACTION: 0.2,
    FineClass.MASKED_STAR: 0.15,
    FineClass.GHOST: 0.1,
}
Shares = Mapping[FineClass, float]


@dataclass(frozen=True)
class LabelledCutouts:
    """Cutouts in memory, real or drawn.

    Attributes
    ----------
    z : float16 (n, 157, 157), brightness over the sky in sigma, -2.5 to 10; NaN where there are no data.
    labels : fine class of each.
    groups : group of nights of each; of a drawn one, its background's.
    confidence : 1 (a guess) to 3 (sure) of each.
    names : file name of each; empty for a drawn one.
    features : float32 (n, m), what the survey's fit says (see ``scoring.metadata``); NaN where it says nothing.
    """

    z: NDArray[np.float16]
    labels: NDArray[np.str_]
    groups: NDArray[np.str_]
    confidence: NDArray[np.int_]
    names: NDArray[np.str_]
    features: NDArray[np.float32]

    @classmethod
    def drawn(cls, z: NDArray[np.float16], labels: Sequence[str], groups: Sequence[str]) -> Self:
        """Cutouts whose truth is known."""
        size = len(labels)
        unknown = np.full((size, len(FEATURES)), np.nan, np.float32)
        return cls(z, np.array(labels, str), np.array(groups, str), np.full(size, 3), np.full(size, ""), unknown)

    def at(self, chosen: NDArray[np.bool_]) -> "LabelledCutouts":
        """Those that are True in `chosen` (n,)."""
        return LabelledCutouts(*(getattr(self, part.name)[chosen] for part in fields(self)))

    def centres(self) -> NDArray[np.float32]:
        """Networks' input without augmentation: float32 (n, 144, 144, 1)."""
        inside = slice(EDGE, EDGE + SIDE)
        return network_input(self.z[:, inside, inside].astype(np.float32))

    def members(self) -> dict[FineClass, tuple[NDArray[np.int_], NDArray[np.float64]]]:
        """Rows of each class, and the probability to draw each: no night outvotes the others."""
        rows = {label: np.flatnonzero(self.labels == label.value) for label in FineClass}
        return {label: (where, group_weights(self.groups[where])) for label, where in rows.items() if len(where)}


def group_weights(groups: NDArray[np.str_]) -> NDArray[np.float64]:
    """Give each row of a class its probability, by the inverse root of its group's size: no night outvotes the rest."""
    _, of_group, counts = np.unique(groups, return_inverse=True, return_counts=True)
    weights = counts[of_group] ** -0.5
    return np.asarray(weights / weights.sum())


def network_input(z: NDArray[np.float32]) -> NDArray[np.float32]:
    """From sigma over the sky, (n, 144, 144), to what the networks take, (n, 144, 144, 1) in [0, 1]."""
    return np.asarray(np.clip(SKY + NOISE * np.nan_to_num(z), 0, 1)[..., None], dtype=np.float32)


def targets_of(labels: Sequence[str]) -> NDArray[np.float32]:
    """Targets (n, 3 + 8): rb, sl, kd, with -1 where a class says nothing to the family; then 1 for the class itself."""
    table = {
        label.value: [MISSING if (target := TARGETS[label][family]) is None else target for family in Family]
        + [float(label is other) for other in JUDGED]
        for label in FineClass
    }
    return np.array([table[label] for label in labels], np.float32).reshape(-1, len(Family) + len(JUDGED))


def draw_injected(
    real: LabelledCutouts, counts: Mapping[FineClass, int], rng: np.random.Generator, config: SimulationConfig
) -> LabelledCutouts:
    """Draw streaks on real backgrounds that have none; each keeps the group of its background."""
    members = {label: rows for label, rows in real.members().items() if label in BACKGROUNDS}
    shares = np.array([BACKGROUNDS[label] for label in members])
    labels = [label for label, count in counts.items() for _ in range(count)]
    z, groups = np.empty((len(labels), CUTOUT_SIZE, CUTOUT_SIZE), np.float16), []
    for i, label in enumerate(tqdm(labels, desc="injecting", unit="cutout", mininterval=5)):
        under = list(members)[rng.choice(len(members), p=shares / shares.sum())]
        row = int(rng.choice(members[under][0], p=members[under][1]))
        masked = np.isnan(real.z[row])
        background = np.nan_to_num(real.z[row]).astype(np.float32)
        made, masked, _ = inject(background, masked, label, rng, config)
        z[i] = np.where(masked, np.nan, made)
        groups.append(str(real.groups[row]))
    return LabelledCutouts.drawn(z, [label.value for label in labels], groups)


def draw_simulated(
    counts: Mapping[FineClass, int], rng: np.random.Generator, config: SimulationConfig
) -> LabelledCutouts:
    """Draw whole cutouts, background included."""
    parts, labels = [], []
    for label, count in tqdm(counts.items(), desc="simulating", unit="class"):
        made = simulate(label, rng, config, count)
        parts.append(np.where(made.masked, np.nan, np.clip(made.z, -2.5, 10)).astype(np.float16))
        labels += [label.value] * count
    z = np.concatenate(parts) if parts else np.empty((0, CUTOUT_SIZE, CUTOUT_SIZE), np.float16)
    return LabelledCutouts.drawn(z, labels, [SIMULATED] * len(labels))


class TrainingImages:
    """Draws batches of training images in fixed proportions.

    Parameters
    ----------
    sources : cutouts that may be learnt from, with the share of each class of theirs among all images.
    """

    def __init__(self, sources: Sequence[tuple[LabelledCutouts, Shares]]) -> None:
        self.pools: list[tuple[LabelledCutouts, FineClass, NDArray[np.int_], NDArray[np.float64]]] = []
        shares = []
        for cutouts, classes in sources:
            members = cutouts.members()
            for label in (label for label in classes if label in members):
                self.pools.append((cutouts, label, *members[label]))
                shares.append(classes[label])
        self.shares = np.array(shares) / np.sum(shares)

    def batch(
        self, size: int, rng: np.random.Generator
    ) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
        """Images (size, 144, 144, 1), targets (size, 3 + 8) and weights (size,)."""
        z = np.empty((size, SIDE, SIDE), np.float32)
        labels, weights = [], np.ones(size, np.float32)
        for i, choice in enumerate(rng.choice(len(self.pools), size, p=self.shares)):
            cutouts, label, rows, odds = self.pools[choice]
            row = int(rng.choice(rows, p=odds))
            z[i] = turned(cutouts.z[row], rng)
            if rng.random() < NOISY_SHARE:
                z[i] = fainter(z[i], float(rng.uniform(0, MOST_NOISE)), rng)
            labels.append(label.value)
            weights[i] = CONFIDENCE_WEIGHTS[int(cutouts.confidence[row])]
        return network_input(z), targets_of(labels), weights


def turned(image: NDArray[np.float16], rng: np.random.Generator) -> NDArray[np.float32]:
    """One of the eight symmetries of the square, shifted by up to 4 px: (157, 157) → (144, 144)."""
    y, x = EDGE + rng.integers(-SHIFT, SHIFT + 1, 2)
    part = np.rot90(image[y : y + SIDE, x : x + SIDE], int(rng.integers(4)))
    return np.asarray(part.T if rng.random() < 0.5 else part, dtype=np.float32)


def fainter(z: NDArray[np.float32], noise: float, rng: np.random.Generator) -> NDArray[np.float32]:
    """Add noise and divide by the new sigma: the same sky, with everything on it fainter."""
    noisy = z + np.float32(noise) * rng.standard_normal(z.shape, np.float32)
    return np.asarray(noisy / np.float32(np.hypot(1, noise)), dtype=np.float32)
