"""Making, using and revoking tokens of the API."""

import datetime as dt
import secrets
from collections.abc import Collection
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db.models import Q
from django.utils import timezone

from vetting.common import ApplicationError
from vetting.tokens.models import PREFIX_LENGTH, ApiToken, Scope
from vetting.tokens.selectors import digest

MOST_DAYS = 366
LOGIN_DAYS = 30  # that a token from a user name and password is good for
LOGIN_SCOPES = (Scope.READ, Scope.LABEL)
START = "ds_"  # by which people and scanners of leaked secrets tell whose secret it is
USE_NOTED = dt.timedelta(minutes=1)  # one write a minute, not one a request


@dataclass(frozen=True, slots=True)
class Made:
    """A new token and its secret, which nothing can show again."""

    token: ApiToken
    secret: str


def token_make(owner: User, *, name: str, scopes: Collection[str], days: int) -> Made:
    """Make a token that expires."""
    name = name.strip()
    longest = ApiToken._meta.get_field("name").max_length  # noqa: SLF001 Django's documented API
    if not 1 <= len(name) <= (longest or 0):
        raise ApplicationError(f"expected a name of 1 to {longest} characters, got {len(name)}")
    if not scopes or not set(scopes) <= set(Scope.values):
        raise ApplicationError(f"expected one or more of {', '.join(Scope.values)}, got {', '.join(scopes) or 'none'}")
    if not 1 <= days <= MOST_DAYS:
        raise ApplicationError(f"expected 1 to {MOST_DAYS} days, got {days}")
    secret = START + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        owner=owner,
        name=name,
        prefix=secret[:PREFIX_LENGTH],
        sha256=digest(secret),
        scopes=[scope for scope in Scope.values if scope in scopes],
        expires_at=timezone.now() + dt.timedelta(days=days),
    )
    return Made(token, secret)


def token_use(token: ApiToken) -> None:
    """Note that a token was used, at most once a minute."""
    now = timezone.now()
    if token.last_used_at and token.last_used_at > now - USE_NOTED:
        return
    stale = Q(last_used_at=None) | Q(last_used_at__lte=now - USE_NOTED)
    ApiToken.objects.filter(stale, pk=token.pk).update(last_used_at=now)


def token_revoke(token: ApiToken) -> None:
    """Make a token worthless from the next request on."""
    ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now())
