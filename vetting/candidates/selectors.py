"""Reading candidates: batches for the scorer, and what people filter and sort by."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import (
    BooleanField,
    Case,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    FilteredRelation,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.utils import timezone

from scoring.detection import CutoutKind, Detection
from vetting.candidates.models import SCORED, Candidate, Cutout, SavedFilter, Score, State
from vetting.registry.models import Ensemble
from vetting.registry.selectors import active_ensemble

MAX_ATTEMPTS = 3
# A batch that killed its worker comes back in smaller pieces, so that only the poison reaches its last attempt.
SHRINK = (1, 8, None)


def unclaimed(now: datetime) -> dict[int, list[int]]:
    """Return ids of unscored candidates that no worker holds, oldest first, by attempts already begun."""
    stale = now - timedelta(seconds=settings.CLAIM_SECONDS)
    rows = (
        Candidate.objects.filter(Q(claimed_at=None) | Q(claimed_at__lt=stale), state=State.NEW)
        .order_by("pk")
        .values_list("pk", "attempts")[: settings.SCORING_BATCH * 8]
    )
    found: dict[int, list[int]] = {}
    for pk, attempts in rows:
        found.setdefault(attempts, []).append(pk)
    return found


def batch_size(attempts: int) -> int:
    """Return how many candidates share a task at their next attempt."""
    share = SHRINK[min(attempts, len(SHRINK) - 1)]
    return 1 if share is None else max(1, settings.SCORING_BATCH // share)


def as_detection(candidate: Candidate) -> Detection:
    """Give a candidate back as the detection that its reader made, without the cutouts."""
    half = (candidate.exptime or 0) / 86400 / 2
    return Detection(
        survey=candidate.survey,
        source_id=candidate.source_id,
        layout=candidate.layout,
        exposure=candidate.exposure,
        origin=candidate.origin,
        mjd_start=candidate.mjd_mid - half,
        mjd_end=candidate.mjd_mid + half,
        ra=candidate.ra,
        dec=candidate.dec,
        ra1=candidate.ra1,
        dec1=candidate.dec1,
        ra2=candidate.ra2,
        dec2=candidate.dec2,
        band=candidate.band,
        field=candidate.field,
        ccd=candidate.ccd,
        quadrant=candidate.quadrant,
        values=candidate.values,
    )


def scored(sealed: Q | None = None, *, ensemble: Ensemble | None = None) -> QuerySet[Candidate]:
    """Return candidates with what the active ensemble says of them and the class that the default campaign decided.

    What is sealed (`sight.sealed_for`) reads as unknown, so that no filter and no order tells it; ``seen_state`` says
    no more than that it is scored, since the rest is the gate's verdict and what the votes made of it. Campaigns lie
    above candidates, so their tables are reached through the reverse relation, never by an import. ``ensemble`` is the
    active one where the caller has it already.
    """
    decided = Candidate.objects.filter(pk=OuterRef("pk"), consensus__campaign__is_default=True)

    def seen(value: Any) -> Any:
        return value if sealed is None else Case(When(sealed, then=None), default=value)

    state: Any = F("state")
    if sealed is not None:
        told = Q(state__in=[State.QUEUED, State.REJECTED, State.VETTED])
        state = Case(When(sealed & told, then=Value(SCORED)), default=state)

    return Candidate.objects.annotate(
        active=FilteredRelation("scores", condition=Q(scores__ensemble=ensemble or active_ensemble())),
        is_sealed=Value(False) if sealed is None else ExpressionWrapper(sealed, output_field=BooleanField()),
        seen_state=state,
        rb=seen(F("active__rb")),
        sl=seen(F("active__sl")),
        kd=seen(F("active__kd")),
        p_asteroid=seen(F("active__p_asteroid")),
        plausible=seen(F("active__plausible")),
        unscorable=F("active__reason"),
        scored_at=F("active__scored_at"),
        known=seen(F("known_object")),
        has_difference=Exists(Cutout.objects.filter(candidate=OuterRef("pk"), kind=CutoutKind.DIFF)),
        label=seen(Subquery(decided.values("consensus__fine_class")[:1])),
    )


def in_order(ids: Sequence[int], rows: QuerySet[Candidate]) -> list[Candidate]:
    """Return the candidates of a page, in the order of their ids there and with what ``rows`` adds to them."""
    found = rows.in_bulk(ids)
    return [found[pk] for pk in ids if pk in found]


def voted_by(vetters: Q) -> QuerySet[Candidate, Any]:
    """Return ids of what some vetters have voted on in the default campaign: one set, found once.

    ``vetters`` is a condition on ``labels__vetter``.
    """
    votes = vetters & Q(labels__campaign__is_default=True, labels__action="label", labels__undone_by=None)
    return Candidate.objects.filter(votes).values("pk")


def filters_visible(user: Any) -> QuerySet[SavedFilter]:
    """Return the saved filters that somebody may use: the own ones, and those that all or a team of theirs share."""
    if user is None or not user.is_authenticated:
        return SavedFilter.objects.none()
    shared = Q(is_shared=True) | Q(team__in=user.groups.values("pk"))
    return SavedFilter.objects.filter(Q(owner=user) | shared).select_related("owner", "team")


def counts_by_scores(rows: QuerySet[Candidate], bounds: Q) -> dict[str, int]:
    """Count what bounds on scores let through, and what they gain and lose against the gate's own thresholds.

    One query: ``rows`` come from `scored` and hold both what the gate passed and what it rejected.
    """
    plausible, rejected = Q(plausible=True), Q(plausible=False)
    counted = rows.order_by().aggregate(
        total=Count("pk"),
        passing=Count("pk", filter=bounds),
        gate=Count("pk", filter=plausible),
        kept=Count("pk", filter=bounds & plausible),
        gained=Count("pk", filter=bounds & rejected),
    )
    return {**counted, "lost": counted["gate"] - counted["kept"]}


def thresholds_active(ensemble: Ensemble | None = None) -> dict[str, float]:
    """Return the least threshold of each family in the active ensemble: what one of its members must reach."""
    ensemble = ensemble or active_ensemble()
    families = {} if ensemble is None else ensemble.description.get("thresholds", {})
    return {family: min(members.values()) for family, members in families.items() if members}


def neighbours(candidate: Candidate) -> tuple[int | None, int | None]:
    """Return the ids of the candidates before and after this one in its night, by time."""
    night = Candidate.objects.filter(night=candidate.night)
    before = night.filter(Q(mjd_mid__lt=candidate.mjd_mid) | Q(mjd_mid=candidate.mjd_mid, pk__lt=candidate.pk))
    after = night.filter(Q(mjd_mid__gt=candidate.mjd_mid) | Q(mjd_mid=candidate.mjd_mid, pk__gt=candidate.pk))
    return (
        before.order_by("-mjd_mid", "-pk").values_list("pk", flat=True).first(),
        after.order_by("mjd_mid", "pk").values_list("pk", flat=True).first(),
    )


def nights() -> QuerySet[Candidate, date]:
    """Return every night that has candidates, latest first."""
    return Candidate.objects.order_by("-night").values_list("night", flat=True).distinct()


def nights_around(night: date) -> tuple[date | None, date | None]:
    """Return the nights with candidates before and after this one."""
    around = Candidate.objects.aggregate(
        before=Max("night", filter=Q(night__lt=night)), after=Min("night", filter=Q(night__gt=night))
    )
    return around["before"], around["after"]


def nights_summary(shown: Collection[date]) -> dict[date, dict[str, Any]]:
    """Count the candidates of some nights by state and by decided class, with the time that they span."""
    rows = Candidate.objects.filter(night__in=shown).order_by()
    counted = rows.values("night").annotate(
        total=Count("pk"),
        exposures=Count("exposure", distinct=True),
        start=Min("mjd_mid"),
        end=Max("mjd_mid"),
        **{state: Count("pk", filter=Q(state=state)) for state in State.values},
    )
    summary: dict[date, dict[str, Any]] = {row["night"]: {**row, "labels": {}} for row in counted}
    decided = rows.filter(consensus__campaign__is_default=True, consensus__fine_class__gt="")
    for night, label, count in decided.values_list("night", "consensus__fine_class").annotate(Count("pk")):
        summary[night]["labels"][label] = count
    return summary


def put_off_by(candidate: Candidate, user: User) -> Any:
    """Return how a user has put a candidate off, in whatever campaign, latest first; None where it is not."""
    due = Q(until=None) | Q(until__gt=timezone.now())
    return candidate.deferrals.filter(due, vetter=user, ended_at=None).order_by("-pk").first()


def labels_of(candidate: Candidate, user: User) -> list[tuple[Any, str]]:
    """Return the rows of a candidate's labels, latest first, each with what became of it.

    Of campaigns that the user has a part in: reached, as all of them here, by the reverse relation.
    """
    rows = candidate.labels.select_related("vetter", "campaign", "undoes", "undone_by")
    if not user.is_superuser:
        mine = Q(campaign__is_public=True) | Q(campaign__memberships__user=user)
        rows = rows.filter(mine).distinct()
    seen: set[tuple[int, int]] = set()
    found = []
    for row in rows.order_by("-pk"):
        voice = (row.campaign_id, row.vetter_id)
        if row.undoes is not None:
            outcome = ""
        elif hasattr(row, "undone_by"):
            outcome = "taken back"
        else:
            outcome = "replaced" if voice in seen else "stands"
            seen.add(voice)
        found.append((row, outcome))
    return found


def scores_of(candidate: Candidate) -> list[tuple[Score, list[tuple[str, float, float | None]]]]:
    """Return a candidate's scores, the active ensemble's first, each with its members' names, scores and thresholds."""
    found = []
    for row in candidate.scores.select_related("ensemble").order_by("-ensemble__is_active", "-pk"):
        families = row.ensemble.description.get("thresholds", {})
        thresholds = {name: least for members in families.values() for name, least in members.items()}
        # A network with several heads has a score for each: name:family.
        thresholds |= {f"{name}:{of}": least for of, members in families.items() for name, least in members.items()}
        found.append((row, [(name, value, thresholds.get(name)) for name, value in row.members.items()]))
    return found


NIGHT_COLUMNS = (
    "pk", "seen_state", "mjd_mid", "ra", "dec", "ccd", "quadrant", "length", "position_angle",
    "rb", "sl", "kd", "p_asteroid", "ingested_at", "scored_at",
)  # fmt: skip


def night_columns(night: date, *, sealed: Q | None) -> dict[str, list[Any]]:
    """Return the night's candidates as plain columns, least likely asteroid first, so that the best is drawn last."""
    rows = scored(sealed).filter(night=night).order_by(F("p_asteroid").asc(nulls_first=True), "pk")
    columns = zip(*rows.values_list(*NIGHT_COLUMNS), strict=True)
    return dict(zip(NIGHT_COLUMNS, map(list, columns), strict=False)) or {name: [] for name in NIGHT_COLUMNS}
