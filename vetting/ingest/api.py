"""API of what came in and what could not be read; for staff."""

import django_filters as filters
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, viewsets
from rest_framework.decorators import action
from rest_framework.permissions import IsAdminUser
from rest_framework.request import Request

from vetting.candidates.api import AnyRenderer
from vetting.common import RowSerializer
from vetting.ingest.models import IngestBatch, Quarantine
from vetting.tokens.access import HasScope


class IngestBatchSerializer(RowSerializer):
    """One run of the ingest with its balance: received = new + duplicate + quarantined."""

    class Meta:
        model = IngestBatch
        fields = ["id", "path", "started_at", "finished_at", "received", "new", "duplicate", "quarantined"]


class IngestBatchViewSet(viewsets.ReadOnlyModelViewSet[IngestBatch]):
    """Runs of the ingest, latest first."""

    queryset = IngestBatch.objects.order_by("-pk")
    serializer_class = IngestBatchSerializer
    permission_classes = [IsAdminUser, HasScope]
    filter_backends = []
    lookup_value_regex = r"\d+"


class QuarantineSerializer(RowSerializer):
    """A row or file that could not become a candidate."""

    size = serializers.SerializerMethodField()
    file = serializers.HyperlinkedIdentityField(view_name="api-quarantine-file")

    class Meta:
        model = Quarantine
        fields = ["id", "batch", "origin", "locator", "reason", "digest", "at", "size", "file"]

    @extend_schema_field(OpenApiTypes.INT)
    def get_size(self, row: Quarantine) -> int:
        """Return how many bytes are kept."""
        return len(row.raw)


class QuarantineFilter(filters.FilterSet):  # type: ignore[misc]
    """Quarantine of one run, of one file, for one reason."""

    batch = filters.NumberFilter(field_name="batch_id", label="Batch (id)")
    origin = filters.CharFilter(lookup_expr="icontains", max_length=500, label="Origin contains")
    reason = filters.CharFilter(lookup_expr="icontains", max_length=500, label="Reason contains")


class QuarantineViewSet(viewsets.ReadOnlyModelViewSet[Quarantine]):
    """What could not be read, latest first, with its reason and its bytes as they came."""

    queryset = Quarantine.objects.order_by("-pk")
    serializer_class = QuarantineSerializer
    filterset_class = QuarantineFilter
    permission_classes = [IsAdminUser, HasScope]
    lookup_value_regex = r"\d+"

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    @action(detail=True, renderer_classes=[AnyRenderer], filterset_class=None, pagination_class=None)
    def file(self, _request: Request, pk: str) -> HttpResponse:
        """Download the bytes as they came, cut at 64 KiB."""
        return HttpResponse(
            bytes(self.get_object().raw),
            content_type="application/octet-stream",
            headers={
                "Content-Disposition": f'attachment; filename="quarantine_{pk}.bin"',
                "X-Content-Type-Options": "nosniff",
            },
        )
