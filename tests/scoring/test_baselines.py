"""Gradient boosting on the columns of the survey's table, where scikit-learn is installed."""

import numpy as np
import pytest

from scoring.detection import Detection

baselines = pytest.importorskip("scoring.baselines", reason="needs the extra 'train'", exc_type=ImportError)


@pytest.fixture(scope="module")
def streaks():
    """Asteroids are longer than the rest; eight groups of thirty, of which the last two are of another kind."""
    rng = np.random.default_rng(1)
    truth = rng.random(240) < 0.3
    lengths = 15 + 20 * truth + rng.normal(0, 3, 240)
    detections = [Detection("ZTF", "", "ipac-early", "", "", values={"length": length}) for length in lengths]
    return detections, truth, np.repeat(np.arange(8), 30)


def test_columns_that_tell_are_learnt_from_the_other_folds(streaks):
    detections, truth, groups = streaks
    logits = baselines.gradient_boosting(detections, truth, groups % 2)
    assert np.median(logits[truth]) > 2 > -2 > np.median(logits[~truth])


def test_a_fold_is_scored_without_its_own_labels(streaks):
    detections, truth, groups = streaks
    turned = np.where(groups == 7, ~truth, truth)
    first, second = (baselines.gradient_boosting(detections, labels, groups) for labels in (truth, turned))
    np.testing.assert_array_equal(first[groups == 7], second[groups == 7])


def test_without_a_table_there_is_no_baseline(streaks):
    _, truth, groups = streaks
    plain = [Detection("", "a.png", "folder", "", "a.png")] * len(truth)
    assert baselines.gradient_boosting(plain, truth, groups) is None


def test_folds_do_not_share_a_group(streaks):
    groups = np.char.add("night ", streaks[2].astype(str))
    fold = baselines.group_folds(groups)
    assert len(set(fold)) == 8
    assert all(len(set(fold[groups == name])) == 1 for name in set(groups))
