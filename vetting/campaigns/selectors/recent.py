"""What a vetter has decided last: what undo goes back through after a reload."""

import datetime as dt
from typing import TypeVar
from uuid import UUID

from django.contrib.auth.models import User
from django.db.models import Prefetch, QuerySet

from vetting.campaigns.deferrals import deferrals_active
from vetting.campaigns.models import Campaign, Deferral, Label
from vetting.campaigns.selectors.scanning import labels_standing, labels_untaken
from vetting.candidates.models import Score

Row = TypeVar("Row", Label, Deferral)


def decisions_recent(
    campaign: Campaign, vetter: User, *, night: dt.date | None, limit: int, before: UUID | None = None
) -> list[Label | Deferral]:
    """Return the vetter's latest standing labels and what is put off now, of a night or of all, oldest first.

    They come with their candidates and scores; with ``before``, those that were made before that label or deferral.
    """
    labels = labels_standing(campaign).filter(vetter=vetter)
    judged = labels_untaken(campaign).filter(vetter=vetter).values("candidate")
    put_off = deferrals_active(campaign).filter(vetter=vetter).exclude(candidate__in=judged)
    if night:
        labels, put_off = labels.filter(candidate__night=night), put_off.filter(candidate__night=night)
    if before:
        labels, put_off = _before(vetter, before, labels, put_off)
    rows: list[Label | Deferral] = [*_latest(labels, limit), *_latest(put_off, limit)]
    return sorted(rows, key=decided_at)[-limit:]


def decided_at(decision: Label | Deferral) -> dt.datetime:
    """Return when a label was given or a candidate was put off."""
    return decision.labelled_at if isinstance(decision, Label) else decision.created_at


def _before(
    vetter: User, uuid: UUID, labels: QuerySet[Label], put_off: QuerySet[Deferral]
) -> tuple[QuerySet[Label], QuerySet[Deferral]]:
    """Keep what is older than a decision: of its own kind by the order of the rows, which no two share."""
    label = Label.objects.filter(uuid=uuid, vetter=vetter).first()
    if label:
        return labels.filter(pk__lt=label.pk), put_off.filter(created_at__lt=label.labelled_at)
    deferral = Deferral.objects.filter(uuid=uuid, vetter=vetter).first()
    if deferral:
        return labels.filter(labelled_at__lt=deferral.created_at), put_off.filter(pk__lt=deferral.pk)
    return labels.none(), put_off.none()


def _latest(rows: QuerySet[Row], limit: int) -> list[Row]:
    scores = Prefetch(
        "candidate__scores", queryset=Score.objects.filter(ensemble__is_active=True).select_related("ensemble")
    )
    return list(rows.select_related("candidate").prefetch_related(scores).order_by("-pk")[:limit])[::-1]
