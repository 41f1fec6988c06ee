"""Administration of campaigns; labels are append-only, and the consensus is computed from them."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from vetting.campaigns.models import Campaign, Consensus, Label
from vetting.registry.admin import ReadOnlyAdmin


@admin.register(Campaign)
class CampaignAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["name", "votes_needed", "blindness", "is_default", "created_at"]
    fields = ["name", "description", "votes_needed", "blindness", "is_default"]

    def get_readonly_fields(self, request: HttpRequest, obj: Campaign | None = None) -> list[str]:
        # Votes that were counted by one rule are not counted again by another.
        return ["votes_needed", "is_default"] if obj else ["is_default"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Label)
class LabelAdmin(ReadOnlyAdmin):
    list_display = ["candidate", "campaign", "vetter", "action", "fine_class", "labelled_at"]
    list_filter = ["campaign", "action", "fine_class", "vetter"]
    list_select_related = ["candidate", "campaign", "vetter"]
    search_fields = ["=candidate__source_id", "=uuid"]
    date_hierarchy = "labelled_at"


@admin.register(Consensus)
class ConsensusAdmin(ReadOnlyAdmin):
    list_display = ["candidate", "campaign", "fine_class", "votes", "agreeing", "updated_at"]
    list_filter = ["campaign", "fine_class"]
    list_select_related = ["candidate", "campaign"]
    search_fields = ["=candidate__source_id"]
