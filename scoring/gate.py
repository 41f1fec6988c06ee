"""The decision of DeepStreaks: plausible if at least one member of every family scores above its threshold."""

from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from scoring.families import Family

STRICTEST_FIRST = (Family.KD, Family.RB, Family.SL)  # kd turns most candidates down: the others need not be asked

Ask = Callable[[str, NDArray[np.intp]], NDArray[np.float64]]
MemberScores = Mapping[Family, Mapping[str, float]]  # family → member → score


def family_maxima(scores: MemberScores) -> dict[Family, float]:
    """Best score of each family's members.

    Examples
    --------
    >>> family_maxima({Family.RB: {"a": 0.2, "b": 0.7}})
    {<Family.RB: 'rb'>: 0.7}
    """
    return {family: max(members.values()) for family, members in scores.items()}


def members_of(scores: Mapping[str, float], family: Family, names: Iterable[str]) -> dict[str, float]:
    """Scores of a family's members; a network with several heads has one under ``name:family`` for each.

    Raises
    ------
    KeyError : a member has no score.

    Examples
    --------
    >>> members_of({"a": 0.2, "b:rb": 0.7, "b:kd": 0.1}, Family.RB, ["a", "b"])
    {'a': 0.2, 'b': 0.7}
    """
    heads = {name: f"{name}:{family}" for name in names}
    return {name: scores[head if head in scores else name] for name, head in heads.items()}


def is_plausible(scores: MemberScores, thresholds: MemberScores) -> bool:
    """Say whether every family has a member at or above its own threshold.

    Parameters
    ----------
    scores : score of each member of each family, 0-1.
    thresholds : threshold of each member; a family without a member here is not asked for.

    Examples
    --------
    >>> thresholds = {Family.RB: {"a": 0.5, "b": 0.6}, Family.KD: {"c": 0.4}}
    >>> is_plausible({Family.RB: {"a": 0.1, "b": 0.6}, Family.KD: {"c": 0.9}}, thresholds)
    True
    >>> is_plausible({Family.RB: {"a": 0.4, "b": 0.5}, Family.KD: {"c": 0.9}}, thresholds)
    False
    """
    return all(
        any(scores[family][member] >= least for member, least in members.items())
        for family, members in thresholds.items()
    )


def cascade(
    count: int, members: Mapping[str, Sequence[Family]], thresholds: MemberScores, ask: Ask
) -> NDArray[np.bool_]:
    """Give the verdicts of `is_plausible` for many cutouts, and ask as few members as they need.

    The strictest family comes first. A cutout that one of its members has let pass is not shown to the others; a cutout
    that none of them has let pass is shown to no other family.

    Parameters
    ----------
    count : number of cutouts.
    members : families that each member answers for, in the order in which a family's members are asked.
    thresholds : threshold of each member.
    ask : from a member and the rows of some cutouts to their scores, (rows, families of the member).

    Returns
    -------
    bool (count,) : whether each is plausible.

    Examples
    --------
    >>> scores = {"a": np.array([[0.9], [0.1]]), "b": np.array([[0.2], [0.3]])}
    >>> members = {"a": [Family.KD], "b": [Family.RB]}
    >>> thresholds = {Family.KD: {"a": 0.5}, Family.RB: {"b": 0.1}}
    >>> cascade(2, members, thresholds, lambda member, rows: scores[member][rows])  # b is asked about the first alone
    array([ True, False])
    """
    passed = {family: np.zeros(count, bool) for family in Family}
    asked = {member: np.zeros(count, bool) for member in members}
    plausible = np.ones(count, bool)
    for family in (family for family in STRICTEST_FIRST if family in thresholds):
        for member, families in members.items():
            rows = np.flatnonzero(plausible & ~passed[family] & ~asked[member])
            if family not in families or not rows.size:
                continue
            asked[member][rows] = True
            for column, scores in zip(families, ask(member, rows).T, strict=True):
                passed[column][rows] |= scores >= thresholds[column][member]
        plausible &= passed[family]
    return plausible


def flips(scores: MemberScores, thresholds: MemberScores) -> set[tuple[Family, str]]:
    """Members of whom one alone would turn the verdict by coming out on the other side of its threshold.

    Parameters
    ----------
    scores, thresholds : as of `is_plausible`.

    Returns
    -------
    set of (family, member) : for a plausible candidate the only member that passes in its family; for another one the
        members of the one family that fails. Empty where more than one member would have to change.

    Examples
    --------
    >>> thresholds = {Family.RB: {"a": 0.5, "b": 0.6}, Family.KD: {"c": 0.4}}
    >>> flips({Family.RB: {"a": 0.9, "b": 0.9}, Family.KD: {"c": 0.9}}, thresholds)
    {(<Family.KD: 'kd'>, 'c')}
    """
    passing = {
        family: [member for member, least in members.items() if scores[family][member] >= least]
        for family, members in thresholds.items()
    }
    failing = [family for family, members in passing.items() if not members]
    if not failing:
        return {(family, members[0]) for family, members in passing.items() if len(members) == 1}
    return {(failing[0], member) for member in thresholds[failing[0]]} if len(failing) == 1 else set()
