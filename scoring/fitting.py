"""Fitting one network to batches of training images, in steps that can be resumed."""

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import layers, ops
from numpy.typing import NDArray
from tqdm import tqdm

from scoring.architectures import ARCHITECTURES
from scoring.families import JUDGED, Family
from scoring.train_config import TrainConfig
from scoring.training_images import MISSING, TrainingImages
from scoring.whole_file import whole_file


class Batches(keras.utils.PyDataset):  # type: ignore[misc]
    """The batches of a run, each with a seed of its own, so that a resumed run goes on with what would have come."""

    def __init__(self, images: TrainingImages, config: TrainConfig, fold: int) -> None:
        super().__init__(workers=1, max_queue_size=8)
        self.images, self.config, self.fold, self.epoch = images, config, fold, 0

    def __len__(self) -> int:
        """Batches in an epoch."""
        return self.config.steps

    def __getitem__(self, index: int) -> tuple[NDArray[np.float32], ...]:
        """One batch: images, targets, weights."""
        rng = np.random.default_rng([self.config.seed, self.fold, self.epoch, index])
        return self.images.batch(self.config.batch_size, rng)

    def on_epoch_end(self) -> None:
        """Go on to the next epoch's seeds."""
        self.epoch += 1


class FamiliesAndClass(keras.losses.Loss):  # type: ignore[misc]
    """Binary cross-entropy of the families, mean over the targets that are known, and cross-entropy of the fine class.

    The second counts half, and only where the network has logits for it.
    """

    def __init__(self, smoothing: float) -> None:
        super().__init__(name="families_and_class", reduction="sum_over_batch_size")
        self.smoothing = smoothing

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Loss of each image."""
        targets, logits = y_true[:, : len(Family)], y_pred[:, : len(Family)]
        known = ops.cast(ops.not_equal(targets, MISSING), logits.dtype)
        target = targets * (1 - 2 * self.smoothing) + self.smoothing
        loss = ops.maximum(logits, 0) - logits * target + ops.softplus(-ops.abs(logits))
        of_families = ops.sum(loss * known, axis=-1) / ops.maximum(ops.sum(known, axis=-1), 1)
        if y_pred.shape[-1] == len(Family):
            return of_families
        classes = y_true[:, len(Family) :] * (1 - self.smoothing) + self.smoothing / len(JUDGED)
        return of_families - 0.5 * ops.sum(classes * ops.log_softmax(y_pred[:, len(Family) :]), axis=-1)


def has_bfloat16(processor: Path = Path("/proc/cpuinfo")) -> bool:
    """Whether the processor itself computes in bfloat16, as Linux tells: imitated, it is slower than float32."""
    try:
        flags = processor.read_text(encoding="utf-8", errors="replace").split()
    except OSError:
        return False
    return not {"avx512_bf16", "amx_bf16", "bf16"}.isdisjoint(flags)


def check_architecture(config: TrainConfig) -> None:
    """See that the network of a configuration can be built."""
    if config.architecture not in ARCHITECTURES:
        raise ValueError(f"expected an architecture among {', '.join(ARCHITECTURES)}, but came {config.architecture!r}")


def build(config: TrainConfig, *, fast: bool) -> keras.Model:
    """Build the network, to compute in bfloat16 where the configuration says so, `fast` is set and it is faster."""
    keras.config.set_dtype_policy("mixed_bfloat16" if fast and config.bfloat16 and has_bfloat16() else "float32")
    try:
        return ARCHITECTURES[config.architecture](config.heads)
    finally:
        keras.config.set_dtype_policy("float32")


def weights_files(folder: Path, number: int, networks: int) -> list[Path]:
    """Files of the weights of a fold's networks, in a run's folder."""
    names = [f"fold-{number}", *(f"fold-{number}-{other}" for other in range(2, networks + 1))]
    return [folder / f"{name}.weights.h5" for name in names]


def read_network(config: TrainConfig, folder: Path, number: int) -> keras.Model:
    """Build the network of a fold from its weights; several answer with the mean of their logits."""
    parts = []
    for weights in weights_files(folder, number, config.networks):
        parts.append(build(config, fast=False))
        parts[-1].load_weights(weights)
    if len(parts) == 1:
        return parts[0]
    for place, part in enumerate(parts):
        part.name = f"{part.name}_{place}"
    image = keras.Input(parts[0].input_shape[1:], name="image")
    return keras.Model(image, layers.average([part(image) for part in parts]), name=config.name)


def fit(config: TrainConfig, images: TrainingImages, number: int, weights: Path, begin: Path | None) -> None:
    """Train a network; epochs that an earlier, interrupted run finished are not repeated.

    Parameters
    ----------
    number : of the fold; the order of images, and random weights, follow from it.
    weights : file to write; where it exists, nothing is done.
    begin : weights to begin with; None for random ones.
    """
    if weights.exists():
        return
    keras.utils.set_random_seed(config.seed * 1000 + number)
    network = build(config, fast=True)
    if begin is not None:
        begin_with(network, config.architecture, begin)
    total = config.epochs * config.steps
    rate = keras.optimizers.schedules.CosineDecay(
        0.0, int(0.95 * total), warmup_target=config.learning_rate, warmup_steps=int(0.05 * total)
    )
    network.compile(
        keras.optimizers.AdamW(rate, weight_decay=config.weight_decay),
        FamiliesAndClass(config.label_smoothing),
    )
    batches, name = Batches(images, config, number), weights.name.removesuffix(".weights.h5")
    resume = Resume(weights, weights.with_name(f"{name}.resume"), batches)
    network.fit(batches, epochs=config.epochs, shuffle=False, verbose=0, callbacks=[resume, Progress(config, name)])


def save_weights(network: keras.Model, path: Path) -> None:
    """Write weights that are there in whole or not at all."""
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".") as folder:
        part = Path(folder, path.name)  # Keras wants the suffix
        network.save_weights(part)
        with whole_file(path) as file:
            file.write(part.read_bytes())


def begin_with(network: keras.Model, architecture: str, weights: Path) -> None:
    """Give a network the weights of a file; its heads stay as they are, for the file may have others.

    Raises
    ------
    ValueError : another architecture's weights.
    """
    for heads in (1, len(Family), len(Family) + len(JUDGED)):
        taught = ARCHITECTURES[architecture](heads)
        try:
            taught.load_weights(weights)
        except ValueError:
            continue
        for layer in taught.layers:
            if layer.name != "logits":
                network.get_layer(layer.name).set_weights(layer.get_weights())
        return
    raise ValueError(f"{weights}: expected weights of {architecture} that scoring.training wrote, but came others")


class Resume(keras.callbacks.BackupAndRestore):  # type: ignore[misc]
    """Keeps weights, optimiser and epoch on disk, and sets the batches to the epoch that comes next.

    What is kept goes only once the trained weights are on the disk in whole.
    """

    def __init__(self, weights: Path, folder: Path, batches: Batches) -> None:
        super().__init__(str(folder))
        self.weights, self.batches = weights, batches

    def on_train_begin(self, logs: Any = None) -> None:
        """Go on where the last run stopped."""
        super().on_train_begin(logs)
        self.batches.epoch = getattr(self.model, "_initial_epoch", None) or 0

    def on_train_end(self, logs: Any = None) -> None:
        """Write the weights, then forget the steps to them."""
        save_weights(self.model, self.weights)
        super().on_train_end(logs)


class Progress(keras.callbacks.Callback):  # type: ignore[misc]
    """One bar for the whole training, with the time that is left."""

    def __init__(self, config: TrainConfig, name: str) -> None:
        super().__init__()
        self.bar = tqdm(total=config.epochs * config.steps, desc=name, unit="batch", mininterval=5)
        self.steps = config.steps

    def on_train_batch_end(self, batch: int, logs: Mapping[str, float] | None = None) -> None:  # noqa: ARG002
        """Move the bar on."""
        self.bar.update(1)

    def on_epoch_begin(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:  # noqa: ARG002
        """Count the epochs that an earlier run finished."""
        self.bar.n = epoch * self.steps

    def on_epoch_end(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
        """Show the epoch's loss."""
        self.bar.set_postfix(epoch=epoch + 1, loss=f"{(logs or {}).get('loss', float('nan')):.4f}")

    def on_train_end(self, logs: Mapping[str, float] | None = None) -> None:  # noqa: ARG002
        """Leave the bar as it is."""
        self.bar.close()
