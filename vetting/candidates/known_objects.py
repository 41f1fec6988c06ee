"""Which candidates are known objects: streaks of a night held against predictions from a table of orbits."""

from dataclasses import dataclass
from datetime import date

import numpy as np
from django.db import transaction
from django.db.models import QuerySet

from scoring.ephemeris import FAINTEST, STATIONS, Predictions, near, predict
from scoring.orbits import Array, Orbits
from vetting.candidates.models import Candidate

# Places are good to 4" in the middle and 20" at 95 %; an orbit's own error grows as the object comes nearer.
TOLERANCE_ARCSEC = 20.0
TOLERANCE_AU = 0.5  # arcsec at 1 au; 50" at 0.01 au
RATES = (0.3, 1.5)  # of the streak, as a share of the prediction: a finder may fit a piece of a trail, rarely too much
ANGLE_DEG = 20.0


@dataclass(frozen=True, slots=True)
class Streak:
    """What is compared of a candidate; motion is None where the survey does not give it."""

    mjd: float
    ra: float
    dec: float
    rate: float | None
    position_angle: float | None


@dataclass(frozen=True, slots=True)
class Match:
    """The known object that a streak agrees with, and what was predicted of it."""

    name: str
    separation: float  # arcsec
    rate: float  # deg/day
    position_angle: float  # deg


def match(streak: Streak, predicted: Predictions, row: int) -> Match | None:
    """Return the nearest object that agrees in place and motion at the time of ``row``."""
    east = ((predicted.ra[row] - streak.ra + 180) % 360 - 180) * np.cos(np.radians(streak.dec))
    separation: Array = 3600 * np.hypot(east, predicted.dec[row] - streak.dec)
    agrees = separation < TOLERANCE_ARCSEC + TOLERANCE_AU / predicted.distance[row]
    agrees &= ~(predicted.magnitude[row] > FAINTEST)
    if streak.rate is not None:
        share = streak.rate / predicted.rate[row]
        agrees &= (share > RATES[0]) & (share < RATES[1])
    if streak.position_angle is not None:
        apart = (predicted.position_angle[row] - streak.position_angle + 90) % 180 - 90  # either sense of motion
        agrees &= np.abs(apart) < ANGLE_DEG
    if not agrees.any():
        return None
    place = int(np.argmin(np.where(agrees, separation, np.inf)))
    return Match(
        name=predicted.names[place],
        separation=float(separation[place]),
        rate=float(predicted.rate[row, place]),
        position_angle=float(predicted.position_angle[row, place]),
    )


def night_match(orbits: Orbits, night: date) -> tuple[int, int]:
    """Write down which candidates of a night are known objects; return how many were compared and how many are.

    What an earlier run found is replaced, so that the same orbits give the same rows again.
    """
    rows = Candidate.objects.filter(night=night, survey__in=STATIONS).order_by("pk")
    found = {pk: one for survey in STATIONS for pk, one in _matches(orbits, rows.filter(survey=survey), survey)}
    with transaction.atomic():
        rows.exclude(known_object="").exclude(pk__in=found).update(**_columns(None))
        for pk, one in found.items():
            Candidate.objects.filter(pk=pk).update(**_columns(one))
    return rows.count(), len(found)


def _matches(orbits: Orbits, rows: QuerySet[Candidate], survey: str) -> list[tuple[int, Match]]:
    streaks = {
        row.pk: Streak(row.mjd_mid, row.ra, row.dec, row.rate, row.position_angle)
        for row in rows.only("pk", "mjd_mid", "ra", "dec", "rate", "position_angle")
    }
    times = np.unique([streak.mjd for streak in streaks.values()])
    if not len(times):
        return []
    chosen = orbits.kept(near(orbits, float(times.mean())))
    if not len(chosen):
        return []
    predicted = predict(chosen, times, STATIONS[survey])
    found = ((pk, match(one, predicted, int(np.searchsorted(times, one.mjd)))) for pk, one in streaks.items())
    return [(pk, one) for pk, one in found if one]


def _columns(one: Match | None) -> dict[str, str | float | None]:
    return {
        "known_object": one.name if one else "",
        "known_separation": one.separation if one else None,
        "known_rate": one.rate if one else None,
        "known_position_angle": one.position_angle if one else None,
    }
