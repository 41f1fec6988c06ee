"""The campaigns that a user has a part in, each with its progress, in a number of queries that does not grow."""

from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db.models import Count, QuerySet

from vetting.campaigns.models import Campaign, Consensus, Invitation, Membership, PoolItem, Role
from vetting.campaigns.selectors.access import campaigns_visible, may
from vetting.campaigns.selectors.pool import LABELLED
from vetting.candidates.models import Candidate


@dataclass(frozen=True, slots=True)
class Listed:
    """A campaign as the list shows it; ``role`` is the user's."""

    campaign: Campaign
    role: Role
    pool: int
    retired: int
    contested: int

    @property
    def vets(self) -> bool:
        """Say whether the user may label there now."""
        return self.campaign.status == Campaign.Status.ACTIVE and may(self.role, Role.VETTER)

    @property
    def adjudicates(self) -> bool:
        """Say whether the user may settle what is contested."""
        return may(self.role, Role.ADJUDICATOR)


def campaigns_listed(user: User) -> list[Listed]:
    """Return the campaigns that a user sees, those that run first."""
    campaigns = list(campaigns_visible(user))
    held = dict(Membership.objects.filter(user=user).values_list("campaign", "role"))
    pools = dict(PoolItem.objects.order_by().values_list("campaign").annotate(Count("pk")))
    everything = Candidate.objects.filter(state__in=LABELLED).count()
    ended = Consensus.objects.order_by().values_list("campaign").annotate(Count("pk"))
    retired = dict(ended.filter(retired_at__isnull=False))
    contested = dict(ended.exclude(conflict=""))
    rows = [
        Listed(
            campaign=campaign,
            role=Role.MANAGER if user.is_superuser else Role(held.get(campaign.pk, Role.VETTER)),
            pool=everything if campaign.takes_all else pools.get(campaign.pk, 0),
            retired=retired.get(campaign.pk, 0),
            contested=contested.get(campaign.pk, 0),
        )
        for campaign in campaigns
    ]
    order = [Campaign.Status.ACTIVE, Campaign.Status.DRAFT, Campaign.Status.PAUSED, Campaign.Status.CLOSED]
    return sorted(rows, key=lambda row: (order.index(Campaign.Status(row.campaign.status)), row.campaign.name))


def members_of(campaign: Campaign) -> QuerySet[Membership]:
    """Return the members of a campaign with their users, in the order in which they came."""
    return Membership.objects.filter(campaign=campaign).select_related("user").order_by("pk")


def invitations_open(campaign: Campaign) -> QuerySet[Invitation]:
    """Return the invitations that were not withdrawn, latest first; some may have expired or be used up."""
    return Invitation.objects.filter(campaign=campaign, revoked_at=None).select_related("made_by")
