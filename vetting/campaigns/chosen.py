"""What a page scans: a campaign's own work, or the default campaign's night, whole or as filters choose from it."""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from vetting.campaigns import sent
from vetting.campaigns.deferrals import deferrals_listed
from vetting.campaigns.models import Campaign, Deferral, Role
from vetting.campaigns.selectors import (
    Progress,
    campaign_for,
    campaigns_visible,
    labels_untaken,
    night_latest,
    nights_to_scan,
    progress,
    queue,
)
from vetting.campaigns.selectors.pool import to_vet
from vetting.candidates.filters import CandidateFilter, parameters_of
from vetting.candidates.models import Candidate, State
from vetting.candidates.selectors import scored
from vetting.candidates.sight import sealed_for
from vetting.common import ApplicationError, user_of

WAITING = (State.QUEUED, State.REJECTED)  # what a filter brings up unless it names a state
UNSCANNED = (State.NEW, State.QUARANTINED)
NOT_CHOICES = {"night", "sort"}  # the page scans one night at a time, best first
TURNED = {"state", "label", "judged"}  # filters that a vetter's own label may turn


@dataclass(frozen=True, slots=True)
class Chosen:
    """Candidates that the filters find and a label may be given to; the filters as an address, and in words.

    ``judged`` holds them after the label, too. What was picked one by one is shown whoever holds it.
    """

    rows: QuerySet[Candidate]
    judged: QuerySet[Candidate]
    query: str
    name: str
    is_picked: bool = False
    begun: dt.datetime | None = None  # of a sweep through what is put off: when the page was opened


@dataclass(frozen=True, slots=True)
class Queue:
    """What a page scans: a night, the nights that hold something, and what was chosen among them.

    Without a night it is what the campaign lends, in the campaign's own order.
    """

    campaign: Campaign
    night: dt.date | None
    nights: list[tuple[dt.date, int]]
    choice: Chosen | None

    @property
    def lends(self) -> bool:
        """Say whether what is shown is lent to the vetter meanwhile."""
        return self.night is None or self.campaign.assigns

    @property
    def query(self) -> str:
        """Return the queue as an address."""
        if self.night is None:
            return f"campaign={self.campaign.pk}"
        return f"night={self.night}" + (f"&{self.choice.query}" if self.choice else "")

    def rows(self, vetter: User) -> QuerySet[Candidate]:
        """Return what the vetter has still to judge of it."""
        if self.night is None:
            return to_vet(self.campaign, vetter)
        return queue(self.campaign, vetter, night=self.night, **_among(self.choice))

    def progress(self, vetter: User, waiting: QuerySet[Candidate]) -> Progress:
        """Count what the vetter has judged of it and what is left."""
        among = self.choice.judged if self.choice else None
        return progress(self.campaign, vetter, waiting, night=self.night, among=among)


def campaign_opened(request: HttpRequest) -> Campaign:
    """Return the campaign that is asked for; without one the default, or else the first that this user vets in."""
    mine = campaigns_visible(request.user, Role.VETTER)
    named = request.GET.get("campaign")
    if named is None and not mine.filter(is_default=True).exists():
        first = mine.exclude(status=Campaign.Status.CLOSED).first()
        if first:
            return first
    return campaign_for(request.user, named, Role.VETTER)


def queue_opened(request: HttpRequest, campaign: Campaign) -> Queue | None:
    """Return what a page opens with: without a night, the latest that holds work for this vetter; None without any."""
    if not campaign.is_default:
        return Queue(campaign, None, [], None)
    choice = chosen(request, campaign)
    nights = nights_to_scan(campaign, user_of(request), **_among(choice))
    night = sent.night(request.GET.get("night")) or (nights[0][0] if nights else night_latest())
    return Queue(campaign, night, nights, choice) if night else None


def queue_asked(request: HttpRequest) -> Queue:
    """Return what a page that is open asks more of."""
    campaign = campaign_for(request.user, request.GET.get("campaign"), Role.VETTER)
    if not campaign.is_default:
        return Queue(campaign, None, [], None)
    night = sent.night(request.GET.get("night"))
    if night is None:
        raise ApplicationError("expected night=YYYY-MM-DD, got none")
    return Queue(campaign, night, [], chosen(request, campaign))


def _among(choice: Chosen | None) -> dict[str, Any]:
    return {"among": choice.rows, "swept_since": choice.begun} if choice else {}


def chosen(request: HttpRequest, campaign: Campaign) -> Chosen | None:
    """Return what the address chooses; None where it sets no filter, and the queue is the gate's."""
    if request.GET.get("put_off"):
        return _put_off(request, campaign)
    given = {name: value for name, value in parameters_of(request.GET).items() if name not in NOT_CHOICES}
    if request.GET.get("filter"):
        given["filter"] = request.GET["filter"]
    if not given:
        return None
    everything = scored(sealed_for(request.user))
    found = CandidateFilter(given, queryset=everything, request=request)
    if not found.is_valid():
        wrong = "; ".join(f"{name}: {' '.join(map(str, errors))}" for name, errors in found.errors.items())
        raise ApplicationError(f"expected filters that can be read, got {wrong}")
    saved = found.form.cleaned_data["filter"]
    state = given.get("state") or (saved.parameters.get("state") if saved else None)
    rows = found.qs.order_by() if state == State.VETTED else found.qs.order_by().filter(state__in=WAITING)
    picked = f"{given['ids'].count(',') + 1} picked candidates" if "ids" in given else "your filters"
    rows = rows.exclude(state__in=UNSCANNED)
    judged = everything.order_by()
    for parameters in (given, saved.parameters if saved else {}):
        lasting = {name: value for name, value in parameters.items() if name not in {"filter", *TURNED}}
        judged = CandidateFilter(lasting, queryset=judged, request=request).qs.order_by()
    return Chosen(rows, judged, urlencode(given), str(saved or picked), is_picked="ids" in given)


def _put_off(request: HttpRequest, campaign: Campaign) -> Chosen:
    """Return what is listed as put off in one way, the vetter's own included; what is put off meanwhile is not."""
    user, kind = user_of(request), request.GET["put_off"]
    if kind not in set(Deferral.Kind):
        raise ApplicationError(f"expected put_off to be one of {', '.join(Deferral.Kind)}, got {kind!r}")
    begun = sent.time_in(request.GET, "begun") or timezone.now()
    before = {"kind": kind, "created_at__lt": begun}
    listed = deferrals_listed(campaign, user, sealed=sealed_for(user)).filter(**before)
    rows = Candidate.objects.filter(pk__in=listed.values("candidate")).exclude(state__in=UNSCANNED)
    since = labels_untaken(campaign).filter(vetter=user, labelled_at__gte=begun)
    was = Deferral.objects.filter(**before, campaign=campaign)
    judged = Candidate.objects.filter(pk__in=was.values("candidate")).filter(pk__in=since.values("candidate"))
    query = urlencode({"put_off": kind, "begun": begun.isoformat()})
    return Chosen(rows, judged, query, Deferral.Kind(kind).label, begun=begun)
