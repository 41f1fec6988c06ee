"""Labelling: append a row, then recompute the consensus from all rows while the candidate is locked."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from scoring.families import FineClass
from vetting.campaigns.consensus import Verdict, Vote, standing, verdict
from vetting.campaigns.models import Campaign, Consensus, Label
from vetting.campaigns.selectors import label_to_undo, labels_standing
from vetting.candidates.models import Candidate, State
from vetting.candidates.services import candidates_move
from vetting.common import ApplicationError, ConflictError


def label_save(
    candidate: Candidate,
    *,
    campaign: Campaign,
    vetter: User,
    uuid: UUID,
    fine_class: str,
    seconds: float | None = None,
) -> Label:
    """Record a label once, however often it is sent; a label of the same vetter before it stays as history."""
    if fine_class not in set(FineClass):
        raise ApplicationError(f"expected a fine class ({', '.join(FineClass)}), got {fine_class!r}")
    if candidate.state not in {State.QUEUED, State.REJECTED, State.VETTED}:
        raise ConflictError(f"candidate {candidate.source_id} is {candidate.state}: it has not been scored yet")
    return _append(
        Label(uuid=uuid, campaign=campaign, candidate=candidate, vetter=vetter, fine_class=fine_class, seconds=seconds)
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
        Candidate.objects.select_for_update().get(pk=label.candidate_id)
        known = Label.objects.filter(uuid=label.uuid).first()
        if known is not None:
            return _same(known, label)
        try:
            with transaction.atomic():
                label.save(force_insert=True)
        except IntegrityError as error:
            raise ConflictError("this label was already taken back, or its UUID belongs to another one") from error
        consensus_recompute(label.campaign, label.candidate_id)
    return label


def _same(known: Label, sent: Label) -> Label:
    """Accept a retry of the same label; a UUID that comes back with other content is a conflict."""
    fields = ("campaign_id", "candidate_id", "vetter_id", "action", "fine_class")
    if any(getattr(known, name) != getattr(sent, name) for name in fields):
        raise ConflictError(f"label {known.uuid} is already recorded with other content")
    return known


def consensus_recompute(campaign: Campaign, candidate_id: int) -> Consensus:
    """Fold all labels of a candidate into its consensus, and move the candidate where the campaign decides states."""
    rows = Label.objects.filter(campaign=campaign, candidate_id=candidate_id)
    votes = standing(Vote(row.pk, row.vetter_id, row.fine_class, row.undoes_id) for row in rows)
    outcome = verdict(votes, needed=campaign.votes_needed)
    consensus, _ = Consensus.objects.update_or_create(
        campaign=campaign,
        candidate_id=candidate_id,
        defaults={"fine_class": outcome.fine_class, "votes": outcome.votes, "agreeing": outcome.agreeing},
    )
    if campaign.is_default:
        _follow(candidate_id, outcome)
    return consensus


def _follow(candidate_id: int, outcome: Verdict) -> None:
    state = Candidate.objects.values_list("state", flat=True).get(pk=candidate_id)
    if outcome.fine_class and state in {State.QUEUED, State.REJECTED}:
        candidates_move(
            [candidate_id], from_state=state, to_state=State.VETTED, actor="consensus", reason=outcome.fine_class
        )
    elif not outcome.fine_class and state == State.VETTED:
        before = Candidate.objects.get(pk=candidate_id).events.filter(to_state=State.VETTED).last()
        candidates_move(
            [candidate_id],
            from_state=State.VETTED,
            to_state=State(before.from_state) if before else State.QUEUED,
            actor="consensus",
            reason="its labels no longer decide",
        )
