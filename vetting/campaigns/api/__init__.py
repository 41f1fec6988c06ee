"""API of campaigns: their people, pools, work, labels and adjudications."""

from vetting.campaigns.api.adjudication import AdjudicationViewSet, ConsensusViewSet, EventViewSet, InboxViewSet
from vetting.campaigns.api.campaigns import CampaignViewSet, GuidelineViewSet
from vetting.campaigns.api.deferrals import DeferralViewSet
from vetting.campaigns.api.labels import CandidateViewSet, LabelViewSet
from vetting.campaigns.api.people import AcceptView, InvitationViewSet, MemberViewSet
from vetting.campaigns.api.pool import PoolViewSet

__all__ = [
    "AcceptView",
    "AdjudicationViewSet",
    "CampaignViewSet",
    "CandidateViewSet",
    "ConsensusViewSet",
    "DeferralViewSet",
    "EventViewSet",
    "GuidelineViewSet",
    "InboxViewSet",
    "InvitationViewSet",
    "LabelViewSet",
    "MemberViewSet",
    "PoolViewSet",
]
