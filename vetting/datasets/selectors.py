"""The labelled set: which candidates an export holds, and each with its labels as they stood at one moment."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace

from django.contrib.auth.models import User
from django.db.models import Count, Exists, Max, OuterRef, Prefetch, QuerySet, Sum

from vetting.campaigns.consensus import Knowledge, Outcome, Policy, Vote, replay, standing
from vetting.campaigns.models import Adjudication, Campaign, Consensus, Label
from vetting.campaigns.selectors import labels_standing
from vetting.campaigns.services.consensus import policy_of, skill_of
from vetting.candidates.models import Candidate, Cutout, Score, State

CHUNK = 500  # candidates in memory at a time


@dataclass(frozen=True, slots=True)
class Selection:
    """What to export; an empty tuple or None leaves that question open.

    ``classes`` means the consensus where ``decided`` is set, and any standing label otherwise.
    """

    campaign: Campaign
    first_night: dt.date | None = None
    last_night: dt.date | None = None
    bands: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    vetters: tuple[str, ...] = ()
    decided: bool = True


@dataclass(frozen=True, slots=True)
class Record:
    """One candidate of the labelled set; ``history`` also holds the labels that no longer stand, and the undoings."""

    candidate: Candidate
    verdict: Outcome
    labels: list[Label]
    history: list[Label]
    scores: list[Score]
    cutouts: list[Cutout]


@dataclass(frozen=True, slots=True)
class Summary:
    """What an export will hold."""

    candidates: int
    labels: int
    decided: int
    cutouts: int
    cutout_bytes: int
    classes: dict[str, int]  # candidates by consensus


def labelled(selection: Selection) -> QuerySet[Candidate]:
    """Return the candidates of a selection; what is in quarantine never is among them."""
    labels = labels_standing(selection.campaign).filter(candidate=OuterRef("pk"))
    consensus = Consensus.objects.filter(campaign=selection.campaign, candidate=OuterRef("pk")).exclude(fine_class="")
    if selection.vetters:
        labels = labels.filter(vetter__username__in=selection.vetters)
    if selection.classes:
        labels = labels if selection.decided else labels.filter(fine_class__in=selection.classes)
        consensus = consensus.filter(fine_class__in=selection.classes)
    found = Candidate.objects.filter(Exists(labels)).exclude(state=State.QUARANTINED)
    if selection.decided:
        found = found.filter(Exists(consensus))
    if selection.bands:
        found = found.filter(band__in=selection.bands)
    if selection.first_night:
        found = found.filter(night__gte=selection.first_night)
    if selection.last_night:
        found = found.filter(night__lte=selection.last_night)
    return found.order_by("night", "survey", "source_id")


def summary(selection: Selection) -> Summary:
    """Count what an export of the selection would hold now."""
    found = labelled(selection).order_by().values("pk")
    cutouts = Cutout.objects.filter(candidate__in=found).aggregate(number=Count("pk"), size=Sum("size"))
    consensus = Consensus.objects.filter(campaign=selection.campaign, candidate__in=found).exclude(fine_class="")
    counts = consensus.values_list("fine_class").annotate(Count("pk")).order_by("fine_class")
    classes = {name.replace("_", " "): number for name, number in counts}
    return Summary(
        candidates=found.count(),
        labels=labels_standing(selection.campaign).filter(candidate__in=found).count(),
        decided=sum(classes.values()),
        cutouts=cutouts["number"],
        cutout_bytes=cutouts["size"] or 0,
        classes=classes,
    )


def latest_label(selection: Selection) -> Label | None:
    """Return the campaign's latest label: an export holds the set as it stood with it."""
    newest = Label.objects.filter(campaign=selection.campaign).aggregate(pk=Max("pk"))["pk"]
    return Label.objects.filter(pk=newest).first()


def records(selection: Selection, ids: list[int], *, until: int) -> Iterator[Record]:
    """Yield the candidates with their labels up to label ``until``, a chunk in memory at a time.

    The consensus is folded from those labels, so that labels which arrive during a long download change nothing.
    """
    history = Label.objects.filter(campaign=selection.campaign, pk__lte=until).select_related(
        "vetter", "undoes", "campaign", "guideline"
    )
    decided = Adjudication.objects.filter(campaign=selection.campaign, action="decide", undone_by=None).order_by("pk")
    policy, known = policy_of(selection.campaign), Knowledge(skill=skill_of(selection.campaign))
    for start in range(0, len(ids), CHUNK):
        rows = (
            Candidate.objects.filter(pk__in=ids[start : start + CHUNK])
            .order_by("night", "survey", "source_id")
            .prefetch_related(
                Prefetch("labels", queryset=history.order_by("labelled_at", "pk")),
                Prefetch("scores", queryset=Score.objects.select_related("ensemble").order_by("ensemble__sha256")),
                Prefetch("adjudications", queryset=decided),
                Prefetch("cutouts", queryset=Cutout.objects.order_by("kind")),
            )
        )
        for row in rows:
            record = _record(row, policy, known)
            if record.labels and (record.verdict.fine_class or not selection.decided):
                yield record


def _record(candidate: Candidate, policy: Policy, known: Knowledge) -> Record:
    history = list(candidate.labels.all())
    votes = [Vote(row.pk, row.vetter_id, row.fine_class, row.undoes_id) for row in history]
    kept = {vote.id for vote in standing(votes).values()}
    voted = replay(votes, policy, known)
    decided = [row.fine_class for row in candidate.adjudications.all()]
    return Record(
        candidate=candidate,
        verdict=replace(voted, fine_class=decided[-1]) if decided else voted,
        labels=[row for row in history if row.pk in kept],
        history=history,
        scores=list(candidate.scores.all()),
        cutouts=list(candidate.cutouts.all()),
    )


def survey_columns(ids: list[int]) -> list[str]:
    """Return the names of all the survey's own columns that the candidates have."""
    names: set[str] = set()
    for start in range(0, len(ids), CHUNK):
        chunk = Candidate.objects.filter(pk__in=ids[start : start + CHUNK])
        names.update(*chunk.values_list("values", flat=True))
    return sorted(names)


def vetters() -> list[str]:
    """Return the names of those who have labelled."""
    return list(
        User.objects.filter(Exists(Label.objects.filter(vetter=OuterRef("pk"))))
        .order_by("username")
        .values_list("username", flat=True)
    )
