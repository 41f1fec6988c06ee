"""API of candidates, their cutouts and scores, and of nights."""

import datetime as dt
from pathlib import PurePosixPath
from typing import Any

import django_filters as filters
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.utils.http import content_disposition_header
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from scoring.detection import CutoutKind
from vetting.candidates.filters import CandidateFilter
from vetting.candidates.media import media_type
from vetting.candidates.models import (
    SEEN_STATES,
    Candidate,
    CandidateEvent,
    Cutout,
    Preference,
    SavedFilter,
    Score,
    State,
)
from vetting.candidates.selectors import filters_visible, in_order, nights, nights_summary, scored
from vetting.candidates.services import preference_save
from vetting.candidates.sight import sealed_for
from vetting.common import FiniteFloatField, RowSerializer, user_of
from vetting.tokens.models import Scope

KNOWN_COLUMNS = ("known_object", "known_separation", "known_rate", "known_position_angle")
LARGEST_EXACT = 2**53  # a larger whole number changes in a client that reads JSON numbers as doubles


class ScoreSerializer(RowSerializer):
    """What one ensemble says of one candidate."""

    source_id = serializers.CharField(source="candidate.source_id")
    ensemble = serializers.CharField(source="ensemble.name")
    ensemble_sha256 = serializers.CharField(source="ensemble.sha256")
    members = serializers.DictField(child=FiniteFloatField())
    classes = serializers.DictField(child=FiniteFloatField(), help_text="probability of each fine class, if any")

    class Meta:
        model = Score
        fields = [
            "id", "candidate", "source_id", "ensemble", "ensemble_sha256", "rb", "sl", "kd", "p_asteroid", "plausible",
            "members", "classes", "reason", "scored_at",
        ]  # fmt: skip


class CutoutSerializer(RowSerializer):
    """One image of a candidate, and where to fetch its file."""

    source_id = serializers.CharField(source="candidate.source_id")
    file = serializers.HyperlinkedIdentityField(view_name="api-cutout-file")

    class Meta:
        model = Cutout
        fields = ["id", "candidate", "source_id", "kind", "name", "sha256", "size", "file"]


class EventSerializer(RowSerializer):
    """One move of a candidate from state to state."""

    class Meta:
        model = CandidateEvent
        fields = ["from_state", "to_state", "actor", "reason", "at"]


class CandidateSerializer(RowSerializer):
    """One candidate with what the active ensemble says and what the default campaign has decided."""

    url = serializers.HyperlinkedIdentityField(view_name="api-candidate-detail")
    state = serializers.ChoiceField(source="seen_state", choices=SEEN_STATES)
    rb = FiniteFloatField(allow_null=True)
    sl = FiniteFloatField(allow_null=True)
    kd = FiniteFloatField(allow_null=True)
    p_asteroid = FiniteFloatField(allow_null=True, help_text="calibrated ranking score, 0-1")
    plausible = serializers.BooleanField(allow_null=True)
    known_object = serializers.CharField(allow_null=True, help_text="known object that it agrees with; empty for none")
    label = serializers.CharField(  # type: ignore[assignment]
        allow_null=True, help_text="fine class that the default campaign has decided"
    )

    class Meta:
        model = Candidate
        fields = [
            "id", "url", "survey", "source_id", "night", "state", "label", "p_asteroid", "rb", "sl", "kd", "plausible",
            "mjd_mid", "exptime", "ra", "dec", "ra1", "dec1", "ra2", "dec2", "band", "field", "ccd", "quadrant",
            "length", "length_arcsec", "rate", "position_angle", "magnitude", "snr", "chi2", "exposure",
            "exposure_detections", "layout", "ingested_at", *KNOWN_COLUMNS,
        ]  # fmt: skip

    def to_representation(self, instance: Candidate) -> dict[str, Any]:
        """Write one candidate; votes that do not decide are no label, and a known object gives a blind vote away."""
        row: dict[str, Any] = super().to_representation(instance)
        known = dict.fromkeys(KNOWN_COLUMNS) if getattr(instance, "is_sealed", False) else {}
        return row | {"label": row["label"] or None} | known


class CandidateDetailSerializer(CandidateSerializer):
    """One candidate with everything that is known of it."""

    values = serializers.SerializerMethodField()
    scores = ScoreSerializer(many=True)
    cutouts = CutoutSerializer(many=True)
    events = EventSerializer(many=True)

    class Meta(CandidateSerializer.Meta):
        fields = [*CandidateSerializer.Meta.fields, "origin", "digest", "values", "scores", "cutouts", "events"]

    def to_representation(self, instance: Candidate) -> dict[str, Any]:
        """Write one candidate; before the vote of a blind campaign without scores and moves."""
        row = super().to_representation(instance)
        if not getattr(instance, "is_sealed", False):
            return row
        return row | {"scores": [], "events": []}

    @extend_schema_field(
        {"type": "object", "additionalProperties": {"oneOf": [{"type": "number"}, {"type": "string"}]}}
    )
    def get_values(self, candidate: Candidate) -> dict[str, float | str]:
        """Return the survey's own columns; a number that JSON clients would round is a string."""
        return {name: str(value) if abs(value) > LARGEST_EXACT else value for name, value in candidate.values.items()}


class CandidateApiFilter(CandidateFilter):
    """The filters of the candidates' page, and those that a script needs besides."""

    survey = filters.CharFilter(max_length=20)
    band = filters.CharFilter(max_length=4)
    plausible = filters.BooleanFilter(label="Passed the gate")
    mjd_min = filters.NumberFilter(field_name="mjd_mid", lookup_expr="gte", label="Mid-exposure from (MJD, UTC)")
    mjd_max = filters.NumberFilter(field_name="mjd_mid", lookup_expr="lte", label="Mid-exposure to (MJD, UTC)")

    class Meta(CandidateFilter.Meta):
        pass


class MeasuredCandidateViewSet(viewsets.ReadOnlyModelViewSet[Candidate]):
    """Candidates: what the survey measured, what the networks say and what people decided."""

    queryset = Candidate.objects.none()
    serializer_class: type[serializers.Serializer[Any]] = CandidateSerializer
    filterset_class = CandidateApiFilter
    lookup_value_regex = r"\d+"

    def get_queryset(self) -> QuerySet[Candidate]:
        """Fetch the parts of one candidate together."""
        rows = scored(sealed_for(self.request.user))
        if self.action != "retrieve":
            return rows
        return rows.prefetch_related("scores__ensemble", "scores__candidate", "cutouts__candidate", "events")

    def paginate_queryset(self, queryset: Any) -> list[Candidate] | None:  # type: ignore[override]
        """Find the ids of a page first: what a row shows besides is not worked out for all rows that are sorted."""
        ids = super().paginate_queryset(queryset.values_list("pk", flat=True))
        return None if ids is None else in_order(ids, scored(sealed_for(self.request.user)))

    def get_serializer_class(self) -> type[serializers.Serializer[Any]]:
        """Give everything for one candidate alone."""
        return CandidateDetailSerializer if self.action == "retrieve" else self.serializer_class


class SavedFilterSerializer(RowSerializer):
    """A filter under a name; use it as ``/api/v1/candidates/?filter=ID``."""

    owner = serializers.CharField(source="owner.username")
    team = serializers.CharField(source="team.name", default=None, help_text="group of logins that it is shared with")
    parameters = serializers.DictField(child=serializers.CharField(), help_text="filters of the candidates by name")

    class Meta:
        model = SavedFilter
        fields = ["id", "name", "owner", "is_shared", "team", "parameters", "saved_at"]


class SavedFilterViewSet(viewsets.ReadOnlyModelViewSet[SavedFilter]):
    """Saved filters: the own ones, and those that others share. They are made on the candidates' page."""

    queryset = SavedFilter.objects.none()
    serializer_class = SavedFilterSerializer
    filter_backends = []
    lookup_value_regex = r"\d+"

    def get_queryset(self) -> QuerySet[SavedFilter]:
        """Leave out what others keep for themselves."""
        return filters_visible(self.request.user)


class CutoutFilter(filters.FilterSet):  # type: ignore[misc]
    """Cutouts of a candidate, a night, a kind."""

    candidate = filters.NumberFilter(field_name="candidate_id", label="Candidate (id)")
    night = filters.DateFilter(field_name="candidate__night", label="Night (UTC)")
    kind = filters.ChoiceFilter(choices=[(kind.value, kind.value) for kind in CutoutKind])
    sha256 = filters.CharFilter(max_length=64, label="sha256")


class AnyRenderer(BaseRenderer):
    """Stands for the bytes of a file, whatever the client says that it accepts."""

    media_type = "*/*"
    format = "file"

    def render(self, data: Any, *_args: Any, **_kwargs: Any) -> bytes:
        """Write what is not a file: the message of an error."""
        return str((data or {}).get("detail", "")).encode()


class CutoutViewSet(viewsets.ReadOnlyModelViewSet[Cutout]):
    """Cutouts: the images of a candidate as the survey gave them."""

    queryset = Cutout.objects.select_related("candidate").order_by("pk")
    serializer_class = CutoutSerializer
    filterset_class = CutoutFilter
    lookup_value_regex = r"\d+"

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    @action(detail=True, renderer_classes=[AnyRenderer], filterset_class=None, pagination_class=None)
    def file(self, _request: Request, pk: str) -> HttpResponse:
        """Download the file as it came: JPEG, PNG, FITS or gzip FITS, always as an attachment."""
        row = self.get_object()
        try:
            content = row.content()
        except OSError as error:
            raise NotFound(f"the file of cutout {pk} is lost") from error
        return HttpResponse(
            content,
            content_type=media_type(content),
            headers={
                "Content-Disposition": content_disposition_header(True, PurePosixPath(row.name).name or row.sha256),
                "X-Content-Type-Options": "nosniff",
                "Cache-Control": "private, max-age=31536000, immutable",
                "ETag": f'"{row.sha256}"',
            },
        )


class ScoreFilter(filters.FilterSet):  # type: ignore[misc]
    """Scores of a candidate, a night, an ensemble, above or below a value."""

    candidate = filters.NumberFilter(field_name="candidate_id", label="Candidate (id)")
    night = filters.DateFilter(field_name="candidate__night", label="Night (UTC)")
    ensemble_sha256 = filters.CharFilter(field_name="ensemble__sha256", max_length=64, label="Ensemble (sha256)")
    active = filters.BooleanFilter(field_name="ensemble__is_active", label="By the active ensemble")
    plausible = filters.BooleanFilter(label="Passed the gate")
    unscorable = filters.BooleanFilter(field_name="plausible", lookup_expr="isnull", label="Could not be scored")
    p_asteroid_min = filters.NumberFilter(field_name="p_asteroid", lookup_expr="gte", label="p(asteroid) from")
    p_asteroid_max = filters.NumberFilter(field_name="p_asteroid", lookup_expr="lte", label="p(asteroid) to")


class ScoreViewSet(viewsets.ReadOnlyModelViewSet[Score]):
    """Scores: what an ensemble of networks says of a candidate, or why it can say nothing."""

    queryset = Score.objects.select_related("candidate", "ensemble").order_by("pk")
    serializer_class = ScoreSerializer
    filterset_class = ScoreFilter
    lookup_value_regex = r"\d+"

    def get_queryset(self) -> QuerySet[Score]:
        """Leave out what the user may not see before voting."""
        sealed = sealed_for(self.request.user)
        rows = super().get_queryset()
        return rows if sealed is None else rows.exclude(candidate__in=Candidate.objects.filter(sealed))


class NightSerializer(serializers.Serializer[dict[str, Any]]):
    """A night in numbers."""

    night = serializers.DateField(help_text="UTC date of mid-exposure")
    total = serializers.IntegerField(help_text="candidates")
    exposures = serializers.IntegerField()
    start = FiniteFloatField(help_text="first mid-exposure, MJD, UTC")
    end = FiniteFloatField(help_text="last mid-exposure, MJD, UTC")
    states = serializers.DictField(child=serializers.IntegerField(), help_text="candidates by state")
    labels = serializers.DictField(child=serializers.IntegerField(), help_text="candidates by decided class")


NIGHT = OpenApiParameter("night", OpenApiTypes.DATE, OpenApiParameter.PATH, description="UTC date, YYYY-MM-DD")


class NightViewSet(viewsets.GenericViewSet[Any]):
    """Nights, latest first, with the number of candidates by state and by decided class."""

    queryset = Candidate.objects.none()
    serializer_class = NightSerializer
    filter_backends = []
    lookup_field = "night"
    lookup_value_regex = r"\d{4}-\d{2}-\d{2}"

    def list(self, _request: Request) -> Response:
        """List the nights that have candidates."""
        page = self.paginate_queryset(nights()) or []
        return self.get_paginated_response(self.get_serializer(_nights(page), many=True).data)

    @extend_schema(parameters=[NIGHT])
    def retrieve(self, _request: Request, night: str) -> Response:
        """Give one night."""
        try:
            found = _nights([dt.date.fromisoformat(night)])
        except ValueError as error:
            raise Http404 from error
        if not found:
            raise NotFound(f"there is no candidate of {night}")
        return Response(self.get_serializer(found[0]).data)


def _nights(shown: Any) -> list[dict[str, Any]]:
    summary = nights_summary(shown)
    return [
        row | {"night": night, "states": {state: row[state] for state in State.values}}
        for night in shown
        if (row := summary.get(night))
    ]


class PreferenceSerializer(RowSerializer):
    """One preference of the user who asks."""

    name = serializers.CharField(read_only=True)
    value = serializers.DictField()
    updated_at = serializers.DateTimeField(read_only=True, allow_null=True, help_text="null until it is first saved")

    class Meta:
        model = Preference
        fields = ["name", "value", "updated_at"]


class PreferenceViewSet(viewsets.GenericViewSet[Preference]):
    """Preferences of your own: how the viewer is set up, which keys stand for what."""

    queryset = Preference.objects.none()
    serializer_class = PreferenceSerializer
    filter_backends = []
    pagination_class = None
    lookup_field = "name"
    lookup_value_regex = "|".join(Preference.Name.values)
    scopes = {"update": Scope.LABEL}

    def get_queryset(self) -> QuerySet[Preference]:
        """Show nobody the preferences of others."""
        return Preference.objects.filter(user=user_of(self.request))

    def list(self, _request: Request) -> Response:
        """List what you have saved."""
        return Response(self.get_serializer(self.get_queryset().order_by("name"), many=True).data)

    def retrieve(self, request: Request, name: str) -> Response:
        """Give one preference, empty until it is first saved."""
        found = self.get_queryset().filter(name=name).first()
        return Response(self.get_serializer(found or Preference(user=user_of(request), name=name)).data)

    def update(self, request: Request, name: str) -> Response:
        """Replace one preference as a whole: a JSON object of at most 16 KiB."""
        sent = self.get_serializer(data=request.data)
        sent.is_valid(raise_exception=True)
        saved = preference_save(user_of(request), name=name, value=sent.validated_data["value"])
        return Response(self.get_serializer(saved).data)
