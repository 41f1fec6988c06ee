"""What a training run is made of, read from TOML."""

import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Any, Self

from scoring.families import JUDGED, Family, FineClass
from scoring.simulation import SimulationConfig
from scoring.simulation.cutouts import STREAKS

PRECISIONS = ("float32", "float16", "dynamic")
VIEWS = (1, 2, 4)  # mirror images whose logits are averaged

# Shares of the training images where a configuration states none: those of the shipped networks.
# A class that the labels do not have is left out.
REAL = {
    "asteroid": 0.15, "long_trail": 0.05, "flashes": 0.03, "cosmic_ray": 0.02,
    "bad_subtraction": 0.07, "masked_star": 0.07, "ghost": 0.08, "blank": 0.07,
}  # fmt: skip
INJECTED = {"asteroid": 0.17, "long_trail": 0.06, "flashes": 0.05, "cosmic_ray": 0.04}
SIMULATED = {"asteroid": 0.01, "ghost": 0.12, "bad_subtraction": 0.015, "masked_star": 0.015}


@dataclass(frozen=True)
class TrainConfig:
    """What a training run is made of, read from TOML; saved beside the weights.

    Attributes
    ----------
    name : name of the run.
    manifest, cutouts : the labels (see ``scoring.manifest``), and a path that ``scoring.readers`` takes.
    source, limits : what the cards say of the labelled cutouts, and of what the networks were never tried on.
    architecture : a key of ``ARCHITECTURES``.
    named_folds : groups of the first folds; the others make the last one.
    real, injected, simulated : share of each fine class among the training images: as real cutouts, as drawn streaks on
        real backgrounds, and as whole simulated cutouts.
    drawn : how many times an image may be seen, about: so many fewer are drawn than are shown in the training.
    epochs, images_per_epoch, batch_size : length of the training.
    pretraining : epochs on simulated cutouts alone, of every class, once before the folds; nothing real is in them, so
        every fold may begin with what they taught.
    initial : weights file of the same architecture that the training begins with; its heads may be others. Empty for
        random weights.
    learning_rate, weight_decay : of AdamW; the rate rises for 5 % of the steps, then falls as a cosine to 0.
    label_smoothing : how far targets are moved from 0 and 1.
    networks : how many are trained, each by a seed of its own, to answer together with the mean of their logits.
    views : over how many mirror images of a cutout (1, 2 or 4) the logits are averaged, each time the network is used.
    metadata : whether the survey's fit corrects the logits (see ``scoring.fusion``).
    precision : of the shipped weights: ``float32``, ``float16`` or ``dynamic`` (8 bits).
    split : whether each family gets a network of its own (trunk and one head), or all share one.
    fine_classes : whether the network also tells the fine classes apart; only where the families share it.
    bfloat16 : compute in bfloat16 (weights stay float32) where the processor has it: up to 3.5 times faster.
    seed : of everything random.
    simulation : changes to the simulator's configuration.
    """

    name: str
    manifest: str
    cutouts: str
    source: str = ""
    limits: str = ""
    architecture: str = "vgg6"
    real: Mapping[str, float] = field(default_factory=lambda: REAL)
    injected: Mapping[str, float] = field(default_factory=lambda: INJECTED)
    simulated: Mapping[str, float] = field(default_factory=lambda: SIMULATED)
    named_folds: tuple[tuple[str, ...], ...] = ()
    drawn: float = 4.0
    epochs: int = 12
    pretraining: int = 0
    initial: str = ""
    images_per_epoch: int = 10000
    batch_size: int = 64
    learning_rate: float = 1e-3
    weight_decay: float = 0.05
    label_smoothing: float = 0.01
    precision: str = "float16"
    split: bool = True
    fine_classes: bool = False
    networks: int = 1
    views: int = 1
    metadata: bool = False
    bfloat16: bool = True
    seed: int = 1
    simulation: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def from_toml(cls, path: Path) -> Self:
        """Read a configuration.

        Raises
        ------
        ValueError : not TOML, a name is missing or not known, or a value would fail later, maybe after hours.
        """
        values = tomllib.loads(path.read_text(encoding="utf-8"))
        known = {f.name: f.default is MISSING and f.default_factory is MISSING for f in fields(cls)}
        unknown = sorted(set(values) - set(known))
        missing = sorted(name for name, needed in known.items() if needed and name not in values)
        if unknown or missing:
            raise ValueError(f"{path}: expected names among {', '.join(known)}; unknown {unknown}, missing {missing}")
        values["named_folds"] = tuple(tuple(groups) for groups in values.get("named_folds", []))
        config = cls(**values)
        SimulationConfig.from_mapping(config.simulation)
        if fault := config.fault():
            raise ValueError(f"{path}: {fault}")
        return config

    def fault(self) -> str:
        """Say what is wrong with it, as far as the configuration alone tells; empty where nothing is."""
        shares = {"real": JUDGED, "injected": tuple(STREAKS), "simulated": JUDGED}
        strange = [name for name, known in shares.items() if set(getattr(self, name)) - set(known)]
        groups = [group for named in self.named_folds for group in named]
        shared = self.fine_classes or self.metadata or self.views != 1 or self.networks != 1
        checks = {
            f"networks of at least 1, but came {self.networks}": self.networks < 1,
            "split = false with fine_classes, metadata, views or networks: one network has them": self.split and shared,
            f"images_per_epoch of two batches at least, each of {self.batch_size}": self.steps * self.epochs < 2,
            f"precision among {', '.join(PRECISIONS)}, but came {self.precision!r}": self.precision not in PRECISIONS,
            f"views of {', '.join(map(str, VIEWS))}, but came {self.views}": self.views not in VIEWS,
            f"each group once in named_folds, but came {list(map(list, self.named_folds))}": (
                len(set(groups)) < len(groups) or not all(self.named_folds)
            ),
            **{f"classes of {', '.join(shares[name])} in [{name}]": True for name in strange},
        }
        return next((f"expected {text}" for text, is_wrong in checks.items() if is_wrong), "")

    def counts(self, shares: Mapping[str, float]) -> dict[FineClass, int]:
        """How many cutouts of each class are drawn for the whole training."""
        shown = self.epochs * self.images_per_epoch
        return {FineClass(name): max(1, round(share * shown / self.drawn)) for name, share in shares.items()}

    @property
    def classes(self) -> dict[str, float]:
        """Share of each class among the training images, wherever they come from."""
        sources = (self.real, self.injected, self.simulated)
        return {
            name: sum(source.get(name, 0.0) for source in sources)
            for name in {**self.real, **self.injected, **self.simulated}
        }

    @property
    def heads(self) -> int:
        """Logits of the network: one for each family, then one for each fine class where it tells them apart."""
        return len(Family) + (len(JUDGED) if self.fine_classes else 0)

    @property
    def steps(self) -> int:
        """Batches in an epoch."""
        return self.images_per_epoch // self.batch_size
