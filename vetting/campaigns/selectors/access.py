"""Who may do what in which campaign. What a person may not see does not exist: 404, never 403."""

from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import PermissionDenied
from django.db.models import F, FilteredRelation, Q, QuerySet
from django.http import Http404

from vetting.campaigns.models import Campaign, Membership, Role

RANKS = {role: rank for rank, role in enumerate(reversed(Role))}  # viewer 0 … manager 3


def may(role: Role | None, least: Role) -> bool:
    """Say whether a role includes another."""
    return role is not None and RANKS[role] >= RANKS[least]


def role_of(user: User | AnonymousUser, campaign: Campaign) -> Role | None:
    """Return the role of a user: manager for administrators, vetter for every login of a public campaign."""
    if not isinstance(user, User) or not user.is_active:
        return None
    held = Membership.objects.filter(campaign=campaign, user=user).values_list("role", flat=True).first()
    return _role(user, campaign, held)


def _role(user: User, campaign: Campaign, held: str | None) -> Role | None:
    if user.is_superuser:
        return Role.MANAGER
    if held:
        return Role(held)
    return Role.VETTER if campaign.is_public else None


def campaigns_visible(user: User | AnonymousUser, least: Role = Role.VIEWER) -> QuerySet[Campaign]:
    """Return the campaigns in which a user has at least a role."""
    rows = Campaign.objects.order_by("pk")
    if not isinstance(user, User) or not user.is_active:
        return rows.none()
    if user.is_superuser:
        return rows
    enough = [role for role in Role if may(role, least)]
    own = Membership.objects.filter(user=user)
    found = Q(pk__in=own.filter(role__in=enough).values("campaign"))
    if may(Role.VETTER, least):  # a member's own role counts, also where it is less than everybody's
        found |= Q(is_public=True) & ~Q(pk__in=own.values("campaign"))
    return rows.filter(found)


def campaigns_to_scan(user: User, shown: Campaign) -> list[Campaign]:
    """Return the running campaigns that a user vets in, and the one that is shown; the default one first."""
    mine = campaigns_visible(user, Role.VETTER)
    rows = mine.filter(Q(status__in=[Campaign.Status.ACTIVE, Campaign.Status.PAUSED]) | Q(pk=shown.pk))
    return list(rows.order_by("-is_default", "name"))


def campaign_for(user: User | AnonymousUser, pk: int | str | None, least: Role = Role.VIEWER) -> Campaign:
    """Return a campaign for a user who holds at least a role; the default one where none is named.

    A campaign that the user has no part in is not found; a role that is too low is refused.
    """
    wanted = Q(is_default=True) if pk in {None, ""} else Q(pk=pk)
    if not isinstance(pk, int) and pk and not (pk.isascii() and pk.isdecimal() and len(pk) < 19):
        raise Http404(f"there is no campaign {pk}")
    if not isinstance(user, User) or not user.is_active:
        raise Http404(f"there is no campaign {pk}")
    member = FilteredRelation("memberships", condition=Q(memberships__user=user))
    campaign = Campaign.objects.annotate(member=member, held=F("member__role")).filter(wanted).first()
    role = _role(user, campaign, campaign.held) if campaign else None
    if campaign is None or role is None:
        raise Http404(f"there is no campaign {pk}")
    if not may(role, least):
        raise PermissionDenied(f"this needs the role {least} in {campaign}; yours is {role}")
    return campaign
