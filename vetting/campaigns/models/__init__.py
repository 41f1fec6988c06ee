"""Campaigns, their people, pools, assignments and labels. Labels and adjudications are append-only."""

from vetting.campaigns.models.campaign import Campaign, CampaignEvent, GuidelineVersion
from vetting.campaigns.models.deciding import Comment, Deferral, Descriptor, Mention
from vetting.campaigns.models.labels import CLASS_CHOICES, Adjudication, Consensus, Label
from vetting.campaigns.models.looks import Look
from vetting.campaigns.models.people import Invitation, Membership, Role
from vetting.campaigns.models.pool import Assignment, PoolItem, QueueReason
from vetting.campaigns.models.webhooks import Delivery, Webhook

__all__ = [
    "CLASS_CHOICES",
    "Adjudication",
    "Assignment",
    "Campaign",
    "CampaignEvent",
    "Comment",
    "Consensus",
    "Deferral",
    "Delivery",
    "Descriptor",
    "GuidelineVersion",
    "Invitation",
    "Label",
    "Look",
    "Membership",
    "Mention",
    "PoolItem",
    "QueueReason",
    "Role",
    "Webhook",
]
