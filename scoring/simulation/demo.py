"""A whole simulated night as streak alert packets, with its truth beside it."""

import csv
import math
from collections import Counter
from collections.abc import Callable
from datetime import date
from itertools import groupby
from pathlib import Path

import numpy as np

from scoring.detection import CutoutKind
from scoring.packets import StreakPacket, fits_stamp, write_packets
from scoring.simulation.config import SimulationConfig
from scoring.simulation.exposure import EXPOSURE_SECONDS, FILTER_IDS, Exposure
from scoring.simulation.fitting import Fit, fit_streak, table_values
from scoring.simulation.night import Planned, magnitude_of, plan_night, strids
from scoring.simulation.residuals import SIGMA_TO_FWHM
from scoring.simulation.starfield import Starfield
from scoring.simulation.triplets import Triplet, make_triplet

DEMO_NIGHT = date(2019, 3, 6)
TRUTH = "truth.csv"

Progress = Callable[[int], object]
Row = dict[str, str | int | float]


def make_night(
    path: Path,
    seed: int,
    n: int = 400,
    *,
    night: date = DEMO_NIGHT,
    config: SimulationConfig | None = None,
    on_progress: Progress | None = None,
) -> None:
    """Write a night of streak alert packets, one Avro file for each exposure, and ``truth.csv`` beside them.

    Parameters
    ----------
    path : folder to write into; made if it is not there.
    seed : the same seed gives the same packets.
    n : how many detections.
    night : UTC date.
    config : distributions; the defaults without it.
    on_progress : called with 1 after every detection.

    Examples
    --------
    >>> make_night(Path("demo-night"), seed=1, n=400)  # doctest: +SKIP
    """
    path.mkdir(parents=True, exist_ok=True)
    planned = plan_night(seed, n, night, config or SimulationConfig())
    counts = Counter(one.exposure.name for one in planned)
    starfield, truths = Starfield(seed), list[Row]()
    numbered = enumerate(zip(planned, strids(planned), strict=True))
    for name, found in groupby(numbered, key=lambda item: item[1][0].exposure.name):
        packets = []
        for index, (one, strid) in found:
            packet, truth = _detect(one, strid, counts[name], np.random.default_rng([seed, 1, index]), starfield)
            packets.append(packet)
            truths.append(truth)
            if on_progress is not None:
                on_progress(1)
        write_packets(path / f"{name}.avro", packets)
    _write_truth(path / TRUTH, truths)


def _detect(
    one: Planned, strid: int, detections: int, rng: np.random.Generator, starfield: Starfield
) -> tuple[StreakPacket, Row]:
    """Simulate one detection: its packet and its row of the truth."""
    tumbling = one.body is not None and one.body.tumbling
    triplet = make_triplet(
        one.exposure,
        one.fine_class,
        one.where,
        rng,
        one.config,
        starfield=starfield,
        streak=one.streak,
        tumbling=tumbling,
    )
    fit = fit_streak(triplet.truth, one.where, rng)
    exposure = one.exposure
    streakid = exposure.pid * 10_000 + strid
    identity = {**_identity(exposure), "streakid": streakid, "strid": strid}
    packet = StreakPacket(
        candid=streakid,
        streak={**identity, **table_values(fit, one.fine_class, exposure, rng)},
        field=exposure.field,
        rcid=exposure.rcid,
        exptime=EXPOSURE_SECONDS,
        magzp=exposure.magzp,
        fwhm=exposure.sigma * SIGMA_TO_FWHM,
        exposure_detections=detections,
        cutouts={
            CutoutKind.SCI: fits_stamp(triplet.sci, triplet.wcs),
            CutoutKind.REF: fits_stamp(triplet.ref, triplet.wcs),
            CutoutKind.DIFF: fits_stamp(triplet.diff, triplet.wcs),
        },
        publisher="DeepStreaks simulator",
    )
    return packet, _truth_row(one, streakid, triplet, fit)


def _identity(exposure: Exposure) -> dict[str, str | int | float]:
    """Columns of the streak table that say which exposure it was."""
    return {
        "jd": exposure.jd,
        "fid": FILTER_IDS[exposure.band],
        "pid": exposure.pid,
        "diffmaglim": exposure.limiting_magnitude,
        "pdiffimfilename": f"{exposure.name}_scimrefdiffimg.fits",
        "programpi": "simulated",
        "programid": 1,
        "startmjd": exposure.mjd,
        "endmjd": exposure.mjd_end,
    }


def _truth_row(one: Planned, streakid: int, triplet: Triplet, fit: Fit) -> Row:
    """Say what was drawn: px of the quadrant, degrees from +x towards +y, sigma, mag, deg/day."""
    return {
        "source_id": str(streakid),
        "exposure": one.exposure.name,
        **triplet.truth.as_row(),
        "body": one.body.name if one.body else "",
        "mag": magnitude_of(one),
        "rate": one.body.rate if one.body else math.nan,
        "fitted_x": fit.trail.x,
        "fitted_y": fit.trail.y,
    }


def _write_truth(path: Path, rows: list[Row]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        for row in rows:
            writer.writerow({name: _shown(value) for name, value in row.items()})


def _shown(value: str | float) -> str | float:
    """Round numbers for the table; what is not known stays empty."""
    if isinstance(value, float):
        return "" if math.isnan(value) else round(value, 4)
    return value
