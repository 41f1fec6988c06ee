import pytest
from django.core.cache import cache
from rest_framework.throttling import UserRateThrottle

from tests.factories import PASSWORD, make_api, make_cast, make_token
from vetting.tokens.api import TokenThrottle

COLLECTIONS = ["candidates", "cutouts", "filters", "scores", "labels", "nights", "campaigns"]
STAFF_ONLY = ["batches", "quarantine"]


@pytest.fixture(autouse=True)
def _fresh_throttles():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def cast(db):
    return make_cast()


@pytest.mark.parametrize(
    "name", ["", *(f"{name}/" for name in [*COLLECTIONS, *STAFF_ONLY, "preferences", "preferences/viewer"])]
)
def test_without_a_login_the_api_answers_401_in_json_and_no_redirect(db, name):
    answer = make_api().get(f"/api/v1/{name}")

    assert (answer.status_code, answer["Content-Type"]) == (401, "application/json")
    assert answer["WWW-Authenticate"] == "Token"


@pytest.mark.parametrize("address", ["/api/v1/candidates/1/", "/api/v1/cutouts/1/file/", "/api/v1/nights/2018-07-01/"])
def test_without_a_login_nothing_says_whether_a_thing_exists(db, address):
    assert make_api().get(address).status_code == 401


def test_without_a_login_no_label_is_taken(db):
    assert make_api().post("/api/v1/labels/", {}).status_code == 401


def test_a_login_that_was_switched_off_gets_nothing(cast):
    token = make_token(cast.outsider)

    assert make_api().get("/api/v1/candidates/", headers={"Authorization": f"Token {token}"}).status_code == 401


@pytest.mark.parametrize("name", COLLECTIONS)
def test_a_vetter_reads_every_collection(cast, name):
    assert make_api(cast.vetter).get(f"/api/v1/{name}/").status_code == 200


@pytest.mark.parametrize(("role", "status"), [("vetter", 403), ("manager", 200)])
@pytest.mark.parametrize("name", STAFF_ONLY)
def test_only_staff_reads_the_ingest(cast, name, role, status):
    answer = make_api(getattr(cast, role)).get(f"/api/v1/{name}/")

    assert (answer.status_code, answer["Content-Type"]) == (status, "application/json")


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize("name", ["candidates", "cutouts", "filters", "scores", "nights"])
def test_nothing_but_labels_is_written_through_the_api(cast, name, method):
    assert getattr(make_api(cast.manager), method)(f"/api/v1/{name}/").status_code == 405


def test_a_name_and_password_give_a_token_that_opens_the_api(cast):
    token = make_api().post("/api/v1/token/", {"username": "vera", "password": PASSWORD}).json()["token"]

    assert make_api().get("/api/v1/nights/", headers={"Authorization": f"Token {token}"}).status_code == 200


def test_a_wrong_password_gives_no_token(cast):
    answer = make_api().post("/api/v1/token/", {"username": "vera", "password": "wrong"})

    assert (answer.status_code, "token" in answer.json()) == (400, False)


def test_guessing_passwords_is_slowed_down(cast, monkeypatch):
    monkeypatch.setattr(TokenThrottle, "rate", "3/min", raising=False)
    answers = [make_api().post("/api/v1/token/", {"username": "vera", "password": "x"}) for _ in range(4)]

    assert [answer.status_code for answer in answers] == [400, 400, 400, 429]
    assert int(answers[-1]["Retry-After"]) > 0


def test_a_login_that_asks_too_often_is_told_to_wait(cast, monkeypatch):
    monkeypatch.setattr(UserRateThrottle, "rate", "2/min", raising=False)
    api = make_api(cast.vetter)

    assert [api.get("/api/v1/nights/").status_code for _ in range(3)] == [200, 200, 429]


def test_a_made_up_address_does_not_evade_the_throttle(cast, monkeypatch):
    monkeypatch.setattr(TokenThrottle, "rate", "1/min", raising=False)
    first, second = (
        make_api().post("/api/v1/token/", {"username": "vera", "password": "x"}, headers={"X-Forwarded-For": address})
        for address in ("10.0.0.1", "10.0.0.2")
    )

    assert (first.status_code, second.status_code) == (400, 429)


def test_a_session_needs_its_csrf_token_to_label(cast):
    client = make_api()
    client.handler.enforce_csrf_checks = True
    client.force_login(cast.vetter)

    assert client.post("/api/v1/labels/", {}).status_code == 403


@pytest.mark.parametrize("address", ["/login/", "/api/v1/schema/", "/api/v1/docs/"])
def test_the_login_and_the_documentation_are_open(db, client, address):
    assert client.get(address).status_code == 200
