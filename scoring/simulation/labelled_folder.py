"""A folder of labelled cutouts that can be scored and learnt from: all simulated, or streaks drawn on real cutouts."""

import csv
import io
import math
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from tqdm import tqdm

from scoring.families import FineClass
from scoring.simulation.backgrounds import Background, read_backgrounds
from scoring.simulation.cutouts import inject, simulate
from scoring.simulation.folder_config import FORMATS, FolderConfig
from scoring.simulation.rendering import z_to_grey
from scoring.simulation.scene import Truth

TRUTH = "truth.csv"
NOTE = "README.md"
GROUPS = 10  # whole simulated cutouts are independent; so many groups give any split into folds something of each class
TRAIL_COLUMNS = {  # column of the truth → its quantity in the trail
    "x_px": "x",
    "y_px": "y",
    "length_px": "length",
    "angle_deg": "angle",
    "width_px": "sigma",
    "amplitude_sigma": "amplitude",
    "snr": "snr",
}
COLUMNS = ("cutout", "label", "group", "confidence", *TRAIL_COLUMNS, "background")


def write_folder(config: FolderConfig, out: Path) -> int:
    """Write cutouts in one folder for each class, ``truth.csv`` and ``README.md``; there in whole or not at all.

    Parameters
    ----------
    config : what to draw.
    out : folder to make; it must not be there, or be empty.

    Returns
    -------
    How many cutouts were written.

    Raises
    ------
    FileExistsError : the folder holds something.
    ValueError : there is no background to draw on.

    Examples
    --------
    >>> write_folder(FolderConfig({FineClass.ASTEROID: 2}), Path("simulated"))  # doctest: +SKIP
    2
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise FileExistsError(17, "expected a new or empty folder, but something is there", str(out))
    backgrounds = read_backgrounds(Path(config.inject), config.manifest) if config.inject else []
    planned = [(label, number) for label, count in config.counts.items() for number in range(count)]
    with _whole(out) as folder, (folder / TRUTH).open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        for label, number in tqdm(planned, desc="simulating", unit="cutout", disable=None):
            rng = np.random.default_rng([config.seed, list(FineClass).index(label), number])
            under = backgrounds[int(rng.integers(len(backgrounds)))] if backgrounds else None
            grey, truth = _draw(config, label, rng, under)
            name = f"{label}_{number:06d}.{FORMATS[config.format]}"
            (folder / label).mkdir(exist_ok=True)
            (folder / label / name).write_bytes(_picture(grey, config.format))
            group = under.group if under else f"simulated-{number % GROUPS}"
            writer.writerow(_row(name, truth, group, under.name if under else ""))
        (folder / NOTE).write_text(_note(config), encoding="utf-8")
    return len(planned)


def _draw(
    config: FolderConfig, label: FineClass, rng: np.random.Generator, under: Background | None
) -> tuple[NDArray[np.uint8], Truth]:
    if under is None:
        made = simulate(label, rng, config.simulation, 1)
        return z_to_grey(made.z[0]), made.truths[0]
    z, _, truth = inject(under.z, under.masked, label, rng, config.simulation)
    return z_to_grey(z), truth


def _picture(grey: NDArray[np.uint8], kind: str) -> bytes:
    """Write the rows in the order of the array, as the survey does: shown top-down, north is down."""
    buffer = io.BytesIO()
    options = {"quality": 100} if kind == "jpeg" else {}
    Image.fromarray(grey).save(buffer, format=kind.upper(), **options)
    return buffer.getvalue()


def _row(name: str, truth: Truth, group: str, background: str) -> dict[str, str | int]:
    """One line of the truth; what a class does not have stays empty."""
    quantities = truth.as_row()
    numbers = {column: float(quantities[of]) for column, of in TRAIL_COLUMNS.items()}
    shown = {column: "" if math.isnan(value) else f"{value:.4f}" for column, value in numbers.items()}
    label = truth.fine_class.value
    return {"cutout": name, "label": label, "group": group, "confidence": 3, **shown, "background": background}


def _note(config: FolderConfig) -> str:
    return f"""# Simulated cutouts

Difference images of 157 x 157 px (1.0125 arcsec a pixel) in the survey's grey rendering: sky 204, +10 sigma 0, -2.5
sigma 255. Row 0 of the array is the first row of the file.

| column of {TRUTH} | meaning |
|---|---|
| `cutout`, `label` | file name, and fine class |
| `group` | cutouts of one group must not stand on both sides of a split |
| `confidence` | 3: the label is certain |
| `x_px`, `y_px` | midpoint of the trail: column and row of the file, 0-based, px |
| `length_px` | length before the point-spread function, px; a long trail's is what was drawn of it |
| `angle_deg` | degrees from +x (column) towards +y (row) |
| `width_px` | Gaussian sigma across the trail, px |
| `amplitude_sigma` | brightness of the ridge, in sigma of the sky noise |
| `snr` | signal-to-noise of a matched filter |
| `background` | real cutout that it was drawn on; empty where all is simulated |

Classes without a trail leave these columns empty. Made by `python -m scoring simulate` from

```toml
{config.text.strip()}
```
"""


@contextmanager
def _whole(out: Path) -> Iterator[Path]:
    """Give a folder beside `out` that takes its place at the end."""
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}.") as name:
        folder = Path(name, out.name)
        folder.mkdir()
        yield folder
        folder.replace(out)
