import pytest

from tests.factories import make_user
from vetting.common import ApplicationError
from vetting.tokens.models import ApiToken
from vetting.tokens.selectors import digest, token_of
from vetting.tokens.services import token_make, token_revoke

GOOD = {"name": "script", "scopes": ["read"], "days": 7}


@pytest.fixture
def vera(db):
    return make_user("vera")


def test_no_column_holds_the_secret(vera):
    secret = token_make(vera, **GOOD).secret
    row = ApiToken.objects.values().get()
    assert [name for name, value in row.items() if secret in str(value)] == []
    assert (row["sha256"], row["prefix"]) == (digest(secret), secret[:8])


def test_secrets_are_long_and_never_the_same(vera):
    secrets = {token_make(vera, **GOOD).secret for _ in range(3)}
    assert (len(secrets), min(map(len, secrets)) > 40) == (3, True)


def test_a_token_is_found_by_its_secret(vera):
    made = token_make(vera, **GOOD)
    assert (token_of(made.secret), token_of(made.secret[:-1])) == (made.token, None)


@pytest.mark.parametrize(
    "wrong",
    [{"name": "  "}, {"name": "x" * 81}, {"scopes": []}, {"scopes": ["read", "admin"]}, {"days": 0}, {"days": 367}],
)
def test_what_is_no_token_is_not_made(vera, wrong):
    with pytest.raises(ApplicationError, match="expected"):
        token_make(vera, **(GOOD | wrong))
    assert not ApiToken.objects.exists()


def test_revoking_again_keeps_the_first_time(vera):
    made = token_make(vera, **GOOD)
    token_revoke(made.token)
    first = ApiToken.objects.get().revoked_at
    token_revoke(made.token)
    assert ApiToken.objects.get().revoked_at == first is not None
