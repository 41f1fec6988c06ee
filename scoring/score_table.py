"""Scores of everything below a path, as one CSV with a line for each received unit."""

import csv
import io
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from tqdm import tqdm

from scoring.cutout import CutoutError, decode
from scoring.detection import CutoutKind, Detection, Rejection
from scoring.inference import Ensemble, Scorable, Scores
from scoring.readers import discover
from scoring.whole_file import whole_file

COLUMNS = ("source_id", "cutout", "rb", "sl", "kd", "plausible", "p_asteroid", "reason")
BATCH = 64

Batch = tuple[list[Detection | Rejection], list[Scorable]]


@dataclass(slots=True)
class Counts:
    """What became of the units."""

    received: int = 0
    scored: int = 0
    plausible: int = 0
    unscorable: int = 0
    rejected: int = 0

    def __str__(self) -> str:
        """Tell it in the closing line of a run."""
        return (
            f"received {self.received} = scored {self.scored} ({self.plausible} plausible) + "
            f"unscorable {self.unscorable} + rejected {self.rejected}"
        )


def score_path(path: Path, out: Path, models: Path, threads: int) -> Counts:
    """Score every unit that `scoring.readers` finds below a path, and write the table once it is whole.

    Raises
    ------
    FileNotFoundError : the path does not exist.
    BundleError : the ensemble cannot be loaded.
    """
    if not path.exists():
        raise FileNotFoundError(2, "no such file or folder", str(path))
    ensemble = Ensemble.load(models, threads)
    sources = discover(path, verify=False)  # what cannot be decoded gets its line and reason here
    counts = Counts()
    with whole_file(out) as file:
        text = io.TextIOWrapper(file, encoding="utf-8", newline="")
        writer = csv.writer(text)
        writer.writerow(COLUMNS)
        bar = tqdm(sources, desc="scoring", unit="source", disable=None)
        units = (unit for source in bar for unit in source.read())
        for batch in _ahead(_batches(units, BATCH)):
            writer.writerows(_rows(batch, ensemble, counts))
            bar.set_postfix(units=counts.received, refresh=False)
        text.detach()  # flushes; the file is closed where it was opened
    return counts


def _batches(units: Iterable[Detection | Rejection], size: int) -> Iterator[Batch]:
    """Batches of units with what is to be scored of them: their cutouts are decoded."""
    iterator = iter(units)
    while batch := list(islice(iterator, size)):
        yield batch, [scorable(unit) for unit in batch if isinstance(unit, Detection)]


def _ahead(batches: Iterator[Batch]) -> Iterator[Batch]:
    """Give batches while the next one is made in a thread beside: reading and scoring take turns on no core."""
    with ThreadPoolExecutor(1, "reading") as reading:
        coming = reading.submit(next, batches, None)
        while batch := coming.result():
            coming = reading.submit(next, batches, None)
            yield batch


def _rows(batch: Batch, ensemble: Ensemble, counts: Counts) -> Iterator[list[str]]:
    """Lines of a batch, in the order in which its units came."""
    units, items = batch
    scores = iter(ensemble.score(items))
    for unit in units:
        counts.received += 1
        if isinstance(unit, Rejection):
            counts.rejected += 1
            where = f"{unit.origin}, {unit.locator}" if unit.locator else unit.origin
            yield ["", where, "", "", "", "", "", unit.reason]
        else:
            yield _row(unit, next(scores), counts)


def scorable(detection: Detection) -> Scorable:
    """Decode the difference cutout of a detection; where that fails, the reason goes along."""
    raw = detection.cutouts.get(CutoutKind.DIFF)
    if raw is None:
        return Scorable(None, detection, "no difference image")
    try:
        return Scorable(decode(raw, detection), detection)
    except CutoutError as error:
        return Scorable(None, detection, str(error))


def _row(detection: Detection, scores: Scores, counts: Counts) -> list[str]:
    raw = detection.cutouts.get(CutoutKind.DIFF)
    name = raw.name if raw else ""
    if scores.plausible is None:
        counts.unscorable += 1
        return [detection.source_id, name, "", "", "", "", "", scores.reason]
    counts.scored += 1
    counts.plausible += scores.plausible
    values = [f"{value:.6g}" for value in (scores.rb, scores.sl, scores.kd) if value is not None]
    return [detection.source_id, name, *values, str(scores.plausible).lower(), f"{scores.p_asteroid:.8g}", ""]
