"""The v1 rule: one member of every family at or above its threshold."""

from itertools import product

import numpy as np
import pytest

from scoring.families import Family
from scoring.gate import cascade, family_maxima, flips, is_plausible

THRESHOLDS = {Family.RB: {"a": 0.5}, Family.SL: {"b": 0.5}, Family.KD: {"c": 0.5, "d": 0.9}}


@pytest.mark.parametrize("passing", list(product([True, False], repeat=3)))
def test_every_family_has_to_pass(passing):
    rb, sl, kd = (0.7 if passes else 0.3 for passes in passing)
    scores = {Family.RB: {"a": rb}, Family.SL: {"b": sl}, Family.KD: {"c": kd, "d": 0.1}}
    assert is_plausible(scores, THRESHOLDS) is all(passing)


@pytest.mark.parametrize(("c", "d", "plausible"), [(0.5, 0.0, True), (0.4, 0.9, True), (0.49, 0.89, False)])
def test_one_member_at_its_own_threshold_is_enough(c, d, plausible):
    scores = {Family.RB: {"a": 1.0}, Family.SL: {"b": 1.0}, Family.KD: {"c": c, "d": d}}
    assert is_plausible(scores, THRESHOLDS) is plausible


def test_a_familys_score_is_its_best_members():
    assert family_maxima({Family.KD: {"c": 0.2, "d": 0.6}}) == {Family.KD: 0.6}


NINE = {f"{name}_{family}": (family,) for name in ("small", "large", "deep") for family in Family}
SHARED = {"small": tuple(Family), "large": (Family.KD, Family.SL), "deep": (Family.RB,), "deep_kd": (Family.KD,)}


def drawn(members, seed):
    """Scores by member (50 cutouts, families), and thresholds; both on a coarse scale, so that they are often equal."""
    rng = np.random.default_rng(seed)
    scores = {member: rng.integers(0, 6, (50, len(families))) / 5 for member, families in members.items()}
    thresholds = {
        family: {member: rng.integers(1, 6) / 5 for member, families in members.items() if family in families}
        for family in Family
    }
    return scores, thresholds


def told(members, thresholds, scores, row):
    by_family = {
        family: {member: scores[member][row, members[member].index(family)] for member in asked}
        for family, asked in thresholds.items()
    }
    return is_plausible(by_family, thresholds)


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("members", [NINE, SHARED])
def test_the_cascade_decides_as_the_whole_rule(members, seed):
    scores, thresholds = drawn(members, seed)
    decided = cascade(50, members, thresholds, lambda member, rows: scores[member][rows])
    assert decided.tolist() == [told(members, thresholds, scores, row) for row in range(50)]


@pytest.mark.parametrize("members", [NINE, SHARED])
def test_the_cascade_shows_a_cutout_to_no_member_twice_and_to_many_not_at_all(members):
    scores, thresholds = drawn(members, 1)
    shown = []

    def ask(member, rows):
        shown.extend((member, row) for row in rows)
        return scores[member][rows]

    cascade(50, members, thresholds, ask)
    assert len(shown) == len(set(shown)) < 0.6 * 50 * len(members)


def test_what_the_strictest_family_turns_down_is_shown_to_no_other():
    members = {"rb": (Family.RB,), "kd": (Family.KD,)}
    asked = []
    cascade(
        3, members, {f: {f.value: 0.5} for f in (Family.RB, Family.KD)}, lambda m, r: asked.append(m) or 0 * r[:, None]
    )
    assert asked == ["kd"]


@pytest.mark.parametrize("values", list(product([0.0, 1.0], repeat=5)))
def test_a_member_flips_the_verdict_exactly_where_the_gate_decides_otherwise_with_it(values):
    names = [(Family.RB, "a"), (Family.RB, "b"), (Family.SL, "c"), (Family.KD, "d"), (Family.KD, "e")]

    def table(given):
        return {family: {m: v for (f, m), v in zip(names, given, strict=True) if f is family} for family in Family}

    thresholds = table([0.5] * 5)
    before = is_plausible(table(values), thresholds)
    other = [[1 - v if i == place else v for i, v in enumerate(values)] for place in range(5)]
    wanted = {name for name, v in zip(names, other, strict=True) if is_plausible(table(v), thresholds) is not before}
    assert flips(table(values), thresholds) == wanted
