"""Who works in a campaign, in which role, and who was invited to."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from vetting.campaigns.models.campaign import Campaign


class Role(models.TextChoices):
    """What a member may do; each may do what those after it may."""

    MANAGER = "manager", "manager: sets up, invites, closes"
    ADJUDICATOR = "adjudicator", "adjudicator: settles what vetters disagree on"
    VETTER = "vetter", "vetter: labels"
    VIEWER = "viewer", "viewer: looks on"


class Membership(models.Model):
    """One person's role in one campaign."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=11, choices=Role.choices, default=Role.VETTER)
    joined_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["campaign", "user"], name="one_role_per_member")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role}"


class Invitation(models.Model):
    """A link that makes its bearer a member; only the sha256 of its secret is kept."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="invitations")
    role = models.CharField(max_length=11, choices=Role.choices, default=Role.VETTER)
    sha256 = models.CharField(max_length=64, unique=True)
    uses_left = models.PositiveSmallIntegerField(default=1)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    used_by = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+", editable=False)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(expires_at__gt=F("made_at")), name="invitation_ends_after_it_begins")
        ]

    def __str__(self) -> str:
        return f"{self.role} of {self.campaign_id}, {self.uses_left} left"
