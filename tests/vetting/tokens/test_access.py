import datetime as dt

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver
from django.utils import timezone
from rest_framework.permissions import AllowAny

from tests import factories
from tests.factories import PASSWORD, make_api, make_candidate, make_default_campaign, make_token, token_api
from vetting.campaigns.models import Campaign, Label
from vetting.tokens.access import HasScope, scope_needed
from vetting.tokens.models import ApiToken, Scope

pytestmark = pytest.mark.django_db
LABELLING = {
    "api-label-list POST", "api-label-undo POST", "api-comment-list POST", "api-comment-withdraw POST",
    "api-preference-detail PUT", "api-deferral-list POST", "api-deferral-end POST",
    "api-campaign-next POST", "api-campaign-back POST",
    "api-campaign-adjudications-list POST", "api-campaign-adjudications-undo POST",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _fresh_throttles():
    cache.clear()


@pytest.fixture
def vera():
    return factories.make_user("vera")


def api_routes():
    """Every view of the API by the name of its route, with its methods and actions."""

    def walk(patterns, *, inside):
        for pattern in patterns:
            if hasattr(pattern, "url_patterns"):
                yield from walk(pattern.url_patterns, inside=inside or str(pattern.pattern) == "api/v1/")
            elif inside:
                yield pattern.name, pattern.callback

    return dict(walk(get_resolver().url_patterns, inside=False))


def test_a_token_opens_the_api_for_its_owner(vera):
    row = token_api(make_token(vera)).get("/api/v1/tokens/").json()["results"][0]
    assert (row["name"], row["scopes"]) == ("script", ["read", "label", "manage"])


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"expires_at": dt.datetime(2026, 1, 2, 3, 4, tzinfo=dt.UTC)}, "expired at 2026-01-02 03:04 UTC"),
        ({"revoked_at": dt.datetime(2026, 1, 2, 3, 4, tzinfo=dt.UTC)}, "revoked at 2026-01-02 03:04 UTC"),
    ],
)
def test_a_token_that_is_over_opens_nothing_and_says_why(vera, change, says):
    secret = make_token(vera)
    ApiToken.objects.update(**change)
    answer = token_api(secret).get("/api/v1/nights/")
    assert (answer.status_code, says in answer.json()["detail"]) == (401, True)


def test_the_token_of_a_login_that_was_switched_off_says_so(vera):
    secret = make_token(vera)
    type(vera).objects.update(is_active=False)
    assert "switched off" in token_api(secret).get("/api/v1/nights/").json()["detail"]


def test_the_digest_is_no_token(vera):
    make_token(vera)
    assert token_api(ApiToken.objects.get().sha256).get("/api/v1/nights/").status_code == 401


def test_a_token_that_only_reads_labels_nothing_and_is_told_what_is_missing(vera):
    make_default_campaign()
    sent = {"uuid": "0b0f5b9e-5a53-4f9b-8d0a-3f8f6a1c2b11", "candidate": make_candidate().pk, "fine_class": "ghost"}
    answer = token_api(make_token(vera, "read")).post("/api/v1/labels/", sent)
    assert (answer.status_code, Label.objects.count()) == (403, 0)
    assert answer.json() == {"detail": "this needs a token with the scope label; this one has read"}


def test_a_token_that_labels_sets_no_campaign_up(vera):
    sent = {"name": "mine", "template": "training"}
    answer = token_api(make_token(vera, "read", "label")).post("/api/v1/campaigns/", sent)
    assert (answer.status_code, "scope manage" in answer.json()["detail"]) == (403, True)
    assert not Campaign.objects.filter(name="mine").exists()


def test_a_token_that_manages_sets_a_campaign_up(vera):
    sent = {"name": "mine", "template": "training"}
    assert token_api(make_token(vera, "manage")).post("/api/v1/campaigns/", sent).status_code == 201


def test_a_token_that_labels_labels(vera):
    make_default_campaign()
    sent = {"uuid": "0b0f5b9e-5a53-4f9b-8d0a-3f8f6a1c2b11", "candidate": make_candidate().pk, "fine_class": "ghost"}
    assert token_api(make_token(vera, "label")).post("/api/v1/labels/", sent).status_code == 201


def test_scopes_do_not_contain_each_other(vera):
    assert token_api(make_token(vera, "label", "manage")).get("/api/v1/nights/").status_code == 403


def test_a_scope_gives_nothing_that_its_owner_may_not(vera):
    assert token_api(make_token(vera)).get("/api/v1/batches/").status_code == 403


def test_staff_reads_the_ingest_by_token_with_its_scope_alone():
    mira = factories.make_user("mira", is_staff=True)
    asked = [token_api(make_token(mira, scope)).get("/api/v1/batches/").status_code for scope in ("read", "label")]
    assert asked == [200, 403]


def test_a_login_by_browser_has_every_scope(vera):
    assert make_api(vera).post("/api/v1/campaigns/", {"name": "mine", "template": "training"}).status_code == 201


def test_every_view_of_the_api_asks_for_scopes_but_the_open_ones():
    without = {
        name for name, view in api_routes().items() if HasScope not in view.cls(**view.initkwargs).permission_classes
    }
    assert without == {"api-token", "api-schema", "api-docs"}
    assert {AllowAny} == {*api_routes()["api-schema"].cls.permission_classes}


def test_every_change_needs_manage_but_those_that_vetters_make():
    needed = {}
    for name, callback in api_routes().items():
        for method, action in (getattr(callback, "actions", None) or {}).items():
            view = callback.cls(**callback.initkwargs)
            view.action = action
            needed[f"{name} {method.upper()}"] = scope_needed(method.upper(), view)
    changes = {key: scope for key, scope in needed.items() if not key.endswith((" GET", " HEAD"))}
    assert {key for key, scope in changes.items() if scope == Scope.LABEL} == LABELLING
    assert {scope for key, scope in changes.items() if key not in LABELLING} == {Scope.MANAGE}


def test_the_use_of_a_token_is_noted_once_a_minute(vera):
    api = token_api(make_token(vera))
    noted = []
    for minutes in (0, 0, 2):
        ApiToken.objects.filter(last_used_at__isnull=False).update(
            last_used_at=timezone.now() - dt.timedelta(minutes=minutes)
        )
        with CaptureQueriesContext(connection) as asked:
            api.get("/api/v1/people/")
        noted.append(any(query["sql"].startswith("UPDATE") for query in asked))
    assert noted == [True, False, True]


def test_a_password_gives_a_token_that_reads_and_labels_and_expires(vera):
    made = make_api().post("/api/v1/token/", {"username": "vera", "password": PASSWORD}).json()
    token = ApiToken.objects.get()
    assert (made["scopes"], token.owner, made["token"][:8]) == (["read", "label"], vera, token.prefix)
    assert dt.timedelta(29) < token.expires_at - timezone.now() < dt.timedelta(30)


def test_a_password_gives_a_new_token_every_time(vera):
    sent = {"username": "vera", "password": PASSWORD}
    assert len({make_api().post("/api/v1/token/", sent).json()["token"] for _ in range(2)}) == 2
