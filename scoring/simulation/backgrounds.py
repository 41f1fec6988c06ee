"""Real cutouts without a streak, for streaks to be drawn on."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tqdm import tqdm

from scoring.cutout import CutoutError, decode
from scoring.detection import CutoutKind, Detection
from scoring.families import FineClass
from scoring.manifest import Entry, name_in, read_manifest
from scoring.preprocessing import NOISE, SKY, Unscorable, brightness
from scoring.readers import discover
from scoring.simulation.config import CUTOUT_SIZE
from scoring.simulation.rendering import FloatImage, MaskImage

WITHOUT_STREAK = {FineClass.BLANK, FineClass.BAD_SUBTRACTION, FineClass.MASKED_STAR, FineClass.GHOST}


@dataclass(frozen=True, eq=False)
class Background:
    """One real cutout.

    Attributes
    ----------
    name : its file.
    group : its group in the manifest, else its exposure, else its file.
    z : (157, 157), sigma above the sky, clipped at -2.5 and +10; 0 where masked.
    masked : (157, 157) bool.
    """

    name: str
    group: str
    z: FloatImage
    masked: MaskImage


def read_backgrounds(path: Path, manifest: str = "") -> list[Background]:
    """Read every cutout below a path that can be scored.

    Parameters
    ----------
    path : anything that `scoring.readers.discover` takes.
    manifest : labels; only cutouts that it calls blank, bad subtraction, masked star or ghost are taken. Without it
        all are.

    Raises
    ------
    FileNotFoundError : nothing is there.
    ManifestError : the manifest cannot be used.
    ValueError : not one cutout can be drawn on.
    """
    labels = {entry.cutout: entry for entry in read_manifest(Path(manifest))} if manifest else None
    found = []
    for source in tqdm(discover(path, verify=False), desc="backgrounds", unit="source", disable=None):
        for unit in source.read():
            background = _background(unit, labels) if isinstance(unit, Detection) else None
            if background is not None:
                found.append(background)
    if not found:
        asked = f" that {manifest} labels as one of {', '.join(sorted(WITHOUT_STREAK))}" if manifest else ""
        raise ValueError(f"expected cutouts to draw on, but {path} holds none{asked}")
    return found


def _background(detection: Detection, labels: dict[str, Entry] | None) -> Background | None:
    """Decode one cutout; None where it cannot be drawn on."""
    raw = detection.cutouts.get(CutoutKind.DIFF)
    if raw is None:
        return None
    name = Path(raw.name).name
    group = detection.exposure or name
    if labels is not None:
        named = name_in(labels, detection)
        entry = labels[named] if named else None
        if entry is None or entry.label not in WITHOUT_STREAK:
            return None
        group = entry.group
    try:
        bright = brightness(decode(raw, detection), CUTOUT_SIZE)
    except (CutoutError, Unscorable):
        return None
    masked = np.isnan(bright)
    return Background(name, group, np.where(masked, 0, (bright - SKY) / NOISE).astype(np.float32), masked)
