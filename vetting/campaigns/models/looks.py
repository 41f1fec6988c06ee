"""When somebody saw a candidate for the first time: the clock from the exposure to a human's look runs to here."""

from django.conf import settings
from django.db import models

from vetting.candidates.models import Candidate


class Look(models.Model):
    """The first time that the pixels of a candidate stood before a vetter; append-only, once for each of the two."""

    candidate = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="looks")
    vetter = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="looks")
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["candidate", "vetter"], name="one_first_look")]

    def __str__(self) -> str:
        return f"{self.vetter_id} saw {self.candidate_id}"
