"""The content security policy holds, and no page of the site runs into it."""

import pytest

from tests import factories
from tests.browser.conftest import log_in

PAGES = ["/scan/", "/grid/", "/candidates/", "/candidates/{pk}/", "/nights/", "/nights/{night}/", "/export/",
         "/ingest/", "/tokens/", "/api/v1/", "/api/v1/docs/", "/api/v1/candidates/", "/admin/",
         "/admin/candidates/candidate/"]  # fmt: skip


@pytest.fixture
def reader(new_page):
    factories.make_user("vera", is_staff=True, is_superuser=True)
    page = new_page()
    log_in(page)
    return page


@pytest.mark.parametrize("address", PAGES)
def test_a_page_keeps_the_policy(reader, address):
    candidate = factories.make_candidate()
    factories.make_cutout(candidate)
    factories.make_score(candidate)
    complaints = []
    reader.on("console", lambda message: complaints.append(message.text))
    reader.goto(address.format(pk=candidate.pk, night=candidate.night), wait_until="networkidle")
    assert [text for text in complaints if "Content Security Policy" in text] == []


def test_a_script_that_was_slipped_in_does_not_run(reader):
    script = "document.body.append(Object.assign(document.createElement('script'), {textContent: 'window.evil = 1'}))"
    reader.evaluate(script)
    assert reader.evaluate("window.evil") is None
