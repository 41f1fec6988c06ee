"""A small labelled set: two decided asteroids, one long trail, and one on which the vetters have not agreed."""

import datetime as dt
import io
import zipfile
from types import SimpleNamespace

import pytest
from django.utils import timezone

from scoring.families import FineClass
from tests.factories import MJD, make_candidate, make_cast, make_cutout, make_label, make_score
from vetting.campaigns.selectors import campaign_default
from vetting.datasets.archive import zip_stream
from vetting.datasets.exports import Export, export_members
from vetting.datasets.selectors import Selection


@pytest.fixture
def night(db):
    """Candidates by name, on two nights, with people who labelled them."""
    cast = make_cast()
    asteroid, trail, far, open_, plain = (
        make_candidate(mjd_mid=MJD + day, band=band) for day, band in [(0, "r"), (0, "r"), (1, "g"), (1, "r"), (1, "r")]
    )
    for candidate in (asteroid, trail, far, open_, plain):
        make_cutout(candidate)
        make_score(candidate)
    make_label(asteroid, cast.vetter, FineClass.ASTEROID)
    make_label(asteroid, cast.second_vetter, FineClass.ASTEROID)
    make_label(trail, cast.vetter, FineClass.LONG_TRAIL)
    make_label(far, cast.second_vetter, FineClass.ASTEROID)
    make_label(open_, cast.vetter, FineClass.UNSURE)
    make_label(open_, cast.second_vetter, FineClass.UNSURE)
    return SimpleNamespace(cast=cast, asteroid=asteroid, trail=trail, far=far, open=open_, plain=plain)


@pytest.fixture
def select(db):
    """Make a selection of the default campaign."""
    return lambda **over: Selection(**({"campaign": campaign_default()} | over))


@pytest.fixture
def files(select):
    """Export, and give back every file by its path."""

    def export(*formats, selection=None, **over):
        wanted = Export(selection or select(), formats or ("csv",), **over)
        members = export_members(wanted, now=timezone.now().astimezone(dt.UTC))
        with zipfile.ZipFile(io.BytesIO(b"".join(zip_stream(members, wanted.stamp)))) as archive:
            return {name: archive.read(name) for name in archive.namelist()}

    return export
