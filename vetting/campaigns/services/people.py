"""Letting people into a campaign, by a link whose secret is shown once and kept only as its sha256."""

import datetime as dt
import secrets
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from vetting.campaigns.models import Campaign, Invitation, Membership, Role
from vetting.campaigns.selectors.access import may, role_of
from vetting.campaigns.selectors.pool import leases
from vetting.common import ApplicationError, ConflictError, MissingError
from vetting.tokens.selectors import digest

DAYS = 14  # an invitation is good for
MOST_DAYS = 365
MOST_USES = 1000


@dataclass(frozen=True, slots=True)
class Invited:
    """A new invitation and its secret, which nothing can show again."""

    invitation: Invitation
    secret: str


def member_invite(campaign: Campaign, *, by: User, role: str, days: int = DAYS, uses: int = 1) -> Invited:
    """Make a link that gives a role to those who follow it."""
    if role not in Role.values:
        raise ApplicationError(f"expected a role ({', '.join(Role.values)}), got {role!r}")
    if not 1 <= days <= MOST_DAYS or not 1 <= uses <= MOST_USES:
        raise ApplicationError(f"expected 1 to {MOST_DAYS} days and 1 to {MOST_USES} uses, got {days} and {uses}")
    secret = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        campaign=campaign,
        role=role,
        sha256=digest(secret),
        uses_left=uses,
        expires_at=timezone.now() + dt.timedelta(days=days),
        made_by=by,
    )
    return Invited(invitation, secret)


def invitation_revoke(invitation: Invitation) -> None:
    """Make a link worthless; who followed it before stays."""
    Invitation.objects.filter(pk=invitation.pk, revoked_at=None).update(revoked_at=timezone.now())


def invitation_open(secret: str) -> Invitation:
    """Return the invitation of a link that still holds, as whoever made it is manager; it may have been used up."""
    found = Invitation.objects.filter(sha256=digest(secret), revoked_at=None, expires_at__gt=timezone.now())
    invitation = found.select_related("campaign", "made_by").first()
    if invitation is None or not may(role_of(invitation.made_by, invitation.campaign), Role.MANAGER):
        raise MissingError("this invitation does not exist, was withdrawn, or has expired; ask for a new one")
    return invitation


@transaction.atomic
def invitation_accept(secret: str, *, user: User) -> Membership:
    """Make the user a member, by each link once; no link takes a higher role away.

    Whoever was removed, or given a lower role, after following a link does not get back in by the same one.
    """
    invitation = invitation_open(secret)
    Invitation.objects.select_for_update().get(pk=invitation.pk)
    campaign, role = invitation.campaign, Role(invitation.role)
    if campaign.is_public and may(Role.VETTER, role):
        role = Role.VETTER  # which every login is there
    held = Membership.objects.select_for_update().filter(campaign=campaign, user=user).first()
    has_followed = invitation.used_by.filter(pk=user.pk).exists()
    invitation.used_by.add(user)
    if held and may(Role(held.role), role):
        return held
    if has_followed:
        raise ConflictError(
            "you have followed this invitation before and your role was changed since; ask for a new one"
        )
    left = Invitation.objects.filter(pk=invitation.pk, revoked_at=None, uses_left__gt=0)
    if not left.update(uses_left=F("uses_left") - 1):
        raise MissingError("this invitation has been used up; ask for a new one")
    return Membership.objects.update_or_create(campaign=campaign, user=user, defaults={"role": role})[0]


@transaction.atomic
def member_change(membership: Membership, *, role: str) -> Membership:
    """Give a member another role; a campaign keeps a manager, and no link of one who is none any more."""
    if role not in Role.values:
        raise ApplicationError(f"expected a role ({', '.join(Role.values)}), got {role!r}")
    if role != Role.MANAGER:
        _keep_a_manager(membership)
        _revoke_of(membership)
    if role == Role.VIEWER:
        _give_back(membership)
    membership.role = Role(role)
    membership.save(update_fields=["role"])
    return membership


@transaction.atomic
def member_remove(membership: Membership) -> None:
    """Take a member out; the labels stay, the links that the member made do not."""
    _keep_a_manager(membership)
    _revoke_of(membership)
    _give_back(membership)
    membership.delete()


def _give_back(membership: Membership) -> None:
    """Let others have what is lent to somebody who judges nothing more."""
    now = timezone.now()
    leases(membership.campaign, now).filter(vetter=membership.user_id).update(expires_at=now)


def _revoke_of(membership: Membership) -> None:
    """Make the links worthless that somebody made who is no manager from now on."""
    made = Invitation.objects.filter(campaign=membership.campaign_id, made_by=membership.user_id, revoked_at=None)
    made.update(revoked_at=timezone.now())


def _keep_a_manager(membership: Membership) -> None:
    Campaign.objects.select_for_update().get(pk=membership.campaign_id)
    others = Membership.objects.filter(campaign=membership.campaign_id, role=Role.MANAGER).exclude(pk=membership.pk)
    if membership.role == Role.MANAGER and not others.exists():
        raise ConflictError("a campaign keeps at least one manager: make somebody else one first")
