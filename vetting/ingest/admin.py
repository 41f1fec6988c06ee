"""Administration of the ingest: what came in, and what could not be read."""

from django.contrib import admin

from vetting.ingest.models import IngestBatch, Quarantine
from vetting.registry.admin import ReadOnlyAdmin


@admin.register(IngestBatch)
class IngestBatchAdmin(ReadOnlyAdmin):
    list_display = ["path", "started_at", "finished_at", "received", "new", "duplicate", "quarantined"]
    date_hierarchy = "started_at"


@admin.register(Quarantine)
class QuarantineAdmin(ReadOnlyAdmin):
    list_display = ["origin", "locator", "reason", "at"]
    search_fields = ["origin", "reason"]
    date_hierarchy = "at"
