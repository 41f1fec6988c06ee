"""Who may see what before voting: the one place that decides it, for pages, cards and the API."""

from collections.abc import Collection
from functools import reduce
from operator import or_
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef, Q, QuerySet

from vetting.campaigns.models import Assignment, Campaign, Consensus, Label, Membership, Role
from vetting.campaigns.selectors import labels_untaken
from vetting.candidates.models import Candidate


def shown_to(vetter: User, campaign: Campaign, candidate: Candidate) -> bool:
    """Say whether scores and other people's labels of a candidate are shown to a vetter of the campaign."""
    return candidate.pk in shown_among(vetter, campaign, [candidate.pk])


def shown_among(vetter: User, campaign: Campaign, ids: Collection[int]) -> set[int]:
    """Return of some candidates those that `shown_to` shows; what another blind campaign seals is not among them."""
    shown = set(ids)
    if campaign.blindness != Campaign.Blindness.OPEN:
        shown &= set(_voted(campaign, vetter).filter(candidate__in=shown).values_list("candidate", flat=True))
    sealed = sealed_by_campaigns(vetter)
    if sealed is None or not shown:
        return shown
    return shown - set(Candidate.objects.filter(sealed, pk__in=shown).values_list("pk", flat=True))


def sealed_by(vetter: User, candidate: Candidate) -> Campaign | None:
    """Return a blind campaign that keeps a candidate from its vetter until the vote there; None without one."""
    rows = Candidate.objects.filter(pk=candidate.pk)
    return next(
        (campaign for campaign in blind_campaigns(vetter) if rows.filter(_unvoted(campaign, vetter)).exists()), None
    )


def sealed_by_campaigns(user: User) -> Q | None:
    """Return what blind campaigns keep from their vetter until the vote there; None without such ones."""
    unvoted = [_unvoted(campaign, user) for campaign in blind_campaigns(user)]
    return reduce(or_, unvoted) if unvoted else None


def blind_campaigns(user: User) -> QuerySet[Campaign]:
    """Return the blind campaigns that a user votes in and sees nothing of elsewhere before the vote.

    A public campaign seals nothing from those who were never lent a candidate there and never voted. Managers,
    adjudicators and staff are blind where they vote, not elsewhere: they have to see what goes on.
    """
    if user.is_staff:
        return Campaign.objects.none()
    above = Membership.objects.filter(user=user, role__in=[Role.MANAGER, Role.ADJUDICATOR]).values("campaign")
    votes = Membership.objects.filter(user=user, role=Role.VETTER).values("campaign")
    own = {"campaign": OuterRef("pk"), "vetter": user}
    joined = Exists(Assignment.objects.filter(**own)) | Exists(Label.objects.filter(**own))
    mine = Q(is_default=True) | Q(pk__in=votes) | Q(joined, is_public=True)
    return _running_blind().filter(mine).exclude(pk__in=above)


def labels_told(rows: QuerySet[Label], user: User) -> QuerySet[Label]:
    """Leave out what `_hidden` keeps from a user, but none of the own labels."""
    hidden = _hidden(user)
    return rows if hidden is None else rows.filter(Q(vetter=user) | ~hidden)


def consensus_told(rows: QuerySet[Consensus], user: User) -> QuerySet[Consensus]:
    """Leave out what `_hidden` keeps from a user."""
    hidden = _hidden(user)
    return rows if hidden is None else rows.exclude(hidden)


def _hidden(user: User) -> Q | None:
    """Return the labels, or consensus, of blind campaigns that everybody may vote in, before the own vote there.

    `sealed_by_campaigns` leaves such a campaign out for those who have not begun there, so that it does not blind the
    whole site for every login; but its own votes it shows to nobody who may still vote. None without such campaigns.
    """
    if user.is_staff:
        return None
    above = Membership.objects.filter(user=user).exclude(role=Role.VETTER).values("campaign")
    public = _running_blind().filter(is_public=True).exclude(pk__in=above)
    if not public.exists():
        return None
    own = Label.objects.filter(action=Label.Action.LABEL, undone_by=None, vetter=user)
    voted = own.filter(campaign=OuterRef("campaign"), candidate=OuterRef("candidate"))
    return Q(~Exists(voted), campaign__in=public.values("pk"))


def _running_blind() -> QuerySet[Campaign]:
    runs = Campaign.objects.filter(status__in=[Campaign.Status.ACTIVE, Campaign.Status.PAUSED])
    return runs.exclude(blindness=Campaign.Blindness.OPEN)


def _unvoted(campaign: Campaign, user: User) -> Q:
    return _in_pool(campaign) & ~Q(pk__in=_voted(campaign, user))


def _in_pool(campaign: Campaign) -> Q:
    if campaign.takes_all:
        return ~Q(pk__in=[])
    return Q(pk__in=campaign.pool_items.values("candidate"))


def _voted(campaign: Campaign, user: User) -> QuerySet[Label, Any]:
    return labels_untaken(campaign).filter(vetter=user).values("candidate")
