"""API of campaigns: setting up, running, asking for work."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from vetting.campaigns import services
from vetting.campaigns.api.parts import CampaignPartViewSet, SentSerializer, in_campaign
from vetting.campaigns.models import CLASS_CHOICES, Assignment, Campaign, GuidelineVersion, Role
from vetting.campaigns.selectors import campaign_for, campaigns_visible, role_of
from vetting.campaigns.selectors.work import campaign_progress
from vetting.campaigns.services.assignments import MOST_HELD, PREFETCHED
from vetting.campaigns.services.campaigns import MOST_EXAMPLES
from vetting.common import RowSerializer, user_of
from vetting.tokens.models import Scope

POLICIES = [
    "rule", "redundancy", "votes_needed", "votes_most", "certainty", "order", "gold_share", "blindness", "feedback",
    "feedback_days", "assigns", "lease_minutes", "pool", "pool_first_night", "pool_last_night", "pool_filter",
    "pool_grows", "is_public",
]  # fmt: skip


class CampaignSerializer(RowSerializer):
    """A labelling effort; ``role`` is yours."""

    role = serializers.SerializerMethodField()

    class Meta:
        model = Campaign
        fields = [
            "id", "name", "description", "status", "template", "role", *POLICIES, "is_default", "created_at",
        ]  # fmt: skip

    def get_role(self, campaign: Campaign) -> Role | None:
        """Return the role of who asks."""
        return role_of(self.context["request"].user, campaign)


class CampaignChangeSerializer(RowSerializer):
    """Settings to change; those that are not named stay."""

    class Meta:
        model = Campaign
        fields = ["name", "description", *POLICIES]
        extra_kwargs = {name: {"required": False} for name in fields}

    def get_fields(self) -> dict[str, Any]:
        """Leave the choice of what is right to the service: no field has a default of its own here."""
        fields = super().get_fields()
        for field in fields.values():
            field.default = serializers.empty
        return fields


class CampaignCreateSerializer(CampaignChangeSerializer):
    """A new campaign: a template, and whatever differs from it."""

    template = serializers.ChoiceField(choices=Campaign.Template.choices)
    guideline = serializers.CharField(required=False, max_length=100_000, help_text="Markdown")

    class Meta(CampaignChangeSerializer.Meta):
        fields = ["template", "guideline", *CampaignChangeSerializer.Meta.fields]
        extra_kwargs = CampaignChangeSerializer.Meta.extra_kwargs | {"name": {"required": True}}


class CloneSerializer(SentSerializer):
    """The name of the copy."""

    name = serializers.CharField(max_length=100)


class NextSerializer(SentSerializer):
    """How many candidates are wanted, and which the client holds already."""

    count = serializers.IntegerField(min_value=1, max_value=MOST_HELD, default=PREFETCHED)
    night = serializers.DateField(required=False, allow_null=True, default=None)
    exclude = serializers.ListField(child=serializers.IntegerField(min_value=1), max_length=1000, default=list)


class ReturnSerializer(SentSerializer):
    """Candidates that are given back."""

    candidates = serializers.ListField(child=serializers.IntegerField(min_value=1), max_length=1000)


class CountSerializer(serializers.Serializer[dict[str, int]]):
    """How many rows something concerned."""

    count = serializers.IntegerField()


class AssignmentSerializer(RowSerializer):
    """A candidate that is lent to you; whether its answer is known is not said."""

    source_id = serializers.CharField(source="candidate.source_id")
    night = serializers.DateField(source="candidate.night")

    class Meta:
        model = Assignment
        fields = ["candidate", "source_id", "night", "leased_at", "expires_at"]


class ProgressSerializer(serializers.Serializer[dict[str, Any]]):
    """A campaign in numbers."""

    status = serializers.ChoiceField(choices=Campaign.Status.choices)
    pool = serializers.IntegerField(help_text="candidates that are asked about; to managers without gold")
    retired = serializers.IntegerField(help_text="of these")
    contested = serializers.IntegerField(help_text="in the adjudication inbox")
    labels = serializers.IntegerField(help_text="that stand")
    yours = serializers.IntegerField(help_text="of these, by you")
    lent = serializers.IntegerField(help_text="candidates out with vetters now")


class CampaignViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Campaign]):
    """Campaigns that you have a part in: each has people, votes and a consensus of its own."""

    queryset = Campaign.objects.none()
    serializer_class = CampaignSerializer
    filter_backends = []
    lookup_value_regex = r"\d+"
    scopes = {"next": Scope.LABEL, "back": Scope.LABEL}

    def get_queryset(self) -> QuerySet[Campaign]:
        """Show nobody the campaigns of others."""
        return campaigns_visible(self.request.user)

    @extend_schema(
        request=CampaignCreateSerializer,
        responses={201: CampaignSerializer},
        examples=[
            OpenApiExample(
                "A training set from a filter",
                {"name": "Fast movers", "template": "training", "pool_filter": {"rate_min": "20"}, "pool_grows": True},
                request_only=True,
            )
        ],
    )
    def create(self, request: Request) -> Response:
        """Set a campaign up as a draft; you are its manager."""
        sent = self._sent(CampaignCreateSerializer)
        campaign = services.campaign_create(sent.pop("name"), by=user_of(request), **sent)
        return Response(self._shown(campaign), status=status.HTTP_201_CREATED)

    @extend_schema(request=CampaignChangeSerializer, responses=CampaignSerializer)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Change settings; how votes are counted stays once there are votes."""
        campaign = campaign_for(request.user, pk, Role.MANAGER)
        changed = self._sent(CampaignChangeSerializer, campaign)
        return Response(self._shown(services.campaign_change(campaign, by=user_of(request), **changed)))

    @extend_schema(request=None, responses=CampaignSerializer)
    @action(detail=True, methods=["post"])
    def start(self, request: Request, pk: str) -> Response:
        """Hand candidates out from now on; the pool is filled first."""
        campaign = campaign_for(request.user, pk, Role.MANAGER)
        return Response(self._shown(services.campaign_start(campaign, by=user_of(request))))

    @extend_schema(request=None, responses=CampaignSerializer)
    @action(detail=True, methods=["post"])
    def pause(self, request: Request, pk: str) -> Response:
        """Hand nothing new out; labels of what is lent are still taken."""
        campaign = campaign_for(request.user, pk, Role.MANAGER)
        return Response(self._shown(services.campaign_pause(campaign, by=user_of(request))))

    @extend_schema(request=None, responses=CampaignSerializer)
    @action(detail=True, methods=["post"])
    def close(self, request: Request, pk: str) -> Response:
        """End the work; labels of what was lent before are taken and flagged late."""
        campaign = campaign_for(request.user, pk, Role.MANAGER)
        return Response(self._shown(services.campaign_close(campaign, by=user_of(request))))

    @extend_schema(request=None, responses=CampaignSerializer)
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, pk: str) -> Response:
        """Take the work up again."""
        campaign = campaign_for(request.user, pk, Role.MANAGER)
        return Response(self._shown(services.campaign_reopen(campaign, by=user_of(request))))

    @extend_schema(request=CloneSerializer, responses={201: CampaignSerializer})
    @action(detail=True, methods=["post"])
    def clone(self, request: Request, pk: str) -> Response:
        """Set a draft up with the same policies, guideline, pool and gold, without people and labels."""
        campaign = campaign_for(request.user, pk, Role.MANAGER)
        copy = services.campaign_clone(campaign, by=user_of(request), **self._sent(CloneSerializer))
        return Response(self._shown(copy), status=status.HTTP_201_CREATED)

    @extend_schema(
        request=NextSerializer,
        responses=AssignmentSerializer(many=True),
        examples=[OpenApiExample("Five more", {"count": 5, "exclude": [17, 18]}, request_only=True)],
    )
    @action(detail=True, methods=["post"], pagination_class=None)
    def next(self, request: Request, pk: str) -> Response:
        """Borrow candidates to label; what is not labelled in time comes back. Asking again gives what you hold.

        They are chosen in fives: what you did not ask for is held for your next request.
        """
        campaign = campaign_for(request.user, pk, Role.VETTER)
        sent = self._sent(NextSerializer)
        lent = services.assignments_lease(campaign, user_of(request), **sent, ahead=PREFETCHED)
        return Response(AssignmentSerializer(lent, many=True).data)

    @extend_schema(request=ReturnSerializer, responses=CountSerializer)
    @action(detail=True, methods=["post"])
    def back(self, request: Request, pk: str) -> Response:
        """Give borrowed candidates back before their time."""
        campaign = campaign_for(request.user, pk, Role.VETTER)
        count = services.assignments_return(campaign, user_of(request), **self._sent(ReturnSerializer))
        return Response({"count": count})

    @extend_schema(responses=ProgressSerializer)
    @action(detail=True)
    def progress(self, request: Request, pk: str) -> Response:
        """Say how far the campaign is."""
        return Response(campaign_progress(campaign_for(request.user, pk), user_of(request)))

    def _sent(self, kind: type[serializers.Serializer[Any]], row: Campaign | None = None) -> dict[str, Any]:
        serializer = kind(row, data=self.request.data, partial=row is not None)
        serializer.is_valid(raise_exception=True)
        sent: dict[str, Any] = serializer.validated_data
        return sent

    def _shown(self, campaign: Campaign) -> dict[str, Any]:
        return CampaignSerializer(campaign, context=self.get_serializer_context()).data


class ExampleSerializer(serializers.Serializer[dict[str, Any]]):
    """A candidate that shows a class."""

    candidate = serializers.IntegerField(min_value=1)
    fine_class = serializers.ChoiceField(choices=CLASS_CHOICES)


class GuidelineSerializer(RowSerializer):
    """A version of the guideline; labels point to the version that they were made under."""

    number = serializers.IntegerField(read_only=True)
    classes = serializers.ListField(child=serializers.ChoiceField(choices=CLASS_CHOICES), required=False)
    examples = ExampleSerializer(many=True, required=False, max_length=MOST_EXAMPLES)  # type: ignore[call-arg]
    text = serializers.CharField(max_length=100_000, help_text="Markdown")

    class Meta:
        model = GuidelineVersion
        fields = ["number", "text", "classes", "examples", "written_at"]


@in_campaign
class GuidelineViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, CampaignPartViewSet):
    """Versions of a campaign's guideline, latest first."""

    queryset = GuidelineVersion.objects.none()
    serializer_class = GuidelineSerializer
    lookup_field = "number"
    lookup_value_regex = r"\d+"
    least = {"list": Role.VIEWER, "retrieve": Role.VIEWER}

    def get_queryset(self) -> QuerySet[GuidelineVersion]:
        """Show the versions of this campaign."""
        return GuidelineVersion.objects.filter(campaign=self.campaign).order_by("-number")

    @extend_schema(responses={201: GuidelineSerializer})
    def create(self, request: Request, **_address: str) -> Response:
        """Write the next version; earlier labels keep pointing to theirs."""
        row = services.guideline_write(self.campaign, by=user_of(request), **self.sent())
        return Response(self.get_serializer(row).data, status=status.HTTP_201_CREATED)
