"""Fixtures of every test: real data where it lies beside the project, files of a test in a folder of its own."""

from pathlib import Path

import pytest

REAL_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def real_data() -> Path:
    if not REAL_DATA.is_dir():
        pytest.skip(f"the real nights are not here: expected them in {REAL_DATA}")
    return REAL_DATA


@pytest.fixture(autouse=True)
def _own_files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture(autouse=True)
def _quick(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.WHITENOISE_AUTOREFRESH = True  # or every client of a test lists 2,000 static files first


@pytest.fixture(autouse=True)
def _default_campaign(request):
    """Make the migrations' campaign anew: a test that empties the tables may have run before, in whatever order."""
    marker = request.node.get_closest_marker("django_db")
    empties = {"transactional_db", "live_server"} & set(request.fixturenames)
    if not empties and ("db" in request.fixturenames or (marker and not marker.kwargs.get("transaction"))):
        from tests import factories

        request.getfixturevalue("db")
        factories.make_default_campaign()
