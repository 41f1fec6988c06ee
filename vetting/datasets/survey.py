"""What the survey's own columns mean: said once, in the schema of the streak alert packet, under the same names."""

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from scoring.packets import SCHEMA

DOC = re.compile(r"(?P<text>.*) \[(?P<unit>[^\]]*)\]$")
UNKNOWN = ("survey's", "column of the survey, as it came")


@cache
def _described() -> dict[str, tuple[str, str]]:
    schema: dict[str, Any] = json.loads(SCHEMA.read_text())
    return dict(_fields(schema))


def _fields(record: dict[str, Any]) -> Iterator[tuple[str, tuple[str, str]]]:
    for field in record["fields"]:
        if isinstance(field["type"], dict) and field["type"]["type"] == "record":
            yield from _fields(field["type"])
        elif match := DOC.fullmatch(field["doc"]):
            yield field["name"], (match["unit"].replace("none", ""), match["text"])


def unit_and_meaning(name: str) -> tuple[str, str]:
    """Return the unit and the meaning of a column under its operational name; a ZTF alert has others besides."""
    return _described().get(name, UNKNOWN)
