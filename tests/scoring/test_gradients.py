"""Integrated gradients and activation maximisation, on a tiny network that learns asteroids from blanks."""

import numpy as np
import pytest

from scoring.preprocessing import NOISE, SKY
from tests.scoring.conftest import drawn

pytestmark = pytest.mark.filterwarnings("default")


def images(fine_class, count, seed=1):
    """Networks' input (count, 144, 144, 1)."""
    return (1 - drawn(fine_class, count, seed)[:, 6:150, 6:150, None] / np.float32(255)).astype(np.float32)


def tiny(seed):
    import keras

    keras.utils.set_random_seed(seed)
    layers = [
        keras.Input((144, 144, 1)),
        keras.layers.Rescaling(float(1 / NOISE), float(-SKY / NOISE)),
        keras.layers.Conv2D(8, 5, strides=2, activation="relu"),
        keras.layers.Conv2D(12, 5, strides=2, activation="relu"),
        keras.layers.GlobalMaxPooling2D(),
        keras.layers.Dense(1),
    ]
    return keras.Sequential(layers)


@pytest.fixture(scope="module")
def untrained():
    pytest.importorskip("keras", reason="gradients need the extra 'train'")
    return tiny(2)


@pytest.fixture(scope="module")
def trained():
    keras = pytest.importorskip("keras", reason="gradients need the extra 'train'")
    network = tiny(1)
    network.compile(keras.optimizers.Adam(5e-3), keras.losses.BinaryCrossentropy(from_logits=True))
    x, y = np.concatenate([images("asteroid", 96), images("blank", 96)]), np.repeat([1.0, 0.0], 96)
    network.fit(x, y, batch_size=16, epochs=6, verbose=0)
    return network


@pytest.fixture(scope="module")
def streaks():
    return images("asteroid", 4, seed=9)


def correlation(first, second):
    return float(np.corrcoef(first.ravel(), second.ravel())[0, 1])


def test_the_shares_of_the_pixels_add_up_to_the_logit_over_empty_sky(trained, streaks):
    from scoring.gradients import integrated_gradients

    sky = np.full((1, 144, 144, 1), SKY, np.float32)
    over_sky = float(trained(streaks[:1])[0, 0] - trained(sky)[0, 0])
    found = integrated_gradients(trained, streaks[0, ..., 0], steps=256, batch=64)
    assert found.sum() == pytest.approx(over_sky, rel=0.05)


def test_integrated_gradients_lie_on_the_streak(trained, streaks):
    from scoring.gradients import integrated_gradients

    for image in streaks[..., 0]:
        row, column = np.unravel_index(integrated_gradients(trained, image).argmax(), image.shape)
        assert image[max(row - 2, 0) : row + 3, max(column - 2, 0) : column + 3].max() > 0.6


def test_an_untrained_network_explains_nothing(trained, untrained, streaks):
    from scoring.gradients import integrated_gradients

    pairs = [[integrated_gradients(network, image) for network in (trained, untrained)] for image in streaks[..., 0]]
    assert np.mean([correlation(*pair) for pair in pairs]) < 0.3


def test_the_most_active_image_scores_above_every_streak(trained, streaks):
    from scoring.gradients import most_active

    image = most_active(trained, steps=40)
    assert (image.shape, image.min() >= 0, image.max() <= 1) == ((144, 144), True, True)
    assert float(trained(image[None, ..., None])[0, 0]) > np.asarray(trained(streaks)).max()


def test_a_head_that_is_not_there_is_a_clear_error(untrained):
    from scoring.gradients import most_active

    with pytest.raises(ValueError, match="expected a head from 0 to 0, but came 2"):
        most_active(untrained, head=2)


def test_an_image_of_another_size_is_a_clear_error(untrained):
    from scoring.gradients import integrated_gradients

    with pytest.raises(ValueError, match="144 x 144"):
        integrated_gradients(untrained, np.zeros((157, 157), np.float32))
