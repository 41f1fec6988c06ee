"""The labelled candidates whose cutouts look most alike: found by descriptors that are made as labels are decided."""

from dataclasses import dataclass

import numpy as np
from django.contrib.auth.models import User
from django.db.models import F
from numpy.typing import NDArray

from scoring.cutout import CutoutError
from scoring.descriptor import SIZE, VERSION, descriptor, nearest
from scoring.detection import CutoutKind
from scoring.preprocessing import Unscorable
from vetting.campaigns.models import Campaign, Consensus, Descriptor
from vetting.candidates.models import Candidate
from vetting.candidates.selectors import as_detection
from vetting.candidates.services import cutout_decode
from vetting.candidates.sight import sealed_for

SHOWN = 6
MOST = 20_000  # labelled candidates that are searched, the latest
BATCH = 200


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A candidate that looks alike, and the class that it was given."""

    candidate: Candidate
    fine_class: str


def described(candidate: Candidate) -> NDArray[np.float32] | None:
    """Describe a candidate's difference image now; None where it shows nothing."""
    row = candidate.cutouts.filter(kind=CutoutKind.DIFF).select_related("candidate").first()
    if row is None:
        return None
    try:
        return descriptor(cutout_decode(row), as_detection(candidate))
    except (CutoutError, Unscorable, OSError):
        return None


def descriptors_fill(limit: int = BATCH) -> int:
    """Describe decided candidates that have no descriptor of this version yet; return how many."""
    decided = Consensus.objects.exclude(fine_class="").values("candidate")
    rows = Candidate.objects.filter(pk__in=decided).exclude(descriptor__version=VERSION)
    made = []
    for candidate in rows[:limit]:
        vector = described(candidate)
        content = b"" if vector is None else vector.astype("<f4").tobytes()
        made.append(Descriptor(candidate=candidate, version=VERSION, vector=content))
    Descriptor.objects.bulk_create(
        made, update_conflicts=True, unique_fields=["candidate"], update_fields=["version", "vector"]
    )
    return len(made)


def neighbours_of(candidate: Candidate, *, campaign: Campaign, user: User) -> list[Neighbour]:
    """Return the decided candidates that look most like this one, as far as the user may see their labels.

    Other detections of the same exposure are left out: what is wrong with an exposure looks alike in all of them.
    """
    query = described(candidate)
    if query is None:
        return []
    decided = Consensus.objects.filter(campaign=campaign, candidate__descriptor__version=VERSION).exclude(fine_class="")
    decided = decided.exclude(candidate=candidate).exclude(candidate__exposure=candidate.exposure)
    sealed = sealed_for(user)
    if sealed is not None:
        decided = decided.exclude(candidate__in=Candidate.objects.filter(sealed))
    columns = decided.order_by("-pk").annotate(vector=F("candidate__descriptor__vector"))
    rows = [row for row in columns.values_list("candidate", "fine_class", "vector")[:MOST] if row[2]]
    if not rows:
        return []
    others = np.frombuffer(b"".join(bytes(row[2]) for row in rows), "<f4").reshape(-1, SIZE)
    found = [rows[place] for place in nearest(query, others, SHOWN)]
    by_id = Candidate.objects.in_bulk([pk for pk, _, _ in found])
    return [Neighbour(by_id[pk], fine_class) for pk, fine_class, _ in found]
