"""A night and its people: how far it is, who is at it now, and the clock from the exposure to the decision."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import Count, Max, Min, Q
from django.utils import timezone

from vetting.campaigns.models import Label, Look
from vetting.candidates.formatting import datetime_of_mjd
from vetting.candidates.models import Candidate, CandidateEvent, Score, State
from vetting.candidates.selectors import scored

PRESENT = dt.timedelta(minutes=5)  # without a look or a label somebody is taken to have left
LONGEST_AGO = 3600.0  # s: a page that could not send its looks for longer does not know them to the second


@dataclass(frozen=True, slots=True)
class Step:
    """One reading of the clock: how long after the exposure, and how many were in time. Seconds."""

    name: str
    count: int
    median: float | None
    late: float | None  # 95 in 100 were there by then
    target: float
    in_time: int

    @property
    def is_met(self) -> bool:
        """Whether half of the candidates and more were in time."""
        return 2 * self.in_time >= self.count


@dataclass(frozen=True, slots=True)
class Present:
    """Somebody who is scanning now."""

    name: str
    last_at: dt.datetime
    decisions: int  # in the last hour


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a night is."""

    total: int
    scored: int
    plausible: int
    vetted: int
    left: int

    @property
    def share(self) -> float:
        """Share of what people judge that is vetted."""
        return self.vetted / (self.vetted + self.left) if self.vetted + self.left else 1.0


def looks_save(vetter: User, seconds_ago: Mapping[int, float]) -> int:
    """Record first looks, given as seconds before now since clocks of browsers are wrong; a second look adds no row."""
    now = timezone.now()
    known = Candidate.objects.filter(pk__in=seconds_ago).values_list("pk", flat=True)
    rows = [
        Look(candidate_id=pk, vetter=vetter, at=now - dt.timedelta(seconds=min(seconds_ago[pk], LONGEST_AGO)))
        for pk in known
    ]
    return len(Look.objects.bulk_create(rows, ignore_conflicts=True))


def standing_of(night: dt.date) -> Standing:
    """Count a night."""
    rows = scored().filter(night=night).order_by()
    counted = rows.aggregate(
        total=Count("pk"),
        scored=Count("pk", filter=~Q(state=State.NEW)),
        plausible=Count("pk", filter=Q(("plausible", True))),
        vetted=Count("pk", filter=Q(state=State.VETTED)),
        left=Count("pk", filter=Q(state=State.QUEUED)),
    )
    return Standing(**counted)


def present(night: dt.date) -> list[Present]:
    """Return who has looked at a candidate of a night, or labelled one, within the last minutes; latest first."""
    now = timezone.now()
    last: dict[str, dt.datetime] = {}
    since = now - PRESENT
    looks = Look.objects.filter(candidate__night=night, at__gte=since).values_list("vetter__username")
    labels = Label.objects.filter(candidate__night=night, labelled_at__gte=since).values_list("vetter__username")
    for name, at in [*looks.annotate(Max("at")), *labels.annotate(Max("labelled_at")).order_by()]:
        last[name] = max(at, last.get(name, at))
    hour = Label.objects.filter(candidate__night=night, labelled_at__gte=now - dt.timedelta(hours=1), action="label")
    made = dict(hour.values_list("vetter__username").annotate(Count("pk")).order_by())
    return sorted(
        (Present(name, at, made.get(name, 0)) for name, at in last.items()), key=lambda one: -one.last_at.timestamp()
    )


def clock(night: dt.date) -> list[Step]:
    """Read the clock of a night: exposure → scored → first look → decided, each from the middle of the exposure."""
    exposed = dict(Candidate.objects.filter(night=night).values_list("pk", "mjd_mid"))
    active = Score.objects.filter(candidate__night=night, ensemble__is_active=True)
    scores = dict(active.values_list("candidate", "scored_at"))
    moves = CandidateEvent.objects.filter(candidate__night=night, candidate__state=State.VETTED, to_state=State.VETTED)
    decided = dict(moves.order_by().values_list("candidate").annotate(Max("at")))
    minutes = settings.LATENCY_TARGETS_MINUTES
    return [
        step("scored", _waits(exposed, scores), 60 * minutes["scored"]),
        step("first look", _waits(exposed, first_looks(night)), 60 * minutes["first look"]),
        step("decided", _waits(exposed, decided), 60 * minutes["decided"]),
    ]


def first_looks(night: dt.date) -> dict[int, dt.datetime]:
    """Return when each candidate of a night was first seen; a label on the grid is a look too."""
    found = dict(Look.objects.filter(candidate__night=night).values_list("candidate").annotate(Min("at")))
    labels = (
        Label.objects.filter(candidate__night=night).values_list("candidate").annotate(Min("labelled_at")).order_by()
    )
    for pk, at in labels:
        found[pk] = min(at, found.get(pk, at))
    return found


def _waits(exposed: Mapping[int, float], reached: Mapping[int, dt.datetime]) -> list[float]:
    return [(at - datetime_of_mjd(exposed[pk])).total_seconds() for pk, at in reached.items() if pk in exposed]


def step(name: str, waits: Sequence[float], target: float) -> Step:
    """Sum waits up; without any there is no median."""
    if not waits:
        return Step(name, 0, None, None, target, 0)
    middle, late = np.quantile(waits, (0.5, 0.95))
    return Step(name, len(waits), float(middle), float(late), target, int(np.sum(np.array(waits) <= target)))
