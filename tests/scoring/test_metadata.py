"""What a model learns of a streak from the survey's fit."""

import doctest

import numpy as np
import pytest

from scoring import metadata
from scoring.detection import Detection, Rejection
from scoring.metadata import FEATURES, features
from scoring.readers import discover

PLACED = {"mjd_start": 58000.0, "mjd_end": 58000.0 + 30 / 86400, "ra1": 10.0, "dec1": 0.0, "ra2": 10.01, "dec2": 0.0}


def of(values=None, **more):
    detection = Detection("ZTF", "1", "ipac-early", "exposure", "origin", values=values or {}, **more)
    return dict(zip(FEATURES, features(detection).tolist(), strict=True))


def test_the_example_of_the_documentation():
    assert doctest.testmod(metadata).failed == 0


def test_a_plain_cutout_has_no_features():
    assert np.isnan(features(Detection("", "a.png", "folder", "", "a.png"))).all()


def test_a_negative_width_of_the_fit_means_its_absolute_value():
    assert of({"sigma": -10.0})["width"] == 1


def test_the_rate_follows_from_the_endpoints_and_the_exposure():
    assert 10 ** of(**PLACED)["rate"] == pytest.approx(0.01 / (30 / 86400), rel=1e-4)


def test_the_order_of_the_endpoints_means_nothing():
    errors = {"ra1err": 1.0, "dec1err": 2.0, "corr1": 0.3, "ra2err": 3.0, "dec2err": 4.0, "corr2": 0.1}
    turned = {name.replace("1", "3").replace("2", "1").replace("3", "2"): value for name, value in errors.items()}
    np.testing.assert_equal(of(errors), of(turned))


def test_nothing_tells_the_night_the_place_or_the_verdict_of_the_survey():
    other = {**PLACED, "mjd_start": 59000.0, "mjd_end": 59000.0 + 30 / 86400, "ra1": 200.0, "ra2": 200.01}
    known = {"length": 20.0, "flux": 100.0}
    one = of({**known, "prob": 0.1}, field=1, ccd=2, band="g", ra=10.0, dec=0.0, **PLACED)
    two = of({**known, "prob": 0.9}, field=700, ccd=9, band="r", ra=200.0, dec=0.0, **other)
    assert one == pytest.approx(two, nan_ok=True, rel=1e-4)


@pytest.mark.parametrize("value", [0.0, -1.0])
def test_what_has_no_logarithm_is_not_known(value):
    assert np.isnan(of({"chi2": value})["chi2"])


def test_a_far_background_keeps_its_sign():
    assert (of({"bg": -99.0})["bg"], of({"bg": 99.0})["bg"]) == (-2, 2)


def test_every_feature_is_known_of_real_streaks(real_data):
    night = real_data / "ztf-streaks" / "nights"
    sources = discover(night, verify=False)[:20]
    known = [features(unit) for source in sources for unit in source.read() if not isinstance(unit, Rejection)]
    assert np.isfinite(np.array(known)).any(axis=0).all()


def test_an_alert_of_a_point_source_has_few(real_data):
    sources = discover(real_data / "ztf-alerts", verify=False)[:5]
    known = [np.isfinite(features(unit)).sum() for source in sources for unit in source.read()]
    assert known
    assert max(known) <= 2
