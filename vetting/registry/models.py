"""Which models exist and which ensemble scores now. Rows are append-only; a person activates one ensemble."""

from django.db import models


class ModelVersion(models.Model):
    """One bundle on disk: a .tflite network and its card."""

    name = models.CharField(max_length=80)
    sha256 = models.CharField(max_length=64, unique=True)
    card = models.JSONField()
    registered_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.name} ({self.sha256[:8]})"


class Ensemble(models.Model):
    """Models that score together, with their thresholds and the calibration of their ranking score."""

    name = models.CharField(max_length=80)
    sha256 = models.CharField(
        max_length=64, unique=True, help_text="of ensemble.json, which names its members' digests"
    )
    directory = models.CharField(max_length=500)
    description = models.JSONField(help_text="ensemble.json as it was registered")
    members = models.ManyToManyField(ModelVersion, related_name="ensembles")
    is_active = models.BooleanField(default=False)
    registered_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["is_active"], condition=models.Q(is_active=True), name="one_active_ensemble"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.sha256[:8]})"
