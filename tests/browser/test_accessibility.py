"""axe on every page that the site's addresses lead to, in both themes: a new page is walked without being named."""

import uuid
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests import factories
from tests.browser.conftest import log_in, serious
from vetting.candidates.models import State
from vetting.ingest.models import IngestBatch, Quarantine

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]
# Of the API's pages, which share one template, one of each kind.
API_PAGES = {"api-root", "api-docs", "api-candidate-list", "api-candidate-detail", "api-label-list"}
OTHERS = {"admin:index", "admin:candidates_candidate_changelist"}  # Django's own, in its own templates
ENDS_THE_SESSION = {"logout"}


@pytest.fixture
def examples(site) -> dict[str, object]:
    """Make rows for every page to show, and give the values that addresses hold, by name."""
    people = factories.make_cast()
    rows = [
        factories.make_candidate(exposure="same", state=state) for state in (State.QUEUED, State.QUEUED, State.REJECTED)
    ]
    for row in rows:
        factories.make_cutout(row)
        factories.make_score(row)
    label = factories.make_label(rows[0], people.manager)
    factories.make_label(rows[2], people.vetter, "ghost")
    batch = IngestBatch.objects.create(path="night", received=1, quarantined=1)
    Quarantine.objects.create(batch=batch, origin="a.txt", reason="expected 29 columns, got 3", raw=b"x")
    return {
        "night": rows[0].night,
        "pk": rows[0].pk,
        "campaign": label.campaign_id,
        "vetter": people.vetter.pk,
        "uuid": uuid.uuid4(),
        "kind": "DIFF",
        "table": "classes",
        "number": 1,
        "name": "pause",
        "candidate": rows[0].pk,
        "decision": uuid.uuid4(),
        "secret": "nothing",
    }


def named(
    resolver: URLResolver, before: str = "", held: tuple[str, ...] = ()
) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Yield name, route and parameters of every address that has a name, the administration's left out."""
    for pattern in resolver.url_patterns:
        route = before + str(pattern.pattern)
        parameters = (*held, *(pattern.pattern.converters or pattern.pattern.regex.groupindex))
        if isinstance(pattern, URLResolver):
            if pattern.app_name != "admin":
                yield from named(pattern, route, parameters)
        elif isinstance(pattern, URLPattern) and pattern.name:
            yield pattern.name, route, parameters


def pages(examples: dict[str, object]) -> list[str]:
    """Return the addresses that answer a manager with a whole page."""
    client = Client()
    client.login(username="mira", password=factories.PASSWORD)
    found = [reverse(name) for name in OTHERS]
    for name, route, parameters in named(get_resolver()):
        if name in ENDS_THE_SESSION or (route.startswith("api/") and name not in API_PAGES) or "format" in parameters:
            continue
        given = {parameter: examples[parameter] for parameter in parameters}
        if "pk" in given and route.startswith("campaigns/"):
            given["pk"] = examples["campaign"]
        address = reverse(name, kwargs=given)
        answer = client.get(address, headers={"Accept": "text/html"})
        if answer.status_code == 200 and not answer.streaming and answer.content.lstrip()[:9].lower() == b"<!doctype":
            found.append(address)
    return found


def test_axe_finds_nothing_serious_on_any_page_in_either_theme(new_page, examples):
    addresses = pages(examples)
    assert {"/scan/", "/grid/", "/candidates/", "/tokens/", "/nights/2018-07-01/report/", "/api/v1/docs/"} <= set(
        addresses
    )
    page = new_page()
    log_in(page, "mira")
    found = {}
    for address in [*addresses, "/nothing-is-here/"]:
        page.goto(address)
        page.wait_for_load_state("networkidle")
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.wait_for_timeout(300)  # plots are drawn again in the colours of the theme
            if problems := serious(page):
                found[address, scheme] = problems
    assert not found, "\n".join(f"{where}: {problem}" for where, problems in found.items() for problem in problems)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_before_the_login_and_on_an_empty_site(new_page, site, scheme):
    factories.make_cast()
    page = new_page(color_scheme=scheme)
    page.goto("/login/")
    assert serious(page) == []
    log_in(page, "mira")
    for address in ("/scan/", "/grid/", "/candidates/", "/nights/", "/ingest/", "/export/"):
        page.goto(address)
        assert serious(page) == [], address
