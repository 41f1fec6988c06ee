import pytest

from scoring.readers.names import from_cutout, from_image, from_pid


def test_an_image_name_tells_the_exposure():
    found = from_image("/night/ztf_20171019483530_000662_zr_c13_o_q3_scimrefdiffimg.fits")
    assert (found.name, found.band, found.field) == ("ztf_20171019483530_000662_zr_c13_o_q3", "r", 662)
    assert (found.ccd, found.quadrant, found.rcid, found.nid) == (13, 3, 50, 291)
    assert found.mjd_start == pytest.approx(58045.483530)


@pytest.mark.parametrize("name", ["", "ztf_20171319483530_000662_zr_c13_o_q3", "ztf_20171019483530_000662_zr_c17_o_q3"])
def test_a_name_of_no_day_or_ccd_is_none(name):
    assert from_image(name) is None


def test_a_pid_tells_night_time_and_quadrant():
    found = from_pid(291483535015)
    assert (found.ccd, found.quadrant, found.band, found.field) == (13, 3, "", None)
    assert found.mjd_start == pytest.approx(58045.48353)


@pytest.mark.parametrize("pid", [0, 15, 291483535016, 291483536415])
def test_a_number_that_is_no_pid_is_none(pid):
    assert from_pid(pid) is None


def test_a_cutout_name_tells_streakid_and_pid():
    assert from_cutout("strkid2914835350150002_pid291483535015_scimref.jpg") == (2914835350150002, 291483535015)


@pytest.mark.parametrize(
    "name",
    [
        "streak.jpg",
        "strkid2914835350150002_pid291483535016_scimref.jpg",
        "strkid2914835350150002_pid291483535015_scimref.jpg.exe",
        "../strkid2914835350150002_pid291483535015_scimref.jpg",
        "strkid\u0662914835350150002_pid291483535015_scimref.jpg",
    ],
)
def test_a_name_that_contradicts_itself_or_hides_something_is_none(name):
    assert from_cutout(name) is None
