"""Administration of candidates: everything is written by the services, and read here."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from vetting.candidates.models import Candidate, CandidateEvent, Cutout, Preference, SavedFilter, Score
from vetting.registry.admin import ReadOnlyAdmin


@admin.register(Candidate)
class CandidateAdmin(ReadOnlyAdmin):
    list_display = ["source_id", "survey", "night", "state", "rate", "length", "magnitude", "attempts"]
    list_filter = ["state", "survey", "layout", "band"]
    search_fields = ["=source_id", "=exposure"]
    date_hierarchy = "night"


@admin.register(Cutout)
class CutoutAdmin(ReadOnlyAdmin):
    list_display = ["candidate", "kind", "name", "size"]
    list_filter = ["kind"]
    list_select_related = ["candidate"]
    search_fields = ["=candidate__source_id", "=sha256"]


@admin.register(Score)
class ScoreAdmin(ReadOnlyAdmin):
    list_display = ["candidate", "ensemble", "rb", "sl", "kd", "p_asteroid", "plausible", "reason"]
    list_filter = ["plausible", "ensemble"]
    list_select_related = ["candidate", "ensemble"]
    search_fields = ["=candidate__source_id"]


@admin.register(CandidateEvent)
class CandidateEventAdmin(ReadOnlyAdmin):
    list_display = ["candidate", "from_state", "to_state", "actor", "reason", "at"]
    list_filter = ["to_state"]
    list_select_related = ["candidate"]
    search_fields = ["=candidate__source_id", "=actor"]


@admin.register(Preference)
class PreferenceAdmin(ReadOnlyAdmin):
    list_display = ["user", "name", "updated_at"]
    list_filter = ["name"]
    list_select_related = ["user"]
    search_fields = ["=user__username"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Let staff set somebody back to the defaults, and delete a user who has labelled nothing."""
        return request.user.has_perm("candidates.delete_preference")


@admin.register(SavedFilter)
class SavedFilterAdmin(ReadOnlyAdmin):
    list_display = ["name", "owner", "is_shared", "team", "saved_at"]
    list_filter = ["is_shared", "team"]
    list_select_related = ["owner", "team"]
    search_fields = ["name", "=owner__username"]
