import numpy as np
import pytest

from scoring.simulation.config import Lognormal
from scoring.simulation.drawing import Trail, add_gaussian, add_trail, draw, ellipse, rough, smooth_field, spindle

TRAILS = [
    Trail(x=78.0, y=78.0, length=11.0, angle=0.0, sigma=0.9, amplitude=4.0),
    Trail(x=77.6, y=78.3, length=31.0, angle=37.0, sigma=1.06, amplitude=5.6),
    Trail(x=78.2, y=77.5, length=105.0, angle=122.0, sigma=1.48, amplitude=1.8),
    Trail(x=78.5, y=78.5, length=40.0, angle=90.0, sigma=3.0, amplitude=30.0),
]


def drawn(trail, **shape):
    image = np.zeros((157, 157), dtype=np.float32)
    add_trail(image, trail, **shape)
    return image


def moments(image):
    """Centroid, direction (degrees) and variances along and across the main axis."""
    y, x = np.indices(image.shape)
    total = image.sum()
    cx, cy = (x * image).sum() / total, (y * image).sum() / total
    dx, dy = x - cx, y - cy
    matrix = np.array([[(dx * dx * image).sum(), (dx * dy * image).sum()], [0, (dy * dy * image).sum()]]) / total
    values, vectors = np.linalg.eigh(matrix, UPLO="U")
    return cx, cy, np.degrees(np.arctan2(vectors[1, 1], vectors[0, 1])) % 180, values[1], values[0]


@pytest.mark.parametrize("trail", TRAILS)
def test_a_trail_holds_the_flux_that_its_length_width_and_amplitude_say(trail):
    assert drawn(trail).sum() == pytest.approx(trail.flux, rel=2e-3)


@pytest.mark.parametrize("trail", TRAILS)
def test_a_trail_lies_where_it_was_asked_for_and_along_its_angle(trail):
    x, y, angle, _, _ = moments(drawn(trail))
    assert (x, y) == pytest.approx((trail.x, trail.y), abs=0.02)
    assert (angle - trail.angle + 90) % 180 - 90 == pytest.approx(0, abs=0.1)


@pytest.mark.parametrize("trail", TRAILS)
def test_a_trail_is_as_long_and_as_wide_as_it_was_asked_for(trail):
    _, _, _, along, across = moments(drawn(trail))
    assert np.sqrt(12 * (along - trail.sigma**2)) == pytest.approx(trail.length, rel=0.01)
    assert np.sqrt(across) == pytest.approx(trail.sigma, rel=0.01)


def test_the_ridge_of_a_long_trail_is_its_amplitude():
    assert drawn(TRAILS[2]).max() == pytest.approx(TRAILS[2].amplitude, rel=0.01)


def test_the_ends_are_half_a_length_from_the_midpoint():
    (x0, y0), (x1, y1) = TRAILS[1].ends
    assert np.hypot(x1 - x0, y1 - y0) == pytest.approx(31)
    assert ((x0 + x1) / 2, (y0 + y1) / 2) == pytest.approx((77.6, 78.3))


def test_the_signal_to_noise_is_that_of_a_matched_filter():
    image = drawn(TRAILS[1])
    assert TRAILS[1].snr == pytest.approx(np.sqrt((image.astype(float) ** 2).sum()), rel=0.03)


def test_two_halves_of_a_trail_are_the_whole():
    whole = Trail(78, 78, 60, 0, 1.0, 3.0)
    halves = drawn(Trail(63, 78, 30, 0, 1.0, 3.0)) + drawn(Trail(93, 78, 30, 0, 1.0, 3.0))
    assert np.abs(drawn(whole) - halves).max() < 1e-5


def test_a_trail_beyond_the_image_draws_nothing():
    assert not drawn(Trail(400, -300, 20, 45, 1.0, 9.0)).any()


def test_a_profile_changes_the_brightness_along_the_trail():
    image = drawn(Trail(78, 78, 40, 0, 1.0, 4.0), profile=spindle(40))
    assert image[78, 78] == pytest.approx(4, rel=0.01)
    assert image[78, 92] == pytest.approx(4 * (1 - 0.7**2), rel=0.03)


def test_a_wobble_moves_the_ridge_sideways_and_keeps_the_flux():
    trail = Trail(78, 78, 40, 0, 1.2, 4.0)
    moved = drawn(trail, wobble=lambda along: np.full_like(along, 2.0))
    assert moved.sum() == pytest.approx(trail.flux, rel=0.01)
    assert moved[80, 78] == moved[:, 78].max()


def test_a_round_gaussian_holds_its_flux():
    image = np.zeros((157, 157), dtype=np.float32)
    add_gaussian(image, 70.3, 60.8, 2.0, 5.0)
    assert image.sum() == pytest.approx(5 * 2 * np.pi * 4, rel=1e-3)


def test_a_lognormal_has_its_median_and_is_cut_at_its_ends():
    rng, law = np.random.default_rng(1), Lognormal(2.0, 0.5, 1.0, 4.0)
    values = [draw(rng, law) for _ in range(4000)]
    assert np.median(values) == pytest.approx(2, rel=0.05)
    assert (min(values), max(values)) == (1.0, 4.0)


def test_a_rough_function_has_mean_square_one_and_is_smooth():
    values = rough(np.random.default_rng(2), 300, 5.0)(np.arange(-300, 300, dtype=np.float32))
    assert np.sqrt(np.mean(values**2)) == pytest.approx(1, rel=0.1)
    assert np.corrcoef(values[:-1], values[1:])[0, 1] > 0.95


def test_a_smooth_field_spans_zero_to_one():
    surface = smooth_field(np.random.default_rng(3), 3)
    assert (surface.min(), surface.max()) == (0, 1)
    assert np.abs(np.diff(surface, axis=0)).max() < 0.06


def test_an_ellipse_covers_its_area():
    assert ellipse(78, 78, 20, 60).sum() == pytest.approx(np.pi * 10 * 30, rel=0.02)
