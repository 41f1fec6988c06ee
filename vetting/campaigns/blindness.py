"""Who may see what before voting: the one place that decides it, for pages, cards and the API."""

from functools import reduce
from operator import or_

from django.contrib.auth.models import User
from django.db.models import Q

from vetting.campaigns.models import Campaign
from vetting.campaigns.selectors import labels_untaken
from vetting.candidates.models import Candidate


def shown_to(vetter: User, campaign: Campaign, candidate: Candidate) -> bool:
    """Say whether scores and other people's labels of a candidate are shown to a vetter of the campaign."""
    if campaign.blindness == Campaign.Blindness.OPEN:
        return True
    return labels_untaken(campaign).filter(vetter=vetter, candidate=candidate).exists()


def sealed_by_campaigns(user: User) -> Q | None:
    """Return the candidates that blind campaigns keep from a user until the vote there; None without such campaigns.

    Staff set campaigns up and read every row in the administration; they are blind where they vote, not elsewhere.
    """
    if user.is_staff:
        return None
    blind = Campaign.objects.exclude(blindness=Campaign.Blindness.OPEN)
    unvoted = [~Q(pk__in=labels_untaken(campaign).filter(vetter=user).values("candidate")) for campaign in blind]
    return reduce(or_, unvoted) if unvoted else None
