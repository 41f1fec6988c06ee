from datetime import date

import numpy as np
import pytest

from vetting.campaigns.gold import GoldVote, gold_scores, missed_by_night, share

ANN = 1
FIRST, SECOND = date(2018, 7, 1), date(2018, 7, 2)


def vote(fine_class, truth="asteroid", *, night=FIRST):
    return GoldVote(ANN, night, fine_class, truth)


def test_sensitivity_and_specificity_are_of_asteroids_and_of_the_rest():
    score = gold_scores([vote("asteroid"), vote("ghost"), vote("ghost", "blank"), vote("asteroid", "ghost")])[ANN]
    assert (score.sensitivity.hits, score.sensitivity.total) == (1, 2)
    assert (score.specificity.hits, score.specificity.total) == (1, 2)


def test_unsure_is_neither_right_nor_wrong():
    score = gold_scores([vote("unsure"), vote("asteroid")])[ANN]
    assert (score.sensitivity.total, score.unsure) == (1, 1)


def test_a_share_has_wilsons_interval():
    got = share(202, 210)
    assert (got.low, got.high) == pytest.approx((0.927, 0.981), abs=5e-4)


def test_a_share_of_nothing_is_not_a_number():
    assert np.isnan([share(0, 0).value, share(0, 0).low]).all()


def test_missed_asteroids_are_counted_by_night():
    votes = [vote("ghost"), vote("asteroid"), vote("asteroid", night=SECOND), vote("ghost", "ghost")]
    missed = missed_by_night(votes)
    assert [(n, s.hits, s.total) for n, s in missed.items()] == [(FIRST, 1, 2), (SECOND, 0, 1)]


def test_an_unsure_vote_misses_no_asteroid():
    assert missed_by_night([vote("unsure")])[FIRST].hits == 0
