import pytest

from tests.factories import make_api, make_cast
from vetting.candidates.models import Preference
from vetting.candidates.services import LARGEST_PREFERENCE

ADDRESS = "/api/v1/preferences/viewer/"


@pytest.fixture
def cast(db):
    return make_cast()


@pytest.fixture
def api(cast):
    return make_api(cast.vetter)


def test_a_preference_is_empty_until_it_is_saved(api):
    assert api.get(ADDRESS).json() == {"name": "viewer", "value": {}, "updated_at": None}


def test_what_was_sent_last_holds(api):
    for stretch in ("log", "asinh"):
        answer = api.put(ADDRESS, {"value": {"stretch": stretch}})

    assert (answer.status_code, api.get(ADDRESS).json()["value"]) == (200, {"stretch": "asinh"})
    assert Preference.objects.count() == 1


def test_each_user_has_preferences_of_their_own(api, cast):
    api.put(ADDRESS, {"value": {"stretch": "log"}})

    assert make_api(cast.second_vetter).get(ADDRESS).json()["value"] == {}
    assert make_api(cast.second_vetter).get("/api/v1/preferences/").json() == []


def test_what_was_saved_is_listed(api):
    for name in ("viewer", "keys"):
        api.put(f"/api/v1/preferences/{name}/", {"value": {}})

    assert [row["name"] for row in api.get("/api/v1/preferences/").json()] == ["keys", "viewer"]


@pytest.mark.parametrize("name", ["other", "viewer2", "Viewer"])
def test_only_preferences_that_a_page_knows_are_kept(api, name):
    assert api.put(f"/api/v1/preferences/{name}/", {"value": {}}).status_code == 404


@pytest.mark.parametrize("value", [None, [], "log", 3, {"text": "\0"}, {"\0": 1}])
def test_what_no_database_holds_or_no_page_reads_is_refused(api, value):
    assert api.put(ADDRESS, {"value": value}).status_code == 400
    assert not Preference.objects.exists()


@pytest.mark.parametrize("sent", ["NaN", "1e999", r'"\ud800"'])
def test_infinite_numbers_and_halves_of_characters_are_refused(api, sent):
    body = f'{{"value": {{"black": {sent}}}}}'

    assert api.put(ADDRESS, body, content_type="application/json").status_code == 400


def test_a_backslash_before_u0000_is_no_nul(api):
    assert api.put(ADDRESS, {"value": {"text": r"\u0000"}}).status_code == 200


@pytest.mark.parametrize(("extra", "status"), [(0, 200), (1, 400)])
def test_a_preference_has_a_limit_of_size(api, extra, status):
    text = "ä" * ((LARGEST_PREFERENCE - len('{"text": ""}')) // 2) + "x" * extra

    assert api.put(ADDRESS, {"value": {"text": text}}).status_code == status


def test_json_nested_without_end_is_refused(api):
    body = '{"value": ' + '{"a": ' * 50_000 + "1" + "}" * 50_001

    assert api.put(ADDRESS, body, content_type="application/json").status_code == 400
