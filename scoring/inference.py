"""Ensemble: bundles → scores for a batch of cutouts, through LiteRT."""

import math
import os
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any, Self, TypeVar

import numpy as np
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray

from scoring.bundle import Bundle, BundleError, read_bundle, read_json
from scoring.cutout import Cutout
from scoring.detection import Detection
from scoring.families import Family, FineClass
from scoring.gate import cascade, family_maxima, is_plausible
from scoring.metadata import FEATURES, features
from scoring.preprocessing import SIDE, Unscorable, to_network

SHIPPED = Path(__file__).parent / "models" / "compact"  # the default
V1 = SHIPPED.with_name("v1")  # DeepStreaks' own architecture and rule
CHUNK = 8  # cutouts that a network takes at once; more is slower where they leave the processor's cache
UNKNOWN = np.full(len(FEATURES), np.nan, np.float32)  # features where nothing but pixels is known
Result = TypeVar("Result")
NEAREST = 1e-7  # scores are kept this far from 0 and 1 before their logit is taken


@dataclass(frozen=True, eq=False)
class Scorable:
    """What is asked to be scored.

    Attributes
    ----------
    diff : the difference cutout; None where there is none, or where it cannot be decoded.
    detection : what the survey fitted.
    reason : why there is no cutout.
    """

    diff: Cutout | None
    detection: Detection | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Scores:
    """What an ensemble says of one cutout; never NaN.

    Attributes
    ----------
    rb, sl, kd : best score of each family's members, 0-1; None where the cutout cannot be scored.
    members : score of every member, by its name.
    plausible : verdict of the gate; None where the cutout cannot be scored.
    p_asteroid : one ranking score, 0-1, calibrated for the prior that the ensemble states.
    classes : probability of each fine class, where a network of the ensemble tells them apart.
    reason : why it cannot be scored, else empty.
    """

    rb: float | None = None
    sl: float | None = None
    kd: float | None = None
    members: Mapping[str, float] = field(default_factory=dict)
    plausible: bool | None = None
    p_asteroid: float | None = None
    classes: Mapping[str, float] = field(default_factory=dict)
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Calibration:
    """Logistic regression on the families' logits; no coefficient is negative, so that it keeps their order.

    Attributes
    ----------
    intercept, coefficients : of the regression.
    """

    intercept: float
    coefficients: Mapping[Family, float]

    def __call__(self, maxima: Mapping[Family, float]) -> float:
        """Probability that it is an asteroid, at the prior of the data that the calibration was fitted to."""
        logit = self.intercept
        for family, coefficient in self.coefficients.items():
            score = min(max(maxima[family], NEAREST), 1 - NEAREST)
            logit += coefficient * math.log(score / (1 - score))
        return 1 / (1 + math.exp(-min(max(logit, -80), 80)))


class Network:
    """One bundle in LiteRT, on one core; not safe for two threads at once."""

    def __init__(self, bundle: Bundle) -> None:
        try:
            self.interpreter = Interpreter(model_content=bundle.content, num_threads=1)
            # The image has four axes, the features two: their order in the file is the converter's choice.
            entries = sorted(self.interpreter.get_input_details(), key=lambda entry: -len(entry["shape"]))
            shapes = [tuple(int(side) for side in entry["shape"][1:]) for entry in entries]
            columns = int(self.interpreter.get_output_details()[0]["shape"][-1])
        except (ValueError, RuntimeError, IndexError) as error:
            raise BundleError(f"{bundle.name}: expected a LiteRT network, but it cannot be loaded: {error}") from error
        takes = [(SIDE, SIDE, 1)] + ([(len(bundle.metadata),)] if bundle.metadata else [])
        if shapes != takes or columns != len(bundle.columns):
            raise BundleError(
                f"{bundle.name}: expected inputs of {takes} and {len(bundle.columns)} outputs, "
                f"but the network has {shapes} and {columns}"
            )
        self.entries = [entry["index"] for entry in entries]
        self.features = [FEATURES.index(name) for name in bundle.metadata]
        self.size = 0  # of the chunk that the tensors are allocated for

    def __call__(self, images: NDArray[np.float32], metadata: NDArray[np.float32]) -> NDArray[np.float32]:
        """Scores (n, columns) of images (n, 144, 144, 1) with their features (n, m)."""
        chunks = [slice(at, at + CHUNK) for at in range(0, len(images), CHUNK)]
        return np.concatenate([self._chunk(images[chunk], metadata[chunk]) for chunk in chunks])

    def _chunk(self, images: NDArray[np.float32], metadata: NDArray[np.float32]) -> NDArray[np.float32]:
        values = [images, np.ascontiguousarray(metadata[:, self.features])][: len(self.entries)]
        if len(images) != self.size:
            for entry, value in zip(self.entries, values, strict=True):
                self.interpreter.resize_tensor_input(entry, value.shape)
            self.interpreter.allocate_tensors()
            self.size = len(images)
        for entry, value in zip(self.entries, values, strict=True):
            self.interpreter.set_tensor(entry, value)
        self.interpreter.invoke()
        scores: NDArray[np.float32] = self.interpreter.get_tensor(self.interpreter.get_output_details()[0]["index"])
        return scores


class Ensemble:
    """Networks that score together, with their thresholds and calibration.

    Attributes
    ----------
    name : name of the ensemble.
    description : ``ensemble.json`` as it was read.
    members : names of the networks.
    """

    def __init__(self, description: Mapping[str, Any], bundles: Sequence[Bundle], threads: int) -> None:
        self.description = dict(description)
        self.name = str(description["name"])
        self.members = tuple(bundle.name for bundle in bundles)
        self._bundles, self._threads = tuple(bundles), threads
        calibration = description["calibration"]
        self._thresholds = {
            Family(family): {str(member): float(least) for member, least in members.items()}
            for family, members in description["thresholds"].items()
        }
        self._calibration = Calibration(
            float(calibration["intercept"]),
            {Family(family): float(value) for family, value in calibration["coefficients"].items()},
        )
        self._by_size = {b.name: b.outputs for b in sorted(bundles, key=lambda bundle: len(bundle.content))}
        self._lock = threading.Lock()
        self._own = threading.local()  # networks of each thread
        self._process = 0

    @classmethod
    def load(cls, directory: Path, threads: int = 2) -> Self:
        """Read an ensemble and check the digest of every network; the networks themselves start at the first score.

        Parameters
        ----------
        directory : has ``ensemble.json`` and, for each member, ``<name>.tflite`` and ``<name>.json``.
        threads : that score at once, each with networks of its own: faster than networks that share threads.

        Raises
        ------
        BundleError : unreadable, a digest differs, or thresholds and members do not fit.
        """
        path = Path(directory) / "ensemble.json"
        description = read_json(path)
        try:
            bundles = [cls._member(Path(directory), member) for member in description["members"]]
            ensemble = cls(description, bundles, threads)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise BundleError(
                f"{path}: expected name, members, thresholds and calibration, but came {error!r}"
            ) from error
        offered = {family: {b.name for b in bundles if family in b.outputs} for family in Family}
        asked = {family: set(ensemble._thresholds.get(family, {})) for family in Family}
        if offered != asked or set(ensemble._calibration.coefficients) != set(Family):
            raise BundleError(f"{path}: expected thresholds for {offered}, but came {asked}")
        return ensemble

    @staticmethod
    def _member(directory: Path, member: Mapping[str, str]) -> Bundle:
        bundle = read_bundle(directory / f"{Path(member['name']).name}.json")
        if bundle.card["sha256"] != member["sha256"]:
            raise BundleError(
                f"{directory}: expected {member['name']} of sha256 {member['sha256']}, but got {bundle.card['sha256']}"
            )
        return bundle

    def score(self, items: Sequence[Scorable]) -> list[Scores]:
        """Score a batch.

        Returns
        -------
        list of Scores : one for each item, in order; what cannot be scored has None and a reason.
        """
        return self._in_chunks(items, self._score_chunk)

    def decide(self, items: Sequence[Scorable]) -> list[bool | None]:
        """Give the verdicts that `score` gives (``plausible``), and run as few networks as they need.

        See `scoring.gate.cascade`; in each family the smallest network is asked first.

        Returns
        -------
        list of bool : one for each item, in order; None for what cannot be scored.
        """
        return self._in_chunks(items, self._decide_chunk)

    def _in_chunks(self, items: Sequence[Scorable], run: Callable[[Sequence[Scorable]], list[Result]]) -> list[Result]:
        """Run chunks on all threads, and give their results in order."""
        with self._lock:
            if self._process != os.getpid():  # a forked worker starts threads of its own
                self._pool = ThreadPoolExecutor(self._threads, "networks")
                self._process = os.getpid()
        chunks = [items[at : at + CHUNK] for at in range(0, len(items), CHUNK)]
        return list(chain.from_iterable(self._pool.map(run, chunks)))

    @property
    def _networks(self) -> list[Network]:
        """Networks of this thread, started when it first needs them."""
        if not hasattr(self._own, "networks"):
            self._own.networks = [Network(bundle) for bundle in self._bundles]
        networks: list[Network] = self._own.networks
        return networks

    def _score_chunk(self, items: Sequence[Scorable]) -> list[Scores]:
        images, metadata, places, reasons = _prepare(items)
        results = [Scores(reason=reasons.get(place, "")) for place in range(len(items))]
        if places:
            columns = self._run(images, metadata)
            for row, place in enumerate(places):
                results[place] = self._verdict({key: float(values[row]) for key, values in columns.items()})
        return results

    def _run(
        self, images: NDArray[np.float32], metadata: NDArray[np.float32]
    ) -> dict[tuple[str, Family | FineClass], NDArray[np.float32]]:
        """Score of every member and family, or fine class, for images (n, 144, 144, 1) and features (n, m)."""
        outputs = [network(images, metadata) for network in self._networks]
        return {
            (bundle.name, family): scores[:, column]
            for bundle, scores in zip(self._bundles, outputs, strict=True)
            for column, family in enumerate(bundle.columns)
        }

    def _decide_chunk(self, items: Sequence[Scorable]) -> list[bool | None]:
        images, metadata, places, _ = _prepare(items)
        sane = np.ones(len(places), bool)

        def ask(member: str, rows: NDArray[np.intp]) -> NDArray[np.float64]:
            network = self._networks[self.members.index(member)]
            scores = network(images[rows], metadata[rows]).astype(np.float64)
            sane[rows] &= np.isfinite(scores).all(axis=1)
            return scores[:, : len(self._by_size[member])]

        verdicts: list[bool | None] = [None] * len(items)
        plausible = cascade(len(places), self._by_size, self._thresholds, ask)
        for row, place in enumerate(places):
            verdicts[place] = bool(plausible[row]) if sane[row] else None
        return verdicts

    def _verdict(self, columns: Mapping[tuple[str, Family | FineClass], float]) -> Scores:
        if not all(np.isfinite(value) for value in columns.values()):
            return Scores(reason="a network answered with something that is not a number")
        scores = {(name, of): value for (name, of), value in columns.items() if isinstance(of, Family)}
        by_class: dict[str, list[float]] = {}
        for (_, of), value in columns.items():
            if isinstance(of, FineClass):
                by_class.setdefault(of.value, []).append(value)
        by_family = {family: {name: value for (name, of), value in scores.items() if of is family} for family in Family}
        maxima = family_maxima(by_family)
        single = {bundle.name: len(bundle.outputs) == 1 for bundle in self._bundles}
        members = {name if single[name] else f"{name}:{family}": value for (name, family), value in scores.items()}
        return Scores(
            rb=maxima[Family.RB],
            sl=maxima[Family.SL],
            kd=maxima[Family.KD],
            members=members,
            plausible=is_plausible(by_family, self._thresholds),
            p_asteroid=self._calibration(maxima),
            classes={name: sum(values) / len(values) for name, values in by_class.items()},
        )


def _prepare(
    items: Sequence[Scorable],
) -> tuple[NDArray[np.float32], NDArray[np.float32], list[int], dict[int, str]]:
    """Images (n, 144, 144, 1) and features (n, m) of what can be scored, its places; reasons by place for the rest."""
    images, metadata, places, reasons = [], [], [], {}
    for place, item in enumerate(items):
        try:
            images.append(_image(item))
        except Unscorable as reason:
            reasons[place] = str(reason)
            continue
        metadata.append(UNKNOWN if item.detection is None else features(item.detection))
        places.append(place)
    return np.array(images, np.float32)[..., None], np.array(metadata, np.float32), places, reasons


def _image(item: Scorable) -> NDArray[np.float32]:
    if item.diff is None:
        raise Unscorable(item.reason or "no difference image")
    return to_network(item.diff)
