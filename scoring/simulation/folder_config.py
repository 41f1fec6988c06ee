"""What a folder of labelled cutouts is made of, read from TOML."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from scoring.families import FineClass
from scoring.simulation.config import SimulationConfig
from scoring.simulation.cutouts import PAINTERS, STREAKS

FORMATS = {"jpeg": "jpg", "png": "png"}  # format of the pictures → suffix of their files
KINDS: dict[str, type] = {
    "counts": dict,
    "seed": int,
    "format": str,
    "inject": str,
    "manifest": str,
    "simulation": dict,
}
KIND_NAMES = {dict: "a table", int: "a whole number", str: "a text"}


@dataclass(frozen=True)
class FolderConfig:
    """What a folder of labelled cutouts is made of.

    Attributes
    ----------
    counts : how many cutouts of each fine class.
    seed : of everything random; the first cutouts of a class do not depend on how many follow.
    format : ``jpeg`` (quality 100, as the survey's) or ``png`` (lossless).
    inject : real night or folder of cutouts to draw streaks on; empty for cutouts that are wholly simulated.
    manifest : labels of those cutouts (see ``scoring.manifest``); without it none of them may hold a streak.
    simulation : what the simulator draws from.
    text : the file as it was read.

    Raises
    ------
    ValueError : a value cannot be used; the message says what was expected and what came.
    """

    counts: Mapping[FineClass, int]
    seed: int = 1
    format: str = "jpeg"
    inject: str = ""
    manifest: str = ""
    simulation: SimulationConfig = field(default_factory=SimulationConfig)
    text: str = ""

    def __post_init__(self) -> None:
        possible = STREAKS if self.inject else PAINTERS
        impossible = [str(label) for label in self.counts if label not in possible]
        if impossible:
            raise ValueError(f"expected [counts] of {', '.join(possible)}, but came {', '.join(impossible)}")
        for label, count in self.counts.items():
            if type(count) is not int or count < 0:
                raise ValueError(f"expected a whole number of {label}, 0 or more, but came {count!r}")
        if not sum(self.counts.values()):
            raise ValueError("expected a table [counts] with at least one cutout, but came none")
        if self.format not in FORMATS:
            raise ValueError(f"expected a format of {' or '.join(FORMATS)}, but came {self.format!r}")
        if self.seed < 0:
            raise ValueError(f"expected a seed of 0 or more, but came {self.seed}")
        if self.manifest and not self.inject:
            raise ValueError("expected inject beside manifest: a manifest labels the cutouts that are drawn on")

    @classmethod
    def from_toml(cls, path: Path) -> Self:
        """Read a configuration.

        Raises
        ------
        ValueError : not TOML, or a name or value cannot be used.
        """
        text = path.read_text(encoding="utf-8")
        try:
            values = _typed(tomllib.loads(text))
            counts = {_label(name): count for name, count in values.pop("counts", {}).items()}
            simulation = SimulationConfig.from_mapping(values.pop("simulation", {}))
            return cls(counts=counts, simulation=simulation, text=text, **values)
        except (ValueError, TypeError) as error:  # tomllib's own error is a ValueError
            raise ValueError(f"{path}: {error}") from error


def _typed(values: dict[str, Any]) -> dict[str, Any]:
    """Check names and types."""
    if unknown := sorted(set(values) - set(KINDS)):
        raise ValueError(f"expected names among {', '.join(KINDS)}, but came {', '.join(unknown)}")
    for name, value in values.items():
        if type(value) is not KINDS[name]:
            raise ValueError(f"expected {name} to be {KIND_NAMES[KINDS[name]]}, but came {value!r}")
    return values


def _label(name: str) -> FineClass:
    if name not in list(FineClass):
        raise ValueError(f"expected [counts] of {', '.join(PAINTERS)}, but came {name}")
    return FineClass(name)
