"""Who a request's token stands for, and whether its scopes reach as far as the request.

REST framework imports this while it is itself half imported: nothing here imports its views, nor what does.
"""

from typing import Any

from django.contrib.auth.models import User
from rest_framework.authentication import TokenAuthentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from vetting.tokens.models import ApiToken, Scope
from vetting.tokens.selectors import reason_refused, token_of


class HashedTokenAuthentication(TokenAuthentication):
    """``Authorization: Token …`` with the secret of a token."""

    def authenticate_credentials(self, key: str) -> tuple[User, ApiToken]:
        """Find the owner of a secret."""
        from vetting.tokens.services import token_use

        token = token_of(key)
        if token is None:
            raise AuthenticationFailed("this token does not exist; make one on the page /tokens/")
        if reason := reason_refused(token):
            raise AuthenticationFailed(reason)
        token_use(token)
        return token.owner, token


def scope_needed(method: str, view: Any) -> Scope:
    """Return the scope that a request needs: a change needs manage where its view does not name another."""
    if method in SAFE_METHODS:
        return Scope.READ
    scopes: dict[str, Scope] = getattr(view, "scopes", {})
    return scopes.get(getattr(view, "action", None) or "", Scope.MANAGE)


class HasScope(BasePermission):
    """A token does what its scopes name; who is logged in by browser does all that the login may."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Refuse what the token's scopes do not reach, and say which would."""
        token: Any = request.auth
        if token is None:
            return True
        needed = scope_needed(request.method or "", view)
        if needed not in token.scopes:
            held = ", ".join(token.scopes)
            raise PermissionDenied(f"this needs a token with the scope {needed}; this one has {held}")
        return True
