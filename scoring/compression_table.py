"""What compression costs and gains: size, latency and accuracy of a network by every recipe; and its bundles."""

import json
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray
from tqdm import tqdm

from scoring.architectures import ARCHITECTURES
from scoring.bundle import BundleError, pack, read_bundle, read_json, write_bundle
from scoring.compression import CALIBRATION, RECIPES, Recipe, compress, recipes_named, shrink
from scoring.conversion import heads_apart, parameters, to_tflite, with_scores
from scoring.ensemble_record import write_ensemble
from scoring.evaluation import auc, tpr_at_fpr
from scoring.families import TARGETS, Family, FineClass
from scoring.fitting import read_network, weights_files
from scoring.manifest import read_manifest
from scoring.release import shared
from scoring.run_record import read_config, read_folds
from scoring.train_config import TrainConfig
from scoring.training import load_real
from scoring.training_images import LabelledCutouts

FPR = 0.01
SMALLER, FASTER, LOST = 18.0, 8.0, 0.005  # what is aimed at: factors of size and latency, and fall of the TPR
LATENCY_ROUNDS = 60
PARENT = "Keras float32"

Scores = NDArray[np.float32]


@dataclass(frozen=True)
class Run:
    """A training run whose folds can be measured.

    Attributes
    ----------
    config : of the run.
    real : the labelled cutouts.
    fold : (n,) fold of each.
    folder : of the run.
    trained : folds whose networks are trained; the one after the last has learnt from all.
    """

    config: TrainConfig
    real: LabelledCutouts
    fold: NDArray[np.int_]
    folder: Path
    trained: list[int]

    def network(self, fold: int) -> keras.Model:
        """Network of a fold, with logits."""
        return read_network(self.config, self.folder, fold)


def read_run(folder: Path) -> Run:
    """Read a run that `scoring.training.train` has written; folds that are not trained yet are left out.

    Raises
    ------
    ValueError : there are no weights of a fold, or the labels are no longer those that the run has learnt from.
    """
    config = read_config(folder)
    real = load_real(read_manifest(Path(config.manifest)), Path(config.cutouts))
    fold = read_folds(real, folder)
    files = {number: weights_files(folder, number, config.networks) for number in range(int(fold.max()) + 2)}
    trained = [number for number, paths in files.items() if all(path.exists() for path in paths)]
    if not set(trained) & set(fold.tolist()):
        raise ValueError(f"expected fold-<k>.weights.h5 in {folder}, but came none")
    return Run(config, real, fold, folder, trained)


def measure(run: Run, recipes: Sequence[Recipe] = RECIPES, steps: int = 0) -> dict[str, Any]:
    """Measure every recipe against the Keras parent.

    Accuracy is out of fold and from pixels alone, without mirror images: each cutout is scored by the compressed
    network of a fold that had not seen its group. Size is that of the whole network with its heads (a family's own
    network differs by a head); latency that of one image, the parent's by ``predict`` at batch 32, on all cores both.
    """
    measured = [number for number in run.trained if (run.fold == number).any()]
    scores: dict[str, list[Scores]] = {name: [] for name in (PARENT, *(recipe.name for recipe in recipes))}
    rows: dict[str, dict[str, Any]] = {}
    bar = tqdm(total=len(measured) * len(recipes), desc="recipes", unit="network")
    for number in measured:
        network, images, others = run.network(number), run.real.at(run.fold == number).centres(), cutouts(run, number)
        scores[PARENT].append(with_scores(network).predict(images, batch_size=32, verbose=0)[:, : len(Family)])
        for recipe in recipes:
            content = compress(network, recipe, others, steps)
            scores[recipe.name].append(scores_of(content, images))
            rows[recipe.name] = {"bytes": len(content), "gzip": len(pack(content)), "ms": latency(content)}
            bar.update()
    parent = run.network(measured[-1])
    rows[PARENT] = {"bytes": 4 * parameters(parent), "gzip": 4 * parameters(parent), "ms": parent_latency(parent)}
    order = np.concatenate([np.flatnonzero(run.fold == number) for number in measured])
    labels = run.real.labels[order]
    accuracy = {name: accuracy_of(np.concatenate(parts), labels) for name, parts in scores.items()}
    return {
        "network": run.config.name,
        "parameters": parameters(parent),
        "cutouts": len(order),
        "folds": measured,
        "steps": steps,
        "parent_latency": "keras predict at batch 32, for one image",
        "cores": os.cpu_count(),
        "rows": [row_of(name, rows[name], rows[PARENT], accuracy[name], accuracy[PARENT]) for name in scores],
    }


def cutouts(run: Run, held_out: int) -> NDArray[np.float32]:
    """Cutouts (n, 144, 144, 1) of other folds, in a random order."""
    others = run.real.at(run.fold != held_out).centres()
    return others[np.random.default_rng(run.config.seed).permutation(len(others))]


def row_of(
    name: str, row: dict[str, Any], parent: dict[str, Any], accuracy: dict[str, Any], of_parent: dict[str, Any]
) -> dict[str, Any]:
    """Compare a recipe with the parent."""
    smaller, faster = parent["bytes"] / row["gzip"], parent["ms"] / row["ms"]
    change = {family: accuracy[family]["tpr"] - of_parent[family]["tpr"] for family in accuracy}
    return {
        "recipe": name,
        **row,
        "smaller": round(smaller, 1),
        "faster": round(faster, 1),
        "accuracy": accuracy,
        "tpr_change": {family: round(value, 4) for family, value in change.items()},
        "reaches": {
            "size": smaller >= SMALLER,
            "latency": faster >= FASTER,
            "accuracy": min(change.values()) >= -LOST,
        },
    }


def accuracy_of(scores: Scores, labels: NDArray[np.str_]) -> dict[str, Any]:
    """AUC and TPR at an FPR of 1 % of each family, on the cutouts that it has a target for."""
    result = {}
    for column, family in enumerate(Family):
        targets = [TARGETS[FineClass(label)][family] for label in labels]
        known = np.array([target is not None for target in targets])
        truth = np.array([bool(target) for target in targets])[known]
        values = scores[known, column].astype(float)
        result[family.value] = {
            "auc": round(auc(values, truth), 4),
            "tpr": round(tpr_at_fpr(values, truth, FPR), 4),
        }
    return result


def scores_of(content: bytes, images: NDArray[np.float32]) -> Scores:
    """Scores (n, 3) of images (n, 144, 144, 1), one at a time as any other batch."""
    run = _runner(content)
    return np.concatenate([run(image[None]) for image in images])[:, : len(Family)]


def latency(content: bytes) -> float:
    """Median time for one image, ms."""
    run, image = _runner(content), np.full((1, 144, 144, 1), 0.2, np.float32)
    run(image)
    return _median_ms(lambda: run(image))


def parent_latency(network: keras.Model) -> float:
    """Median time for one image in a batch of 32, ms."""
    images = np.full((32, 144, 144, 1), 0.2, np.float32)
    network.predict(images, verbose=0)
    return _median_ms(lambda: network.predict(images, verbose=0), rounds=5) / len(images)


def _runner(content: bytes) -> Callable[[NDArray[np.float32]], Scores]:
    interpreter = Interpreter(model_content=content, num_threads=os.cpu_count() or 1)
    interpreter.allocate_tensors()
    entry, result = interpreter.get_input_details()[0]["index"], interpreter.get_output_details()[0]["index"]

    def run(image: NDArray[np.float32]) -> Scores:
        interpreter.set_tensor(entry, image)
        interpreter.invoke()
        return np.asarray(interpreter.get_tensor(result))

    return run


def _median_ms(run: Callable[[], object], rounds: int = LATENCY_ROUNDS) -> float:
    times = []
    for _ in range(rounds):
        begun = time.perf_counter()
        run()
        times.append(time.perf_counter() - begun)
    return round(float(np.median(times)) * 1e3, 3)


def markdown(table: dict[str, Any]) -> str:
    """Write the table for people."""
    measured = ", ".join(map(str, table["folds"]))
    told = f"{table['cutouts']} real cutouts, folds {measured}, {table['steps']} steps of learning again"
    lines = [
        f"{table['network']}: {table['parameters']:,} parameters, {told}.",
        "",
        "| recipe | .tflite, kB | gzip, kB | smaller | ms | faster | TPR rb | TPR sl | TPR kd |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for row in table["rows"]:
        rates = [
            f"{row['accuracy'][family]['tpr']:.1%} ({100 * row['tpr_change'][family]:+.1f})"
            for family in row["accuracy"]
        ]
        cells = [
            row["recipe"],
            f"{row['bytes'] / 1e3:,.0f}",
            f"{row['gzip'] / 1e3:,.0f}",
            _marked(f"{row['smaller']:.1f}", reached=row["reaches"]["size"]),
            f"{row['ms']:.2f}",
            _marked(f"{row['faster']:.1f}", reached=row["reaches"]["latency"]),
            *rates,
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _marked(text: str, *, reached: bool) -> str:
    return f"**{text}**" if reached else text


def best(table: dict[str, Any], shippable: Sequence[str]) -> str:
    """Recipe of the smallest network that keeps the accuracy of its parent; 8 bits where none does."""
    kept = [row for row in table["rows"] if row["recipe"] in shippable and row["reaches"]["accuracy"]]
    return str(min(kept, key=lambda row: row["gzip"])["recipe"]) if kept else "8 bits"


def check_finished(run: Run) -> int:
    """Give the number of the network that has learnt from all cutouts.

    Raises
    ------
    ValueError : it has not been trained.
    """
    last = int(run.fold.max()) + 1
    if last not in run.trained:
        raise ValueError(f"expected a finished run, but {run.folder} has no weights of all cutouts (fold-{last})")
    return last


def write_bundles(folder: Path, run: Run, table: dict[str, Any], name: str, out: Path) -> Path:
    """Write the bundles of a released run again with the networks of a recipe; thresholds and calibration stay.

    Parameters
    ----------
    folder : of the run, with ``bundles`` in it.
    table : what `measure` gave; the recipe's row goes into the cards.
    name : of the recipe.
    out : folder for the new bundles.

    Raises
    ------
    ValueError : no recipe has this name, or the run has not been trained to its end.
    """
    recipe, last = recipes_named([name])[0], check_finished(run)
    network, others, steps = run.network(last), cutouts(run, last), table["steps"]
    if run.config.split:
        parts = heads_apart(network, ARCHITECTURES[run.config.architecture])
        contents = {families: compress(part, recipe, others, steps) for families, part in parts.items()}
    else:
        whole = shared(run.config, shrink(network, recipe, others, steps), folder)
        contents = {tuple(Family): to_tflite(whole, recipe.precision, others[:CALIBRATION])}
    description = read_json(folder / "bundles" / "ensemble.json")
    row: dict[str, Any] = next((row for row in table["rows"] if row["recipe"] == name), {})
    for member in description["members"]:
        bundle = read_bundle(folder / "bundles" / f"{member['name']}.json")
        content = contents.get(bundle.outputs)
        if content is None:
            raise BundleError(
                f"{bundle.name}: expected outputs of {', '.join(map(str, contents))}, but came {bundle.outputs}"
            )
        card = {**bundle.card, "precision": recipe.precision, "compression": row}
        member["sha256"] = write_bundle(out, content, card, packed=None)
    write_ensemble(out, description, run.real.names.tolist())
    return out


def compress_run(
    folder: Path, out: Path, name: str | None = None, steps: int = 0, recipes: Sequence[Recipe] = RECIPES
) -> str:
    """Measure every recipe on a run, and write the table and the bundles of one; return the table as Markdown.

    Parameters
    ----------
    folder : a run of `scoring.training.train`.
    out : folder for ``compression.json``, ``compression.md`` and, where the run has been released, ``bundles``.
    name : recipe of the bundles; the smallest that keeps the accuracy by default.
    steps : batches that pruned and factored networks learn from again (see `scoring.compression.shrink`).
    recipes : that are measured.

    Raises
    ------
    ValueError : no recipe has this name, or none of the run's networks can be shipped; before anything is measured.
    """
    run, is_released = read_run(folder), (folder / "bundles").is_dir()
    # Full integers need a network of images alone, and the survey's fit is an input of its own.
    shippable = [recipe.name for recipe in RECIPES if recipe.precision != "int8" or not run.config.metadata]
    if name and name not in shippable:
        raise ValueError(f"expected a recipe among {', '.join(shippable)}, but came {name}")
    if is_released:
        check_finished(run)
    table = measure(run, recipes, steps)
    out.mkdir(parents=True, exist_ok=True)
    text = markdown(table)
    (out / "compression.json").write_text(json.dumps(table, indent=2) + "\n", encoding="utf-8")
    (out / "compression.md").write_text(text + "\n", encoding="utf-8")
    if is_released:
        chosen = name or best(table, shippable)
        text += f"\n\n{chosen}: {write_bundles(folder, run, table, chosen, out / 'bundles')}"
    return text
