"""A campaign: its policies, each one of a small named set, its guidelines by version, and what happened to it."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from scoring.families import FineClass
from vetting.registry.models import Ensemble


class Campaign(models.Model):
    """A labelling effort with its own people, votes and consensus."""

    class Status(models.TextChoices):
        """Whether work is handed out."""

        DRAFT = "draft", "draft: being set up"
        ACTIVE = "active", "active"
        PAUSED = "paused", "paused: nothing new is handed out"
        CLOSED = "closed", "closed"

    class Template(models.TextChoices):
        """What the campaign is for."""

        NIGHTLY = "nightly", "nightly vetting"
        TRAINING = "training", "training set"
        GOLD = "gold", "gold standard"
        RECHECK = "recheck", "re-check"

    class Rule(models.TextChoices):
        """How votes become a class."""

        MAJORITY = "majority", "majority: the class with most votes"
        AGREEING = "n_agreeing", "agreement: the first class with enough equal votes"
        TWO_COIN = "two_coin", "skill: votes weighed by each vetter's sensitivity and specificity"

    class Redundancy(models.TextChoices):
        """How many votes are asked for."""

        FIXED = "fixed", "fixed number of votes"
        ADAPTIVE = "adaptive", "until the answer is sure"

    class Order(models.TextChoices):
        """What a vetter gets next."""

        URGENCY = "urgency", "urgency: latest night first, most probable asteroid first"
        MIX = "mix", "mix of doubtful, probable and random candidates, with re-checks"
        RANDOM = "random", "random"

    class Blindness(models.TextChoices):
        """What a vetter sees before voting."""

        OPEN = "open", "open: scores and other people's labels are shown"
        FIRST_VOTE = "first_vote", "blind until the own vote: scores and other people's labels appear after it"

    class Feedback(models.TextChoices):
        """When vetters are told how their votes on gold were."""

        NEVER = "never", "never"
        CLOSED = "closed", "once the campaign is closed"
        DAYS = "days", "some days after the vote"

    class Pool(models.TextChoices):
        """Where the candidates come from."""

        QUEUE = "queue", "all that are queued on this site"
        NIGHTS = "nights", "a range of nights"
        FILTER = "filter", "a filter"
        LIST = "list", "a list of candidates"

    name = models.CharField(max_length=100, unique=True)
    description = models.TextField(blank=True)
    status = models.CharField(max_length=6, choices=Status.choices, default=Status.ACTIVE)
    template = models.CharField(max_length=8, choices=Template.choices, default=Template.NIGHTLY)
    is_default = models.BooleanField(default=False, help_text="its consensus moves the candidate's state")
    is_public = models.BooleanField(default=False, help_text="every login of the site may vet, without an invitation")

    rule = models.CharField(max_length=10, choices=Rule.choices, default=Rule.AGREEING)
    redundancy = models.CharField(max_length=8, choices=Redundancy.choices, default=Redundancy.FIXED)
    votes_needed = models.PositiveSmallIntegerField(
        default=1,
        validators=[MinValueValidator(1)],
        help_text="votes asked for; with agreement: equal votes that decide",
    )
    votes_most = models.PositiveSmallIntegerField(
        default=5, validators=[MinValueValidator(1)], help_text="votes after which an open candidate is adjudicated"
    )
    certainty = models.FloatField(
        default=0.95,
        validators=[MinValueValidator(0.5), MaxValueValidator(1)],
        help_text="probability at which an adaptive campaign asks no further",
    )

    order = models.CharField(max_length=7, choices=Order.choices, default=Order.URGENCY)
    gold_share = models.FloatField(
        default=0.0,
        validators=[MinValueValidator(0), MaxValueValidator(0.5)],
        help_text="share of assignments whose answer is known",
    )
    blindness = models.CharField(max_length=10, choices=Blindness.choices, default=Blindness.OPEN)
    feedback = models.CharField(
        max_length=6,
        choices=Feedback.choices,
        default=Feedback.CLOSED,
        help_text="when vetters are told of their votes on candidates whose answer is known",
    )
    feedback_days = models.PositiveSmallIntegerField(
        default=7, validators=[MinValueValidator(1)], help_text="days after the vote, where feedback comes so"
    )
    assigns = models.BooleanField(default=False, help_text="a candidate is lent to one vetter for a time")
    lease_minutes = models.PositiveSmallIntegerField(
        default=30, validators=[MinValueValidator(1)], help_text="time after which a candidate that was lent comes back"
    )

    pool = models.CharField(max_length=6, choices=Pool.choices, default=Pool.QUEUE)
    pool_first_night = models.DateField(null=True, blank=True)
    pool_last_night = models.DateField(null=True, blank=True)
    pool_filter = models.JSONField(default=dict, blank=True, help_text="names and texts of the candidates' filter")
    pool_grows = models.BooleanField(default=False, help_text="new candidates that fit are taken in")
    pool_refreshed_at = models.DateTimeField(null=True, editable=False)

    skill = models.JSONField(default=dict, editable=False, help_text="what each vetter's vote is worth, as last fitted")
    skill_fitted_at = models.DateTimeField(null=True, editable=False)
    fused_with = models.ForeignKey(
        Ensemble, null=True, on_delete=models.SET_NULL, related_name="+", editable=False,
        help_text="whose scores are in the p_fused of what is open",
    )  # fmt: skip
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["is_default"], condition=Q(is_default=True), name="one_default_campaign"),
            models.CheckConstraint(condition=Q(votes_needed__gte=1), name="a_vote_is_needed"),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse policies that contradict each other."""
        if self.rule == self.Rule.AGREEING and self.redundancy == self.Redundancy.ADAPTIVE:
            says = "expected a fixed number of votes, since agreement asks until enough votes are equal, got adaptive"
            raise ValidationError({"redundancy": f"{says}; or choose another rule"})
        has_most = self.rule == self.Rule.AGREEING or self.redundancy == self.Redundancy.ADAPTIVE
        if has_most and self.votes_most < self.votes_needed:
            says = f"expected at least the {self.votes_needed} votes that are needed, got {self.votes_most}"
            raise ValidationError({"votes_most": says})

    @property
    def takes_all(self) -> bool:
        """Whether the pool is whatever is queued, so that it has no rows of its own."""
        return self.pool == self.Pool.QUEUE


def all_classes() -> list[str]:
    """Return the class set that a guideline starts with."""
    return [value.value for value in FineClass]


class GuidelineVersion(models.Model):
    """What vetters are told, with example cutouts and the classes to choose from; every label points to its version."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="guidelines")
    number = models.PositiveSmallIntegerField(help_text="1, 2, … within the campaign")
    text = models.TextField(blank=True, help_text="Markdown")
    classes = models.JSONField(default=all_classes, help_text="fine classes that are offered")
    examples = models.JSONField(default=list, help_text="ids of candidates, each with the class that it shows")
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    written_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["campaign", "-number"]
        constraints = [models.UniqueConstraint(fields=["campaign", "number"], name="one_guideline_per_number")]

    def __str__(self) -> str:
        return f"{self.campaign_id} version {self.number}"


class CampaignEvent(models.Model):
    """What happened in a campaign, append-only: the moves of its status and of its candidates."""

    class Kind(models.TextChoices):
        """What happened."""

        CREATED = "created", "created"
        STARTED = "started", "started"
        PAUSED = "paused", "paused"
        CLOSED = "closed", "closed"
        REOPENED = "reopened", "reopened"
        CHANGED = "changed", "settings changed"
        RETIRED = "retired", "candidate retired"
        RETURNED = "returned", "candidate returned to the pool"
        CONTESTED = "contested", "candidate sent to adjudication"

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=9, choices=Kind.choices)
    candidate = models.ForeignKey(
        "candidates.Candidate", null=True, on_delete=models.CASCADE, related_name="campaign_events"
    )
    actor = models.CharField(max_length=150, help_text="user name, or the part of the system that did it")
    reason = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["campaign", "candidate"])]

    def __str__(self) -> str:
        return f"{self.campaign_id} {self.kind} {self.candidate_id or ''}".strip()
