"""Intervals over blocks: all draws at once give what one draw after the other gives."""

import numpy as np
import pytest

from scoring.evaluation import auc, average_precision, precision_recall, tpr_at_fpr
from scoring.intervals import FPR_GRID, RECALL_GRID, Draws, interval, ranked_draws

SCORES = np.array([0.9, 0.8, 0.8, 0.6, 0.4, 0.2])
TRUTH = np.array([True, True, False, True, False, False])
RATES = (0.01, 0.34)


@pytest.fixture
def sample():
    """Scores with ties, some blocks without a positive."""
    rng = np.random.default_rng(3)
    truth = rng.random(200) < 0.2
    return np.round(rng.random(200) + 0.5 * truth, 2), truth, rng.integers(12, size=200)


def one_by_one(statistic, scores, truth, draws):
    rows = np.arange(len(scores))
    for times in draws.times:
        drawn = np.repeat(rows, times[draws.of_block].astype(int))
        if 0 < truth[drawn].sum() < len(drawn):
            yield statistic(scores[drawn], truth[drawn])


def test_every_draw_has_as_many_blocks_as_there_are(sample):
    draws = Draws.of(sample[2], draws=30)
    assert (draws.times.sum(axis=1) == 12).all()


@pytest.mark.parametrize(
    ("statistic", "of"),
    [
        (auc, lambda found: found.auc),
        (average_precision, lambda found: found.average_precision),
        (lambda s, t: tpr_at_fpr(s, t, 0.01), lambda found: found.tpr_at[:, 0]),
        (lambda s, t: tpr_at_fpr(s, t, 0.34), lambda found: found.tpr_at[:, 1]),
        (lambda s, t: tpr_at_fpr(s, t, FPR_GRID[40]), lambda found: found.tpr[:, 40]),
    ],
)
def test_all_draws_at_once_agree_with_one_after_the_other(sample, statistic, of):
    scores, truth, blocks = sample
    draws = Draws.of(blocks, draws=40)
    assert of(ranked_draws(scores, truth, draws, RATES)) == pytest.approx(
        list(one_by_one(statistic, scores, truth, draws))
    )


def test_precision_is_the_best_of_what_recalls_enough(sample):
    scores, truth, _ = sample
    whole = Draws(np.ones((1, 1)), np.zeros(len(scores), int))
    precision, recall, _ = precision_recall(scores, truth)
    expected = [precision[recall >= wanted - 1e-12].max() for wanted in RECALL_GRID]
    assert ranked_draws(scores, truth, whole).precision[0] == pytest.approx(expected)


def test_blocks_are_drawn_whole():
    scores, truth, rows = np.tile(SCORES, 20), np.tile(TRUTH, 20), np.arange(120)
    assert interval(ranked_draws(scores, truth, Draws.of(rows // 6, 50)).auc) == pytest.approx((5 / 6, 5 / 6))
    low, high = interval(ranked_draws(scores, truth, Draws.of(rows, 50)).auc)
    assert low < 5 / 6 < high


def test_a_draw_without_a_positive_is_left_out():
    draws = Draws(np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([0, 0, 1]))
    assert len(ranked_draws([0.9, 0.1, 0.2], [1, 0, 0], draws).auc) == 1


def test_a_share_is_not_known_where_nothing_was_drawn():
    draws = Draws(np.array([[2.0, 1.0], [0.0, 1.0]]), np.array([0, 0, 1]))
    assert draws.share([True, False, True], [True, True, False]) == pytest.approx([0.5, np.nan], nan_ok=True)


def test_what_no_draw_can_measure_has_no_interval():
    assert interval(np.array([np.nan])) is None
