"""Adjudicating: a decision above the votes, by a row of its own, taken back by another."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User

from scoring.families import FineClass
from vetting.campaigns.models import Adjudication, Campaign, Webhook
from vetting.campaigns.selectors.adjudication import adjudication_to_undo, adjudications_standing
from vetting.campaigns.selectors.pool import LABELLED, in_pool
from vetting.campaigns.services.appending import row_append, row_same, undo_meant
from vetting.campaigns.services.consensus import consensus_recompute
from vetting.campaigns.services.webhooks import event_tell
from vetting.candidates.models import Candidate
from vetting.common import ApplicationError, ConflictError, MissingError

DECIDES = [value for value in FineClass if value != FineClass.UNSURE]


def adjudication_decide(
    candidate: Candidate,
    *,
    campaign: Campaign,
    adjudicator: User,
    uuid: UUID,
    fine_class: str,
    comment: str = "",
    replaces: UUID | None = None,
) -> Adjudication:
    """Decide a candidate once, however often it is sent; votes stay as they are.

    ``replaces`` names the decision that stood when the adjudicator looked, None where there was none: what somebody
    else has decided meanwhile is never overridden unseen.
    """
    if fine_class not in DECIDES:
        raise ApplicationError(f"expected a class that decides ({', '.join(DECIDES)}), got {fine_class!r}")
    if not in_pool(campaign, candidate):
        raise MissingError(f"candidate {candidate.source_id} is not in the pool of {campaign}")
    if candidate.state not in LABELLED:
        raise ConflictError(f"candidate {candidate.source_id} is {candidate.state}: it has not been scored yet")
    return _append(
        Adjudication(
            uuid=uuid,
            campaign=campaign,
            candidate=candidate,
            adjudicator=adjudicator,
            fine_class=fine_class,
            comment=comment,
        ),
        admit=partial(_admit, replaces=replaces),
    )


def adjudication_undo(*, campaign: Campaign, adjudicator: User, uuid: UUID, undoes: UUID) -> Adjudication:
    """Take an adjudication back by a new row; any adjudicator of the campaign may."""
    done = Adjudication.objects.filter(uuid=uuid).select_related("undoes").first()
    if done is not None:
        return row_same(
            done,
            Adjudication(
                campaign=campaign,
                candidate=done.candidate,
                adjudicator=adjudicator,
                action=Adjudication.Action.UNDO,
                undoes=undo_meant(done, undoes),
            ),
        )
    row = adjudication_to_undo(campaign, undoes)
    return _append(
        Adjudication(
            uuid=uuid,
            campaign=campaign,
            candidate=row.candidate,
            adjudicator=adjudicator,
            action=Adjudication.Action.UNDO,
            undoes=row,
        )
    )


def _append(row: Adjudication, admit: Callable[[Adjudication], None] | None = None) -> Adjudication:
    return row_append(row, admit=admit, follow=_follow, refusal="this adjudication was already taken back")


def _admit(row: Adjudication, *, replaces: UUID | None) -> None:
    """Refuse a decision of who has not seen the one that stands."""
    stands = adjudications_standing(row.campaign).filter(candidate=row.candidate).first()
    if stands is None and replaces:
        raise ConflictError("the decision that you replace was taken back meanwhile; look again")
    if stands and stands.uuid != replaces:
        who, name = stands.adjudicator.get_username(), stands.fine_class.replace("_", " ")
        raise ConflictError(f"{who} decided this meanwhile: {name}; look again")


def _follow(row: Adjudication) -> None:
    event_tell(row.campaign_id, Webhook.Event.ADJUDICATION_DECIDED, _told(row))
    consensus_recompute(row.campaign, row.candidate_id, actor=row.adjudicator.get_username())


def _told(row: Adjudication) -> dict[str, Any]:
    """Return what webhooks are told of an adjudication."""
    return {
        "uuid": str(row.uuid),
        "candidate": row.candidate_id,
        "source_id": row.candidate.source_id,
        "adjudicator": row.adjudicator.get_username(),
        "action": row.action,
        "fine_class": row.fine_class,
    }
