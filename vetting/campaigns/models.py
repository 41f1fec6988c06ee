"""Campaigns and labels. Labels are append-only: undo and correction are new rows."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from scoring.families import FineClass
from vetting.candidates.models import Candidate

CLASS_CHOICES = [(value.value, value.value.replace("_", " ")) for value in FineClass]


class Campaign(models.Model):
    """A labelling effort with its own votes and its own consensus."""

    class Blindness(models.TextChoices):
        """What a vetter sees before voting."""

        OPEN = "open", "open: scores and other people's labels are shown"
        FIRST_VOTE = "first_vote", "blind until the own vote: scores and other people's labels appear after it"

    name = models.CharField(max_length=100, unique=True)
    description = models.TextField(blank=True)
    votes_needed = models.PositiveSmallIntegerField(default=1, help_text="equal votes that decide a candidate")
    is_default = models.BooleanField(default=False, help_text="its consensus moves the candidate's state")
    blindness = models.CharField(max_length=10, choices=Blindness.choices, default=Blindness.OPEN)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["is_default"], condition=Q(is_default=True), name="one_default_campaign"),
        ]

    def __str__(self) -> str:
        return self.name


class Label(models.Model):
    """One vote of one vetter, or the undoing of one; the client's UUID makes a retry the same row."""

    class Action(models.TextChoices):
        """What the row does."""

        LABEL = "label", "label"
        UNDO = "undo", "undo"

    uuid = models.UUIDField(unique=True, help_text="made by the client")
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="labels")
    candidate = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="labels")
    vetter = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="labels")
    action = models.CharField(max_length=5, choices=Action.choices, default=Action.LABEL)
    fine_class = models.CharField(max_length=20, choices=CLASS_CHOICES, blank=True)
    undoes = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="undone_by")
    seconds = models.FloatField(null=True, help_text="from the candidate being drawn to the key press, s")
    labelled_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["campaign", "candidate", "vetter"]),
            models.Index(fields=["vetter", "campaign"]),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(action="label", undoes__isnull=True, fine_class__in=[c.value for c in FineClass])
                | Q(action="undo", undoes__isnull=False, fine_class=""),
                name="label_or_undo",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.vetter_id} {self.action} {self.fine_class}"


class Consensus(models.Model):
    """What the votes of a campaign amount to for one candidate: recomputed from the labels, never incremented."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="consensus")
    candidate = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="consensus")
    fine_class = models.CharField(max_length=20, choices=CLASS_CHOICES, blank=True)
    votes = models.PositiveSmallIntegerField(default=0, help_text="active votes, unsure ones included")
    agreeing = models.PositiveSmallIntegerField(default=0, help_text="votes for the leading class")
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name_plural = "consensus"
        constraints = [models.UniqueConstraint(fields=["campaign", "candidate"], name="one_consensus_per_campaign")]

    def __str__(self) -> str:
        return f"{self.candidate_id}: {self.fine_class or 'open'}"
