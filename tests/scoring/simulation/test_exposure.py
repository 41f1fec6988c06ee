from datetime import UTC, datetime

import numpy as np
import pytest
from astropy.coordinates import SkyCoord

from scoring.simulation.exposure import draw_exposure, quadrant_offset

MJD = 58548.483530


def exposure(channel=50, pointing=(165.0, 20.0)):
    return draw_exposure(np.random.default_rng(1), MJD, pointing, channel, field=662, band="r")


def test_the_name_and_the_identifier_follow_the_survey():
    assert exposure().name == "ztf_20190306483530_000662_zr_c13_o_q3"
    assert (
        str(exposure().pid) == f"{(datetime(2019, 3, 6, tzinfo=UTC) - datetime(2017, 1, 1, tzinfo=UTC)).days}483535015"
    )


def test_rows_count_towards_north_and_columns_towards_west():
    ra, dec = exposure().wcs.all_pix2world([[1500, 1500], [1600, 1500], [1500, 1600]], 0).T
    assert ra[1] < ra[0]
    assert dec[2] > dec[0]
    assert abs(dec[1] - dec[0]) < 0.02 * abs(dec[2] - dec[0])


def test_a_pixel_is_1_0125_arcsec():
    a, b = SkyCoord(exposure().wcs.all_pix2world([[1500, 1500], [1600, 1500]], 0), unit="deg")
    assert a.separation(b).arcsec == pytest.approx(101.25, rel=1e-4)


def test_every_quadrant_has_a_place_of_its_own():
    places = {quadrant_offset(ccd, quadrant) for ccd in range(1, 17) for quadrant in range(1, 5)}
    assert len(places) == 64


def test_a_quadrant_is_turned_the_same_way_in_every_exposure():
    assert exposure().rotation == exposure(pointing=(20.0, 50.0)).rotation
    assert exposure().rotation != exposure(channel=3).rotation


def test_the_noise_is_that_of_the_sky_and_the_readout():
    one = exposure()
    electrons = one.sky * 6.2 + 10**2
    assert one.noise == pytest.approx(np.sqrt(electrons * 1.05) / 6.2, rel=1e-6)
    assert 20 < one.limiting_magnitude < 22
