import numpy as np
import pytest

from scoring.simulation.drawing import Trail, add_trail
from scoring.simulation.sharpening import Sharpening


def light(sigma):
    image = np.zeros((157, 157), dtype=np.float32)
    add_trail(image, Trail(78, 78, 20, 30, sigma, 10.0), None)
    return image


def test_sharpening_keeps_the_total_flux():
    image = light(1.0)
    assert Sharpening(2.0, (3.0, 1.0)).apply(image).sum() == pytest.approx(image.sum(), rel=1e-3)


def test_a_gain_of_zero_leaves_the_image_as_it_is():
    image = light(1.0)
    assert np.abs(Sharpening().apply(image) - image).max() < 1e-4


def test_a_cosmic_ray_gets_a_negative_rim_and_a_star_wide_streak_hardly_one():
    sharpening = Sharpening(rim=1.0)
    sharp, wide = sharpening.apply(light(0.4)), sharpening.apply(light(1.5))
    assert sharp.min() < -1
    assert wide.min() > -0.1


def test_stripes_alternate_from_pixel_to_pixel_along_their_axis():
    point = np.zeros((64, 64), dtype=np.float32)
    point[32, 32] = 1
    column = Sharpening(stripes=(0.0, 5.0), reach=4.0).apply(point)[34:46, 32]
    assert (np.sign(column[1:]) == -np.sign(column[:-1])).all()
