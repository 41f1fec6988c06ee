"""The tree that the original DeepStreaks' ``load_data(path, project_id)`` reads, a project for each family.

::

    zwickyverse/<project>.json                      {"classes": [class 0, class 1], "datasets": {id: …}, …}
    zwickyverse/<project>/<dataset>.<tag>.json      {image: [class]}
    zwickyverse/<project>/<dataset>.<tag>/<image>   JPEG

That loader takes the last JSON file but the first folder of a dataset in alphabetical order, so both carry one tag
that never changes; it reads only the first class of an image; and it splits training and test images at random. The
nights that are held out for a test are therefore projects of their own, ``<project>_test``.
"""

import hashlib
import io
import json
from collections.abc import Iterator

import numpy as np
from PIL import Image

from scoring.cutout import CutoutError, Rendering
from scoring.detection import CutoutKind
from scoring.families import TARGETS, Family, FineClass
from scoring.ipac_picture import SIDE
from scoring.preprocessing import Unscorable, render_ipac
from vetting.candidates.models import Cutout
from vetting.candidates.services import cutout_decode
from vetting.datasets.archive import Member, plain_name
from vetting.datasets.selectors import Record

ROOT = "zwickyverse"
TAG = "labels"
# Class 0 and class 1, in Zwickyverse's alphabetical order.
CLASSES = {Family.RB: ("bogus", "real"), Family.SL: ("long", "short"), Family.KD: ("ditch", "keep")}
QUESTIONS = {Family.RB: "bogus or real", Family.SL: "long or short", Family.KD: "ditch or keep"}
JPEG = b"\xff\xd8\xff"

# project → dataset → image → its one class
Projects = dict[str, dict[str, dict[str, list[str]]]]


class Missing(Exception):  # noqa: N818  (a fact about one candidate, told in the README)
    """A candidate without a picture to train on; the message is the reason."""


def is_held_out(night: str, percent: int) -> bool:
    """Say whether a night is kept for the test: by a digest of its date, so that it never changes sides."""
    return int(hashlib.sha256(night.encode()).hexdigest()[:8], 16) % 100 < percent


def picture_name(record: Record, taken: set[str]) -> str:
    """Name of a candidate's image: the survey's own where that holds its identifier and no other one has taken it."""
    source = plain_name(record.candidate.source_id)
    row = _difference(record)
    name = f"{plain_name(row.name).split('.')[0]}.jpg" if row else ""
    if source not in name or name in taken:
        name = f"{plain_name(record.candidate.survey)}_{source}.jpg"
    taken.add(name)
    return name


def _difference(record: Record) -> Cutout | None:
    return next((row for row in record.cutouts if row.kind == CutoutKind.DIFF), None)


def picture(record: Record) -> bytes:
    """Draw the difference image as IPAC's grey JPEG; one that came as such is given as it came.

    Colour JPEGs carry the fitted endpoints as red pixels, and those cut at the CCD's edge would be stretched by the
    loader: both are cleaned, padded about the streak and encoded again.
    """
    row = _difference(record)
    if row is None:
        raise Missing("no difference image")
    row.candidate = record.candidate
    try:
        content = row.content()
        if content.startswith(JPEG) and _is_plain(content):
            return content
        cutout = cutout_decode(row)
        grey = cutout.pixels
        if cutout.rendering is Rendering.FLUX:
            grey = render_ipac(cutout.pixels, ~cutout.masked)
    except (OSError, Image.DecompressionBombError, CutoutError, Unscorable) as error:
        raise Missing(str(error)) from error
    buffer = io.BytesIO()
    Image.fromarray(np.clip(grey, 0, 255).round().astype(np.uint8)).save(buffer, "JPEG", quality=95)
    return buffer.getvalue()


def _is_plain(content: bytes) -> bool:
    with Image.open(io.BytesIO(content)) as image:
        if image.mode != "L" or image.size != (SIDE, SIDE):
            return False
        image.load()  # one truncated file would stop the loader
    return True


def tree(records: Iterator[Record], *, test_percent: int, missing: list[str]) -> Iterator[Member]:
    """Yield the tree of the decided candidates; who has no picture is told in ``missing``."""
    projects: Projects = {}
    taken: dict[str, set[str]] = {}
    for record in records:
        if not record.verdict.fine_class:
            continue
        targets = TARGETS[FineClass(record.verdict.fine_class)]
        night = record.candidate.night.isoformat().replace("-", "")
        suffix = "_test" if is_held_out(night, test_percent) else ""
        try:
            content, name = picture(record), picture_name(record, taken.setdefault(night, set()))
        except Missing as reason:
            missing.append(f"{record.candidate.survey} {record.candidate.source_id}: {reason}")
            continue
        for family, target in targets.items():
            if target is not None:
                project = f"{family}{suffix}"
                projects.setdefault(project, {}).setdefault(night, {})[name] = [CLASSES[family][target]]
                yield Member(f"{ROOT}/{project}/{night}.{TAG}/{name}", [content])
    yield from _labels(projects)


def _labels(projects: Projects) -> Iterator[Member]:
    for project, datasets in sorted(projects.items()):
        family = Family(project.removesuffix("_test"))
        use = "held out for the test" if project.endswith("_test") else "for training"
        meta = {
            "_id": project,
            "name": project,
            "description": f"DeepStreaks {family}: {QUESTIONS[family]}; nights {use}",
            "classes": list(CLASSES[family]),
            "datasets": {night: {"name": night, "description": f"{len(datasets[night])} images"} for night in datasets},
        }
        yield Member(f"{ROOT}/{project}.json", [_json(meta)])
        for night, images in datasets.items():
            yield Member(f"{ROOT}/{project}/{night}.{TAG}.json", [_json(images)])


def _json(value: object) -> bytes:
    return (json.dumps(value, indent=1, ensure_ascii=False) + "\n").encode()
