"""API of what the votes amount to: consensus, the adjudication inbox, adjudications and the campaign's history."""

from typing import Any
from uuid import uuid4

import django_filters as filters
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from vetting.campaigns import services
from vetting.campaigns.api.labels import LabelSerializer, UndoSerializer
from vetting.campaigns.api.parts import CampaignPartViewSet, SentSerializer, in_campaign
from vetting.campaigns.blindness import consensus_told
from vetting.campaigns.models import CLASS_CHOICES, Adjudication, CampaignEvent, Consensus, Role
from vetting.campaigns.selectors import inbox
from vetting.candidates.models import Candidate
from vetting.candidates.sight import sealed_for
from vetting.common import UUID_PATTERN, RowSerializer, user_of
from vetting.tokens.models import Scope


class ConsensusRowSerializer(RowSerializer):
    """What a candidate's votes amount to; votes, votes with networks, and adjudication stand apart."""

    source_id = serializers.CharField(source="candidate.source_id")
    night = serializers.DateField(source="candidate.night")

    class Meta:
        model = Consensus
        fields = [
            "candidate", "source_id", "night", "fine_class", "voted_class", "adjudicated_class", "votes", "agreeing",
            "p_human", "p_fused", "conflict", "retired_at", "retirement", "updated_at",
        ]  # fmt: skip


class ConsensusFilter(filters.FilterSet):  # type: ignore[misc]
    """Consensus by candidate, night, class, conflict; retired or open."""

    candidate = filters.NumberFilter(field_name="candidate_id", label="Candidate (id)")
    night = filters.DateFilter(field_name="candidate__night", label="Night (UTC)")
    fine_class = filters.ChoiceFilter(choices=CLASS_CHOICES, label="Class")
    conflict = filters.ChoiceFilter(choices=Consensus.Conflict.choices, label="Conflict")
    is_open = filters.BooleanFilter(field_name="retired_at", lookup_expr="isnull", label="Open")


@in_campaign
class ConsensusViewSet(mixins.ListModelMixin, CampaignPartViewSet):
    """Consensus of a campaign's candidates; in a blind campaign without what you have not voted on."""

    queryset = Consensus.objects.none()
    serializer_class = ConsensusRowSerializer
    filter_backends = [DjangoFilterBackend]
    filterset_class = ConsensusFilter
    least = {"list": Role.VIEWER}

    def get_queryset(self) -> QuerySet[Consensus]:
        """Leave out what is sealed before the vote."""
        rows = Consensus.objects.filter(campaign=self.campaign).select_related("candidate").order_by("pk")
        rows = consensus_told(rows, user_of(self.request))
        sealed = sealed_for(self.request.user)
        return rows if sealed is None else rows.exclude(candidate__in=Candidate.objects.filter(sealed))


class ContestedSerializer(ConsensusRowSerializer):
    """A candidate for the adjudicator, with the votes side by side."""

    labels = LabelSerializer(source="candidate.standing_labels", many=True)

    class Meta(ConsensusRowSerializer.Meta):
        fields = [*ConsensusRowSerializer.Meta.fields, "contested_at", "labels"]


@in_campaign
class InboxViewSet(mixins.ListModelMixin, CampaignPartViewSet):
    """What people, or people and networks, do not agree on: longest waiting first, with the votes side by side."""

    queryset = Consensus.objects.none()
    serializer_class = ContestedSerializer
    least = {"list": Role.ADJUDICATOR}

    def get_queryset(self) -> QuerySet[Consensus]:
        """Show the inbox of this campaign."""
        return inbox(self.campaign)


class AdjudicationSerializer(RowSerializer):
    """One decision of an adjudicator, or the taking back of one."""

    source_id = serializers.CharField(source="candidate.source_id")
    adjudicator = serializers.CharField(source="adjudicator.username")
    undoes = serializers.UUIDField(source="undoes.uuid", allow_null=True, default=None)

    class Meta:
        model = Adjudication
        fields = [
            "uuid", "candidate", "source_id", "adjudicator", "action", "fine_class", "undoes", "comment", "decided_at",
        ]  # fmt: skip


class DecideSerializer(SentSerializer):
    """A decision to save: the UUID is made by the client, and sent again with every retry."""

    uuid = serializers.UUIDField(initial=uuid4)
    candidate = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    fine_class = serializers.ChoiceField(choices=CLASS_CHOICES)
    comment = serializers.CharField(max_length=1000, required=False, allow_blank=True)
    replaces = serializers.UUIDField(
        required=False, allow_null=True, help_text="the decision that stood when you looked; none where there was none"
    )


@in_campaign
class AdjudicationViewSet(mixins.ListModelMixin, CampaignPartViewSet):
    """Adjudications of a campaign, latest first."""

    queryset = Adjudication.objects.none()
    lookup_field = "uuid"
    lookup_value_regex = UUID_PATTERN
    least = dict.fromkeys(("list", "create", "undo"), Role.ADJUDICATOR)
    scopes = {"create": Scope.LABEL, "undo": Scope.LABEL}

    def get_queryset(self) -> QuerySet[Adjudication]:
        """Show the adjudications of this campaign."""
        rows = Adjudication.objects.filter(campaign=self.campaign).order_by("-pk")
        return rows.select_related("candidate", "adjudicator", "undoes")

    def get_serializer_class(self) -> type[serializers.Serializer[Any]]:
        """Offer the form of what is sent, not of what comes back."""
        if self.action in {"create", "undo"}:
            return DecideSerializer if self.action == "create" else UndoSerializer
        return AdjudicationSerializer

    @extend_schema(
        responses={201: AdjudicationSerializer, 200: AdjudicationSerializer},
        examples=[
            OpenApiExample(
                "A satellite after all",
                {"uuid": "0b0f5b9e-5a53-4f9b-8d0a-3f8f6a1c2b11", "candidate": 17, "fine_class": "long_trail"},
                request_only=True,
            )
        ],
    )
    def create(self, request: Request, **_address: str) -> Response:
        """Decide a candidate: 201 the first time, 200 for a retry. The votes stay as they are.

        409 where somebody has decided it, or taken a decision back, since you looked: name in ``replaces`` what stands.
        """
        sent = self.sent()
        candidate = get_object_or_404(Candidate, pk=sent.pop("candidate"))
        row = services.adjudication_decide(candidate, campaign=self.campaign, adjudicator=user_of(request), **sent)
        return self._answer(row)

    @extend_schema(responses={201: AdjudicationSerializer, 200: AdjudicationSerializer})
    @action(detail=True, methods=["post"])
    def undo(self, request: Request, **_address: str) -> Response:
        """Take a decision back; the row stays, and the votes count again."""
        undoes, new = self.get_object().uuid, self.sent()["uuid"]
        row = services.adjudication_undo(campaign=self.campaign, adjudicator=user_of(request), uuid=new, undoes=undoes)
        return self._answer(row)

    def _answer(self, row: Adjudication) -> Response:
        content = AdjudicationSerializer(row).data
        return Response(content, status=status.HTTP_200_OK if row.is_repeat else status.HTTP_201_CREATED)


class CampaignEventSerializer(RowSerializer):
    """Something that happened in a campaign."""

    class Meta:
        model = CampaignEvent
        fields = ["id", "kind", "candidate", "actor", "reason", "at"]


@in_campaign
class EventViewSet(mixins.ListModelMixin, CampaignPartViewSet):
    """What happened in a campaign, latest first."""

    queryset = CampaignEvent.objects.none()
    serializer_class = CampaignEventSerializer

    def get_queryset(self) -> QuerySet[CampaignEvent]:
        """Show the history of this campaign."""
        return CampaignEvent.objects.filter(campaign=self.campaign).order_by("-pk")
