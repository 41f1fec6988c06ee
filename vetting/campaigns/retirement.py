"""When a candidate has been judged enough: small named rules over what its votes amount to."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from vetting.campaigns.judging import Judgement

SURE = 0.95
MOST = 5  # votes, after which people who disagree are asked by an adjudicator
UNSURE_VOTES = 2


class Step(StrEnum):
    """What happens to a candidate next."""

    ASK = "ask"
    RETIRE = "retire"
    ADJUDICATE = "adjudicate"


@dataclass(frozen=True, slots=True)
class Decision:
    """The next step and why."""

    step: Step
    reason: str


def fixed(judged: Judgement, *, votes: int = 1) -> Decision:
    """Ask for a number of votes, then retire what they decide."""
    if judged.unsure >= UNSURE_VOTES:
        return _unsure(judged)
    if judged.votes < votes:
        return Decision(Step.ASK, f"{judged.votes} of {votes} votes")
    if not judged.fine_class:
        return Decision(Step.ADJUDICATE, f"{judged.votes} votes do not decide")
    return Decision(Step.RETIRE, f"{judged.votes} votes")


def adaptive(judged: Judgement, *, votes: int = 1, most: int = MOST, sure: float = SURE) -> Decision:
    """Ask while what is asked of the candidate is not sure: max(p, 1 − p) below ``sure``, or two classes tie."""
    if judged.unsure >= UNSURE_VOTES:
        return _unsure(judged)
    if judged.votes >= votes and judged.fine_class and judged.sureness >= sure:
        return Decision(Step.RETIRE, f"sure to {judged.sureness:.3f} after {judged.votes} votes")
    if judged.votes < most:
        return Decision(Step.ASK, f"sure to {judged.sureness:.3f} after {judged.votes} votes")
    return Decision(Step.ADJUDICATE, f"contested: sure to {judged.sureness:.3f} after {judged.votes} votes")


def _unsure(judged: Judgement) -> Decision:
    return Decision(Step.ADJUDICATE, f"{judged.unsure} vetters are unsure")


REDUNDANCY: dict[str, Callable[..., Decision]] = {"fixed": fixed, "adaptive": adaptive}
