"""Changing candidates: moves between states, claims of batches; and the filters that people keep."""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.contrib.auth.models import Group, User
from django.db import transaction
from django.utils import timezone

from scoring.cutout import Cutout, decode
from scoring.detection import CutoutKind, RawCutout
from vetting.candidates.filters import CandidateFilter, parameters_of
from vetting.candidates.models import ARROWS, NAME_LENGTH, Candidate, CandidateEvent, Preference, SavedFilter, State
from vetting.candidates.models import Cutout as CutoutRow
from vetting.candidates.selectors import MAX_ATTEMPTS, as_detection, batch_size, unclaimed
from vetting.common import ApplicationError, ConflictError

LARGEST_PREFERENCE = 16 * 1024  # bytes

EVERYBODY = "everybody"  # with whom a filter is shared, in the place of a team


@transaction.atomic
def candidates_move(ids: Iterable[int], *, from_state: str, to_state: str, actor: str, reason: str = "") -> list[int]:
    """Move those of the candidates that still are in ``from_state``; return their ids. Every move is an event row."""
    if to_state not in ARROWS[from_state]:
        raise ConflictError(f"a candidate cannot move from {from_state} to {to_state}")
    rows = Candidate.objects.select_for_update().filter(pk__in=list(ids), state=from_state)
    moved = list(rows.values_list("pk", flat=True))
    Candidate.objects.filter(pk__in=moved, state=from_state).update(state=to_state)
    CandidateEvent.objects.bulk_create(
        CandidateEvent(candidate_id=pk, from_state=from_state, to_state=to_state, actor=actor, reason=reason[:300])
        for pk in moved
    )
    return moved


@transaction.atomic
def batches_claim() -> list[list[int]]:
    """Claim unscored candidates for workers, in batches; those that failed too often go to quarantine."""
    now = timezone.now()
    batches: list[list[int]] = []
    for attempts, ids in unclaimed(now).items():
        if attempts >= MAX_ATTEMPTS:
            reason = f"scoring was begun {attempts} times and never ended: its worker died or stopped each time"
            candidates_move(ids, from_state=State.NEW, to_state=State.QUARANTINED, actor="sweep", reason=reason)
            continue
        Candidate.objects.filter(pk__in=ids).update(claimed_at=now)
        size = batch_size(attempts)
        batches += [ids[start : start + size] for start in range(0, len(ids), size)]
    return batches


def claims_release() -> None:
    """Forget the claims of a worker that is gone: for the embedded worker, whose queue dies with it."""
    Candidate.objects.filter(state=State.NEW).update(claimed_at=None)


def cutout_decode(row: CutoutRow) -> Cutout:
    """Decode a stored cutout into pixels, masks and WCS."""
    raw = RawCutout(kind=CutoutKind(row.kind), name=row.name, content=row.content())
    return decode(raw, as_detection(row.candidate))


PreferenceCheck = Callable[[dict[str, Any]], None]
_checks: dict[str, PreferenceCheck] = {}


def preference_check_add(name: str, check: PreferenceCheck) -> None:
    """Let the app whose pages read a preference refuse what they would not understand."""
    _checks[name] = check


def preference_save(user: User, *, name: str, value: dict[str, Any]) -> Preference:
    """Keep one of a user's preferences; what was sent last holds."""
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False)
        size = len(text.encode())
    except ValueError as error:  # an infinite number; half of a character, which PostgreSQL does not store
        raise ApplicationError(f"expected text and finite numbers: {error}") from error
    if size > LARGEST_PREFERENCE:
        raise ApplicationError(f"expected at most {LARGEST_PREFERENCE} bytes of JSON, got {size}")
    if "\\u0000" in text.replace("\\\\", ""):  # nor does it store this one
        raise ApplicationError("expected text without NUL characters")
    if name in _checks:
        _checks[name](value)
    return Preference.objects.update_or_create(user=user, name=name, defaults={"value": value})[0]


def filter_save(owner: User, *, name: str, given: Mapping[str, Any], share: str = "") -> SavedFilter:
    """Keep a filter under a name of its owner's, in the place of an earlier one; what cannot be read is refused.

    ``share``: empty for the owner alone, `EVERYBODY`, or the id of one of the owner's teams.
    """
    name = " ".join(name.split())
    if not 0 < len(name) <= NAME_LENGTH:
        raise ApplicationError(f"expected a name of 1 to {NAME_LENGTH} characters, got {len(name)}")
    parameters = parameters_of(given)
    form = CandidateFilter(parameters, queryset=Candidate.objects.none()).form
    if not form.is_valid():
        wrong = "; ".join(f"{field}: {' '.join(map(str, errors))}" for field, errors in form.errors.items())
        raise ApplicationError(f"this filter cannot be read: {wrong}")
    if not parameters:
        raise ApplicationError("expected at least one filter to be set, got none")
    kept = {"parameters": parameters, "is_shared": share == EVERYBODY, "team": _team(owner, share)}
    return SavedFilter.objects.update_or_create(owner=owner, name=name, defaults=kept)[0]


def _team(owner: User, share: str) -> Group | None:
    if share in {"", EVERYBODY}:
        return None
    teams = {str(team.pk): team for team in owner.groups.all()}
    if share not in teams:
        raise ApplicationError(f"expected one of your teams ({', '.join(map(str, teams.values()))}), got {share!r}")
    return teams[share]


def filter_delete(saved: SavedFilter, *, owner: User) -> None:
    """Forget a filter; nobody but its owner does."""
    if saved.owner_id != owner.pk:
        raise ConflictError(f"the filter {saved.name!r} belongs to {saved.owner.get_username()}")
    saved.delete()
