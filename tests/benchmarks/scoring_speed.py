"""Time scoring from cutout files to scores against DeepStreaks' nine networks in Keras, on the same files, in one run.

./run python tests/benchmarks/scoring_speed.py [--cutouts PATH] [--models DIR] [--v1 DIR]      prints JSON

Speed does not depend on what the weights are, so the baseline's are random.
"""

import argparse
import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np

from scoring.architectures import ARCHITECTURES
from scoring.conversion import with_scores
from scoring.detection import Detection
from scoring.families import Family, FineClass
from scoring.inference import SHIPPED, V1, Ensemble, Scorable
from scoring.preprocessing import to_network
from scoring.readers import discover
from scoring.score_table import scorable, score_path
from scoring.simulation.folder_config import FolderConfig
from scoring.simulation.labelled_folder import write_folder

NINE = [name for name in ("vgg6", "resnet50", "densenet121") for _ in Family]
NIGHT = {  # cutouts of 500 in about the shares of a real night
    FineClass.ASTEROID: 25,
    FineClass.LONG_TRAIL: 20,
    FineClass.FLASHES: 20,
    FineClass.COSMIC_RAY: 25,
    FineClass.BAD_SUBTRACTION: 90,
    FineClass.MASKED_STAR: 160,
    FineClass.GHOST: 30,
    FineClass.BLANK: 130,
}
PEAK_SIDE = 4096  # of the matrices whose product measures the peak


def main() -> int:
    """Time every contender in turn, several times, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cutouts", type=Path, help="night or folder of cutout files (default: 500 simulated JPEGs)")
    parser.add_argument("--models", type=Path, default=SHIPPED, help="default ensemble (default: the shipped one)")
    parser.add_argument(
        "--v1", type=Path, default=V1, help="ensemble of DeepStreaks' architectures and rule (default: shipped)"
    )
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--slow", type=int, default=96, help="candidates that the nine networks are timed on")
    options = parser.parse_args()
    keras.utils.set_random_seed(1)
    with tempfile.TemporaryDirectory() as home:
        cutouts = options.cutouts or simulated(Path(home, "cutouts"))
        items = [
            scorable(unit) for source in discover(cutouts, verify=False) for unit in source.read() if is_cutout(unit)
        ]
        print(json.dumps(measure(options, cutouts, items), indent=2))
    return 0


def is_cutout(unit: object) -> bool:
    """Whether a unit has something to score."""
    return isinstance(unit, Detection) and bool(unit.cutouts)


def measure(options: argparse.Namespace, cutouts: Path, items: list[Scorable]) -> dict[str, Any]:
    """Time the contenders in turn, so that a slow minute of the machine strikes them all."""
    peak = peak_flops()
    work = {
        "default": flops_of(options.models),
        "v1": flops_of(options.v1),
        "nine": sum(flops(ARCHITECTURES[name](1)) for name in NINE),
    }
    default, v1 = (Ensemble.load(path, options.threads) for path in (options.models, options.v1))
    nine = [keras_net(name) for name in NINE]
    some = items[: options.slow]
    images = np.stack([to_network(item.diff) for item in some])[..., None]
    table = Path(tempfile.mkdtemp()) / "scores.csv"
    contenders: dict[str, tuple[int, Callable[[], object]]] = {
        "default_from_files": (len(items), lambda: score_path(cutouts, table, options.models, options.threads)),
        "default_from_decoded": (len(items), lambda: default.score(items)),
        "v1_full": (len(some), lambda: v1.score(some)),
        "v1_cascade": (len(some), lambda: v1.decide(some)),
        "keras_nine": (len(some), lambda: [net.predict(images, batch_size=32, verbose=0) for net in nine]),
    }
    default.score(items[:32]), v1.score(some[:16]), [net.predict(images[:32], verbose=0) for net in nine]  # warm up
    rates: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(options.rounds):
        for name, (count, run) in contenders.items():
            begun = time.perf_counter()
            run()
            rates[name].append(count / (time.perf_counter() - begun))
    best = {name: float(np.median(values)) for name, values in rates.items()}
    equal = v1.decide(items) == [scores.plausible for scores in v1.score(items)]
    return {
        "machine": {"cores": os.cpu_count(), "processor": platform.processor(), "load_before": os.getloadavg()[0]},
        "threads": options.threads,
        "candidates": len(items),
        "default": default.name,
        "v1": v1.name,
        "baseline": "nine Keras float32 networks, model.predict at batch 32, images prepared beforehand",
        "candidates_per_s": {name: round(value, 1) for name, value in best.items()},
        "candidates_per_s_rounds": {name: [round(value, 1) for value in values] for name, values in rates.items()},
        "ratio_to_baseline": {name: round(value / best["keras_nine"], 1) for name, value in best.items()},
        "cascade_decisions_equal": equal,
        "latency_of_one_ms": latency(default, items),
        "gflop_per_candidate": {name: round(value / 1e9, 3) for name, value in work.items()},
        "peak_gflop_per_s": round(peak / 1e9, 1),
        "share_of_peak": {
            "default_from_files": round(best["default_from_files"] * work["default"] / peak, 3),
            "v1_full": round(best["v1_full"] * work["v1"] / peak, 3),
            "keras_nine": round(best["keras_nine"] * work["nine"] / peak, 3),
        },
    }


def simulated(folder: Path) -> Path:
    """Write a night of simulated JPEGs."""
    write_folder(FolderConfig(NIGHT), folder)
    for path in folder.glob("*.*"):  # the labels and the note are no cutouts
        path.unlink()
    return folder


def keras_net(name: str) -> keras.Model:
    """Build one network with one head, and random weights."""
    return with_scores(ARCHITECTURES[name](1))


def latency(ensemble: Ensemble, items: list[Scorable]) -> dict[str, float]:
    """Time one decoded cutout alone, ms."""
    times = []
    for item in items[:500]:
        begun = time.perf_counter()
        ensemble.score([item])
        times.append((time.perf_counter() - begun) * 1e3)
    return {"median": round(float(np.median(times)), 2), "p95": round(float(np.quantile(times, 0.95)), 2)}


def flops_of(directory: Path) -> float:
    """Floating-point operations of an ensemble for one candidate, from its networks' architectures."""
    description = json.loads((directory / "ensemble.json").read_text())
    cards = [json.loads((directory / f"{member['name']}.json").read_text()) for member in description["members"]]
    return sum(passes(card) * flops(ARCHITECTURES[card["architecture"]](len(card["outputs"]))) for card in cards)


def passes(card: dict[str, Any]) -> int:
    """How often an architecture runs for one cutout: for each mirror image, and each network that answers with it."""
    config = card.get("training", {}).get("config", {})
    return int(config.get("views", 1)) * int(config.get("networks", 1))


def flops(network: keras.Model) -> float:
    """Floating-point operations of the convolutions and dense layers for one image: two for each weight and place."""
    total = 0.0
    for layer in network.layers:
        if isinstance(layer, keras.layers.Conv2D | keras.layers.DepthwiseConv2D):
            total += 2 * layer.kernel.shape.num_elements() * layer.output.shape[1] * layer.output.shape[2]
        elif isinstance(layer, keras.layers.Dense):
            total += 2 * layer.kernel.shape.num_elements()
    return total


def peak_flops() -> float:
    """Measure the machine's float32 peak with the product of two large matrices on all cores, FLOP/s."""
    a = np.random.default_rng(1).random((PEAK_SIDE, PEAK_SIDE), np.float32)
    times = []
    for _ in range(5):
        begun = time.perf_counter()
        a @ a
        times.append(time.perf_counter() - begun)
    return 2 * PEAK_SIDE**3 / min(times)


if __name__ == "__main__":
    sys.exit(main())
