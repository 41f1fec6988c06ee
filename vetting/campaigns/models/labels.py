"""Labels, what they amount to, and what adjudicators made of it. Undo and correction are new rows."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from scoring.families import FineClass
from vetting.campaigns.models.campaign import Campaign, GuidelineVersion
from vetting.candidates.models import Candidate

CLASS_CHOICES = [(value.value, value.value.replace("_", " ")) for value in FineClass]


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
    confidence = models.PositiveSmallIntegerField(null=True, help_text="how sure the vetter was, per cent")
    comment = models.CharField(max_length=1000, blank=True)
    guideline = models.ForeignKey(GuidelineVersion, null=True, on_delete=models.PROTECT, related_name="labels")
    shown = models.JSONField(
        default=dict, help_text="what the vetter saw: blind, explanation, neighbours, ensemble (sha256)"
    )
    is_late = models.BooleanField(default=False, help_text="the candidate was retired, or the campaign closed, before")
    labelled_at = models.DateTimeField(auto_now_add=True)
    is_repeat = False  # whether this request has found it saved already

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

    class Retirement(models.TextChoices):
        """Why no more votes are asked for."""

        DECIDED = "decided", "the votes decide"
        ADJUDICATED = "adjudicated", "adjudicated"

    class Conflict(models.TextChoices):
        """Why an adjudicator is asked."""

        UNSURE = "unsure", "two vetters are unsure"
        CONTESTED = "contested", "vetters disagree"
        MODEL = "model", "people and networks disagree"

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="consensus")
    candidate = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="consensus")
    fine_class = models.CharField(
        max_length=20, choices=CLASS_CHOICES, blank=True, help_text="what counts: adjudicated, or else voted"
    )
    voted_class = models.CharField(max_length=20, choices=CLASS_CHOICES, blank=True)
    adjudicated_class = models.CharField(max_length=20, choices=CLASS_CHOICES, blank=True)
    votes = models.PositiveSmallIntegerField(default=0, help_text="active votes, unsure ones included")
    agreeing = models.PositiveSmallIntegerField(default=0, help_text="votes for the leading class")
    p_human = models.FloatField(null=True, help_text="probability of an asteroid by the votes alone")
    p_fused = models.FloatField(null=True, help_text="the same with the networks' score")
    counted = models.JSONField(
        default=list, help_text="ids of the labels that retired it; it stays so while they stand"
    )
    conflict = models.CharField(max_length=9, choices=Conflict.choices, blank=True)
    contested_at = models.DateTimeField(null=True, help_text="since when an adjudicator is asked")
    retired_at = models.DateTimeField(null=True)
    retirement = models.CharField(max_length=11, choices=Retirement.choices, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name_plural = "consensus"
        constraints = [
            models.UniqueConstraint(fields=["campaign", "candidate"], name="one_consensus_per_campaign"),
            models.CheckConstraint(
                condition=Q(retired_at=None, retirement="") | Q(retired_at__isnull=False) & ~Q(retirement=""),
                name="retired_for_a_reason",
            ),
        ]
        indexes = [models.Index(fields=["campaign", "conflict"])]

    def __str__(self) -> str:
        return f"{self.candidate_id}: {self.fine_class or 'open'}"


class Adjudication(models.Model):
    """An adjudicator's decision on a candidate, or the taking back of one; the client's UUID makes a retry one row."""

    class Action(models.TextChoices):
        """What the row does."""

        DECIDE = "decide", "decide"
        UNDO = "undo", "undo"

    uuid = models.UUIDField(unique=True, help_text="made by the client")
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="adjudications")
    candidate = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="adjudications")
    adjudicator = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="adjudications")
    action = models.CharField(max_length=6, choices=Action.choices, default=Action.DECIDE)
    fine_class = models.CharField(max_length=20, choices=CLASS_CHOICES, blank=True)
    undoes = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="undone_by")
    comment = models.CharField(max_length=1000, blank=True)
    decided_at = models.DateTimeField(auto_now_add=True)
    is_repeat = False  # whether this request has found it saved already

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["campaign", "candidate"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(action="decide", undoes__isnull=True, fine_class__in=[c.value for c in FineClass])
                | Q(action="undo", undoes__isnull=False, fine_class=""),
                name="decide_or_undo",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.adjudicator_id} {self.action} {self.fine_class}"
