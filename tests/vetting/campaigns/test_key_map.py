import pytest

from tests import factories
from vetting.campaigns.key_map import action_names, key_map_check
from vetting.campaigns.keys import ACTIONS
from vetting.common import ApplicationError


def test_the_keys_that_the_page_comes_with_are_a_map_of_their_own():
    key_map_check({action.name: list(action.keys) for action in ACTIONS})


def test_the_viewers_actions_are_known_by_its_own_table():
    assert {"viewer.stretch", "viewer.blink", "class.asteroid", "undo"} <= action_names()


@pytest.mark.parametrize(
    "wrong",
    [
        {"explode": ["x"]},
        {"<script>alert(1)</script>": ["x"]},
        {"undo": ["<img src=x onerror=alert(1)>"]},
        {"undo": ["<"]},
        {"undo": ["Enter"]},
        {"undo": ["?"]},
        {"undo": ["A"]},
        {"undo": "u"},
        {"undo": [1]},
        {"undo": list("abcde")},
        {"undo": ["x"], "redo": ["x"]},
    ],
)
def test_what_is_no_key_no_action_or_a_clash_is_refused(wrong):
    with pytest.raises(ApplicationError):
        key_map_check(wrong)


@pytest.mark.parametrize("key", ["x", "ö", "ж", "7", "Shift+7", "Shift+x", "ArrowUp", "F2", ";", "/"])
def test_keys_of_every_keyboard_are_taken(key):
    key_map_check({"undo": [key]})


def test_the_server_refuses_a_map_that_no_page_would_send(db):
    api = factories.make_api(factories.make_user("vera"))
    answer = api.put("/api/v1/preferences/keys/", {"value": {"undo": ["<b>"]}})
    assert (answer.status_code, "expected a key" in answer.json()["detail"]) == (400, True)
    assert api.put("/api/v1/preferences/keys/", {"value": {"undo": ["x"]}}).status_code == 200
