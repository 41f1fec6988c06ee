"""Appending a vote or a decision once, however often it is sent: under the candidate's lock, by the client's UUID."""

from collections.abc import Callable
from typing import TypeVar
from uuid import UUID

from django.db import IntegrityError, transaction

from vetting.campaigns.models import Adjudication, Label
from vetting.candidates.models import Candidate
from vetting.common import ConflictError

Row = TypeVar("Row", Label, Adjudication)


def row_append(
    row: Row, *, follow: Callable[[Row], None], refusal: str, admit: Callable[[Row], None] | None = None
) -> Row:
    """Save a row and what follows from it; the same UUID again gives the row that is there.

    ``admit`` refuses what is not taken now, ``refusal`` is said where the database does.
    """
    try:
        with transaction.atomic():
            Candidate.objects.select_for_update().values_list("pk").get(pk=row.candidate_id)
            if admit:
                admit(row)
            row.save(force_insert=True)
            follow(row)
    except (ConflictError, IntegrityError) as error:
        known = type(row).objects.filter(uuid=row.uuid).first()
        if known is not None:
            return row_same(known, row)
        if isinstance(error, ConflictError):
            raise
        raise ConflictError(refusal) from error
    return row


def row_same(known: Row, sent: Row) -> Row:
    """Accept a retry of the same row; a UUID that comes back with other content is a conflict."""
    noun, who = ("label", "vetter_id") if isinstance(known, Label) else ("adjudication", "adjudicator_id")
    fields = ("campaign_id", "candidate_id", who, "action", "fine_class", "undoes_id")
    if any(getattr(known, name) != getattr(sent, name) for name in fields):
        raise ConflictError(f"{noun} {known.uuid} is already recorded with other content")
    known.is_repeat = True
    return known


def undo_meant(done: Row, undoes: UUID | None) -> Row | None:
    """Return what a saved undoing took back where a retry of it means the same, by its UUID or as the latest."""
    return done.undoes if done.undoes and undoes in {None, done.undoes.uuid} else None
