"""Administration of campaigns; labels and events are append-only, and the consensus is computed from them."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from vetting.campaigns.models import (
    Adjudication,
    Assignment,
    Campaign,
    CampaignEvent,
    Consensus,
    GuidelineVersion,
    Invitation,
    Label,
    Look,
    Membership,
    PoolItem,
)
from vetting.registry.admin import ReadOnlyAdmin


@admin.register(Campaign)
class CampaignAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["name", "status", "rule", "votes_needed", "blindness", "assigns", "is_public", "is_default"]
    list_filter = ["status", "template"]
    fields = ["name", "description", "votes_needed", "blindness", "assigns", "is_public", "is_default"]

    def get_readonly_fields(self, request: HttpRequest, obj: Campaign | None = None) -> list[str]:
        # Votes that were counted by one rule are not counted again by another.
        return ["votes_needed", "is_default"] if obj else ["is_default"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class CampaignRowAdmin(ReadOnlyAdmin):
    list_filter = ["campaign"]
    list_select_related = ["campaign"]


class CandidateRowAdmin(CampaignRowAdmin):
    list_select_related = ["candidate", "campaign"]
    search_fields = ["=candidate__source_id"]


@admin.register(Membership)
class MembershipAdmin(CampaignRowAdmin):
    list_display = ["campaign", "user", "role", "joined_at"]
    list_select_related = ["campaign", "user"]


@admin.register(Invitation)
class InvitationAdmin(CampaignRowAdmin):
    list_display = ["campaign", "role", "uses_left", "expires_at", "revoked_at"]
    exclude = ["sha256"]


@admin.register(GuidelineVersion)
class GuidelineVersionAdmin(CampaignRowAdmin):
    list_display = ["campaign", "number", "written_by", "written_at"]


@admin.register(CampaignEvent)
class CampaignEventAdmin(CandidateRowAdmin):
    list_display = ["at", "campaign", "kind", "candidate", "actor", "reason"]
    list_filter = ["campaign", "kind"]


@admin.register(PoolItem)
class PoolItemAdmin(CandidateRowAdmin):
    list_display = ["candidate", "campaign", "priority", "gold_class", "added_at"]


@admin.register(Assignment)
class AssignmentAdmin(CandidateRowAdmin):
    list_display = ["candidate", "campaign", "vetter", "queue_reason", "leased_at", "expires_at"]
    list_filter = ["campaign", "queue_reason"]
    list_select_related = ["candidate", "campaign", "vetter"]


@admin.register(Label)
class LabelAdmin(CandidateRowAdmin):
    list_display = ["candidate", "campaign", "vetter", "action", "fine_class", "is_late", "labelled_at"]
    list_filter = ["campaign", "action", "fine_class", "is_late", "vetter"]
    list_select_related = ["candidate", "campaign", "vetter"]
    search_fields = ["=candidate__source_id", "=uuid"]
    date_hierarchy = "labelled_at"


@admin.register(Consensus)
class ConsensusAdmin(CandidateRowAdmin):
    list_display = ["candidate", "campaign", "fine_class", "votes", "agreeing", "retired_at", "conflict", "updated_at"]
    list_filter = ["campaign", "fine_class", "retirement", "conflict"]


@admin.register(Adjudication)
class AdjudicationAdmin(CandidateRowAdmin):
    list_display = ["candidate", "campaign", "adjudicator", "action", "fine_class", "decided_at"]
    list_select_related = ["candidate", "campaign", "adjudicator"]


@admin.register(Look)
class LookAdmin(ReadOnlyAdmin):
    list_display = ["candidate", "vetter", "at"]
    list_filter = ["vetter"]
    list_select_related = ["candidate", "vetter"]
    search_fields = ["=candidate__source_id"]
