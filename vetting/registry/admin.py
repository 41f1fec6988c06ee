"""Administration of models and ensembles: all is append-only, but a person activates one ensemble."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from vetting.registry.models import Ensemble, ModelVersion
from vetting.registry.services import ensemble_activate


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Rows that people look at and never change: the services write them."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(ModelVersion)
class ModelVersionAdmin(ReadOnlyAdmin):
    list_display = ["name", "sha256", "registered_at"]
    search_fields = ["name", "sha256"]


@admin.register(Ensemble)
class EnsembleAdmin(ReadOnlyAdmin):
    list_display = ["name", "is_active", "sha256", "registered_at"]
    search_fields = ["name", "sha256"]
    actions = ["activate"]

    @admin.action(description="Let the selected ensemble score new candidates", permissions=["activate"])
    def activate(self, request: HttpRequest, queryset: QuerySet[Ensemble]) -> None:
        if queryset.count() != 1:
            self.message_user(request, "Select one ensemble: one alone is active.", messages.ERROR)
            return
        ensemble = queryset.get()
        ensemble_activate(ensemble)
        self.message_user(request, f"{ensemble} scores new candidates from now on.", messages.SUCCESS)

    def has_activate_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("registry.change_ensemble")
