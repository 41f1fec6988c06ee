"""A user's own keys: a JSON object, action → keys, checked against what exists before it is kept."""

import re
from functools import cache
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders

from vetting.campaigns.keys import ACTIONS
from vetting.common import ApplicationError

MOST_KEYS = 4  # of one action
VIEWER = "js/viewer/actions.js"  # the viewer's own table, which the pages read too
NAMED = ("ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End", "PageUp", "PageDown", "Backspace", "Delete",
         "Insert", *(f"F{number}" for number in range(1, 13)))  # fmt: skip
# A letter of any script, a digit, a sign that is no mark-up; "?" is the help; Tab, Enter, Space, Escape are the page's.
KEY = re.compile(rf"(?:Shift\+)?(?:[^\W\d_A-Z]|\d|{'|'.join(NAMED)})|[-+*/.,;:!§$%()=#~^\[\]{{}}|\\_@]")


@cache
def action_names() -> frozenset[str]:
    """Return every action that a key may stand for: the scan page's and the viewer's."""
    found = finders.find(VIEWER)
    if not isinstance(found, str):
        raise TypeError(f"expected {VIEWER} among the static files")
    viewer = re.findall(r'name: "([\w-]+)"', Path(found).read_text(encoding="utf-8"))
    return frozenset({action.name for action in ACTIONS} | {f"viewer.{name}" for name in viewer})


def key_map_check(value: dict[str, Any]) -> None:
    """Refuse a map with an unknown action, something that is no key, or one key for two actions."""
    taken: dict[str, str] = {}
    for action, keys in value.items():
        if action not in action_names():
            raise ApplicationError(f"there is no action {action!r} that a key could stand for")
        if not isinstance(keys, list) or len(keys) > MOST_KEYS:
            raise ApplicationError(f"expected a list of at most {MOST_KEYS} keys for {action}, got {keys!r}")
        for key in keys:
            if not isinstance(key, str) or not KEY.fullmatch(key):
                raise ApplicationError(f"{action}: expected a key such as a, Shift+a or ArrowLeft, got {key!r}")
            if taken.setdefault(key, action) != action:
                raise ApplicationError(f"the key {key} stands for both {taken[key]} and {action}")
