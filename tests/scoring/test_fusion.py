"""The correction of a network's logits by what the survey's fit says."""

import numpy as np
import pytest

from scoring.metadata import FEATURES

pytest.importorskip("keras", reason="the correction is fitted with the extra 'train'")

N = 240


@pytest.fixture(scope="module")
def fitted():
    """Logits that know nothing, and features of which one tells asteroids from blanks."""
    from scoring.fusion import fit_correction

    rng = np.random.default_rng(1)
    labels = np.array(["asteroid", "blank"] * (N // 2))
    logits = rng.standard_normal((N, 3))
    features = rng.standard_normal((N, len(FEATURES)))
    features[:, 0] += 6 * (labels == "asteroid")
    features[:, 1] = np.nan
    return fit_correction(logits, features, labels, np.full(N, "1")), logits, features, labels


def test_without_any_feature_the_logits_stay_as_they_came(fitted):
    correction, logits, features, _ = fitted
    assert np.array_equal(correction(logits, np.full_like(features, np.nan)), logits)


def test_a_feature_that_tells_asteroids_moves_their_logits_up(fitted):
    correction, logits, features, labels = fitted
    moved = (correction(logits, features) - logits)[:, 2]
    assert moved[labels == "asteroid"].mean() > moved[labels == "blank"].mean() + 1


def test_a_feature_that_was_never_known_does_no_harm(fitted):
    correction, logits, features, _ = fitted
    known = features.copy()
    known[:, 1] = 100
    assert np.allclose(correction(logits, known), correction(logits, features))


def test_fine_classes_are_left_to_the_pixels(fitted):
    correction, logits, features, _ = fitted
    with_classes = np.column_stack([logits, np.ones((N, 8))])
    assert np.array_equal(correction(with_classes, features)[:, 3:], np.ones((N, 8)))


@pytest.mark.filterwarnings("default")
def test_the_graph_corrects_as_the_numbers_do(fitted):
    import keras

    from scoring.fusion import corrected

    correction, logits, features, _ = fitted
    image = keras.Input((3,))
    graph = corrected(keras.Model(image, keras.layers.Identity()(image), name="pixels"), correction)
    features = np.where(np.arange(N)[:, None] % 3, features, np.nan)
    assert np.allclose(graph.predict([logits, features], verbose=0), correction(logits, features), atol=1e-4)


def test_a_large_night_does_not_outvote_a_small_one():
    from scoring.fusion import class_weights

    weights = class_weights(np.array(["blank"] * 5 + ["asteroid"]), np.array(["1"] * 4 + ["2"] * 2))
    assert weights[:4].sum() / weights[4] == pytest.approx(2)
    assert weights.sum() == pytest.approx(1)
