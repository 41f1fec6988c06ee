"""A model on disk: a ``.tflite`` network (or ``.tflite.gz``) and its card, bound by sha256. Nothing else is loaded."""

import gzip
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scoring.families import JUDGED, Family, FineClass
from scoring.image_bytes import CutoutError, gunzip
from scoring.metadata import FEATURES

SUFFIX = ".tflite"
EVALUATION = "evaluation.json"  # figures of an ensemble, beside it (see scoring.assessment)
EVALUATION_FORMAT = 1
PACKED = ".gz"  # after the suffix of a network that is stored packed
PACKED_SHARE = 0.8
MAX_CARD = 2**20  # bytes
MAX_NETWORK = 200 * 2**20  # bytes
NEEDED = {"name": str, "outputs": list, "sha256": str, "input": dict, "licence": str}
NAMED: dict[str, tuple[str, ...]] = {"outputs": tuple(Family), "classes": JUDGED, "metadata": FEATURES}


class BundleError(Exception):
    """A bundle that cannot be trusted or read; the message says what was expected and what came."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """A network whose digest was checked.

    Attributes
    ----------
    name : name of the network, also of its files.
    outputs : families that its first output columns stand for, in order.
    classes : fine classes that the columns behind them stand for, in order; often none.
    metadata : names of the features (see ``scoring.metadata``) that it takes beside the image; often none.
    content : the ``.tflite`` file.
    card : the card as it was read.
    """

    name: str
    outputs: tuple[Family, ...]
    classes: tuple[FineClass, ...]
    metadata: tuple[str, ...]
    content: bytes
    card: Mapping[str, Any]

    @property
    def columns(self) -> tuple[Family | FineClass, ...]:
        """What the output columns stand for."""
        return (*self.outputs, *self.classes)


def read_json(path: Path) -> dict[str, Any]:
    """Read a JSON object of at most 1 MiB.

    Raises
    ------
    BundleError : missing, too large, or not a JSON object.
    """
    try:
        content = path.read_bytes()
        if len(content) > MAX_CARD:
            raise BundleError(f"{path}: expected at most {MAX_CARD} bytes of JSON, but it has {len(content)}")
        values = json.loads(content)
    except OSError as error:
        raise BundleError(f"{path}: expected a JSON file, but it cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise BundleError(f"{path}: expected JSON, but came {error}") from error
    if not isinstance(values, dict):
        raise BundleError(f"{path}: expected a JSON object, but came a {type(values).__name__}")
    return values


def read_card(path: Path) -> dict[str, Any]:
    """Read a model card and check that it has what loading needs.

    Raises
    ------
    BundleError : unreadable, or a key is missing or of the wrong type.
    """
    card = read_json(path)
    for key, kind in NEEDED.items():
        if not isinstance(card.get(key), kind):
            raise BundleError(f"{path}: expected {key} as {kind.__name__}, but came {card.get(key)!r}")
    if not card["outputs"]:
        raise BundleError(f"{path}: expected outputs among {', '.join(Family)}, but came none")
    for key, known in NAMED.items():
        named = card.get(key, [])
        if not isinstance(named, list) or any(name not in known for name in named):
            raise BundleError(f"{path}: expected {key} among {', '.join(known)}, but came {named!r}")
    return card


def read_bundle(card_path: Path) -> Bundle:
    """Read a card and the network beside it, and check the network's digest against the card.

    Raises
    ------
    BundleError : unreadable, or the digest differs.
    """
    card = read_card(card_path)
    path = card_path.with_suffix(SUFFIX)
    content = _read_network(path)
    digest = hashlib.sha256(content).hexdigest()
    if digest != card["sha256"]:
        raise BundleError(f"{path}: expected sha256 {card['sha256']}, but got {digest}")
    return Bundle(
        card["name"],
        tuple(Family(name) for name in card["outputs"]),
        tuple(FineClass(name) for name in card.get("classes", [])),
        tuple(card.get("metadata", [])),
        content,
        card,
    )


def _read_network(path: Path) -> bytes:
    """Read a network, or unpack the packed one that lies in its place."""
    packed = path.with_name(path.name + PACKED)
    place = path if path.exists() or not packed.exists() else packed
    try:
        size = place.stat().st_size
        if size > MAX_NETWORK:
            raise BundleError(f"{place}: expected at most {MAX_NETWORK} bytes, but it has {size}")
        content = place.read_bytes()
        return content if place is path else gunzip(content, MAX_NETWORK)
    except OSError as error:
        raise BundleError(f"{place}: expected a network beside its card, but came: {error.strerror}") from error
    except CutoutError as error:
        raise BundleError(f"{place}: {error}") from error


def pack(content: bytes) -> bytes:
    """Pack a network with gzip; the same network gives the same bytes."""
    return gzip.compress(content, 9, mtime=0)


def write_bundle(directory: Path, content: bytes, card: Mapping[str, Any], *, packed: bool | None = False) -> str:
    """Write a network, packed with gzip where asked, and its card with its size and digest; return the digest.

    ``packed`` None packs it where that saves a fifth or more.
    Size and digest are of the network as it is loaded: unpacked.
    """
    digest = hashlib.sha256(content).hexdigest()
    whole = {**card, "sha256": digest, "bytes": len(content)}
    directory.mkdir(parents=True, exist_ok=True)
    small = content if packed is False else pack(content)
    if packed is None:
        packed = len(small) < PACKED_SHARE * len(content)
    name = f"{card['name']}{SUFFIX}"
    (directory / f"{name}{PACKED}").unlink(missing_ok=True)
    (directory / name).unlink(missing_ok=True)
    (directory / (name + PACKED if packed else name)).write_bytes(small if packed else content)
    (directory / f"{card['name']}.json").write_text(json.dumps(whole, indent=2) + "\n", encoding="utf-8")
    return digest
