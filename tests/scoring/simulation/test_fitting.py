import numpy as np
import pytest
from astropy.coordinates import SkyCoord

from scoring.families import FineClass
from scoring.simulation import PAINTERS
from scoring.simulation.drawing import Trail
from scoring.simulation.exposure import draw_exposure
from scoring.simulation.fitting import FITS, fit_streak, table_values
from scoring.simulation.scene import Truth

STREAK = Trail(1500.3, 1400.7, 40.0, 62.0, 1.1, 8.0)
EXPOSURE = draw_exposure(np.random.default_rng(1), 58548.3, (165.0, 20.0), 17, field=500, band="r")


def fits(fine_class=FineClass.ASTEROID, trail=STREAK, n=300):
    rng = np.random.default_rng(2)
    return [fit_streak(Truth(fine_class, trail), (STREAK.x, STREAK.y), rng) for _ in range(n)]


def test_there_is_a_law_for_every_class():
    assert FITS.keys() == PAINTERS.keys()


def test_the_errors_are_those_that_the_fit_states():
    results = fits()
    pulls = [(fit.trail.length - STREAK.length) / fit.length_error for fit in results]
    assert np.mean(pulls) == pytest.approx(0, abs=0.2)
    assert np.std(pulls) == pytest.approx(1, abs=0.15)


def test_a_fitted_asteroid_has_its_length_angle_and_width():
    trails = [fit.trail for fit in fits()]
    assert np.mean([trail.length for trail in trails]) == pytest.approx(40, abs=0.1)
    assert np.mean([trail.angle for trail in trails]) == pytest.approx(62, abs=0.1)
    assert np.mean([trail.sigma for trail in trails]) == pytest.approx(1.1, abs=0.01)


def test_a_piece_of_a_long_trail_is_fitted_on_the_trail_where_the_finder_saw_it():
    longest = Trail(STREAK.x + 30, STREAK.y, 240.0, 0.0, 1.2, 3.0)
    results = fits(FineClass.LONG_TRAIL, longest)
    assert np.median([fit.trail.length for fit in results]) < 80
    assert np.median([fit.trail.x for fit in results]) == pytest.approx(STREAK.x, abs=0.3)


def test_no_fit_is_shorter_than_the_detector_s_limit():
    assert all(fit.trail.length >= 10 for fit in fits(FineClass.BLANK, None))


def test_the_endpoints_of_the_table_are_those_of_the_fit_on_the_sky():
    fit = fits(n=1)[0]
    row = table_values(fit, FineClass.ASTEROID, EXPOSURE, np.random.default_rng(3))
    ends = EXPOSURE.wcs.all_world2pix([(row["ra1"], row["dec1"]), (row["ra2"], row["dec2"])], 0)
    assert ends == pytest.approx(np.array(sorted(fit.trail.ends)), abs=1e-4)


def test_length_and_endpoints_of_the_table_agree():
    row = table_values(fits(n=1)[0], FineClass.ASTEROID, EXPOSURE, np.random.default_rng(3))
    a, b = SkyCoord([row["ra1"], row["ra2"]], [row["dec1"], row["dec2"]], unit="deg")
    assert a.separation(b).arcsec / 1.0125 == pytest.approx(abs(row["length"]), rel=1e-3)


@pytest.mark.parametrize("fine_class", PAINTERS)
def test_every_column_is_a_finite_number_and_errors_are_positive(fine_class):
    rng = np.random.default_rng(4)
    row = table_values(fits(fine_class, None, n=1)[0], fine_class, EXPOSURE, rng)
    assert all(np.isfinite(value) for value in row.values())
    assert all(value > 0 for name, value in row.items() if name.endswith("err"))
    assert 0 <= row["prob"] <= 1
    assert abs(row["corr1"]) < 1


def test_some_lengths_and_widths_are_negative_as_in_the_survey_s_tables():
    rng, fit = np.random.default_rng(5), fits(n=1)[0]
    rows = [table_values(fit, FineClass.ASTEROID, EXPOSURE, rng) for _ in range(1000)]
    assert 2 <= sum(row["length"] < 0 for row in rows) <= 20
    assert 10 <= sum(row["sigma"] < 0 for row in rows) <= 60
