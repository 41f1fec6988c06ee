"""Who may see what before voting: the one place that decides it, for pages, cards and the API."""

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Q

from vetting.campaigns.models import Campaign
from vetting.campaigns.selectors import labels_untaken
from vetting.candidates.models import Candidate


def shown_to(vetter: User, campaign: Campaign, candidate: Candidate) -> bool:
    """Say whether scores and other people's labels of a candidate are shown to a vetter of the campaign."""
    if campaign.blindness == Campaign.Blindness.OPEN:
        return True
    return labels_untaken(campaign).filter(vetter=vetter, candidate=candidate).exists()


def sealed_for(user: User | AnonymousUser) -> Q:
    """Return the candidates that some blind campaign keeps from a user, who has not voted on them there.

    Staff set campaigns up and read every row in the administration; they are blind where they vote, not elsewhere.
    """
    found = Q(pk__in=[])
    if not isinstance(user, User) or user.is_staff:
        return found
    for campaign in Campaign.objects.exclude(blindness=Campaign.Blindness.OPEN):
        found |= ~Q(pk__in=labels_untaken(campaign).filter(vetter=user).values("candidate"))
    return found
