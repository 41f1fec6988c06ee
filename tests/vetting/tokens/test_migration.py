from importlib import import_module

import pytest
from django.db import connection

PLAIN = "authtoken_token"
drop = import_module("vetting.tokens.migrations.0001_first").Migration.operations[0]


@pytest.mark.parametrize("was_there", [True, False])
def test_tokens_of_before_which_were_plain_text_are_gone(db, was_there):
    """On a site that had them, and on a new one."""
    with connection.cursor() as cursor:
        if was_there:
            cursor.execute(f"CREATE TABLE {PLAIN} (key varchar(40) PRIMARY KEY)")
        cursor.execute(drop.sql)
    assert PLAIN not in connection.introspection.table_names()
