import re
from pathlib import Path

import pytest
from django.core.management import call_command

REFERENCE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "api.md"


@pytest.fixture
def schema(client, db):
    return client.get("/api/v1/schema/?format=json").json()


def test_the_openapi_schema_is_valid_and_complete(tmp_path):
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(tmp_path / "schema.yml"))


def test_the_schema_names_every_collection(schema):
    names = {path.split("/")[3] for path in schema["paths"]}

    assert names == {
        "batches", "campaigns", "candidates", "comments", "cutouts", "deferrals", "export", "filters", "invitations",
        "labels", "nights", "people", "preferences", "quarantine", "scores", "token", "tokens",
    }  # fmt: skip


def test_identifiers_that_exceed_2_to_the_53_are_strings_in_the_schema(schema):
    assert schema["components"]["schemas"]["Candidate"]["properties"]["source_id"]["type"] == "string"


def test_every_address_of_the_api_has_its_heading_in_the_reference(schema):
    text = REFERENCE.read_text()
    wanted = [re.sub(r"\{\w+\}", "…", path) for path in schema["paths"]]

    assert [path for path in wanted if f"`{path}`" not in text] == []


def test_the_documentation_loads_nothing_from_elsewhere_and_has_no_inline_script(client, db):
    page = client.get("/api/v1/docs/").content.decode()

    assert re.findall(r'(?:src|href)="(?:https?:)?//', page) == []
    assert re.findall(r"<script(?![^>]*\bsrc=)[^>]*>", page) == []
