"""What pages of the apps below offer to those who vote."""

from django import template
from django.contrib.auth.models import User

from vetting.campaigns.models import Role
from vetting.campaigns.selectors import campaigns_visible
from vetting.campaigns.selectors.pool import LABELLED
from vetting.candidates.models import Candidate

register = template.Library()


@register.filter
def may_label(user: User, candidate: Candidate) -> bool:
    """Say whether the scan page takes a label of this user for a candidate."""
    return candidate.state in LABELLED and campaigns_visible(user, Role.VETTER).filter(is_default=True).exists()
