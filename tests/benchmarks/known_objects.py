"""How many known near-Earth asteroids of the real nights are recognised, and how often something else is taken for one.

./run python tests/benchmarks/known_objects.py [DATA]      prints JSON
"""

import csv
import json
import os
import sys
import time
from collections import Counter, defaultdict
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vetting.settings")

import django
import numpy as np

from scoring.detection import Detection
from scoring.ephemeris import STATIONS, near, predict
from scoring.orbits import read_mpcorb
from scoring.readers import discover
from tests.site import ROOT

OUTCOMES = {
    (True, True): "recognised",
    (True, False): "missed",
    (False, False): "taken for one",
    (False, True): "rightly none",
}
SHIFTS = (-1.0, -0.3, -0.1, 0.1, 0.3, 1.0)  # deg of declination: where no streak is a known object


def main() -> int:
    """Match every night as it is, and with all its streaks moved."""
    django.setup()
    from vetting.candidates.known_objects import Streak, match

    data = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT.parent / "shared" / "data"
    orbits = read_mpcorb(data / "mpc" / "NEA_20190702.txt.gz")
    with (data / "ztf-streaks" / "truth.csv").open() as file:
        truth = {row["cutout"]: row["known_nea"] for row in csv.DictReader(file)}
    nights: dict[object, list[tuple[str, Streak]]] = defaultdict(list)
    for source in discover(data / "ztf-streaks" / "nights", verify=False):
        for one in source.units():
            if isinstance(one, Detection) and one.cutouts:
                name = truth[next(iter(one.cutouts.values())).name]
                nights[one.night].append((name, Streak(one.mjd_mid, one.ra, one.dec, one.rate, one.position_angle)))
    counts: Counter[str] = Counter()
    apart, begun = [], time.monotonic()
    for streaks in nights.values():
        times = np.unique([streak.mjd for _, streak in streaks])
        predicted = predict(orbits.kept(near(orbits, float(times.mean()))), times, STATIONS["ZTF"])
        for name, streak in streaks:
            row = int(np.searchsorted(times, streak.mjd))
            found = match(streak, predicted, row)
            said = found.name.split(") ")[-1] if found else ""
            counts[OUTCOMES[bool(name), said == name]] += 1
            apart += [found.separation] if found and said == name else []
            counts["moved and matched"] += sum(
                match(replace(streak, dec=streak.dec + shift), predicted, row) is not None for shift in SHIFTS
            )
    counts["moved"] = len(SHIFTS) * sum(map(len, nights.values()))
    quantiles = dict(zip(("p50", "p95", "most"), np.quantile(apart, [0.5, 0.95, 1]).round(1).tolist(), strict=True))
    seconds = round(time.monotonic() - begun, 1)
    print(json.dumps({**counts, "arcsec": quantiles, "nights": len(nights), "seconds": seconds}, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
