"""Writing the consensus: fold the labels of a candidate while it is locked, retire it once, tell its history."""

from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone

from vetting.campaigns.consensus import Knowledge, Outcome, Policy, Vote, outcome, repeated, standing
from vetting.campaigns.models import Adjudication, Campaign, CampaignEvent, Consensus, Label
from vetting.campaigns.services.webhooks import event_tell
from vetting.campaigns.skill import UNKNOWN, Skill
from vetting.candidates.models import Candidate, Score, State
from vetting.candidates.services import candidates_move
from vetting.registry.selectors import active_ensemble

HELD = 100  # candidates locked at a time
NOISE = 0.001  # a probability that moved by less is not saved again: every fit moves all a little


def policy_of(campaign: Campaign) -> Policy:
    """Return how a campaign decides."""
    return Policy(campaign.rule, campaign.redundancy, campaign.votes_needed, campaign.votes_most, campaign.certainty)


def skill_of(campaign: Campaign) -> Skill:
    """Return what each vetter's vote is worth, as last fitted."""
    return Skill.from_json(campaign.skill) if campaign.skill else UNKNOWN


def consensus_recompute(campaign: Campaign, candidate_id: int, *, actor: str) -> Consensus:
    """Fold the labels and adjudications of a candidate, which the caller holds locked, into its consensus."""
    (fold,) = _folds(campaign, [candidate_id])
    _put(fold)
    _save(campaign, fold, actor)
    return fold.row


def consensus_refresh(campaign: Campaign, *, actor: str) -> int:
    """Fold anew what is open, and save what has moved; return how many have."""
    return _refresh(campaign, Consensus.objects.filter(retired_at=None), actor)


def _still(fold: "_Fold") -> "_Fold":
    """Leave the probabilities of what is retired as they were then."""
    return replace(fold, now=replace(fold.now, p_human=fold.row.p_human, p_fused=fold.row.p_fused))


def ensemble_follow() -> int:
    """Fold anew where another ensemble is active than before; return in how many campaigns.

    What people have decided stays, but whether the networks contradict it is asked anew. The campaign says so last, so
    that whatever was broken off is done again.
    """
    active = active_ensemble()
    behind = list(Campaign.objects.exclude(fused_with=active))
    for campaign in behind:
        consensus_refresh(campaign, actor="ensemble")
        decided = Consensus.objects.filter(retirement=Consensus.Retirement.DECIDED)
        _refresh(campaign, decided, "ensemble", as_it_is=_still)
        Campaign.objects.filter(pk=campaign.pk).update(fused_with=active)
    return len(behind)


def _refresh(
    campaign: Campaign,
    rows: QuerySet[Consensus],
    actor: str,
    *,
    as_it_is: Callable[["_Fold"], "_Fold"] = lambda fold: fold,
) -> int:
    """Fold rows anew; some are held at a time, in the order in which labels hold several: a label waits a moment."""
    ids = list(rows.filter(campaign=campaign).order_by("candidate").values_list("candidate", flat=True))
    moved = 0
    for start in range(0, len(ids), HELD):
        some = ids[start : start + HELD]
        with transaction.atomic():
            list(Candidate.objects.select_for_update().filter(pk__in=some).order_by("pk").values_list("pk"))
            for fold in map(as_it_is, _folds(campaign, some)):
                if _put(fold):
                    _save(campaign, fold, actor)
                    moved += 1
    return moved


@dataclass(frozen=True, slots=True)
class _Fold:
    """What a candidate amounts to now, and the class that an adjudicator has decided on, beside its row."""

    row: Consensus
    now: Outcome
    settled: str


def _folds(campaign: Campaign, ids: Collection[int]) -> list[_Fold]:
    """Fold the labels of candidates, in a number of queries that does not grow."""
    of = {"campaign": campaign, "candidate__in": ids}
    rows = {row.candidate_id: row for row in Consensus.objects.filter(**of)}
    labels = defaultdict[int, list[Vote]](list)
    given = Label.objects.filter(**of).values_list("candidate", "pk", "vetter", "fine_class", "undoes")
    for candidate, pk, vetter, fine_class, undoes in given:
        labels[candidate].append(Vote(pk, vetter, fine_class, undoes))
    policy, skill = policy_of(campaign), skill_of(campaign)
    found = []
    for pk, p_model, settled in _known(campaign, ids):
        row = rows.get(pk) or Consensus(campaign=campaign, candidate_id=pk)
        votes = standing(labels[pk])
        before = Outcome(fine_class=row.voted_class, counted=repeated(row.counted, labels[pk], votes))
        now = outcome(votes, policy, Knowledge(p_model, skill), before=before)
        found.append(_Fold(row, now, settled or ""))
    return found


def _known(campaign: Campaign, ids: Collection[int]) -> QuerySet[Candidate, tuple[int, float | None, str | None]]:
    """Return of each candidate the networks' probability and the class that an adjudicator has decided on."""
    of = {"candidate": OuterRef("pk")}
    score = Score.objects.filter(**of, ensemble__is_active=True).values("p_asteroid")
    decided = Adjudication.objects.filter(**of, campaign=campaign, action="decide", undone_by=None).order_by("-pk")
    asked = Candidate.objects.filter(pk__in=ids).order_by("pk")
    return asked.values_list("pk", Subquery(score[:1]), Subquery(decided.values("fine_class")[:1]))


def _put(fold: _Fold) -> bool:
    """Write into the row what the votes amount to; say whether anything but noise has moved."""
    row, now, settled = fold.row, fold.now, fold.settled
    values = {
        "voted_class": now.fine_class,
        "adjudicated_class": settled,
        "fine_class": settled or now.fine_class,
        "votes": now.votes,
        "agreeing": now.agreeing,
        "counted": list(now.counted),
        "conflict": "" if settled else now.conflict,
    }
    p = {"p_human": now.p_human, "p_fused": now.p_fused}
    moved = any(getattr(row, name) != value for name, value in values.items())
    moved |= any(_apart(getattr(row, name), value) for name, value in p.items())
    for name, value in {**values, **p}.items():
        setattr(row, name, value)
    return moved


def _apart(before: float | None, now: float | None) -> bool:
    if before is None or now is None:
        return before is not now
    return abs(now - before) > NOISE


def _save(campaign: Campaign, fold: _Fold, actor: str) -> None:
    """Save the row, and tell what became of its candidate."""
    row, reason = fold.row, fold.now.reason
    was_contested = row.contested_at is not None
    row.contested_at = (row.contested_at or timezone.now()) if row.conflict else None
    turn = _retire(row)
    row.save()
    if row.conflict and not was_contested:
        _tell(row, CampaignEvent.Kind.CONTESTED, actor, reason or row.get_conflict_display())
    if turn:
        _tell(row, turn, actor, _why(row, "" if fold.settled else reason))
    if campaign.is_default:
        _follow(row.candidate_id, row.fine_class)


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
