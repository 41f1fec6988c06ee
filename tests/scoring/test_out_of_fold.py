"""Thresholds as they are written down."""

import numpy as np
import pytest

from scoring.out_of_fold import OutOfFold, thresholds_of, written


@pytest.mark.parametrize(
    ("threshold", "kept"),
    [(0.12345678, 0.123457), (0.00004, 0.00004), (4.1234e-7, 4.1e-7), (0.99996, 0.99996), (0.99999987, 0.99999987)],
)
def test_a_threshold_keeps_enough_digits_near_0_and_1(threshold, kept):
    assert written(threshold) == kept


@pytest.mark.parametrize("threshold", [0.0, 1.0, np.inf])
def test_no_threshold_is_written_that_all_or_none_passes(threshold):
    assert 0 < written(threshold) < 1


def test_thresholds_of_sure_networks_lie_between_their_scores():
    logits = np.where(np.arange(40)[:, None] < 20, -12.0, -10.0) * np.ones(3)
    labels = np.array(["blank"] * 20 + ["asteroid"] * 20)
    nothing = np.zeros(40, int)
    thresholds = thresholds_of(OutOfFold(labels, labels, labels, nothing, logits))
    assert all(6.2e-6 < least < 4.6e-5 for least in thresholds.values())
