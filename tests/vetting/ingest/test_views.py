import pytest

from scoring.detection import Rejection
from tests.factories import make_cast
from vetting.candidates.models import Candidate
from vetting.ingest.models import IngestBatch
from vetting.ingest.services import units_store

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(client):
    client.force_login(make_cast().vetter)

    def text():
        return client.get("/ingest/").content.decode()

    return text


def test_an_empty_site_says_how_to_begin(page):
    assert "Nothing has been ingested yet" in page()


def test_the_balance_shows_that_nothing_was_lost(page):
    batch = IngestBatch.objects.create(path="night")
    units_store(batch, [Rejection("a.txt", "row 3", "expected 29 columns, got <3>", b"1,2,3")])
    text = page()
    assert "all 1 received units are accounted for" in text
    assert "expected 29 columns, got &lt;3&gt;" in text


def test_a_candidate_that_vanished_is_shown_as_lost(page):
    IngestBatch.objects.create(path="night", received=2, new=2)
    assert Candidate.objects.count() == 0
    assert "2 of 2 received units are not accounted for" in page()


def test_a_stranger_is_asked_to_log_in(client):
    assert client.get("/ingest/").url.startswith("/login/")
