"""Figures against examples that were worked out by hand."""

import numpy as np
import pytest

from scoring.evaluation import (
    auc,
    average_precision,
    completeness,
    precision_recall,
    reliability,
    roc,
    threshold_at_fpr,
    tpr_at_fpr,
    wilson,
)

SCORES = [0.9, 0.8, 0.8, 0.6, 0.4, 0.2]
TRUTH = [1, 1, 0, 1, 0, 0]


def test_equal_scores_make_one_step():
    curve = roc(SCORES, TRUTH)
    assert curve.tpr.tolist() == pytest.approx([0, 1 / 3, 2 / 3, 1, 1, 1])
    assert curve.fpr.tolist() == pytest.approx([0, 0, 1 / 3, 1 / 3, 2 / 3, 1])
    assert curve.threshold.tolist() == [np.inf, 0.9, 0.8, 0.6, 0.4, 0.2]


def test_auc_counts_pairs_and_ties_as_half():
    assert auc(SCORES, TRUTH) == pytest.approx((3 + 2.5 + 2) / 9)


def test_scores_that_say_nothing_have_auc_one_half():
    assert auc([0.5] * 6, TRUTH) == 0.5


def test_tpr_at_fpr_takes_a_threshold_that_exists():
    assert tpr_at_fpr(SCORES, TRUTH, 0.0) == pytest.approx(1 / 3)
    assert tpr_at_fpr(SCORES, TRUTH, 0.3) == pytest.approx(1 / 3)
    assert tpr_at_fpr(SCORES, TRUTH, 0.34) == 1


def test_threshold_at_fpr_reaches_that_rate():
    assert threshold_at_fpr(SCORES, TRUTH, 0.34) == 0.6


def test_precision_and_recall():
    precision, recall, thresholds = precision_recall(SCORES, TRUTH)
    assert precision.tolist() == pytest.approx([1, 2 / 3, 3 / 4, 3 / 5, 1 / 2])
    assert recall.tolist() == pytest.approx([1 / 3, 2 / 3, 1, 1, 1])
    assert thresholds.tolist() == [0.9, 0.8, 0.6, 0.4, 0.2]


def test_reliability_by_bin():
    table = reliability([0.1, 0.1, 0.9, 0.9, 0.9, 1.0], [0, 1, 1, 1, 0, 1], bins=2)
    assert table.predicted.tolist() == pytest.approx([0.1, 0.925])
    assert table.observed.tolist() == pytest.approx([0.5, 0.75])
    assert table.error == pytest.approx((2 * 0.4 + 4 * 0.175) / 6)


def test_completeness_leaves_empty_bins_and_unknown_quantities_out():
    table = completeness([1, 0, 1, 1], [11, 12, 40, np.nan], [10, 20, 30, 40])
    assert (table.low.tolist(), table.high.tolist()) == ([10, 30], [20, 40])
    assert (table.found.tolist(), table.count.tolist()) == ([1, 1], [2, 1])
    assert (table.share_low < table.share).all()


def test_wilsons_interval_is_that_of_deepstreaks_known_objects():
    low, high = wilson(202, 210)
    assert (round(float(low), 3), round(float(high), 3)) == (0.927, 0.981)


def test_average_precision_weights_each_threshold_by_the_recall_that_it_adds():
    assert average_precision(SCORES, TRUTH) == pytest.approx((1 + 2 / 3 + 3 / 4) / 3)


@pytest.mark.parametrize(
    ("scores", "truth", "expected"),
    [
        ([0.1, 0.2], [1, 1], "positives and negatives"),
        ([0.1], [1, 0], "of one length"),
        ([0.1, np.nan], [1, 0], "finite"),
    ],
)
def test_input_that_has_no_roc_is_refused(scores, truth, expected):
    with pytest.raises(ValueError, match=expected):
        roc(scores, truth)
