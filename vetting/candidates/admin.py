"""Administration of candidates: everything is written by the services, and read here."""

from django.contrib import admin

from vetting.candidates.models import Candidate, CandidateEvent, Cutout, Score
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
