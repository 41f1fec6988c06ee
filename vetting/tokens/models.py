"""Tokens of the API: a secret that stands for its owner, for some requests and for a time."""

from django.conf import settings
from django.db import models

PREFIX_LENGTH = 8  # of the secret, kept to recognise it by


class Scope(models.TextChoices):
    """What a token may do of what its owner may."""

    READ = "read", "everything that you may see"
    LABEL = "label", "labels, undoing, comments, adjudications, asking for candidates"
    MANAGE = "manage", "setting campaigns up, members, pools, webhooks, revoking tokens"


class ApiToken(models.Model):
    """One token. Its secret is shown once and kept as its sha256 alone."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=80, help_text="what it is for")
    prefix = models.CharField(max_length=PREFIX_LENGTH, help_text="how the secret begins")
    sha256 = models.CharField(max_length=64, unique=True, editable=False)
    scopes = models.JSONField(help_text="of read, label, manage")
    made_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, help_text="to the minute")
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"
