"""Labelling: append a row, then recompute the consensus from all rows while the candidate is locked."""

from uuid import UUID

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from scoring.families import FineClass
from vetting.campaigns.consensus import Verdict, Vote, standing, verdict
from vetting.campaigns.models import Campaign, Consensus, Label
from vetting.campaigns.selectors import label_to_undo
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
