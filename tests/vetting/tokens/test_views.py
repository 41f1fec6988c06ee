import re

import pytest
from django.urls import reverse

from tests.factories import make_api, make_token, make_user, token_api
from vetting.tokens.models import ApiToken

SENT = {"name": "nightly script", "scopes": ["read", "label"], "days": "30"}


@pytest.fixture
def vera(db):
    return make_user("vera")


@pytest.fixture
def page(client, vera):
    client.force_login(vera)
    return client


def secret_in(answer):
    return re.search(r'data-secret[^>]* value="([^"]+)"', answer.content.decode())[1]


def test_the_page_makes_a_token_that_opens_the_api(page):
    secret = secret_in(page.post("/tokens/", SENT))
    assert ApiToken.objects.get().scopes == ["read", "label"]
    assert token_api(secret).get("/api/v1/nights/").status_code == 200


def test_the_secret_is_in_no_answer_but_the_first_and_in_no_cache(page, vera):
    first = page.post("/tokens/", SENT)
    secret, digest = secret_in(first), ApiToken.objects.get().sha256
    later = page.get("/tokens/").content.decode() + make_api(vera).get("/api/v1/tokens/").content.decode()
    assert "no-store" in first["Cache-Control"]
    assert (secret in later, digest in later, secret[:8] in later) == (False, False, True)


@pytest.mark.parametrize("wrong", [{"scopes": []}, {"days": "9999"}, {"days": "²"}, {"name": ""}])
def test_a_wrong_form_makes_none_and_says_so(page, wrong):
    answer = page.post("/tokens/", SENT | wrong, follow=True)
    assert ("No token was made: expected" in answer.content.decode(), ApiToken.objects.count()) == (True, 0)


def test_a_revoked_token_opens_nothing_any_more(page, vera):
    secret = make_token(vera)
    page.post(reverse("token-revoke", args=[ApiToken.objects.get().pk]))
    assert token_api(secret).get("/api/v1/nights/").status_code == 401


def test_a_token_is_revoked_by_the_api(vera):
    secret = make_token(vera, "read", "manage")
    pk = ApiToken.objects.get().pk
    answers = [token_api(secret).delete(f"/api/v1/tokens/{pk}/").status_code for _ in range(2)]
    assert answers == [204, 401]


def test_nobody_sees_or_revokes_the_tokens_of_others(page):
    make_token(make_user("jan"))
    pk = ApiToken.objects.get().pk
    asked = [page.post(reverse("token-revoke", args=[pk])), page.delete(f"/api/v1/tokens/{pk}/")]
    assert ([answer.status_code for answer in asked], ApiToken.objects.get().revoked_at) == ([404, 404], None)
    assert page.get("/api/v1/tokens/").json()["count"] == 0
    assert b"You have none" in page.get("/tokens/").content
