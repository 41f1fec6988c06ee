"""The adjudication inbox: what people, or people and networks, do not agree on."""

from uuid import UUID

from django.db.models import Prefetch, QuerySet

from vetting.campaigns.models import Adjudication, Campaign, Consensus
from vetting.campaigns.selectors.scanning import labels_standing
from vetting.common import ApplicationError


def inbox(campaign: Campaign) -> QuerySet[Consensus]:
    """Return what waits for an adjudicator, longest waiting first, each candidate with the labels that stand."""
    return with_votes(campaign).exclude(conflict="").order_by("contested_at", "pk")


def with_votes(campaign: Campaign) -> QuerySet[Consensus]:
    """Return what the votes amount to, each candidate with the labels that stand."""
    labels = labels_standing(campaign).select_related("vetter", "guideline").order_by("pk")
    votes = Prefetch("candidate__labels", queryset=labels, to_attr="standing_labels")
    return Consensus.objects.filter(campaign=campaign).select_related("candidate").prefetch_related(votes)


def adjudications_standing(campaign: Campaign) -> QuerySet[Adjudication]:
    """Return the decisions that nobody took back, latest first; the latest of a candidate counts."""
    rows = Adjudication.objects.filter(campaign=campaign, undone_by=None, action=Adjudication.Action.DECIDE)
    return rows.select_related("candidate", "adjudicator").order_by("-pk")


def adjudication_to_undo(campaign: Campaign, uuid: UUID) -> Adjudication:
    """Return the adjudication that is meant."""
    found = adjudications_standing(campaign).filter(uuid=uuid).first()
    if found is None:
        raise ApplicationError("there is no such adjudication left to take back")
    return found
