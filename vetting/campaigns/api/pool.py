"""API of a campaign's pool; for managers, who alone see what is gold."""

from typing import Any

import django_filters as filters
from django.db.models import QuerySet
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from vetting.campaigns import services
from vetting.campaigns.api.campaigns import CountSerializer
from vetting.campaigns.api.parts import CampaignPartViewSet, SentSerializer, in_campaign
from vetting.campaigns.models import CLASS_CHOICES, PoolItem
from vetting.common import RowSerializer

MOST_NAMES = 10_000  # candidates in one request


class PoolItemSerializer(RowSerializer):
    """One candidate of the pool; ``gold_class`` is its true class where that is known."""

    source_id = serializers.CharField(source="candidate.source_id")
    night = serializers.DateField(source="candidate.night")

    class Meta:
        model = PoolItem
        fields = ["candidate", "source_id", "night", "priority", "gold_class", "gold_source", "added_at"]


class PoolAddSerializer(SentSerializer):
    """Candidates by the survey's identifier."""

    source_ids = serializers.ListField(child=serializers.CharField(max_length=40), max_length=MOST_NAMES)


class PrioritySerializer(SentSerializer):
    """Candidates to move to the front; 0 moves them back."""

    candidates = serializers.ListField(child=serializers.IntegerField(min_value=1), max_length=MOST_NAMES)
    priority = serializers.IntegerField(min_value=0, max_value=9)


class KnownSerializer(SentSerializer):
    """The true class of a candidate; an empty one takes the declaration back."""

    candidate = serializers.IntegerField(min_value=1)
    fine_class = serializers.ChoiceField(choices=CLASS_CHOICES, allow_blank=True)


class GoldSerializer(SentSerializer):
    """Candidates whose answer is known."""

    source = serializers.ChoiceField(choices=PoolItem.Gold.choices)  # type: ignore[assignment]
    answers = KnownSerializer(many=True, allow_empty=False, max_length=MOST_NAMES)  # type: ignore[call-arg]


class PoolFilter(filters.FilterSet):  # type: ignore[misc]
    """Candidates of a pool that are gold, or not."""

    gold = filters.BooleanFilter(field_name="gold_class", lookup_expr="gt", method="is_gold", label="Gold")

    def is_gold(self, rows: QuerySet[PoolItem], _name: str, value: bool) -> QuerySet[PoolItem]:  # noqa: FBT001 (the library's call)
        """Keep what has a known answer, or what has none."""
        return rows.exclude(gold_class="") if value else rows.filter(gold_class="")


@in_campaign
class PoolViewSet(mixins.ListModelMixin, CampaignPartViewSet):
    """The pool of a campaign in the order in which it grew."""

    queryset = PoolItem.objects.none()
    filter_backends = [DjangoFilterBackend]
    filterset_class = PoolFilter

    def get_queryset(self) -> QuerySet[PoolItem]:
        """Show the pool of this campaign."""
        return PoolItem.objects.filter(campaign=self.campaign).select_related("candidate").order_by("pk")

    def get_serializer_class(self) -> type[serializers.Serializer[Any]]:
        """Offer the form of what is sent, not of what comes back."""
        sent = {"create": PoolAddSerializer, "priority": PrioritySerializer, "gold": GoldSerializer}
        return sent.get(self.action, PoolItemSerializer)

    @extend_schema(
        responses={201: CountSerializer},
        examples=[OpenApiExample("A list", {"source_ids": ["5450000000000000001"]}, request_only=True)],
    )
    def create(self, _request: Request, **_address: str) -> Response:
        """Take in candidates by the survey's identifier, all of them or none; says how many are new."""
        count = services.pool_add(self.campaign, self.sent()["source_ids"])
        return Response({"count": count}, status=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses=CountSerializer)
    @action(detail=False, methods=["post"], filterset_class=None, pagination_class=None)
    def refresh(self, _request: Request, **_address: str) -> Response:
        """Take in what the pool's definition means now; says how many candidates came."""
        return Response({"count": services.pool_refresh(self.campaign)})

    @extend_schema(responses={204: None})
    @action(detail=False, methods=["post"], filterset_class=None, pagination_class=None)
    def priority(self, _request: Request, **_address: str) -> Response:
        """Move candidates to the front of the queue, from the next request for work on."""
        sent = self.sent()
        services.pool_prioritise(self.campaign, sent["candidates"], priority=sent["priority"])
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(
        responses={204: None},
        examples=[
            OpenApiExample(
                "A known asteroid",
                {"source": "known", "answers": [{"candidate": 17, "fine_class": "asteroid"}]},
                request_only=True,
            )
        ],
    )
    @action(detail=False, methods=["post"], filterset_class=None, pagination_class=None)
    def gold(self, _request: Request, **_address: str) -> Response:
        """Declare the true class of candidates of the pool; no vetter is told."""
        sent = self.sent()
        classes = {answer["candidate"]: answer["fine_class"] for answer in sent["answers"]}
        services.pool_gold(self.campaign, classes, source=sent["source"])
        return Response(status=status.HTTP_204_NO_CONTENT)
