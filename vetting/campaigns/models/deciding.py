"""What a vetter does with a candidate besides voting: putting it off."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from vetting.campaigns.models.campaign import Campaign
from vetting.candidates.models import Candidate


class Deferral(models.Model):
    """A vetter puts a candidate off without judging it; ending it is the one thing that is ever written again."""

    class Kind(models.TextChoices):
        """How it is put off: only the own queue ever loses it."""

        SNOOZE = "snooze", "snoozed"
        PURGATORY = "purgatory", "in purgatory"
        HIDE = "hide", "hidden"

    is_repeat = False  # whether this request has found it saved already

    uuid = models.UUIDField(unique=True, help_text="made by the client")
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="deferrals")
    candidate = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="deferrals")
    vetter = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="deferrals")
    kind = models.CharField(max_length=9, choices=Kind.choices)
    until = models.DateTimeField(null=True, help_text="when a snoozed candidate comes back")
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, help_text="when its vetter took it out, or put it off anew")

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["campaign", "vetter", "candidate"], condition=Q(ended_at=None), name="deferred")
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="snooze", until__isnull=False) | Q(kind__in=["purgatory", "hide"], until__isnull=True),
                name="snoozed_until_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.candidate_id} {self.kind} by {self.vetter_id}"


class Comment(models.Model):
    """What somebody says of a candidate: plain text. Rows stay; one that its author took back says so."""

    uuid = models.UUIDField(unique=True, help_text="made by the client")
    candidate = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="comments")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="comments")
    text = models.CharField(max_length=2000)
    written_at = models.DateTimeField(auto_now_add=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.author_id} of {self.candidate_id}: {self.text[:40]}"


class Mention(models.Model):
    """A comment that names somebody."""

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="mentions")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mentions")
    read_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["user"], condition=Q(read_at=None), name="unread")]
        constraints = [models.UniqueConstraint(fields=["comment", "user"], name="one_mention_per_comment")]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.comment_id}"


class Descriptor(models.Model):
    """What a candidate's cutout looks like, as numbers: made once, empty where the cutout shows nothing."""

    candidate = models.OneToOneField(Candidate, on_delete=models.CASCADE, related_name="descriptor")
    version = models.PositiveSmallIntegerField(help_text="of scoring.descriptor")
    vector = models.BinaryField(help_text="float32, little endian")

    def __str__(self) -> str:
        return f"{self.candidate_id} version {self.version}"
