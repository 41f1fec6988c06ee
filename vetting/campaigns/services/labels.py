"""Labelling: append a row, then recompute the consensus from all rows while the candidate is locked."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import FilteredRelation, Q

from vetting.campaigns.models import Assignment, Campaign, GuidelineVersion, Label, Webhook
from vetting.campaigns.selectors.guidelines import classes_offered, guideline_current
from vetting.campaigns.selectors.pool import LABELLED
from vetting.campaigns.selectors.scanning import label_to_undo, labels_standing, labels_untaken
from vetting.campaigns.services.appending import row_append, row_same, undo_meant
from vetting.campaigns.services.consensus import consensus_recompute
from vetting.campaigns.services.webhooks import event_tell
from vetting.campaigns.shown import shown_checked
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
    shown: object = None,
) -> Label:
    """Record a label once, however often it is sent; a label of the same vetter before it stays as history.

    ``guideline`` is the version that the vetter had before the eyes, the current one where none is named; ``shown``
    says what else, as `shown_checked` reads it.
    """
    label = Label(
        uuid=uuid,
        campaign=campaign,
        candidate=candidate,
        vetter=vetter,
        fine_class=fine_class,
        seconds=seconds,
        confidence=confidence,
        comment=comment,
        guideline=guideline or guideline_current(campaign),
    )
    try:
        label.shown = _checked(label, shown)
    except ApplicationError:
        saved = Label.objects.filter(uuid=uuid).first()
        if saved is None:
            raise
        return row_same(saved, label)  # it was taken when it was sent first
    return _append(label)


def _checked(label: Label, shown: object) -> dict[str, Any]:
    """Refuse a label that cannot be; return what was shown, as it is kept."""
    classes = classes_offered(label.guideline)
    if label.fine_class not in classes:
        raise ApplicationError(f"expected a fine class ({', '.join(classes)}), got {label.fine_class!r}")
    if label.candidate.state not in LABELLED:
        name, state = label.candidate.source_id, label.candidate.state
        raise ConflictError(f"candidate {name} is {state}: it has not been scored yet")
    return shown_checked(shown, label.candidate)


def label_undo(*, campaign: Campaign, vetter: User, uuid: UUID, undoes: UUID | None = None) -> Label:
    """Take a label back by a new row: the named one, or the vetter's latest."""
    done = Label.objects.filter(uuid=uuid).select_related("undoes").first()
    if done is not None:
        meant = undo_meant(done, undoes)
        return row_same(
            done,
            Label(campaign=campaign, vetter=vetter, action=Label.Action.UNDO, candidate=done.candidate, undoes=meant),
        )
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
def labels_save(
    candidates: Mapping[UUID, int],
    *,
    campaign: Campaign,
    vetter: User,
    fine_class: str,
    guideline: GuidelineVersion | None = None,
    shown: Mapping[UUID, object] | None = None,
) -> list[Label]:
    """Record one class for many candidates, all of them or none: the id of each, and what was shown, by UUID."""
    guideline = guideline or guideline_current(campaign)  # once for all
    rows = _locked(candidates.values())
    unknown = sorted(set(candidates.values()) - rows.keys())
    if unknown:
        raise ApplicationError(f"there is no candidate {unknown[0]}")
    told = shown or {}
    return [
        label_save(
            rows[pk],
            campaign=campaign,
            vetter=vetter,
            uuid=uuid,
            fine_class=fine_class,
            guideline=guideline,
            shown=told.get(uuid),
        )
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
    refusal = "this label was already taken back, or its UUID belongs to another one"
    return row_append(label, admit=_admit, follow=_follow, refusal=refusal)


def _follow(label: Label) -> None:
    """Close or open the assignment, tell of the label, and count it."""
    _link(label)
    event_tell(label.campaign_id, Webhook.Event.LABEL_CREATED, _told(label))
    consensus_recompute(label.campaign, label.candidate_id, actor=label.vetter.get_username())


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
    """Refuse what the campaign does not take now; flag what comes after the candidate's or the campaign's end.

    What was asked again after its end is flagged, too: were it not, the flag would tell what is gold.
    """
    of, who = label.candidate_id, label.vetter_id
    rows = Campaign.objects.annotate(
        item=FilteredRelation("pool_items", condition=Q(pool_items__candidate=of)),
        lent=FilteredRelation("assignments", condition=Q(assignments__candidate=of, assignments__vetter=who)),
        decided=FilteredRelation("consensus", condition=Q(consensus__candidate=of)),
    )
    wanted = ("status", "item__pk", "lent__queue_reason", "lent__label", "decided__retired_at")
    found = rows.values(*wanted).get(pk=label.campaign_id)
    status, reason = found["status"], found["lent__queue_reason"]
    if label.action == Label.Action.LABEL and found["item__pk"] is None and not label.campaign.takes_all:
        raise MissingError(f"candidate {label.candidate.source_id} is not in the pool of {label.campaign}")
    if status == Campaign.Status.DRAFT:
        raise ConflictError(f"{label.campaign} has not started yet")
    is_first = label.action == Label.Action.LABEL and reason is not None and found["lent__label"] is None
    if status == Campaign.Status.CLOSED and not is_first:
        raise ConflictError(f"{label.campaign} is closed: it takes the first label of what was lent, and no change")
    if label.action == Label.Action.UNDO:
        return
    if label.shown.get("blind") and Label.objects.filter(campaign=label.campaign, candidate=of, vetter=who).exists():
        label.shown["blind"] = False  # whatever the page says: the vote before, taken back or not, has shown the rest
    voted = labels_untaken(label.campaign).filter(candidate=of, vetter=label.vetter, is_late=False)
    may_be_late = found["decided__retired_at"] is not None
    label.is_late = status == Campaign.Status.CLOSED or (may_be_late and not voted.exists())


def _link(label: Label) -> None:
    """Note which label an assignment led to; a label that is taken back leaves it open again."""
    lent = Assignment.objects.filter(campaign=label.campaign, candidate=label.candidate_id, vetter=label.vetter)
    if label.action == Label.Action.LABEL:
        lent.filter(label=None).update(label=label)
    else:
        lent.filter(label=label.undoes).update(label=None)
