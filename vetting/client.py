"""A typed client of the API, on the standard library alone: copy this one file, or import it.

What is asked for again after a failure is asked for safely: a label keeps its UUID, so that it is saved once however
often it is sent.
"""

import http.client
import json
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any, TypeVar
from uuid import UUID, uuid4

PATIENCE = (0.5, 1.0, 2.0, 4.0)  # s before each further try
LONGEST_WAIT = 60.0  # s: a server that asks for more is not waited for
PASSING = frozenset({429, 502, 503, 504})  # answers that may be other ones in a moment

Row = TypeVar("Row")


class ClientError(Exception):
    """The server refused, or did not answer; ``status`` is None where there was no answer."""

    def __init__(self, message: str, *, status: int | None = None, detail: Any = None) -> None:
        super().__init__(message)
        self.status = status
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Campaign:
    """A labelling effort."""

    id: int
    name: str
    description: str
    votes_needed: int
    is_default: bool
    blindness: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A streak: where and when, and the best score of each family; None where it is not known.

    ``source_id`` is text because it exceeds 2^53; positions in degrees, length in pixels, times MJD in UTC.
    """

    id: int
    survey: str
    source_id: str
    night: str
    state: str
    exposure: str
    mjd_mid: float | None
    ra: float | None
    dec: float | None
    length: float | None


@dataclass(frozen=True, slots=True)
class Label:
    """One vote, or the undoing of one: ``action`` is label or undo.

    ``guideline`` is the version that it was made under, ``shown`` what the vetter saw: blind, explanation, neighbours,
    ensemble (sha256); ``confidence`` is how sure the vetter was, per cent, where that was said.
    """

    uuid: str
    campaign: int
    candidate: int
    source_id: str
    vetter: str
    action: str
    fine_class: str
    undoes: str | None
    seconds: float | None
    confidence: int | None
    comment: str
    guideline: int | None
    shown: Mapping[str, bool | str]
    labelled_at: str


@dataclass(frozen=True, slots=True)
class Assignment:
    """A candidate that is lent to this login until it expires; times as ISO 8601 in UTC."""

    candidate: int
    source_id: str
    night: str
    leased_at: str
    expires_at: str


@dataclass(frozen=True, slots=True)
class Deferral:
    """A candidate that a vetter has put off: ``kind`` is snooze, purgatory or hide; times as ISO 8601 in UTC."""

    uuid: str
    campaign: int
    candidate: int
    source_id: str
    vetter: str
    kind: str
    until: str | None
    ended_at: str | None


@dataclass(frozen=True, slots=True)
class Consensus:
    """What the votes of a campaign amount to for one candidate; ``fine_class`` is empty while they do not decide."""

    campaign: int
    fine_class: str
    votes: int
    agreeing: int


class Client:
    """The API of one site for one login.

    Parameters
    ----------
    address : of the site, such as ``https://streaks.example.org``.
    token : secret of an API token, from the site's page of tokens or from `login`.
    timeout : s that one try may take.
    patience : s to wait before each further try.
    """

    def __init__(
        self, address: str, token: str = "", *, timeout: float = 30.0, patience: tuple[float, ...] = PATIENCE
    ) -> None:
        if urllib.parse.urlsplit(address).scheme not in {"http", "https"}:
            raise ValueError(f"expected an address that starts with http:// or https://, got {address!r}")
        self.root = address.rstrip("/") + "/api/v1/"
        self.token = token
        self.timeout = timeout
        self.patience = patience

    @classmethod
    def login(cls, address: str, username: str, password: str, **over: Any) -> "Client":
        """Make a client with a new token for a user name and password: it reads and labels, for 30 days."""
        client = cls(address, **over)
        client.token = client.send("POST", "token/", {"username": username, "password": password})["token"]
        return client

    def campaigns(self) -> Iterator[Campaign]:
        """Give the campaigns that this login sees."""
        return self.listed("campaigns/", Campaign)

    def campaign(self, number: int) -> Campaign:
        """Give one campaign."""
        return row(Campaign, self.send("GET", f"campaigns/{number}/"))

    def candidates(self, **filters: object) -> Iterator[Candidate]:
        """Give candidates by the API's own filters, page by page: ``night="2018-07-01"``, ``state="queued"``."""
        return self.listed("candidates/", Candidate, **filters)

    def candidate(self, number: int) -> Candidate:
        """Give one candidate."""
        return row(Candidate, self.send("GET", f"candidates/{number}/"))

    def consensus(self, candidate: int) -> list[Consensus]:
        """Give what every campaign makes of one candidate."""
        return [row(Consensus, held) for held in self.send("GET", f"candidates/{candidate}/")["consensus"]]

    def labels(self, **filters: object) -> Iterator[Label]:
        """Give labels, latest first, by the API's own filters: ``campaign=1``, ``vetter="vera"``."""
        return self.listed("labels/", Label, **filters)

    def label(
        self,
        candidate: int,
        fine_class: str,
        *,
        campaign: int | None = None,
        seconds: float | None = None,
        confidence: int | None = None,
        comment: str | None = None,
        guideline: int | None = None,
        shown: Mapping[str, bool | str] | None = None,
        uuid: UUID | None = None,
    ) -> Label:
        """Label a candidate; the default campaign where none is named, a new UUID where none is given."""
        sent = {"uuid": str(uuid or uuid4()), "candidate": candidate, "fine_class": fine_class, "seconds": seconds}
        told: dict[str, object] = {"campaign": campaign, "guideline": guideline, "shown": shown}
        told |= {"confidence": confidence, "comment": comment}
        named = {name: value for name, value in told.items() if value is not None}
        return row(Label, self.send("POST", "labels/", sent | named))

    def next(self, campaign: int, *, count: int = 5, exclude: tuple[int, ...] = ()) -> list[Assignment]:
        """Borrow candidates of a campaign to label; asking again gives what is held, without those excluded."""
        sent = {"count": count, "exclude": list(exclude)}
        return [row(Assignment, held) for held in self.send("POST", f"campaigns/{campaign}/next/", sent)]

    def undo(self, label: str, *, uuid: UUID | None = None) -> Label:
        """Take a label of your own back, by its UUID."""
        return row(Label, self.send("POST", f"labels/{label}/undo/", {"uuid": str(uuid or uuid4())}))

    def deferrals(self, **filters: object) -> Iterator[Deferral]:
        """Give what is put off, your own and everybody's purgatory, latest first: ``campaign=1``, ``kind="hide"``."""
        return self.listed("deferrals/", Deferral, **filters)

    def put_off(
        self,
        candidate: int,
        kind: str,
        *,
        campaign: int | None = None,
        span: str | None = None,
        uuid: UUID | None = None,
    ) -> Deferral:
        """Put a candidate off without judging it; a snooze needs its span: 15min, 1h or night."""
        sent = {"uuid": str(uuid or uuid4()), "candidate": candidate, "kind": kind}
        named = {name: value for name, value in {"campaign": campaign, "span": span}.items() if value is not None}
        return row(Deferral, self.send("POST", "deferrals/", sent | named))

    def bring_back(self, deferral: str) -> Deferral:
        """Bring a candidate that you have put off back into your queue, by the deferral's UUID."""
        return row(Deferral, self.send("POST", f"deferrals/{deferral}/end/"))

    def figures(self, campaign: int, table: str) -> list[dict[str, Any]]:
        """Give the rows of one table of a campaign's figures, by the names of the columns."""
        held = self.send("GET", f"campaigns/{campaign}/figures/{table}/")
        return [dict(zip(held["columns"], values, strict=True)) for values in held["rows"]]

    def listed(self, path: str, kind: type[Row], /, **filters: object) -> Iterator[Row]:
        """Give the rows of a list, fetching page after page as they are taken."""
        query = {name: value for name, value in filters.items() if value is not None} | {"page_size": 1000}
        page: int | None = 1
        while page:
            answer = self.send("GET", f"{path}?{urllib.parse.urlencode(query | {'page': page})}")
            yield from (row(kind, held) for held in answer["results"])
            page = page + 1 if answer["next"] else None

    def send(self, method: str, path: str, content: Mapping[str, object] | None = None) -> Any:
        """Send a request and return the JSON of its answer; try again while the failure may pass."""
        waits = iter(self.patience)
        while True:
            try:
                return self._once(method, path, content)
            except ClientError as error:
                wait = next(waits, None)
                if wait is None or not (error.status is None or error.status in PASSING):
                    raise
                time.sleep(_asked(error) or wait)

    def _once(self, method: str, path: str, content: Mapping[str, object] | None) -> Any:
        headers = {"Accept": "application/json", "Content-Type": "application/json"}
        if self.token:
            headers["Authorization"] = f"Token {self.token}"
        body = None if content is None else json.dumps(content, allow_nan=False).encode()
        request = urllib.request.Request(self.root + path, data=body, headers=headers, method=method)  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=self.timeout) as answer:  # noqa: S310 checked in __init__
                held = answer.read()
                return json.loads(held) if held else None
        except urllib.error.HTTPError as error:
            raise _refusal(f"{method} {path}", error) from error
        except (OSError, http.client.HTTPException, ValueError) as error:  # nothing came, or no JSON
            raise ClientError(f"{method} {path}: {error}") from error


def row(kind: type[Row], held: Mapping[str, Any]) -> Row:
    """Make a row of what the API holds; what a later version adds is left out."""
    return kind(**{field.name: held[field.name] for field in fields(kind)})  # type: ignore[arg-type]


def _refusal(asked: str, error: urllib.error.HTTPError) -> ClientError:
    text = error.read().decode(errors="replace")
    try:
        detail = json.loads(text)
    except ValueError:
        detail = text[:200]
    refusal = ClientError(f"{asked}: {error.code} {detail}", status=error.code, detail=detail)
    refusal.__cause__ = error
    return refusal


def _asked(error: ClientError) -> float | None:
    """Return how long the server asks to wait, s; None where it does not say, or says too long."""
    cause = error.__cause__
    said = cause.headers.get("Retry-After", "") if isinstance(cause, urllib.error.HTTPError) else ""
    return float(said) if said.isdecimal() and float(said) <= LONGEST_WAIT else None
