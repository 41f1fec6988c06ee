"""Reading campaigns: what a vetter sees next, what was labelled, how far the night is."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.models import User
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from vetting.campaigns.deferrals import deferrals_active
from vetting.campaigns.models import Campaign, Consensus, Label
from vetting.candidates.models import Candidate, Score, State
from vetting.common import ApplicationError


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a vetter is through a night's queue."""

    done: int
    left: int


def campaign_default() -> Campaign:
    """Return the campaign of the nightly vetting."""
    return Campaign.objects.get(is_default=True)


def labels_standing(campaign: Campaign) -> QuerySet[Label]:
    """Return the labels that no undo took back and no later label of the same vetter replaced."""
    replaced = labels_untaken(campaign).filter(
        candidate=OuterRef("candidate"), vetter=OuterRef("vetter"), pk__gt=OuterRef("pk")
    )
    return labels_untaken(campaign).filter(~Exists(replaced))


def labels_untaken(campaign: Campaign) -> QuerySet[Label]:
    """Return the labels that no undo took back: a vetter has judged a candidate that has one."""
    return Label.objects.filter(campaign=campaign, action=Label.Action.LABEL, undone_by=None)


def queue(
    campaign: Campaign,
    vetter: User,
    *,
    night: dt.date | None = None,
    among: QuerySet[Candidate] | None = None,
    swept_since: dt.datetime | None = None,
) -> QuerySet[Candidate]:
    """Return what the vetter has still to judge, best first; what cannot be scored comes last, never dropped.

    It is what the gate passed, or ``among`` where the vetter has chosen by filters, without what waits for an
    adjudicator. What the vetter has put off is not in it; of what is swept since a time, only what was put off after
    that is left out.
    """
    rows = Candidate.objects.filter(state=State.QUEUED)
    if among is not None:
        rows = Candidate.objects.filter(pk__in=among.values("pk"))
    if night:
        rows = rows.filter(night=night)
    labelled = labels_untaken(campaign).filter(vetter=vetter).values("candidate")
    put_off = deferrals_active(campaign).filter(vetter=vetter)
    deferred = (put_off.filter(created_at__gte=swept_since) if swept_since else put_off).values("candidate")
    contested = Consensus.objects.filter(campaign=campaign).exclude(conflict="").values("candidate")
    best = Score.objects.filter(candidate=OuterRef("pk"), ensemble__is_active=True).values("p_asteroid")[:1]
    rows = rows.filter(~Q(pk__in=labelled), ~Q(pk__in=deferred), ~Q(pk__in=contested)).annotate(p_asteroid=best)
    return rows.order_by(F("p_asteroid").desc(nulls_last=True), "pk")


def queue_after(rows: QuerySet[Candidate], after: int | None = None) -> QuerySet[Candidate]:
    """Return the part of a queue that follows a candidate, which need not be in it any more."""
    if after is None:
        return rows
    scores = Score.objects.filter(candidate=after, ensemble__is_active=True)
    p = scores.values_list("p_asteroid", flat=True).first()
    without = Q(("p_asteroid", None))
    if p is None:
        return rows.filter(without, pk__gt=after)
    return rows.filter(Q(("p_asteroid__lt", p)) | Q(("p_asteroid", p), pk__gt=after) | without)


def progress(
    campaign: Campaign,
    vetter: User,
    rows: QuerySet[Candidate],
    *,
    night: dt.date | None = None,
    among: QuerySet[Candidate] | None = None,
) -> Progress:
    """Count what the vetter has judged of this night, or of ``among`` there, and what is left of a queue."""
    labels = labels_untaken(campaign).filter(vetter=vetter)
    if night:
        labels = labels.filter(candidate__night=night)
    if among is not None:
        labels = labels.filter(candidate__in=among.values("pk"))
    return Progress(done=labels.values("candidate").distinct().count(), left=rows.count())


def nights_to_scan(
    campaign: Campaign,
    vetter: User,
    *,
    among: QuerySet[Candidate] | None = None,
    swept_since: dt.datetime | None = None,
) -> list[tuple[dt.date, int]]:
    """Return the nights that hold something for this vetter, latest first, with the number left."""
    return list(
        queue(campaign, vetter, among=among, swept_since=swept_since)
        .order_by("-night")
        .values("night")
        .annotate(left=Count("pk"))
        .values_list("night", "left")
    )


def night_latest() -> dt.date | None:
    """Return the latest night that holds any candidate."""
    return Candidate.objects.order_by("-night").values_list("night", flat=True).first()


def unscored(night: dt.date) -> int:
    """Count the candidates of a night that the scorer has not come to."""
    return Candidate.objects.filter(night=night, state=State.NEW).count()


def label_to_undo(campaign: Campaign, vetter: User, uuid: UUID | None) -> Label:
    """Return the label that an undo means: the named one of this vetter, or else the latest that stands."""
    labels = labels_standing(campaign).filter(vetter=vetter)
    label = labels.filter(uuid=uuid).first() if uuid else labels.order_by("-pk").first()
    if label is None:
        raise ApplicationError("there is no label of yours left to undo")
    return label
