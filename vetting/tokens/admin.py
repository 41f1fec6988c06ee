"""Administration of tokens: looked at, and revoked where a secret has leaked."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from vetting.registry.admin import ReadOnlyAdmin
from vetting.tokens.models import ApiToken
from vetting.tokens.services import token_revoke


@admin.register(ApiToken)
class ApiTokenAdmin(ReadOnlyAdmin):
    list_display = ["prefix", "name", "owner", "scopes", "expires_at", "last_used_at", "revoked_at"]
    list_select_related = ["owner"]
    search_fields = ["=prefix", "=owner__username"]
    actions = ["revoke"]

    @admin.action(description="Revoke the selected tokens", permissions=["revoke"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiToken]) -> None:
        for token in queryset:
            token_revoke(token)
        self.message_user(request, f"{queryset.count()} revoked.", messages.SUCCESS)

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("tokens.change_apitoken")
