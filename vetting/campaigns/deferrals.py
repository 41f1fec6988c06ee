"""Putting a candidate off: snoozed until a time, in purgatory (too good to junk, too poor to report), hidden."""

import datetime as dt
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Count, Exists, IntegerField, Min, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from vetting.campaigns.models import Campaign, Consensus, Deferral, Label
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


def span_of(deferral: Deferral) -> str | None:
    """Return the span that a snooze was asked for; None for what waits for no time.

    Examples
    --------
    >>> now = dt.datetime(2018, 7, 1, 20, 30, tzinfo=dt.UTC)
    >>> [span_of(Deferral(created_at=now, until=back_at(span, now))) for span in SPANS]
    ['15min', '1h', 'night']
    """
    if deferral.until is None:
        return None
    for span in ("15min", "1h"):
        if abs(back_at(span, deferral.created_at) - deferral.until) < dt.timedelta(minutes=1):
            return span
    return "night"


def deferrals_active(campaign: Campaign) -> QuerySet[Deferral]:
    """Return what is put off now; a snooze that has run out is not."""
    due = Q(until=None) | Q(until__gt=timezone.now())
    return Deferral.objects.filter(due, campaign=campaign, ended_at=None)


def deferrals_standing(campaign: Campaign) -> QuerySet[Deferral]:
    """Return what is put off and still to be decided: not labelled by its vetter since, nor retired by any votes."""
    this = {"campaign": campaign, "candidate": OuterRef("candidate")}
    labelled = Label.objects.filter(**this, vetter=OuterRef("vetter"), action="label", undone_by=None)
    decided = Consensus.objects.filter(**this, retired_at__isnull=False)
    rows = deferrals_active(campaign).filter(~Exists(labelled), ~Exists(decided))
    return rows.select_related("candidate", "vetter")


def deferrals_listed(campaign: Campaign, user: User, *, sealed: Q | None) -> QuerySet[Deferral]:
    """Return what lists show: everybody's purgatory, of the other kinds the own alone.

    What is sealed (``is_sealed``) does not show who else has stopped at it.
    """
    hidden = Candidate.objects.none() if sealed is None else Candidate.objects.filter(sealed)
    rows = deferrals_standing(campaign).annotate(is_sealed=Exists(hidden.filter(pk=OuterRef("candidate"))))
    return rows.filter(Q(vetter=user) | Q(kind=Deferral.Kind.PURGATORY, is_sealed=False))


def deferrals_by_candidate(rows: QuerySet[Deferral], user: User) -> QuerySet[Deferral, Any]:
    """Keep one row of each candidate, the user's own or else the first, and count in ``others`` those left out."""
    theirs = rows.exclude(candidate__in=rows.filter(vetter=user).values("candidate"))
    first = theirs.order_by().values("candidate").annotate(first=Min("pk")).values("first")
    same = rows.order_by().filter(candidate=OuterRef("candidate")).values("candidate").annotate(count=Count("pk"))
    kept = rows.filter(Q(vetter=user) | Q(pk__in=first))
    return kept.annotate(others=Subquery(same.values("count"), output_field=IntegerField()) - 1)


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
    known.is_repeat = True
    return known


def deferral_end(uuid: UUID, *, vetter: User) -> Deferral:
    """Take a candidate back into the own queue; a second time changes nothing."""
    found = Deferral.objects.filter(uuid=uuid, vetter=vetter)
    found.filter(ended_at=None).update(ended_at=timezone.now())
    deferral = found.select_related("candidate", "campaign").first()
    if deferral is None:
        raise ApplicationError("there is no such candidate that you have put off")
    return deferral
