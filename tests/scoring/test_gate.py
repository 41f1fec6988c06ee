"""The v1 rule: one member of every family at or above its threshold."""

from itertools import product

import pytest

from scoring.families import Family
from scoring.gate import family_maxima, is_plausible

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
