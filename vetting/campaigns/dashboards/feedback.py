"""What a vetter is told of the own votes on gold, as the campaign's policy allows."""

import datetime as dt
from dataclasses import dataclass

from scoring.families import FineClass
from vetting.campaigns.dashboards.record import Record, Vote
from vetting.campaigns.gold import NO_GOLD, GoldScore, GoldVote, gold_scores, is_asteroid
from vetting.campaigns.models import Campaign
from vetting.candidates.models import Candidate


@dataclass(frozen=True, slots=True)
class Missed:
    """A vote on a candidate of known answer that kept what is no asteroid, or ditched one."""

    candidate: Candidate
    fine_class: str
    truth: str


@dataclass(frozen=True, slots=True)
class Feedback:
    """How a vetter did on gold, and what was missed, latest first."""

    score: GoldScore
    missed: list[Missed]


def told_until(campaign: Campaign, now: dt.datetime) -> dt.datetime | None:
    """Return the time until which votes on gold are told to who gave them; None while none are."""
    if campaign.feedback == Campaign.Feedback.DAYS:
        return now - dt.timedelta(days=campaign.feedback_days)
    is_told = campaign.feedback == Campaign.Feedback.CLOSED and campaign.status == Campaign.Status.CLOSED
    return now if is_told else None


def feedback_of(record: Record, vetter: int, until: dt.datetime) -> Feedback:
    """Score a vetter's standing votes on gold that were given until a time."""
    given = [v for v in record.votes if v.vetter == vetter and v.candidate in record.gold and v.at <= until]
    votes = [GoldVote(vetter, vote.night, vote.fine_class, record.gold[vote.candidate]) for vote in given]
    wrong = [vote for vote in reversed(given) if _is_missed(vote, record.gold[vote.candidate])]
    rows = Candidate.objects.in_bulk([vote.candidate for vote in wrong])
    missed = [
        Missed(rows[vote.candidate], vote.fine_class, record.gold[vote.candidate])
        for vote in wrong
        if vote.candidate in rows
    ]
    return Feedback(gold_scores(votes).get(vetter, NO_GOLD), missed)


def _is_missed(vote: Vote, truth: str) -> bool:
    return vote.fine_class != FineClass.UNSURE and is_asteroid(vote.fine_class) != is_asteroid(truth)
