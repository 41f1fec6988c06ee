"""API of tokens: one for a user name and password, and the list of one's own. No token makes another."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.utils import extend_schema
from rest_framework import generics, mixins, serializers, status, viewsets
from rest_framework.authtoken.serializers import AuthTokenSerializer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import AnonRateThrottle

from vetting.common import RowSerializer, user_of
from vetting.tokens.access import HashedTokenAuthentication
from vetting.tokens.models import ApiToken, Scope
from vetting.tokens.selectors import tokens_of
from vetting.tokens.services import LOGIN_DAYS, LOGIN_SCOPES, token_make, token_revoke


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the API's description explains tokens."""

    target_class = HashedTokenAuthentication
    name = "token"

    def get_security_definition(self, _auto_schema: Any) -> dict[str, str]:
        """Describe the header."""
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "`Token`, a space and the secret of a token. Reading needs its scope `read`; labels, "
            "comments, adjudications and asking for candidates need `label`; every other change needs `manage`.",
        }


class TokenThrottle(AnonRateThrottle):
    """Logins from one address; guessing passwords is slow."""

    scope = "token"


class LoginTokenSerializer(serializers.Serializer[Any]):
    """A token with its secret, which nothing shows again."""

    token = serializers.CharField(help_text="the secret")
    scopes = serializers.ListField(child=serializers.ChoiceField(choices=Scope.choices))
    expires_at = serializers.DateTimeField()


class LoginTokenView(generics.GenericAPIView[Any]):
    """A token for a user name and password; send it as ``Authorization: Token …``."""

    authentication_classes = []
    permission_classes = []
    throttle_classes = [TokenThrottle]
    serializer_class = AuthTokenSerializer

    @extend_schema(responses=LoginTokenSerializer, auth=[])
    def post(self, request: Request) -> Response:
        """Log in: a new token that reads and labels, and expires."""
        sent = self.get_serializer(data=request.data)
        sent.is_valid(raise_exception=True)
        made = token_make(sent.validated_data["user"], name="login by API", scopes=LOGIN_SCOPES, days=LOGIN_DAYS)
        content = {"token": made.secret, "scopes": made.token.scopes, "expires_at": made.token.expires_at}
        return Response(LoginTokenSerializer(content).data)


class TokenSerializer(RowSerializer):
    """A token, without its secret."""

    scopes = serializers.ListField(child=serializers.ChoiceField(choices=Scope.choices))

    class Meta:
        model = ApiToken
        fields = ["id", "name", "prefix", "scopes", "made_at", "expires_at", "last_used_at", "revoked_at"]


class TokenViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[ApiToken]):
    """Tokens of your own, latest first. They are made on the page of tokens."""

    queryset = ApiToken.objects.none()
    serializer_class = TokenSerializer
    filter_backends = []
    lookup_value_regex = r"\d{1,18}"

    def get_queryset(self) -> QuerySet[ApiToken]:
        """Show nobody the tokens of others."""
        return tokens_of(user_of(self.request))

    def destroy(self, _request: Request, **_address: str) -> Response:
        """Revoke a token; its row stays."""
        token_revoke(self.get_object())
        return Response(status=status.HTTP_204_NO_CONTENT)
