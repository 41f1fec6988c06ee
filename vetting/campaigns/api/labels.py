"""API of labels, and the labels of a candidate."""

from typing import Any
from uuid import UUID, uuid4

import django_filters as filters
from django.db.models import Prefetch, Q, QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from vetting.campaigns.blindness import consensus_told, labels_told
from vetting.campaigns.models import CLASS_CHOICES, Consensus, Label, Role
from vetting.campaigns.selectors import campaign_for, campaigns_visible, guideline_numbered
from vetting.campaigns.services import label_save, label_undo
from vetting.candidates.api import CandidateDetailSerializer, MeasuredCandidateViewSet
from vetting.candidates.models import Candidate
from vetting.candidates.sight import sealed_for
from vetting.common import UUID_PATTERN, ApplicationError, FiniteFloatField, RowSerializer, user_of
from vetting.tokens.models import Scope

A_DAY = 86400  # s: no one looks longer at one cutout


class ShownSerializer(serializers.Serializer[Any]):
    """What the vetter had before the eyes."""

    blind = serializers.BooleanField(required=False, help_text="scores and other labels were hidden")
    explanation = serializers.BooleanField(required=False, help_text="the map of what moved the score was seen")
    neighbours = serializers.BooleanField(required=False, help_text="labelled candidates that look alike were seen")
    ensemble = serializers.CharField(
        required=False, max_length=64, help_text="sha256 of the ensemble whose scores were shown"
    )


class LabelSerializer(RowSerializer):
    """One vote of one vetter, or the undoing of one."""

    source_id = serializers.CharField(source="candidate.source_id")
    night = serializers.DateField(source="candidate.night")
    vetter = serializers.CharField(source="vetter.username")
    undoes = serializers.UUIDField(source="undoes.uuid", allow_null=True, default=None)
    guideline = serializers.IntegerField(
        source="guideline.number", allow_null=True, default=None, help_text="version that it was made under"
    )
    shown = ShownSerializer(help_text="what the vetter saw; what is not told is not in it")

    class Meta:
        model = Label
        fields = [
            "uuid", "campaign", "candidate", "source_id", "night", "vetter", "action", "fine_class", "undoes",
            "seconds", "confidence", "comment", "guideline", "shown", "is_late", "labelled_at",
        ]  # fmt: skip


class LabelWriteSerializer(serializers.Serializer[Label]):
    """A label to save: the UUID is made by the client, and sent again with every retry."""

    uuid = serializers.UUIDField(initial=uuid4)
    candidate = serializers.PrimaryKeyRelatedField(
        queryset=Candidate.objects.all(), style={"base_template": "input.html"}
    )
    fine_class = serializers.ChoiceField(choices=CLASS_CHOICES)
    campaign = serializers.IntegerField(
        min_value=1, max_value=2**63 - 1, required=False, help_text="the default campaign where none is named"
    )
    seconds = FiniteFloatField(
        min_value=0, max_value=A_DAY, required=False, allow_null=True, help_text="from the picture to the decision, s"
    )
    confidence = serializers.IntegerField(min_value=0, max_value=100, required=False, allow_null=True, help_text="%")
    comment = serializers.CharField(max_length=1000, required=False, allow_blank=True)
    guideline = serializers.IntegerField(
        min_value=1, required=False, help_text="version that was read; the latest where none is named"
    )
    shown = ShownSerializer(required=False)


class UndoSerializer(serializers.Serializer[Label]):
    """The undoing of a label has a UUID of its own."""

    uuid = serializers.UUIDField(initial=uuid4)


class LabelFilter(filters.FilterSet):  # type: ignore[misc]
    """Labels of a campaign, a candidate, a night, a vetter, a class, a time."""

    campaign = filters.NumberFilter(field_name="campaign_id", label="Campaign (id)")
    candidate = filters.NumberFilter(field_name="candidate_id", label="Candidate (id)")
    source_id = filters.CharFilter(field_name="candidate__source_id", max_length=40, label="Source id")
    night = filters.DateFilter(field_name="candidate__night", label="Night (UTC)")
    vetter = filters.CharFilter(field_name="vetter__username", max_length=150, label="Vetter")
    action = filters.ChoiceFilter(choices=Label.Action.choices, label="Action")
    fine_class = filters.ChoiceFilter(choices=CLASS_CHOICES, label="Class")
    labelled_after = filters.IsoDateTimeFilter(field_name="labelled_at", lookup_expr="gt", label="Labelled after")
    labelled_before = filters.IsoDateTimeFilter(field_name="labelled_at", lookup_expr="lt", label="Labelled before")


class LabelViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Label]):
    """Labels: append-only, latest first. An undoing is a label too, and a later label replaces an earlier one."""

    queryset = Label.objects.select_related("candidate", "vetter", "undoes", "guideline").order_by("-pk")
    serializer_class = LabelSerializer
    filterset_class = LabelFilter
    lookup_field = "uuid"
    lookup_value_regex = UUID_PATTERN
    scopes = {"create": Scope.LABEL, "undo": Scope.LABEL}

    def get_queryset(self) -> QuerySet[Label]:
        """Leave out other people's campaigns, and labels of others that the user may not see before voting."""
        sealed = sealed_for(self.request.user)
        rows = super().get_queryset().filter(campaign__in=campaigns_visible(self.request.user).values("pk"))
        rows = labels_told(rows, user_of(self.request))
        if sealed is None:
            return rows
        return rows.filter(Q(vetter=user_of(self.request)) | ~Q(candidate__in=Candidate.objects.filter(sealed)))

    def get_serializer_class(self) -> type[serializers.Serializer[Any]]:
        """Offer the form of what is sent, not of what comes back."""
        return {"create": LabelWriteSerializer, "undo": UndoSerializer}.get(self.action, LabelSerializer)

    @extend_schema(request=LabelWriteSerializer, responses={201: LabelSerializer, 200: LabelSerializer})
    def create(self, request: Request) -> Response:
        """Save a label: 201 the first time, 200 and the same label for a retry with the same UUID."""
        sent = self._sent(request)
        campaign = campaign_for(request.user, sent.pop("campaign", None), Role.VETTER)
        number, version = sent.get("guideline"), guideline_numbered(campaign, sent.get("guideline"))
        if number and (version is None or version.number != number):
            latest = version.number if version else "none"
            raise ApplicationError(f"expected a version of the guideline, whose latest is {latest}, got {number}")
        sent["guideline"] = version
        return self._answer(label_save(campaign=campaign, vetter=user_of(request), **sent))

    @extend_schema(request=UndoSerializer, responses={201: LabelSerializer, 200: LabelSerializer})
    @action(detail=True, methods=["post"])
    def undo(self, request: Request, uuid: str) -> Response:
        """Take a label of your own back; the row of the label stays."""
        label = self.get_object()
        campaign = campaign_for(request.user, label.campaign_id, Role.VETTER)
        new = self._sent(request)["uuid"]
        undoing = label_undo(campaign=campaign, vetter=user_of(request), uuid=new, undoes=UUID(uuid))
        return self._answer(undoing)

    def _sent(self, request: Request) -> dict[str, Any]:
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        sent: dict[str, Any] = serializer.validated_data
        return sent

    def _answer(self, label: Label) -> Response:
        content = LabelSerializer(label, context=self.get_serializer_context()).data
        return Response(content, status=status.HTTP_200_OK if label.is_repeat else status.HTTP_201_CREATED)


class ConsensusSerializer(RowSerializer):
    """What the votes of a campaign amount to."""

    class Meta:
        model = Consensus
        fields = [
            "campaign", "fine_class", "voted_class", "adjudicated_class", "votes", "agreeing", "p_human", "p_fused",
            "retired_at", "updated_at",
        ]  # fmt: skip


class LabelledCandidateSerializer(CandidateDetailSerializer):
    """One candidate with everything that is known of it, its labels and their consensus."""

    labels = LabelSerializer(many=True)
    consensus = ConsensusSerializer(many=True)

    class Meta(CandidateDetailSerializer.Meta):
        fields = [*CandidateDetailSerializer.Meta.fields, "labels", "consensus"]

    def to_representation(self, instance: Candidate) -> dict[str, Any]:
        """Write one candidate; before the vote of a blind campaign with the own labels alone."""
        row = super().to_representation(instance)
        if not getattr(instance, "is_sealed", False):
            return row
        own = self.context["request"].user.get_username()
        return row | {"labels": [label for label in row["labels"] if label["vetter"] == own], "consensus": []}


class CandidateViewSet(MeasuredCandidateViewSet):
    """Candidates: what the survey measured, what the networks say and what people decided."""

    def get_queryset(self) -> QuerySet[Candidate]:
        """Fetch the labels of one candidate together, those of campaigns that the user has a part in."""
        rows = super().get_queryset()
        if self.action != "retrieve":
            return rows
        mine = campaigns_visible(self.request.user).values("pk")
        labels = Label.objects.filter(campaign__in=mine).select_related("candidate", "vetter", "undoes", "guideline")
        labels = labels_told(labels, user_of(self.request))
        consensus = consensus_told(Consensus.objects.filter(campaign__in=mine), user_of(self.request))
        return rows.prefetch_related(Prefetch("labels", queryset=labels), Prefetch("consensus", queryset=consensus))

    def get_serializer_class(self) -> type[serializers.Serializer[Any]]:
        """Give everything for one candidate alone."""
        return LabelledCandidateSerializer if self.action == "retrieve" else self.serializer_class
