import numpy as np
import pytest

from scoring.camera import alert_midpoint, pixel_matrix
from scoring.detection import Detection


def at(ccd, quadrant, dec=40.0, survey="ZTF"):
    return Detection(survey, "1", "", "", "", ra=10.0, dec=dec, ccd=ccd, quadrant=quadrant)


def turn(detection):
    """Angle of north against the array's y axis, degrees, positive where north leans to the left."""
    (_, north_x), (_, north_y) = np.linalg.inv(np.array(pixel_matrix(detection)))
    return np.degrees(np.arctan2(-north_x, north_y))


@pytest.mark.parametrize(("ccd", "quadrant", "expected"), [(12, 3, 2.8), (12, 4, 2.07), (9, 4, -2.8), (10, 2, -0.45)])
def test_meridians_converge_away_from_the_centre_of_the_field(ccd, quadrant, expected):
    assert turn(at(ccd, quadrant)) == pytest.approx(expected, abs=0.05)


def test_south_of_the_equator_they_lean_the_other_way():
    assert turn(at(12, 3, dec=-40.0)) == pytest.approx(-turn(at(12, 3)))


def test_at_the_equator_nothing_turns():
    assert turn(at(16, 2, dec=0.0)) == 0


@pytest.mark.parametrize("unknown", [at(None, 1), at(1, None), at(1, 1, dec=None), at(1, 1, survey="ATLAS")])
def test_where_the_place_in_the_camera_is_not_known_nothing_turns(unknown):
    assert turn(unknown) == 0


def test_the_scale_stays_the_same_whatever_the_turn():
    assert np.sqrt(abs(np.linalg.det(pixel_matrix(at(9, 4, dec=80.0))))) * 3600 == pytest.approx(1.0125)


@pytest.mark.parametrize(
    ("xpos", "ypos", "size", "expected"),
    [
        (11, 1500, (42, 63), (10, 31)),
        (3061, 1500, (42, 63), (31, 31)),
        (1500, 11, (63, 42), (31, 10)),
        (1500, 3069, (63, 42), (31, 31)),
    ],
)
def test_an_alert_at_an_edge_is_placed_from_that_edge(xpos, ypos, size, expected):
    assert alert_midpoint({"xpos": xpos, "ypos": ypos}, size) == expected
