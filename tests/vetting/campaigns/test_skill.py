import json

import numpy as np
import pytest

from scoring.families import Family, FineClass
from tests.vetting.campaigns.simulated_votes import RIGHT, simulate
from vetting.campaigns.skill import CODES, MISSING, SAYS, TASKS, Coin, Skill, codes, fit

RB, SL, KD = range(3)


def fit_all(*rows, **over):
    items, vetters, classes = zip(*rows, strict=True)
    return fit(items, vetters, codes(classes), **over)


def is_real(classes):
    return SAYS[classes, RB] == 1


def test_coins_come_near_the_skill_that_made_the_votes():
    votes = simulate(3000)
    found = fit(votes.items, votes.vetters, votes.classes).skill
    for person, right in enumerate(RIGHT):
        coin = found.coin(100 + person, Family.RB)
        assert (coin.sensitivity, coin.specificity) == pytest.approx((right, right), abs=0.04)


def test_skill_beats_the_majority():
    votes = simulate(3000)
    real = is_real(votes.truth)
    yes = np.bincount(votes.items, is_real(votes.classes))
    found = fit(votes.items, votes.vetters, votes.classes)
    by_majority, by_skill = ((yes > 2.5) == real).mean(), ((found.p_human[:, RB] > 0.5) == real).mean()
    assert by_skill > by_majority + 0.02


def test_probabilities_are_calibrated():
    votes = simulate(6000, votes=2)
    p = fit(votes.items, votes.vetters, votes.classes).p_human[:, RB]
    middle = (p > 0.2) & (p < 0.8)
    assert is_real(votes.truth)[middle].mean() == pytest.approx(p[middle].mean(), abs=0.06)


def test_a_bogus_vote_leaves_short_and_keep_missing():
    assert SAYS[CODES[FineClass.GHOST]].tolist() == [0, MISSING, MISSING]


def test_an_unsure_vote_says_nothing_to_any_task():
    assert SAYS[CODES[FineClass.UNSURE]].tolist() == [MISSING] * 3


def test_gold_is_held_fixed():
    found = fit_all((1, 7, "blank"), (1, 8, "blank"), (2, 7, "blank"), gold={1: "asteroid"})
    assert found.p_human[0].tolist() == [1, 1, 1]
    assert found.p_human[1, RB] < 0.5


def test_gold_does_not_make_asteroids_seem_frequent():
    rows = [(item, who, "ghost") for item in range(100) for who in (7, 8)]
    gold = [(100 + item, who, "asteroid") for item in range(40) for who in (7, 8)]
    found = fit_all(*rows, *gold, gold=dict.fromkeys(range(100, 140), "asteroid")).skill
    assert found.prevalence[Family.RB] == pytest.approx(fit_all(*rows).skill.prevalence[Family.RB], abs=0.01)
    assert found.coin(7, Family.RB).sensitivity > 0.95


def test_gold_teaches_who_is_right():
    rows = [(item, who, said) for item in range(20) for who, said in ((7, "asteroid"), (8, "blank"))]
    found = fit_all(*rows, gold=dict.fromkeys(range(10), "asteroid"))
    assert found.skill.coin(7, Family.RB).sensitivity > 0.9
    assert found.skill.coin(8, Family.RB).sensitivity < 0.5
    assert found.p_human[15, RB] > 0.9


def test_a_vetter_who_is_always_wrong_is_not_taken_at_the_word():
    votes = simulate(500)
    liar = np.where(is_real(votes.truth), CODES["blank"], CODES["asteroid"])
    items = np.concatenate([votes.items, np.arange(500)])
    found = fit(items, np.concatenate([votes.vetters, np.full(500, 66)]), np.concatenate([votes.classes, liar]))
    assert found.skill.coin(66, Family.RB).evidence(1) < 0


def test_the_order_of_the_votes_does_not_matter():
    votes = simulate(200)
    order = np.random.default_rng(2).permutation(len(votes.items))
    given = fit(votes.items, votes.vetters, votes.classes)
    shuffled = fit(votes.items[order], votes.vetters[order], votes.classes[order])
    assert shuffled.p_human == pytest.approx(given.p_human, abs=1e-9)


def test_no_votes_give_no_items_and_the_prior():
    found = fit([], [], codes([]))
    assert found.p_human.shape == (0, 3)
    assert found.skill.coin(7, Family.KD) == Coin()


def test_votes_that_are_all_unsure_leave_the_prevalence():
    found = fit_all((1, 7, "unsure"), (2, 7, "unsure"))
    assert found.p_human == pytest.approx(0.5)


def test_skill_survives_json():
    skill = fit_all((1, 7, "asteroid"), (1, 8, "blank")).skill
    assert Skill.from_json(json.loads(json.dumps(skill.as_json()))) == skill


def test_evidence_of_a_yes_and_a_no_are_log_likelihood_ratios():
    coin = Coin(0.9, 0.8)
    assert coin.evidence(1) == pytest.approx(np.log(0.9 / 0.2))
    assert coin.evidence(0) == pytest.approx(np.log(0.1 / 0.8))
    assert coin.evidence(MISSING) == 0


def test_every_task_has_its_column():
    assert tuple(TASKS) == tuple(Family)
