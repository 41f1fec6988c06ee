"""The correction of a network's logits by what the survey's fit says."""

import numpy as np
import pytest

from scoring.metadata import FEATURES

pytest.importorskip("keras", reason="the correction is fitted with the extra 'train'")
pytestmark = pytest.mark.filterwarnings("default")

N = 240


@pytest.fixture(scope="module")
def fitted():
    """Logits that know nothing, and features of which one tells asteroids from blanks."""
    from scoring.fusion import fit_fusion

    rng = np.random.default_rng(1)
    labels = np.array(["asteroid", "blank"] * (N // 2))
    logits = rng.standard_normal((N, 3)).astype(np.float32)
    features = rng.standard_normal((N, len(FEATURES))).astype(np.float32)
    features[:, 0] += 6 * (labels == "asteroid")
    features[:, 1] = np.nan
    return fit_fusion(logits, features, labels, np.full(N, "1"), epochs=150, seed=1), logits, features, labels


def test_without_any_feature_the_logits_stay_as_they_came(fitted):
    fusion, logits, features, _ = fitted
    assert np.array_equal(fusion.predict([logits, np.full_like(features, np.nan)], verbose=0), logits)


def test_a_feature_that_tells_asteroids_moves_their_logits_up(fitted):
    fusion, logits, features, labels = fitted
    moved = (fusion.predict([logits, features], verbose=0) - logits)[:, 2]
    assert moved[labels == "asteroid"].mean() > moved[labels == "blank"].mean() + 1


def test_a_feature_that_was_never_known_does_no_harm(fitted):
    fusion, logits, features, _ = fitted
    known = features.copy()
    known[:, 1] = 100
    assert np.isfinite(fusion.predict([logits, known], verbose=0)).all()


def test_a_large_night_does_not_outvote_a_small_one():
    from scoring.fusion import class_odds

    odds = class_odds(np.array(["blank"] * 5 + ["asteroid"]), np.array(["1"] * 4 + ["2"] * 2))
    assert odds[:4].sum() / odds[4] == pytest.approx(2)
    assert odds.sum() == pytest.approx(1)
