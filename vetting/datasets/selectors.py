"""The labelled set: which candidates an export holds, and each with its labels as they stood at one moment."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

from django.contrib.auth.models import User
from django.db.models import Count, Exists, FilteredRelation, Max, OuterRef, Prefetch, Q, QuerySet, Sum

from vetting.campaigns.consensus import Vote, standing
from vetting.campaigns.models import Adjudication, Assignment, Campaign, Consensus, Label, PoolItem
from vetting.campaigns.selectors import campaigns_visible, labels_standing
from vetting.campaigns.selectors.gold import gold_items
from vetting.campaigns.selectors.pool import pool
from vetting.candidates.models import Candidate, Cutout, Score, State

CHUNK = 500  # candidates in memory at a time


@dataclass(frozen=True, slots=True)
class Selection:
    """What to export; an empty tuple or None leaves that question open.

    ``classes`` means the consensus where ``decided`` is set, and any standing label or the consensus otherwise.
    """

    campaign: Campaign
    first_night: dt.date | None = None
    last_night: dt.date | None = None
    bands: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    vetters: tuple[str, ...] = ()
    decided: bool = True
    sealed: Q | None = None  # what blind campaigns keep from who exports; see `sight.sealed_for`


class Verdict(NamedTuple):
    """What the campaign's consensus says of one candidate: fields of its row, as stored; open without a row."""

    fine_class: str = ""
    voted_class: str = ""
    adjudicated_class: str = ""
    votes: int = 0
    agreeing: int = 0
    p_human: float | None = None
    p_fused: float | None = None
    conflict: str = ""
    retirement: str = ""


@dataclass(frozen=True, slots=True)
class Moment:
    """The labelled set as it stood when its export was begun: what is decided later changes nothing of it."""

    label: int  # latest one, 0 without any
    adjudication: int  # the same
    verdicts: dict[int, Verdict]  # by candidate, in the order of the export


@dataclass(frozen=True, slots=True)
class Record:
    """One candidate of the labelled set; ``history`` also holds the labels that no longer stand, and the undoings.

    ``adjudications`` are decisions, each with what took it back, if anything did; ``lent`` says by vetter why the
    candidate was handed out.
    """

    candidate: Candidate
    verdict: Verdict
    labels: list[Label]
    history: list[Label]
    adjudications: list[tuple[Adjudication, Adjudication | None]]
    lent: dict[int, Assignment]
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
    kept_back: int


def labelled(selection: Selection) -> QuerySet[Candidate]:
    """Return the candidates of a selection; what is in quarantine never is among them.

    What an adjudicator has decided needs no label that stands.
    """
    labels = labels_standing(selection.campaign).filter(candidate=OuterRef("pk"))
    consensus = Consensus.objects.filter(campaign=selection.campaign, candidate=OuterRef("pk")).exclude(fine_class="")
    if selection.vetters:
        labels = labels.filter(vetter__username__in=selection.vetters)
    if selection.classes:
        labels = labels if selection.decided else labels.filter(fine_class__in=selection.classes)
        consensus = consensus.filter(fine_class__in=selection.classes)
    wanted = Q(Exists(consensus)) if selection.decided else Q(Exists(labels)) | Q(Exists(consensus))
    if selection.vetters:
        wanted &= Q(Exists(labels))
    return within(selection).filter(wanted).order_by("night", "survey", "source_id")


def within(selection: Selection) -> QuerySet[Candidate]:
    """Return the candidates of the nights and filters of a selection, whatever people say of them."""
    found = Candidate.objects.exclude(state=State.QUARANTINED)
    if selection.sealed is not None:
        found = found.exclude(pk__in=Candidate.objects.filter(selection.sealed))
    if selection.bands:
        found = found.filter(band__in=selection.bands)
    if selection.first_night:
        found = found.filter(night__gte=selection.first_night)
    if selection.last_night:
        found = found.filter(night__lte=selection.last_night)
    return found


def kept_back(selection: Selection) -> int:
    """Count the candidates of the campaign, nights and filters that blind campaigns keep from who exports.

    Labelled or not, whatever their class: else the number would tell of votes that are hidden.
    """
    if selection.sealed is None:
        return 0
    return pool(selection.campaign).filter(selection.sealed, pk__in=within(replace(selection, sealed=None))).count()


def gold(selection: Selection) -> QuerySet[PoolItem]:
    """Return what is known of candidates besides their votes, decided or not: for managers alone."""
    rows = gold_items(selection.campaign).filter(candidate__in=within(selection))
    return rows.select_related("candidate").order_by("candidate__night", "candidate__survey", "candidate__source_id")


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
        kept_back=kept_back(selection),
    )


def latest_label(selection: Selection) -> Label | None:
    """Return the campaign's latest label: an export holds the set as it stood with it."""
    newest = Label.objects.filter(campaign=selection.campaign).aggregate(pk=Max("pk"))["pk"]
    return Label.objects.filter(pk=newest).first()


def moment(selection: Selection, *, label: int) -> Moment:
    """Return which candidates an export holds, and what is decided of each: read at once, so that the two agree."""
    row = FilteredRelation("consensus", condition=Q(consensus__campaign=selection.campaign))
    names = [f"row__{name}" for name in Verdict._fields]
    found = labelled(selection).annotate(row=row).values_list("pk", *names)
    newest = Adjudication.objects.filter(campaign=selection.campaign).aggregate(pk=Max("pk"))["pk"] or 0
    return Moment(
        label, newest, {pk: Verdict() if values[0] is None else Verdict(*values) for pk, *values in found.iterator()}
    )


def records(selection: Selection, at: Moment) -> Iterator[Record]:
    """Yield every candidate of a moment with its labels as they stood then, a chunk in memory at a time."""
    history = Label.objects.filter(campaign=selection.campaign, pk__lte=at.label).select_related(
        "vetter", "undoes", "campaign", "guideline"
    )
    settled = Adjudication.objects.filter(campaign=selection.campaign, pk__lte=at.adjudication)
    lent = Assignment.objects.filter(campaign=selection.campaign)
    ids = list(at.verdicts)
    for start in range(0, len(ids), CHUNK):
        rows = (
            Candidate.objects.filter(pk__in=ids[start : start + CHUNK])
            .order_by("night", "survey", "source_id")
            .prefetch_related(
                Prefetch("labels", queryset=history.order_by("labelled_at", "pk")),
                Prefetch("adjudications", queryset=settled.select_related("adjudicator").order_by("pk")),
                Prefetch("assignments", queryset=lent),
                Prefetch("scores", queryset=Score.objects.select_related("ensemble").order_by("ensemble__sha256")),
                Prefetch("cutouts", queryset=Cutout.objects.order_by("kind")),
            )
        )
        for row in rows:
            yield _record(row, at.verdicts[row.pk])


def _record(candidate: Candidate, verdict: Verdict) -> Record:
    history = list(candidate.labels.all())
    votes = standing(Vote(row.pk, row.vetter_id, row.fine_class, row.undoes_id) for row in history)
    kept = {vote.id for vote in votes.values()}
    settled = list(candidate.adjudications.all())
    undone = {row.undoes_id: row for row in settled}
    return Record(
        candidate=candidate,
        verdict=verdict,
        labels=[row for row in history if row.pk in kept],
        history=history,
        adjudications=[(row, undone.get(row.pk)) for row in settled if row.undoes_id is None],
        lent={row.vetter_id: row for row in candidate.assignments.all()},
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


def vetters(user: User) -> list[str]:
    """Return the names of those who have labelled in the campaigns that a user sees."""
    labels = Label.objects.filter(campaign__in=campaigns_visible(user).values("pk"), vetter=OuterRef("pk"))
    return list(User.objects.filter(Exists(labels)).order_by("username").values_list("username", flat=True))
