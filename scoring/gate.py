"""The decision of DeepStreaks: plausible if at least one member of every family scores above its threshold."""

from collections.abc import Mapping

from scoring.families import Family

MemberScores = Mapping[Family, Mapping[str, float]]  # family → member → score


def family_maxima(scores: MemberScores) -> dict[Family, float]:
    """Best score of each family's members.

    Examples
    --------
    >>> family_maxima({Family.RB: {"a": 0.2, "b": 0.7}})
    {<Family.RB: 'rb'>: 0.7}
    """
    return {family: max(members.values()) for family, members in scores.items()}


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
