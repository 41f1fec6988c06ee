"""Changing campaigns: setting up, people, pools, assignments, labels, adjudications."""

from vetting.campaigns.services.adjudication import adjudication_decide, adjudication_undo
from vetting.campaigns.services.assignments import assignments_lease, assignments_return, assignments_take
from vetting.campaigns.services.campaigns import (
    campaign_change,
    campaign_clone,
    campaign_close,
    campaign_create,
    campaign_pause,
    campaign_reopen,
    campaign_start,
    guideline_write,
)
from vetting.campaigns.services.consensus import consensus_recompute
from vetting.campaigns.services.gold import (
    gold_adjudicated,
    gold_known,
    gold_listed,
    gold_take_back,
    gold_take_back_listed,
)
from vetting.campaigns.services.labels import label_save, label_undo, labels_save, labels_undo
from vetting.campaigns.services.people import (
    invitation_accept,
    invitation_revoke,
    member_change,
    member_invite,
    member_remove,
)
from vetting.campaigns.services.pool import pool_add, pool_gold, pool_prioritise, pool_refresh, pools_refresh

__all__ = [
    "adjudication_decide",
    "adjudication_undo",
    "assignments_lease",
    "assignments_return",
    "assignments_take",
    "campaign_change",
    "campaign_clone",
    "campaign_close",
    "campaign_create",
    "campaign_pause",
    "campaign_reopen",
    "campaign_start",
    "consensus_recompute",
    "gold_adjudicated",
    "gold_known",
    "gold_listed",
    "gold_take_back",
    "gold_take_back_listed",
    "guideline_write",
    "invitation_accept",
    "invitation_revoke",
    "label_save",
    "label_undo",
    "labels_save",
    "labels_undo",
    "member_change",
    "member_invite",
    "member_remove",
    "pool_add",
    "pool_gold",
    "pool_prioritise",
    "pool_refresh",
    "pools_refresh",
]
