"""What came in and what could not be read: every received unit ends as a candidate, a duplicate or a quarantine row."""

from django.db import models


class IngestBatch(models.Model):
    """One run of the ingest with its balance: received = new + duplicate + quarantined."""

    path = models.CharField(max_length=500)
    started_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)
    received = models.PositiveIntegerField(default=0)
    new = models.PositiveIntegerField(default=0)
    duplicate = models.PositiveIntegerField(default=0)
    quarantined = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.path} at {self.started_at:%Y-%m-%d %H:%M}"

    def balance(self) -> str:
        """State the balance of this run in one line."""
        return (
            f"received {self.received} = new {self.new} + duplicate {self.duplicate} + quarantined {self.quarantined}"
        )


class Quarantine(models.Model):
    """A row or file that could not become a candidate, with the reason and the bytes as they came."""

    batch = models.ForeignKey(IngestBatch, on_delete=models.PROTECT, related_name="quarantine")
    origin = models.CharField(max_length=500)
    locator = models.CharField(max_length=100, blank=True)
    reason = models.CharField(max_length=500)
    raw = models.BinaryField(blank=True)
    digest = models.CharField(max_length=64, unique=True, help_text="sha256 of origin, locator, reason and bytes")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "quarantine"

    def __str__(self) -> str:
        return f"{self.origin} {self.locator}: {self.reason}"
