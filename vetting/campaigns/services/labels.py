"""Labelling: append a row, then recompute the consensus from all rows while the candidate is locked."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from scoring.families import FineClass
from vetting.campaigns.models import Assignment, Campaign, Consensus, GuidelineVersion, Label, QueueReason, Webhook
from vetting.campaigns.selectors.guidelines import guideline_current
from vetting.campaigns.selectors.pool import LABELLED, in_pool
from vetting.campaigns.selectors.scanning import label_to_undo, labels_standing, labels_untaken
from vetting.campaigns.services.consensus import consensus_recompute
from vetting.campaigns.services.webhooks import event_tell
from vetting.candidates.models import Candidate
from vetting.common import ApplicationError, ConflictError, MissingError


def label_save(
    candidate: Candidate,
    *,
    campaign: Campaign,
    vetter: User,
    uuid: UUID,
    fine_class: str,
    seconds: float | None = None,
    confidence: int | None = None,
    comment: str = "",
    guideline: GuidelineVersion | None = None,
    shown: Mapping[str, Any] | None = None,
) -> Label:
    """Record a label once, however often it is sent; a label of the same vetter before it stays as history.

    ``guideline`` is the version that the vetter had before the eyes, the current one where none is named; ``shown``
    says what else: ``{"blind": …, "explanation": …, "ensemble": sha256}``.
    """
    guideline = guideline or guideline_current(campaign)
    classes = guideline.classes if guideline else list(FineClass)
    if fine_class not in classes:
        raise ApplicationError(f"expected a fine class ({', '.join(classes)}), got {fine_class!r}")
    if candidate.state not in LABELLED:
        raise ConflictError(f"candidate {candidate.source_id} is {candidate.state}: it has not been scored yet")
    if not in_pool(campaign, candidate):
        raise MissingError(f"candidate {candidate.source_id} is not in the pool of {campaign}")
    return _append(
        Label(
            uuid=uuid,
            campaign=campaign,
            candidate=candidate,
            vetter=vetter,
            fine_class=fine_class,
            seconds=seconds,
            confidence=confidence,
            comment=comment,
            guideline=guideline,
            shown=dict(shown or {}),
        )
    )


def label_undo(*, campaign: Campaign, vetter: User, uuid: UUID, undoes: UUID | None = None) -> Label:
    """Take a label back by a new row: the named one, or the vetter's latest."""
    done = Label.objects.filter(uuid=uuid).first()
    if done is not None:
        return _same(done, Label(campaign=campaign, vetter=vetter, action=Label.Action.UNDO, candidate=done.candidate))
    label = label_to_undo(campaign, vetter, undoes)
    return _append(
        Label(
            uuid=uuid,
            campaign=campaign,
            candidate=label.candidate,
            vetter=vetter,
            action=Label.Action.UNDO,
            undoes=label,
        )
    )


@transaction.atomic
def labels_save(candidates: Mapping[UUID, int], *, campaign: Campaign, vetter: User, fine_class: str) -> list[Label]:
    """Record one class for many candidates, all of them or none: the id of each by the UUID of its label."""
    rows = _locked(candidates.values())
    unknown = sorted(set(candidates.values()) - rows.keys())
    if unknown:
        raise ApplicationError(f"there is no candidate {unknown[0]}")
    return [
        label_save(rows[pk], campaign=campaign, vetter=vetter, uuid=uuid, fine_class=fine_class)
        for uuid, pk in candidates.items()
    ]


@transaction.atomic
def labels_undo(undoes: Mapping[UUID, UUID], *, campaign: Campaign, vetter: User) -> list[Label]:
    """Take many labels back, all of them or none: the UUID of each by the UUID of its undoing.

    What the vetter has corrected or taken back since stays as it is.
    """
    own = Label.objects.filter(campaign=campaign, vetter=vetter, action=Label.Action.LABEL)
    found = dict(own.filter(uuid__in=undoes.values()).values_list("uuid", "candidate"))
    if len(found) < len(set(undoes.values())):
        raise ApplicationError("there is no such label of yours to undo")
    _locked(found.values())
    still = set(labels_standing(campaign).filter(uuid__in=found).values_list("uuid", flat=True))
    done = set(Label.objects.filter(uuid__in=undoes).values_list("uuid", flat=True))
    return [
        label_undo(campaign=campaign, vetter=vetter, uuid=uuid, undoes=label)
        for uuid, label in undoes.items()
        if label in still or uuid in done
    ]


def _locked(ids: Iterable[int]) -> dict[int, Candidate]:
    """Lock candidates by id in one order, so that two requests about the same ones never wait for each other."""
    rows = Candidate.objects.select_for_update().filter(pk__in=list(ids)).order_by("pk")
    return {row.pk: row for row in rows}


def _append(label: Label) -> Label:
    with transaction.atomic():
        Candidate.objects.select_for_update().only("pk").get(pk=label.candidate_id)
        known = Label.objects.filter(uuid=label.uuid).first()
        if known is not None:
            return _same(known, label)
        _admit(label)
        try:
            with transaction.atomic():
                label.save(force_insert=True)
        except IntegrityError as error:
            raise ConflictError("this label was already taken back, or its UUID belongs to another one") from error
        _link(label)
        event_tell(label.campaign_id, Webhook.Event.LABEL_CREATED, _told(label))
        consensus_recompute(label.campaign, label.candidate_id, actor=label.vetter.get_username())
    return label


def _told(label: Label) -> dict[str, Any]:
    """Return what webhooks are told of a label."""
    return {
        "uuid": str(label.uuid),
        "candidate": label.candidate_id,
        "source_id": label.candidate.source_id,
        "vetter": label.vetter.get_username(),
        "action": label.action,
        "fine_class": label.fine_class,
        "undoes": str(label.undoes.uuid) if label.undoes else None,
        "is_late": label.is_late,
    }


def _admit(label: Label) -> None:
    """Refuse what the campaign does not take now; flag what comes after the candidate's or the campaign's end."""
    status = Campaign.objects.values_list("status", flat=True).get(pk=label.campaign_id)
    lent = _lent(label).first()
    if status == Campaign.Status.DRAFT:
        raise ConflictError(f"{label.campaign} has not started yet")
    if status == Campaign.Status.CLOSED and lent is None:
        raise ConflictError(f"{label.campaign} is closed")
    if label.action == Label.Action.UNDO:
        return
    retired = Consensus.objects.filter(
        campaign=label.campaign_id, candidate=label.candidate_id, retired_at__isnull=False
    ).exists()
    voted = labels_untaken(label.campaign).filter(candidate=label.candidate_id, vetter=label.vetter, is_late=False)
    asked_again = lent is not None and lent.queue_reason == QueueReason.RECHECK
    label.is_late = status == Campaign.Status.CLOSED or (retired and not asked_again and not voted.exists())


def _lent(label: Label) -> QuerySet[Assignment]:
    return Assignment.objects.filter(campaign=label.campaign, candidate=label.candidate_id, vetter=label.vetter)


def _link(label: Label) -> None:
    """Note which label an assignment led to; a label that is taken back leaves it open again."""
    if label.action == Label.Action.LABEL:
        _lent(label).filter(label=None).update(label=label)
    else:
        _lent(label).filter(label=label.undoes).update(label=None)


def _same(known: Label, sent: Label) -> Label:
    """Accept a retry of the same label; a UUID that comes back with other content is a conflict."""
    fields = ("campaign_id", "candidate_id", "vetter_id", "action", "fine_class")
    if any(getattr(known, name) != getattr(sent, name) for name in fields):
        raise ConflictError(f"label {known.uuid} is already recorded with other content")
    return known
