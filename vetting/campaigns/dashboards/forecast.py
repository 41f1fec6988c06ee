"""When a campaign will be through, if it goes on as it did lately."""

import datetime as dt
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

LATELY = dt.timedelta(days=14)
SHORTEST = dt.timedelta(hours=1)  # over a shorter time no pace is told
FARTHEST_DAYS = 3650.0


@dataclass(frozen=True, slots=True)
class Forecast:
    """How much is left and when it will be done; None where the pace does not tell.

    ``soonest`` and ``latest`` come from the 95 % interval of the number that were retired lately, as counts go;
    ``latest`` is None where that interval reaches down to no pace at all.
    """

    left: int
    per_day: float
    end: dt.datetime | None = None
    soonest: dt.datetime | None = None
    latest: dt.datetime | None = None


def forecast(done: Sequence[dt.datetime], total: int, now: dt.datetime) -> Forecast:
    """Carry the pace of the last 14 days on; ``done`` is when each candidate was retired, rising."""
    left = max(total - len(done), 0)
    if not done or not left:
        return Forecast(left, 0.0)
    start = max(done[0], now - LATELY)
    days = (now - start) / dt.timedelta(days=1)
    lately = len(done) - bisect_left(done, start)
    if not lately or now - start < SHORTEST:
        return Forecast(left, 0.0)
    spread = 1.96 * sqrt(lately)

    def end(number: float) -> dt.datetime | None:
        needed = left * days / number if number > 0 else FARTHEST_DAYS
        return now + dt.timedelta(days=needed) if needed < FARTHEST_DAYS else None

    return Forecast(left, lately / days, end(lately), end(lately + spread), end(lately - spread))
