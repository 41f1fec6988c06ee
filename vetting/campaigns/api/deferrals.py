"""API of what is put off: snoozed, in purgatory, hidden."""

from typing import Any
from uuid import uuid4

import django_filters as filters
from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from vetting.campaigns.deferrals import SPANS, deferral_end, deferral_save, deferrals_listed
from vetting.campaigns.models import Deferral, Role
from vetting.campaigns.selectors import campaign_for
from vetting.campaigns.services import assignments_return
from vetting.candidates.models import Candidate
from vetting.candidates.sight import sealed_for
from vetting.common import UUID_PATTERN, RowSerializer, user_of
from vetting.tokens.models import Scope

CAMPAIGN = OpenApiParameter("campaign", OpenApiTypes.INT, description="the default campaign where none is named")


class DeferralSerializer(RowSerializer):
    """A candidate that a vetter has put off without judging it."""

    source_id = serializers.CharField(source="candidate.source_id")
    vetter = serializers.CharField(source="vetter.username")

    class Meta:
        model = Deferral
        fields = ["uuid", "campaign", "candidate", "source_id", "vetter", "kind", "until", "created_at", "ended_at"]


class DeferralWriteSerializer(serializers.Serializer[Deferral]):
    """What to put off: the UUID is made by the client, and sent again with every retry."""

    uuid = serializers.UUIDField(initial=uuid4)
    candidate = serializers.PrimaryKeyRelatedField(
        queryset=Candidate.objects.all(), style={"base_template": "input.html"}
    )
    kind = serializers.ChoiceField(choices=Deferral.Kind.choices)
    span = serializers.ChoiceField(choices=[*SPANS.items()], required=False, help_text="of a snooze, which needs one")
    campaign = serializers.IntegerField(
        min_value=1, max_value=2**63 - 1, required=False, help_text="the default campaign where none is named"
    )


class DeferralFilter(filters.FilterSet):  # type: ignore[misc]
    """What is put off in one way, or of one candidate."""

    kind = filters.ChoiceFilter(choices=Deferral.Kind.choices, label="Kind")
    candidate = filters.NumberFilter(field_name="candidate_id", label="Candidate (id)")


class DeferralViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[Deferral]):
    """What is put off now: your own, and everybody's purgatory. Only the queue of its vetter loses a candidate so."""

    queryset = Deferral.objects.none()
    serializer_class = DeferralSerializer
    filterset_class = DeferralFilter
    lookup_field = "uuid"
    lookup_value_regex = UUID_PATTERN
    scopes = {"create": Scope.LABEL, "end": Scope.LABEL}

    def get_queryset(self) -> QuerySet[Deferral]:
        """Show the list of one campaign; of a row in the address, your own of any campaign."""
        user = user_of(self.request)
        if self.detail:
            return Deferral.objects.filter(vetter=user)
        campaign = campaign_for(user, self.request.query_params.get("campaign"), Role.VETTER)
        return deferrals_listed(campaign, user, sealed=sealed_for(user)).order_by("-pk")

    @extend_schema(parameters=[CAMPAIGN])
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List what is put off in a campaign, latest first."""
        return super().list(request, *args, **kwargs)

    @extend_schema(request=DeferralWriteSerializer, responses={201: DeferralSerializer, 200: DeferralSerializer})
    def create(self, request: Request) -> Response:
        """Put a candidate off: 201 the first time, 200 and the same row for a retry with the same UUID."""
        serializer = DeferralWriteSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        sent = serializer.validated_data
        user = user_of(request)
        campaign = campaign_for(user, sent.pop("campaign", None), Role.VETTER)
        deferral = deferral_save(sent.pop("candidate"), campaign=campaign, vetter=user, **sent)
        assignments_return(campaign, user, [deferral.candidate_id])  # others need not wait for it
        content = self.get_serializer(deferral).data
        return Response(content, status=status.HTTP_200_OK if deferral.is_repeat else status.HTTP_201_CREATED)

    @extend_schema(request=None, responses=DeferralSerializer)
    @action(detail=True, methods=["post"])
    def end(self, request: Request, uuid: str) -> Response:  # noqa: ARG002 (the route's own name)
        """Bring a candidate of your own back into the queue; a second time changes nothing."""
        return Response(self.get_serializer(deferral_end(self.get_object().uuid, vetter=user_of(request))).data)
