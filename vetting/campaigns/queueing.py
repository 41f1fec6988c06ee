"""Which kinds of candidates come next, and in which shares."""

from collections.abc import Mapping

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
