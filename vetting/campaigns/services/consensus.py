"""Writing the consensus: fold the labels of a candidate while it is locked, retire it once, tell its history."""

from django.db.models import OuterRef, Subquery
from django.utils import timezone

from vetting.campaigns.consensus import Knowledge, Outcome, Policy, Vote, outcome, standing
from vetting.campaigns.models import Adjudication, Campaign, CampaignEvent, Consensus, Label
from vetting.campaigns.services.webhooks import event_tell
from vetting.campaigns.skill import UNKNOWN, Skill
from vetting.candidates.models import Candidate, Score, State
from vetting.candidates.services import candidates_move


def policy_of(campaign: Campaign) -> Policy:
    """Return how a campaign decides."""
    return Policy(campaign.rule, campaign.redundancy, campaign.votes_needed, campaign.votes_most, campaign.certainty)


def skill_of(campaign: Campaign) -> Skill:
    """Return what each vetter's vote is worth, as last fitted."""
    return Skill.from_json(campaign.skill) if campaign.skill else UNKNOWN


def consensus_recompute(campaign: Campaign, candidate_id: int, *, actor: str) -> Consensus:
    """Fold the labels and adjudications of a candidate, which the caller holds locked, into its consensus."""
    of = {"campaign": campaign, "candidate_id": candidate_id}
    row = Consensus.objects.filter(**of).first() or Consensus(**of)
    labels = Label.objects.filter(**of).values_list("pk", "vetter", "fine_class", "undoes")
    votes = standing(Vote(*label) for label in labels)
    before = Outcome(fine_class=row.voted_class, counted=tuple(row.counted))
    known, settled = _known(campaign, candidate_id)
    now = outcome(votes, policy_of(campaign), known, before=before)
    was_contested = bool(row.conflict)
    row.voted_class, row.adjudicated_class, row.fine_class = now.fine_class, settled, settled or now.fine_class
    row.votes, row.agreeing, row.counted = now.votes, now.agreeing, list(now.counted)
    row.p_human, row.p_fused = now.p_human, now.p_fused
    row.conflict = "" if settled else now.conflict
    turn = _retire(row)
    row.save()
    if row.conflict and not was_contested:
        _tell(row, CampaignEvent.Kind.CONTESTED, actor, now.reason or row.get_conflict_display())
    if turn:
        _tell(row, turn, actor, _why(row, "" if settled else now.reason))
    if campaign.is_default:
        _follow(candidate_id, row.fine_class)
    return row


def _known(campaign: Campaign, candidate_id: int) -> tuple[Knowledge, str]:
    """Return what is known beside the votes, and the class that an adjudicator has decided on, if one has."""
    of = {"candidate": OuterRef("pk")}
    score = Score.objects.filter(**of, ensemble__is_active=True).values("p_asteroid")
    decided = Adjudication.objects.filter(**of, campaign=campaign, action="decide", undone_by=None).order_by("-pk")
    asked = Candidate.objects.values_list(Subquery(score[:1]), Subquery(decided.values("fine_class")[:1]))
    p_model, settled = asked.get(pk=candidate_id)
    return Knowledge(p_model, skill_of(campaign)), settled or ""


def _retire(row: Consensus) -> str:
    """Retire a candidate or give it back, whichever is due, and name the event; its lock lets each happen once."""
    due, was_retired = "", row.retired_at is not None
    if row.fine_class:
        due = Consensus.Retirement.ADJUDICATED if row.adjudicated_class else Consensus.Retirement.DECIDED
    row.retirement = due
    if bool(due) == was_retired:
        return ""
    row.retired_at = timezone.now() if due else None
    return CampaignEvent.Kind.RETIRED if due else CampaignEvent.Kind.RETURNED


def _why(row: Consensus, reason: str) -> str:
    if not row.retirement:
        return "what decided it was taken back"
    return ", ".join(filter(None, [f"{row.fine_class}: {row.retirement}", reason]))


def _tell(row: Consensus, kind: str, actor: str, reason: str) -> None:
    CampaignEvent.objects.create(
        campaign_id=row.campaign_id, candidate_id=row.candidate_id, kind=kind, actor=actor, reason=reason[:300]
    )
    told = {"candidate": row.candidate_id, "fine_class": row.fine_class, "votes": row.votes, "reason": reason}
    event_tell(row.campaign_id, f"candidate.{kind}", told | {"p_human": row.p_human})


def _follow(candidate_id: int, fine_class: str) -> None:
    """Move the candidate where the consensus of the default campaign stands."""
    state = Candidate.objects.values_list("state", flat=True).get(pk=candidate_id)
    if fine_class and state in {State.QUEUED, State.REJECTED}:
        candidates_move([candidate_id], from_state=state, to_state=State.VETTED, actor="consensus", reason=fine_class)
    elif not fine_class and state == State.VETTED:
        before = Candidate.objects.get(pk=candidate_id).events.filter(to_state=State.VETTED).last()
        candidates_move(
            [candidate_id],
            from_state=State.VETTED,
            to_state=State(before.from_state) if before else State.QUEUED,
            actor="consensus",
            reason="its labels no longer decide",
        )
