"""Issue to export on real ZTF nights: served as a user serves it, scored by the worker without a hand on it."""

import csv
import io
import re
import zipfile

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import log_in
from tests.browser.test_scan import press
from tests.factories import PASSWORD
from tests.site import Site, free_port

pytestmark = pytest.mark.timeout(1500)  # alone it takes a minute

ROWS = 3401  # of the real tables; one has no cutout
CROWDED = "Candidate.objects.filter(state='queued').values('night').annotate(n=Count('pk')).order_by('-n')[0]['night']"


@pytest.fixture(scope="module")
def served(real_data, tmp_path_factory):
    """Yield the address of a site that has read and scored the real nights, and the site."""
    home, port = tmp_path_factory.mktemp("real"), free_port()
    site = Site(STATE_DIR=str(home), DATABASE_URL=f"sqlite:///{home}/db.sqlite3", SCORING_BATCH="128").prepared()
    with site.running("manage.py", "serve", "--port", str(port)):
        nights = str(real_data / "ztf-streaks" / "nights")
        expected = f"received {ROWS} = new {ROWS - 1} + duplicate 0 + quarantined 1"
        assert expected in site.manage("ingest", nights)
        assert f"new 0 + duplicate {ROWS - 1} + quarantined 1" in site.manage("ingest", nights)
        site.wait("Candidate.objects.filter(state='new').count()", "0", seconds=1200)
        user = f"from django.contrib.auth.models import User; User.objects.create_user('vera', password='{PASSWORD}')"
        site.manage("shell", "--no-imports", "-c", user)
        yield f"http://127.0.0.1:{port}", site


def test_every_row_is_accounted_for_and_scored(served):
    _, site = served
    assert site.query("Candidate.objects.count(), Score.objects.count()") == f"{ROWS - 1} {ROWS - 1}"


def test_twenty_labels_of_a_real_night_one_redone_are_in_the_export(served, chromium, tmp_path):
    address, site = served
    page = chromium.new_page(base_url=address)
    log_in(page)
    page.goto(f"/scan/?night={site.query(CROWDED)}")
    press(page, "1" * 19 + "2u3")
    expect(page.locator("#counts")).to_have_text(re.compile("^20 done"))
    expect(page.locator("#unsaved")).to_be_hidden()
    page.reload()
    expect(page.locator("#counts")).to_have_text(re.compile("^20 done"))
    page.goto("/export/")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()
    path = tmp_path / "export.zip"
    download.value.save_as(path)
    page.close()
    assert sorted(classes(path)) == ["asteroid"] * 19 + ["flashes"]


def classes(path):
    """Fine class of every label that stands in an exported zip."""
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        name = next(name for name in archive.namelist() if name.endswith("labels.csv"))
        text = archive.read(name).decode()
    rows = csv.DictReader(line for line in io.StringIO(text) if not line.startswith("#"))
    return [row["fine_class"] for row in rows]
