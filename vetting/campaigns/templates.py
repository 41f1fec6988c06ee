"""What a campaign starts from: the policies of each template, to be changed as one likes."""

from typing import Any

from vetting.campaigns.models import Campaign

TEMPLATES: dict[str, dict[str, Any]] = {
    Campaign.Template.NIGHTLY: {
        "description": "Candidates of the night, the most urgent first; one vote decides.",
        "order": Campaign.Order.URGENCY,
        "pool": Campaign.Pool.QUEUE,
        "lease_minutes": 10,
    },
    Campaign.Template.TRAINING: {
        "description": "A training set: what teaches the networks most, asked until the answer is sure.",
        "rule": Campaign.Rule.TWO_COIN,
        "redundancy": Campaign.Redundancy.ADAPTIVE,
        "votes_needed": 2,
        "order": Campaign.Order.MIX,
        "gold_share": 0.05,
        "blindness": Campaign.Blindness.FIRST_VOTE,
        "pool": Campaign.Pool.FILTER,
    },
    Campaign.Template.GOLD: {
        "description": "A gold standard: five blind votes on each candidate, drawn at random.",
        "rule": Campaign.Rule.MAJORITY,
        "votes_needed": 5,
        "order": Campaign.Order.RANDOM,
        "blindness": Campaign.Blindness.FIRST_VOTE,
        "pool": Campaign.Pool.LIST,
    },
    Campaign.Template.RECHECK: {
        "description": "A second look at a list of candidates: two blind votes that agree.",
        "votes_needed": 2,
        "order": Campaign.Order.RANDOM,
        "blindness": Campaign.Blindness.FIRST_VOTE,
        "pool": Campaign.Pool.LIST,
    },
}
