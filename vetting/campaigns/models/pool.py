"""Which candidates a campaign asks about, and whom it has asked."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from vetting.campaigns.models.campaign import Campaign
from vetting.campaigns.models.labels import CLASS_CHOICES, Label
from vetting.candidates.models import Candidate


class PoolItem(models.Model):
    """One candidate of a campaign's pool; with a ``gold_class`` its answer is known, which managers alone are told."""

    class Gold(models.TextChoices):
        """How the answer is known."""

        KNOWN = "known", "a known asteroid"
        INJECTED = "injected", "an injected streak"
        ADJUDICATED = "adjudicated", "adjudicated"
        LISTED = "listed", "a manager's list"

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="pool_items")
    candidate = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="pool_items")
    priority = models.SmallIntegerField(default=0, help_text="above 0: handed out before everything else")
    gold_class = models.CharField(max_length=20, choices=CLASS_CHOICES, blank=True)
    gold_source = models.CharField(max_length=11, choices=Gold.choices, blank=True)
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "candidate"], name="one_pool_item_per_candidate"),
            models.CheckConstraint(
                condition=Q(gold_class="", gold_source="") | ~Q(gold_class="") & ~Q(gold_source=""),
                name="gold_has_a_source",
            ),
        ]
        indexes = [
            models.Index(fields=["campaign", "-priority"], condition=Q(priority__gt=0), name="pool_front"),
            models.Index(fields=["campaign", "candidate"], condition=~Q(gold_class=""), name="pool_gold"),
        ]

    def __str__(self) -> str:
        return f"{self.candidate_id} of {self.campaign_id}"


class QueueReason(models.TextChoices):
    """Why a candidate was handed out."""

    PRIORITY = "priority", "moved to the front"
    URGENCY = "urgency", "most urgent"
    MARGIN = "margin", "the networks are least sure of it"
    TOP = "top", "most probable asteroid"
    RANDOM = "random", "drawn at random"
    GOLD = "gold", "its answer is known"
    RECHECK = "recheck", "decided by others, asked again"
    CHOSEN = "chosen", "the vetter's own choice"


class Assignment(models.Model):
    """A candidate lent to a vetter until it expires or is labelled; one row for a vetter and a candidate, ever."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="assignments")
    candidate = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="assignments")
    vetter = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="assignments")
    queue_reason = models.CharField(max_length=8, choices=QueueReason.choices)
    selection_prob = models.FloatField(help_text="chance that the draw gave this candidate, for this reason")
    leased_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    label = models.OneToOneField(
        Label, null=True, on_delete=models.PROTECT, related_name="assignment", help_text="first label that it led to"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "candidate", "vetter"], name="never_twice_to_one_vetter"),
        ]
        indexes = [
            models.Index(fields=["campaign", "vetter", "expires_at"]),
            models.Index(fields=["campaign", "candidate", "expires_at"], condition=Q(label=None), name="leases_open"),
        ]

    def __str__(self) -> str:
        return f"{self.candidate_id} to {self.vetter_id} until {self.expires_at:%H:%M}"
