"""The member scores of a candidate as a strip: families down, networks across, and what would turn the verdict."""

from collections.abc import Mapping
from dataclasses import dataclass

from scoring.families import Family
from scoring.gate import flips, members_of
from vetting.candidates.models import Score

SAYS = {Family.RB: "real or bogus", Family.SL: "short or long", Family.KD: "keep or ditch"}


@dataclass(frozen=True, slots=True)
class Member:
    """One network's score for one family; ``flips`` where this score alone, on the other side, turns the verdict."""

    network: str
    value: float
    threshold: float
    passes: bool
    flips: bool


@dataclass(frozen=True, slots=True)
class Row:
    """The members of one family."""

    family: str
    says: str
    passes: bool
    members: list[Member]


@dataclass(frozen=True, slots=True)
class Strip:
    """All rows, and in words what would turn the verdict."""

    rows: list[Row]
    flip: str


def member_strip(score: Score | None) -> Strip | None:
    """Set each member's score beside its threshold in the ensemble that gave it; None where there is nothing."""
    if score is None or score.plausible is None:
        return None
    stated: Mapping[str, Mapping[str, float]] = score.ensemble.description.get("thresholds", {})
    thresholds = {family: dict(stated[family]) for family in Family if stated.get(family)}
    try:
        scores = {family: members_of(score.members, family, members) for family, members in thresholds.items()}
    except KeyError:  # scored before the ensemble had this member
        return None
    if not scores:
        return None
    turning = flips(scores, thresholds)
    rows = [
        _row(family, scores[family], members, {name for of, name in turning if of is family})
        for family, members in thresholds.items()
    ]
    return Strip(rows, _in_words(rows, is_plausible=all(row.passes for row in rows)))


def _row(family: Family, scores: Mapping[str, float], thresholds: Mapping[str, float], turning: set[str]) -> Row:
    members = [
        Member(_network(name, family), scores[name], least, scores[name] >= least, name in turning)
        for name, least in thresholds.items()
    ]
    return Row(family.value, SAYS[family], any(member.passes for member in members), members)


def _network(name: str, family: Family) -> str:
    """Name a network without the family that stands beside it."""
    return name.removeprefix(f"{family}_").removesuffix(f"_{family}")


def _in_words(rows: list[Row], *, is_plausible: bool) -> str:
    has_one = len({member.network for row in rows for member in row.members}) == 1
    turning = [
        row.family if has_one else f"{row.family} of {member.network}"
        for row in rows
        for member in row.members
        if member.flips
    ]
    if turning:
        return f"{' or '.join(turning)} {'below' if is_plausible else 'at or above'} its threshold"
    if is_plausible:
        return "no single member: two or more pass in every family"
    return f"no single member: {' and '.join(row.family for row in rows if not row.passes)} all fail"
