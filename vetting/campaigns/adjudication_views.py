"""The adjudication page: one contested candidate at a time, its votes side by side, decided by one key."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from scoring.families import FineClass
from vetting.campaigns import sent, services
from vetting.campaigns.campaign_views import carried_out, sentence
from vetting.campaigns.cards import with_scores
from vetting.campaigns.keys import KEYS, NAMES
from vetting.campaigns.members import member_strip
from vetting.campaigns.models import Adjudication, Campaign, Consensus, Role
from vetting.campaigns.selectors import campaign_for, classes_offered, guideline_current, inbox
from vetting.campaigns.selectors.adjudication import adjudications_standing, with_votes
from vetting.candidates.frames import frames_version
from vetting.candidates.models import Candidate
from vetting.common import ApplicationError, user_of

RECENT = 5  # decisions that can be taken back from the page
MOST_SKIPPED = 30  # ids that the address of the page keeps


@never_cache
@require_safe
def adjudicate(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what waits longest of what the adjudicator has not skipped, or the contested candidate that is named."""
    campaign = campaign_for(request.user, pk, Role.ADJUDICATOR)
    waiting = inbox(campaign)
    named = sent.ids(request.GET.get("candidate", ""))[:1]
    row = (
        waiting.filter(candidate__in=named).first() or waiting.exclude(candidate__in=_skipped(request, waiting)).first()
    )
    return _page(request, campaign, row, refused={})


def _page(
    request: HttpRequest, campaign: Campaign, row: Consensus | None, *, refused: Mapping[str, str], status: int = 200
) -> HttpResponse:
    """Draw the page; ``refused`` is the choice and comment that were not taken, as another decision stands by now."""
    waiting, stand = inbox(campaign), adjudications_standing(campaign)
    skipped = _skipped(request, waiting)
    context: dict[str, Any] = {
        "campaign": campaign,
        "row": row,
        "waiting": waiting.count(),
        "undo": uuid4(),
        "recent": stand[:RECENT],
        "skipped": _listed(skipped),
    }
    if row:
        others = [pk for pk in skipped if pk != row.candidate_id]
        context |= _shown(campaign, row.candidate_id) | {
            "stands": stand.filter(candidate=row.candidate_id).first(),
            **refused,
            "next": _listed([*others, row.candidate_id]),
        }
    return render(request, "campaigns/adjudicate.html", context, status=status)


def _skipped(request: HttpRequest, waiting: QuerySet[Consensus]) -> list[int]:
    """Return the candidates that the adjudicator leaves for later; none once nothing else is left."""
    skipped = sent.ids(request.GET.get("skip", ""))
    return skipped if waiting.exclude(candidate__in=skipped).exists() else []


def _listed(ids: Sequence[int]) -> str:
    """Write the latest ids as an address holds them."""
    return ",".join(map(str, ids[-MOST_SKIPPED:]))


def _shown(campaign: Campaign, pk: int) -> dict[str, Any]:
    """Return what is shown of the candidate besides its votes."""
    candidate = with_scores(Candidate.objects.filter(pk=pk)).get()
    score = next(iter(candidate.scores.all()), None)
    offered = set(classes_offered(guideline_current(campaign))) - {FineClass.UNSURE.value}
    return {
        "candidate": candidate,
        "version": frames_version(candidate),
        "score": score,
        "strip": member_strip(score),
        "keys": [key for key in KEYS if key.fine_class in offered],
        "comments": candidate.comments.filter(withdrawn_at=None).select_related("author"),
        "uuid": uuid4(),  # the decision's own: sent twice, it is one
        "actions": [
            {"name": f"class.{key.fine_class}", "keys": [key.digit, key.letter], "group": "Decide", "says": key.name}
            for key in KEYS
            if key.fine_class in offered
        ],
    }


@require_POST
def decide(request: HttpRequest, pk: int, candidate: int) -> HttpResponse:
    """Decide a candidate and go on to the next one."""
    campaign = campaign_for(request.user, pk, Role.ADJUDICATOR)
    row = get_object_or_404(Candidate, pk=candidate)
    fine_class = request.POST.get("fine_class", "")
    comment = request.POST.get("comment", "").strip()[:1000]
    seen = request.POST.get("replaces")
    try:
        services.adjudication_decide(
            row,
            campaign=campaign,
            adjudicator=user_of(request),
            uuid=sent.uuid_in(request.POST, "uuid"),
            fine_class=fine_class,
            comment=comment,
            replaces=sent.uuid_in(request.POST, "replaces") if seen else None,
        )
    except ApplicationError as error:
        messages.error(request, sentence(str(error)))
        shown = with_votes(campaign).filter(candidate=row).first()
        refused = {"choice": NAMES.get(fine_class, ""), "comment": comment}
        return _page(request, campaign, shown, refused=refused, status=error.status)
    messages.success(request, f"{row.source_id}: {NAMES[fine_class]}.")
    skipped = _listed(_skipped(request, inbox(campaign)))
    return redirect(reverse("adjudicate", args=[pk]) + (f"?skip={skipped}" if skipped else ""))


@require_POST
def take_back(request: HttpRequest, pk: int, decision: UUID) -> HttpResponse:
    """Take a decision back; its candidate is shown again where it is contested."""
    campaign = campaign_for(request.user, pk, Role.ADJUDICATOR)
    row = get_object_or_404(Adjudication.objects.select_related("candidate"), campaign=campaign, uuid=decision)
    new = sent.uuid_in(request.POST, "uuid")
    carried_out(
        request,
        lambda: services.adjudication_undo(campaign=campaign, adjudicator=user_of(request), uuid=new, undoes=row.uuid),
        lambda _: f"{row.candidate.source_id}: “{NAMES[row.fine_class]}” taken back.",
    )
    return redirect("adjudicate", pk)
