"""What the pages send, read with a message for whoever sent something else."""

import datetime as dt
import json
import math
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest

from vetting.campaigns.models import Campaign, Role
from vetting.campaigns.selectors import campaign_for
from vetting.common import ApplicationError, ConflictError, MissingError, RefusedError

MOST_HELD = 1000  # ids in one request
MOST_WORDS = 1000  # characters that go with a label


def body(request: HttpRequest) -> dict[str, Any]:
    """Read a JSON object from the vetter whose page sent it: another login may have taken over the browser since."""
    if request.headers.get("X-Vetter") != str(request.user.pk):
        raise RefusedError(f"you are logged in as {request.user.get_username()} now; this label is another vetter's")
    try:
        sent = json.loads(request.body)
    except ValueError as error:
        raise ApplicationError("expected a JSON object, got something else") from error
    if not isinstance(sent, dict):
        raise ApplicationError(f"expected a JSON object, got {type(sent).__name__}")
    return sent


def campaign_in(sent: Mapping[str, Any], user: User) -> Campaign:
    """Return the campaign that a page's label is for; the default one where none is named.

    To the page a 403 means that the login is gone, so that it would wait for a new one: a lost role is told otherwise.
    """
    named = str(sent.get("campaign") or "")
    try:
        return campaign_for(user, named, Role.VETTER)
    except Http404 as error:
        raise MissingError(f"you have no part in campaign {named}") from error
    except PermissionDenied as error:
        raise ConflictError(str(error)) from error


def version_in(sent: Mapping[str, Any]) -> int | None:
    """Return the number of the guideline that the page showed; None where it is not sent."""
    value = sent.get("guideline")
    if value is not None and (isinstance(value, bool) or not isinstance(value, int) or not 0 < value < 2**15):
        raise ApplicationError(f"expected guideline to be the number of a version, got {value!r}")
    return value


def uuid_in(sent: Mapping[str, Any], name: str) -> UUID:
    """Return a UUID."""
    try:
        return UUID(str(sent.get(name)))
    except ValueError as error:
        raise ApplicationError(f"expected {name} to be a UUID, got {sent.get(name)!r}") from error


def whole_in(sent: dict[str, Any], name: str) -> int:
    """Return the id of a candidate, which need not exist."""
    value = sent.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < 2**63:
        raise ApplicationError(f"expected {name} to be the id of a candidate, got {value!r}")
    return value


def whole_numbers_in(sent: dict[str, Any], name: str) -> list[int]:
    """Return ids of candidates, none where they are not sent."""
    values = sent.get(name, [])
    if not isinstance(values, list) or len(values) > MOST_HELD:
        raise ApplicationError(f"expected {name} to be a list of at most {MOST_HELD} ids, got {values!r:.100}")
    return [whole_in({name: value}, name) for value in values]


def time_in(sent: Mapping[str, Any], name: str) -> dt.datetime | None:
    """Return a time as the server has given it, None where it is not sent."""
    text = sent.get(name)
    if text is None:
        return None
    try:
        time = dt.datetime.fromisoformat(text)
    except (TypeError, ValueError) as error:
        raise ApplicationError(f"expected {name} to be a time, got {text!r}") from error
    if time.tzinfo is None:
        raise ApplicationError(f"expected {name} to be a time with its zone, got {text!r}")
    return time


def seconds_in(sent: dict[str, Any]) -> float | None:
    """Return how long a decision took, s; None where it is not sent."""
    value = sent.get("seconds")
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value < 0:
        raise ApplicationError(f"expected seconds to be a number of at least 0, got {value!r}")
    return float(value)


def confidence_in(sent: Mapping[str, Any]) -> int | None:
    """Return how sure a vetter was, per cent; None where it is not sent."""
    value = sent.get("confidence")
    if value is not None and (isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 100):
        raise ApplicationError(f"expected confidence to be a whole number from 0 to 100, got {value!r}")
    return value


def comment_in(sent: Mapping[str, Any]) -> str:
    """Return the words that go with a label, none where they are not sent."""
    text = sent.get("comment", "")
    if not isinstance(text, str) or len(text) > MOST_WORDS or "\x00" in text:
        raise ApplicationError(f"expected comment to be a text of at most {MOST_WORDS} characters, got {text!r:.100}")
    return text.strip()


def ids(text: str) -> list[int]:
    """Return ids that stand between commas."""
    parts = text.split(",") if text else []
    if len(parts) > MOST_HELD or not all(part.isdecimal() and part.isascii() and len(part) < 19 for part in parts):
        raise ApplicationError(f"expected at most {MOST_HELD} ids with commas between them")
    return [int(part) for part in parts]


def night(text: str | None) -> dt.date | None:
    """Return the night, None where there is none."""
    if not text:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise ApplicationError(f"expected night to be a date such as 2018-07-01, got {text!r}") from error


def listed(given: dict[str, Any], name: str, *, most: int) -> list[dict[str, Any]]:
    """Return the objects of a list that is neither empty nor too long."""
    values = given.get(name)
    if not isinstance(values, list) or not 0 < len(values) <= most or not all(isinstance(v, dict) for v in values):
        raise ApplicationError(f"expected {name} to be a list of 1 to {most} objects")
    return values


def one_of(text: str | None, choices: Sequence[int], name: str) -> int | None:
    """Return the chosen number, None where there is none."""
    if not text:
        return None
    if text not in {str(choice) for choice in choices}:
        raise ApplicationError(f"expected {name} to be one of {', '.join(map(str, choices))}, got {text!r}")
    return int(text)
