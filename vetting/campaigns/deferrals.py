"""Putting a candidate off: snoozed until a time, in purgatory (too good to junk, too poor to report), hidden."""

import datetime as dt
from uuid import UUID

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from vetting.campaigns.models import Campaign, Deferral, Label
from vetting.candidates.models import Candidate
from vetting.common import ApplicationError, ConflictError

SOONEST_NIGHT = dt.timedelta(hours=6)  # a night that begins earlier is tonight, not tomorrow
SPANS = {"15min": "15 minutes", "1h": "1 hour", "night": "tomorrow night"}


def back_at(span: str, now: dt.datetime) -> dt.datetime:
    """Return when a snooze ends; the night of tomorrow begins with a UTC date, as nights are counted here.

    Examples
    --------
    >>> back_at("night", dt.datetime(2018, 7, 1, 20, 30, tzinfo=dt.UTC)).isoformat()
    '2018-07-03T00:00:00+00:00'
    """
    if span == "15min":
        return now + dt.timedelta(minutes=15)
    if span == "1h":
        return now + dt.timedelta(hours=1)
    if span != "night":
        raise ApplicationError(f"expected a snooze of {', '.join(SPANS)}, got {span!r}")
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0) + dt.timedelta(days=1)
    return midnight if midnight - now >= SOONEST_NIGHT else midnight + dt.timedelta(days=1)


def deferrals_active(campaign: Campaign) -> QuerySet[Deferral]:
    """Return what is put off now; a snooze that has run out is not."""
    due = Q(until=None) | Q(until__gt=timezone.now())
    return Deferral.objects.filter(due, campaign=campaign, ended_at=None)


def deferrals_listed(campaign: Campaign, user: User, *, sealed: Q | None) -> QuerySet[Deferral]:
    """Return what lists show: everybody's purgatory, of the other kinds the own alone.

    What its vetter has labelled since is no longer put off; what is sealed (``is_sealed``) does not show who else has
    stopped at it.
    """
    labelled = Label.objects.filter(
        campaign=campaign, candidate=OuterRef("candidate"), vetter=OuterRef("vetter"), action="label", undone_by=None
    )
    rows = deferrals_active(campaign).filter(~Exists(labelled)).select_related("candidate", "vetter")
    hidden = Candidate.objects.none() if sealed is None else Candidate.objects.filter(sealed)
    rows = rows.annotate(is_sealed=Exists(hidden.filter(pk=OuterRef("candidate"))))
    return rows.filter(Q(vetter=user) | Q(kind=Deferral.Kind.PURGATORY, is_sealed=False))


@transaction.atomic
def deferral_save(
    candidate: Candidate, *, campaign: Campaign, vetter: User, uuid: UUID, kind: str, span: str | None = None
) -> Deferral:
    """Put a candidate off once, however often it is sent; what the vetter put off before ends."""
    if kind not in set(Deferral.Kind):
        raise ApplicationError(f"expected {', '.join(Deferral.Kind)}, got {kind!r}")
    now = timezone.now()
    until = back_at(str(span), now) if kind == Deferral.Kind.SNOOZE else None
    Candidate.objects.select_for_update().get(pk=candidate.pk)
    known = Deferral.objects.filter(uuid=uuid).first()
    if known is None:
        mine = Deferral.objects.filter(campaign=campaign, vetter=vetter, candidate=candidate, ended_at=None)
        mine.update(ended_at=now)
        return Deferral.objects.create(
            uuid=uuid, campaign=campaign, vetter=vetter, candidate=candidate, kind=kind, until=until
        )
    if (known.candidate_id, known.vetter_id, known.kind) != (candidate.pk, vetter.pk, kind):
        raise ConflictError(f"deferral {uuid} is already recorded with other content")
    return known


def deferral_end(uuid: UUID, *, vetter: User) -> Deferral:
    """Take a candidate back into the own queue; a second time changes nothing."""
    found = Deferral.objects.filter(uuid=uuid, vetter=vetter)
    found.filter(ended_at=None).update(ended_at=timezone.now())
    deferral = found.select_related("candidate", "campaign").first()
    if deferral is None:
        raise ApplicationError("there is no such candidate that you have put off")
    return deferral
