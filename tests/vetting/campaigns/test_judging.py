import numpy as np
import pytest

from scoring.families import Family, FineClass
from tests.vetting.campaigns.simulated_votes import simulate
from vetting.campaigns.judging import class_probabilities, judge, leading
from vetting.campaigns.retirement import Step, adaptive, fixed
from vetting.campaigns.skill import CLASSES, Coin, Skill, fit

ANN, BEN, CAT = 1, 2, 3
RARE = Skill({Family.RB: 0.1, Family.SL: 0.5, Family.KD: 0.3}, {})


def votes(*classes):
    return list(enumerate(classes))


def test_one_candidate_is_judged_as_the_fit_judges_it():
    many = simulate(300)
    found = fit(many.items, many.vetters, many.classes)
    for item in range(5):
        own = [(v, CLASSES[c]) for i, v, c in zip(many.items, many.vetters, many.classes, strict=True) if i == item]
        assert judge(own, found.skill).p_human == pytest.approx(found.p_human[item], abs=2e-3)


def test_without_votes_the_prevalence_is_all_that_is_known():
    judged = judge([], RARE)
    assert judged.p_human == pytest.approx((0.1, 0.5, 0.3))
    assert judged.fine_class == ""


def test_equal_votes_make_surer():
    sureness = [judge(votes(*["asteroid"] * n), RARE).sureness for n in (1, 2, 3)]
    assert sureness[1] < sureness[2]


def test_a_skilled_vetter_outweighs_two_poor_ones():
    right = {ANN: 0.99, BEN: 0.6, CAT: 0.6}
    coins = {vetter: dict.fromkeys(Family, Coin(share, share)) for vetter, share in right.items()}
    skill = Skill(dict.fromkeys(Family, 0.5), coins)
    assert judge([(ANN, "asteroid"), (BEN, "blank"), (CAT, "blank")], skill).fine_class == "asteroid"


def test_bogus_votes_say_nothing_of_keep_or_short():
    assert judge(votes("ghost", "blank"), RARE).p_human[1:] == pytest.approx((0.5, 0.3))


def test_within_bogus_the_votes_choose_the_class():
    assert judge(votes("ghost", "blank", "ghost")).fine_class == "ghost"


def test_two_classes_that_tie_leave_it_open():
    assert judge(votes("ghost", "blank")).fine_class == ""


def test_class_probabilities_sum_to_one():
    rng = np.random.default_rng(1)
    table = class_probabilities(rng.random((50, 3)), rng.integers(0, 3, (50, 9)).astype(float))
    assert table.sum(axis=1) == pytest.approx(1)


def test_unsure_votes_alone_name_no_class():
    counts = np.zeros((1, 9))
    counts[0, CLASSES.index(FineClass.UNSURE)] = 2
    assert leading(np.array([[0.9, 0.9, 0.9]]), counts)[0] == -1


@pytest.mark.parametrize(
    ("classes", "step"),
    [
        ([], Step.ASK),
        (["blank"], Step.ASK),
        (["blank", "blank"], Step.RETIRE),
        (["blank", "ghost"], Step.ADJUDICATE),
        (["unsure", "blank"], Step.RETIRE),
        (["unsure", "unsure"], Step.ADJUDICATE),
    ],
)
def test_a_fixed_number_of_votes(classes, step):
    assert fixed(judge(votes(*classes)), votes=2).step is step


@pytest.mark.parametrize(
    ("classes", "step"),
    [
        ([], Step.ASK),
        (["blank"], Step.RETIRE),  # 10 % are real: one vote for bogus is enough
        (["asteroid"], Step.ASK),
        (["asteroid"] * 2, Step.ASK),
        (["asteroid"] * 3, Step.RETIRE),
        (["asteroid", "asteroid", "blank", "blank", "cosmic_ray"], Step.ADJUDICATE),
        (["unsure"], Step.ASK),
        (["unsure", "unsure"], Step.ADJUDICATE),
    ],
)
def test_votes_are_asked_for_until_it_is_sure(classes, step):
    assert adaptive(judge(votes(*classes), RARE)).step is step


def test_the_adaptive_rule_keeps_to_its_least_number_of_votes():
    assert adaptive(judge(votes("blank"), RARE), votes=2).step is Step.ASK
