"""Why a candidate scores as it does: occlusion maps of the active ensemble, made by a worker once, kept as files."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from numpy.typing import NDArray

from scoring.explanation import occlusion
from scoring.preprocessing import Unscorable
from vetting.candidates.frames import packed
from vetting.candidates.models import Candidate
from vetting.candidates.scorer import scorable
from vetting.common import MissingError
from vetting.registry.models import Ensemble
from vetting.registry.selectors import active_ensemble
from vetting.registry.services import ensemble_load


def occlusion_kept(candidate: Candidate) -> bytes | None:
    """Return the map that the active ensemble has of a candidate's cutout; None until a worker has made it."""
    path = _path(candidate, _ensemble())
    if not default_storage.exists(path):
        return None
    with default_storage.open(path) as file:
        content: bytes = file.read()
    return content


def occlusion_make(candidate_id: int) -> None:
    """Make and keep the map of a candidate; one that is kept already is left as it is."""
    candidate, ensemble = Candidate.objects.prefetch_related("cutouts").get(pk=candidate_id), _ensemble()
    path = _path(candidate, ensemble)
    if default_storage.exists(path):
        return
    try:
        content = _encoded(occlusion(ensemble_load(ensemble), scorable(candidate)))
    except Unscorable as reason:
        content = packed({"frames": [], "reason": str(reason)}, [])
    default_storage.save(path, ContentFile(content))


def _encoded(maps: Mapping[str, NDArray[np.float32]]) -> bytes:
    """Encode maps as frames are: the kind is the score that falls, the values are its fall in log-odds."""
    frames: list[dict[str, Any]] = []
    for place, (name, values) in enumerate(maps.items()):
        height, width = values.shape
        frames.append({"kind": name, "width": width, "height": height, "unit": "logit", "offset": place * values.size})
    return packed({"frames": frames, "reason": ""}, list(maps.values()))


def _path(candidate: Candidate, ensemble: Ensemble) -> str:
    return f"occlusion/{ensemble.sha256[:16]}/{candidate.digest[:2]}/{candidate.digest}"


def _ensemble() -> Ensemble:
    ensemble = active_ensemble()
    if ensemble is None:
        raise MissingError("no ensemble is active, so that there is no score to explain")
    return ensemble
