"""Reading tokens."""

import hashlib

from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.utils import timezone

from vetting.tokens.models import ApiToken


def digest(secret: str) -> str:
    """Return what is kept of a secret: it is random enough that one round of sha256 cannot be turned back."""
    return hashlib.sha256(secret.encode()).hexdigest()


def token_of(secret: str) -> ApiToken | None:
    """Find the token of a secret, good or not, with its owner."""
    return ApiToken.objects.select_related("owner").filter(sha256=digest(secret)).first()


def tokens_of(owner: User) -> QuerySet[ApiToken]:
    """Return the tokens of a user, latest first."""
    return ApiToken.objects.filter(owner=owner)


def tokens_good(owner: User) -> QuerySet[ApiToken]:
    """Return those that still open the API."""
    return tokens_of(owner).filter(revoked_at=None, expires_at__gt=timezone.now())


def reason_refused(token: ApiToken) -> str:
    """Say why a token does not open the API; empty where it does."""
    if token.revoked_at:
        return f"this token was revoked at {token.revoked_at:%Y-%m-%d %H:%M} UTC"
    if token.expires_at <= timezone.now():
        return f"this token expired at {token.expires_at:%Y-%m-%d %H:%M} UTC; make a new one on the page /tokens/"
    return "" if token.owner.is_active else "the login of this token was switched off"
