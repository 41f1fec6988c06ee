"""Reading what came in: the balance over all runs, and what lies in quarantine."""

from dataclasses import dataclass

from django.db.models import Sum

from vetting.candidates.models import Candidate, State
from vetting.ingest.models import IngestBatch


@dataclass(frozen=True, slots=True)
class Balance:
    """What all runs together received, and whether the database still holds all that they called new."""

    received: int
    new: int
    duplicate: int
    quarantined: int
    candidates: int
    unscored: int

    @property
    def lost(self) -> int:
        """Received units that are neither candidate, duplicate nor quarantine row; 0 or something is wrong."""
        return self.received - self.new - self.duplicate - self.quarantined + max(0, self.new - self.candidates)


def balance() -> Balance:
    """Add all runs up and compare them with the candidates that are there."""
    names = ("received", "new", "duplicate", "quarantined")
    sums = IngestBatch.objects.aggregate(**{name: Sum(name, default=0) for name in names})
    return Balance(
        **sums,
        candidates=Candidate.objects.count(),
        unscored=Candidate.objects.filter(state=State.NEW).count(),
    )
