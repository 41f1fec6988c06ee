"""The campaigns that a user has a part in, each with its progress, in a number of queries that does not grow."""

from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db.models import Count, QuerySet

from vetting.campaigns.models import Campaign, Consensus, Invitation, Membership, Role
from vetting.campaigns.selectors.access import campaigns_visible, may
from vetting.campaigns.selectors.asked import asked, of_asked


@dataclass(frozen=True, slots=True)
class Listed:
    """A campaign as the list shows it; ``role`` is the user's, ``pool`` counts what is asked about."""

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
    roles = {
        campaign.pk: Role.MANAGER if user.is_superuser else Role(held.get(campaign.pk, Role.VETTER))
        for campaign in campaigns
    }
    told = [pk for pk, role in roles.items() if role == Role.MANAGER]
    pools = asked(campaigns, told=told)
    ended = Consensus.objects.filter(campaign__in=campaigns).order_by()
    retired = _by_campaign(of_asked(ended.filter(retired_at__isnull=False), told=told))
    contested = _by_campaign(ended.exclude(conflict=""))
    rows = [
        Listed(
            campaign=campaign,
            role=roles[campaign.pk],
            pool=pools[campaign.pk],
            retired=retired.get(campaign.pk, 0),
            contested=contested.get(campaign.pk, 0),
        )
        for campaign in campaigns
    ]
    order = [Campaign.Status.ACTIVE, Campaign.Status.DRAFT, Campaign.Status.PAUSED, Campaign.Status.CLOSED]
    return sorted(rows, key=lambda row: (order.index(Campaign.Status(row.campaign.status)), row.campaign.name))


def _by_campaign(rows: QuerySet[Consensus]) -> dict[int, int]:
    return dict(rows.values_list("campaign").annotate(Count("pk")))


def members_of(campaign: Campaign) -> QuerySet[Membership]:
    """Return the members of a campaign with their users, in the order in which they came."""
    return Membership.objects.filter(campaign=campaign).select_related("user").order_by("pk")


def invitations_open(campaign: Campaign) -> QuerySet[Invitation]:
    """Return the invitations that were not withdrawn, latest first; some may have expired or be used up."""
    return Invitation.objects.filter(campaign=campaign, revoked_at=None).select_related("made_by")
