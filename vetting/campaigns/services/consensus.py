"""Writing the consensus: fold the labels of a candidate while it is locked, retire it once, tell its history."""

from django.utils import timezone

from vetting.campaigns.consensus import Knowledge, Outcome, Policy, Vote, outcome, standing
from vetting.campaigns.models import Adjudication, Campaign, CampaignEvent, Consensus, Label, PoolItem
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
    row, _ = Consensus.objects.get_or_create(campaign=campaign, candidate_id=candidate_id)
    labels = Label.objects.filter(campaign=campaign, candidate_id=candidate_id)
    votes = standing(Vote(label.pk, label.vetter_id, label.fine_class, label.undoes_id) for label in labels)
    before = Outcome(fine_class=row.voted_class, counted=tuple(row.counted))
    now = outcome(votes, policy_of(campaign), _known(campaign, candidate_id), before=before)
    decided = Adjudication.objects.filter(campaign=campaign, candidate_id=candidate_id, action="decide", undone_by=None)
    settled = decided.order_by("-pk").values_list("fine_class", flat=True).first() or ""
    was_contested = bool(row.conflict)
    row.voted_class, row.adjudicated_class, row.fine_class = now.fine_class, settled, settled or now.fine_class
    row.votes, row.agreeing, row.counted = now.votes, now.agreeing, list(now.counted)
    row.p_human, row.p_fused = now.p_human, now.p_fused
    row.conflict = "" if settled else now.conflict
    row.save()
    if row.conflict and not was_contested:
        _tell(row, CampaignEvent.Kind.CONTESTED, actor, now.reason or row.get_conflict_display())
    _retire(row, actor, "" if settled else now.reason)
    if campaign.is_default:
        _follow(candidate_id, row.fine_class)
    return row


def _known(campaign: Campaign, candidate_id: int) -> Knowledge:
    of = {"candidate": candidate_id}
    gold = PoolItem.objects.filter(campaign=campaign, **of).values_list("gold_class", flat=True).first() or ""
    p_model = Score.objects.filter(**of, ensemble__is_active=True).values_list("p_asteroid", flat=True).first()
    return Knowledge(gold, p_model, skill_of(campaign))


def _retire(row: Consensus, actor: str, reason: str) -> None:
    """Retire a candidate or give it back, whichever is due: a compare-and-swap, so that each happens once."""
    due = ""
    if row.fine_class:
        due = Consensus.Retirement.ADJUDICATED if row.adjudicated_class else Consensus.Retirement.DECIDED
    same = Consensus.objects.filter(pk=row.pk)
    if not due:
        if same.filter(retired_at__isnull=False).update(retired_at=None, retirement=""):
            _tell(row, CampaignEvent.Kind.RETURNED, actor, "what decided it was taken back")
    elif same.filter(retired_at=None).update(retired_at=timezone.now(), retirement=due):
        _tell(
            row,
            CampaignEvent.Kind.RETIRED,
            actor,
            f"{row.fine_class}: {due}, {reason}" if reason else f"{row.fine_class}: {due}",
        )
    else:
        same.exclude(retirement=due).update(retirement=due)
    row.refresh_from_db(fields=["retired_at", "retirement"])


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
