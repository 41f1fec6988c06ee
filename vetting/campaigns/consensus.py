"""Consensus as a pure fold over labels: no database, no counters."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from scipy.special import expit

from scoring.families import FineClass
from vetting.campaigns.judging import Judgement, asteroid, judge
from vetting.campaigns.retirement import REDUNDANCY, UNSURE_VOTES, Decision, Step
from vetting.campaigns.skill import TASKS, UNKNOWN, Skill, logit

OPPOSED = 0.95  # a network this sure of the opposite of what people say is a conflict that somebody looks at


@dataclass(frozen=True, slots=True)
class Vote:
    """One label row as the fold sees it: ``undoes`` names the vote that an undo takes back."""

    id: int
    vetter: int
    fine_class: str
    undoes: int | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the votes amount to; ``fine_class`` is empty while they do not decide."""

    fine_class: str
    votes: int
    agreeing: int


@dataclass(frozen=True, slots=True)
class Policy:
    """How a campaign decides: names of a rule and of a redundancy, and their numbers."""

    rule: str = "n_agreeing"
    redundancy: str = "fixed"
    needed: int = 1
    most: int = 5
    certainty: float = 0.95


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What is known besides a candidate's votes: the networks' probability and the vetters' skill.

    A true class is not among it: to all but managers, what is gold looks like any other candidate.
    """

    p_model: float | None = None
    skill: Skill = UNKNOWN


NOTHING = Knowledge()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the votes on a candidate amount to, and what is done next.

    ``fine_class`` and ``counted``, the ids of the votes that retired it, are empty while it is open. ``p_human`` is the
    probability of an asteroid by the votes alone, ``p_fused`` the same with the networks' score; each is None
    where nothing speaks to it. ``conflict`` says why an adjudicator should look.
    """

    fine_class: str = ""
    votes: int = 0
    agreeing: int = 0
    p_human: float | None = None
    p_fused: float | None = None
    counted: tuple[int, ...] = ()
    conflict: str = ""
    reason: str = ""


OPEN = Outcome()


def standing(rows: Iterable[Vote]) -> dict[int, Vote]:
    """Return the vote that stands for each vetter: the latest that was not taken back."""
    ordered = sorted(rows, key=lambda row: row.id)
    undone = {row.undoes for row in ordered if row.undoes is not None}
    return {row.vetter: row for row in ordered if row.undoes is None and row.id not in undone}


def repeated(counted: Iterable[int], rows: Iterable[Vote], votes: Mapping[int, Vote]) -> tuple[int, ...]:
    """Follow the votes that retired a candidate to those that say the same again: their ids, where they stand."""
    by_id = {row.id: row for row in rows}
    found = []
    for pk in counted:
        vote, now = by_id[pk], votes.get(by_id[pk].vetter)
        found.append(now.id if now and now.fine_class == vote.fine_class else pk)
    return tuple(sorted(found))


def verdict(votes: Mapping[int, Vote], *, needed: int) -> Verdict:
    """Decide by the first class that ``needed`` vetters agree on; unsure votes count but decide nothing.

    A tie for the lead decides nothing either.
    """
    counts = Counter(vote.fine_class for vote in votes.values() if vote.fine_class != FineClass.UNSURE)
    ranked = counts.most_common(2)
    if not ranked:
        return Verdict("", len(votes), 0)
    (leader, agreeing), tied = ranked[0], len(ranked) > 1 and ranked[1][1] == ranked[0][1]
    return Verdict(leader if agreeing >= needed and not tied else "", len(votes), agreeing)


def _weighed(votes: Mapping[int, Vote], _policy: Policy, judged: Judgement) -> Verdict:
    agreeing = sum(vote.fine_class == judged.fine_class for vote in votes.values())
    return Verdict(judged.fine_class, len(votes), agreeing)


RULES: dict[str, Callable[[Mapping[int, Vote], Policy, Judgement], Verdict]] = {
    "majority": lambda votes, _policy, _judged: verdict(votes, needed=1),
    "n_agreeing": lambda votes, policy, _judged: verdict(votes, needed=policy.needed),
    "two_coin": _weighed,
}


def outcome(
    votes: Mapping[int, Vote], policy: Policy, known: Knowledge = NOTHING, *, before: Outcome = OPEN
) -> Outcome:
    """Fold the standing votes of one candidate by a campaign's policy.

    It stays retired while the votes that retired it stand: those that came later are late. Once one of them is taken
    back or changed, all votes that stand are folded anew, late ones too.
    """
    judged = judge(((vote.vetter, vote.fine_class) for vote in votes.values()), known.skill)
    p_human = judged.p_asteroid if votes else None
    now = replace(OPEN, votes=len(votes), p_human=p_human, p_fused=_fused(p_human, known))
    ids = {vote.id: vote.fine_class for vote in votes.values()}
    if before.counted and ids.keys() >= set(before.counted):
        agreeing = sum(says == before.fine_class for says in ids.values())
        now = replace(now, fine_class=before.fine_class, agreeing=agreeing, counted=before.counted)
        return replace(now, conflict=_dissent(now, ids, known))
    leading = RULES[policy.rule](votes, policy, judged)
    decision = _decided(leading, policy, judged)
    now = replace(now, agreeing=leading.agreeing, reason=decision.reason)
    if decision.step == Step.RETIRE:
        now = replace(now, fine_class=leading.fine_class, counted=tuple(sorted(ids)))
        return replace(now, conflict=_dissent(now, ids, known))
    if decision.step == Step.ADJUDICATE:
        return replace(now, conflict="unsure" if judged.unsure >= UNSURE_VOTES else "contested")
    return now


def _decided(leading: Verdict, policy: Policy, judged: Judgement) -> Decision:
    if policy.rule == "n_agreeing":
        return _agreed(leading, policy, judged)
    judged = replace(judged, fine_class=leading.fine_class)
    if policy.redundancy == "fixed":
        return REDUNDANCY["fixed"](judged, votes=policy.needed)
    most = max(policy.most, policy.needed)
    return REDUNDANCY["adaptive"](judged, votes=policy.needed, most=most, sure=policy.certainty)


def _agreed(leading: Verdict, policy: Policy, judged: Judgement) -> Decision:
    """Ask until enough vetters agree, two are unsure, or too many have been asked."""
    if leading.fine_class:
        return Decision(Step.RETIRE, f"{leading.agreeing} of {leading.votes} votes agree")
    if judged.unsure >= UNSURE_VOTES:
        return Decision(Step.ADJUDICATE, f"{judged.unsure} vetters are unsure")
    if leading.votes >= max(policy.most, policy.needed):
        return Decision(Step.ADJUDICATE, f"{leading.votes} votes do not agree")
    return Decision(Step.ASK, f"{leading.agreeing} of {policy.needed} votes agree")


def _fused(p_human: float | None, known: Knowledge) -> float | None:
    """Give the networks' probability the evidence of the votes: what they add to the odds before any vote."""
    if known.p_model is None:
        return p_human
    if p_human is None:
        return known.p_model
    before = asteroid([known.skill.prevalence[task] for task in TASKS])
    return float(expit(logit(known.p_model) + logit(p_human) - logit(before)))


def _dissent(now: Outcome, ids: Mapping[int, str], known: Knowledge) -> str:
    """Say who contradicts what a candidate was retired with: a late vote, or a network that is sure of the opposite."""
    if any(pk not in now.counted and says not in {now.fine_class, FineClass.UNSURE} for pk, says in ids.items()):
        return "contested"
    if known.p_model is None:
        return ""
    is_asteroid = now.fine_class == FineClass.ASTEROID
    return "model" if (known.p_model < 1 - OPPOSED if is_asteroid else known.p_model > OPPOSED) else ""
