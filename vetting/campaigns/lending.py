"""What a page borrows: its next candidates, what it keeps and gives back, and what others have meanwhile."""

import datetime as dt
import math
from collections.abc import Collection
from typing import Any

from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from vetting.campaigns import sent
from vetting.campaigns.chosen import Queue, queue_asked
from vetting.campaigns.models import Campaign, QueueReason
from vetting.campaigns.selectors.pool import lent
from vetting.campaigns.selectors.work import HALTED
from vetting.campaigns.services import assignments_lease, assignments_return, assignments_take
from vetting.campaigns.services.assignments import MOST_SHOWN, PREFETCHED
from vetting.candidates.models import Candidate
from vetting.common import user_of


def lend(
    line: Queue, vetter: User, rows: QuerySet[Candidate], *, count: int, exclude: Collection[int] = ()
) -> list[int]:
    """Return the ids of what a page gets next of a night's queue, in its order; what is picked, whoever holds it."""
    if line.lends:
        reason = QueueReason.URGENCY if line.night and not line.choice else QueueReason.CHOSEN
        taken = assignments_take(line.campaign, vetter, rows, count=count, reason=reason, exclude=exclude)
        if not (line.choice and line.choice.is_picked):
            return taken
    return list(rows.exclude(pk__in=exclude).values_list("pk", flat=True)[:count])


def lend_own(campaign: Campaign, vetter: User, *, count: int = PREFETCHED, exclude: Collection[int] = ()) -> list[int]:
    """Return the ids of what a page gets next in the campaign's own order."""
    leases = assignments_lease(campaign, vetter, count=count, exclude=exclude, most=MOST_SHOWN)
    return [lease.candidate_id for lease in leases]


def lend_named(campaign: Campaign, vetter: User, candidate: Candidate) -> None:
    """Lend the candidate that a link names, unless another vetter holds it: it is shown in any case."""
    rows = Candidate.objects.filter(pk=candidate.pk)
    assignments_take(campaign, vetter, rows, count=1, reason=QueueReason.CHOSEN)


def missing(line: Queue, vetter: User, rows: QuerySet[Candidate]) -> dict[str, Any]:
    """Say why a page gets less of a queue than is left: the campaign is halted, or others have the rest so long."""
    if not line.lends:
        return {}
    if line.campaign.status in HALTED:
        return {"nothing": HALTED[Campaign.Status(line.campaign.status)]}
    now = timezone.now()
    _, theirs = lent(line.campaign, vetter, now)
    waiting = rows.order_by().filter(pk__in=theirs).values_list("pk", flat=True) if theirs else []
    untils = [theirs[pk] for pk in waiting]
    if not untils:
        return {}
    return {"away": {"count": len(untils), "minutes": math.ceil((max(untils) - now) / dt.timedelta(minutes=1))}}


@require_POST
def borrowed(request: HttpRequest) -> JsonResponse:
    """Take back what a page has left, lend it anew what it goes on showing, and name what others have meanwhile."""
    given, vetter = sent.body(request), user_of(request)
    line = queue_asked(request)
    left, kept = sent.whole_numbers_in(given, "left"), sent.whole_numbers_in(given, "kept")
    assignments_return(line.campaign, vetter, left, lent_by=sent.time_in(given, "lent_by"))
    mine = lend(line, vetter, line.rows(vetter).filter(pk__in=kept), count=len(kept)) if kept else []
    return JsonResponse({"gone": [pk for pk in kept if pk not in mine], **stamp()})


def stamp() -> dict[str, Any]:
    """Return the time by which all was lent that an answer holds: what is lent anew later is another page's."""
    return {"lent_by": timezone.now().isoformat()}
