"""The adjudication inbox: what people, or people and networks, do not agree on."""

from uuid import UUID

from django.db.models import Prefetch, QuerySet

from vetting.campaigns.models import Adjudication, Campaign, Consensus
from vetting.campaigns.selectors.scanning import labels_standing
from vetting.common import ApplicationError


def inbox(campaign: Campaign) -> QuerySet[Consensus]:
    """Return what waits for an adjudicator, longest waiting first, each candidate with the labels that stand."""
    labels = labels_standing(campaign).select_related("vetter", "guideline").order_by("pk")
    rows = Consensus.objects.filter(campaign=campaign).exclude(conflict="").select_related("candidate")
    votes = Prefetch("candidate__labels", queryset=labels, to_attr="standing_labels")
    return rows.prefetch_related(votes).order_by("contested_at", "pk")


def adjudication_to_undo(campaign: Campaign, uuid: UUID) -> Adjudication:
    """Return the adjudication that is meant."""
    rows = Adjudication.objects.filter(campaign=campaign, undone_by=None, action=Adjudication.Action.DECIDE)
    found = rows.filter(uuid=uuid).first()
    if found is None:
        raise ApplicationError("there is no such adjudication left to take back")
    return found
