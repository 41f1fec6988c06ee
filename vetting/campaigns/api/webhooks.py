"""API of webhooks and their delivery log, for managers of the campaign."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from vetting.campaigns.api.parts import CampaignPartViewSet, in_campaign
from vetting.campaigns.models import Delivery, Webhook
from vetting.campaigns.services.webhooks import delivery_resend, webhook_change, webhook_create
from vetting.common import RowSerializer, user_of


class WebhookSerializer(RowSerializer):
    """An address that is told of a campaign's events; its secret is given once, when it is made."""

    events = serializers.ListField(child=serializers.ChoiceField(choices=Webhook.Event.choices), allow_empty=False)

    class Meta:
        model = Webhook
        fields = ["id", "campaign", "address", "events", "is_active", "failures", "next_at", "made_at"]
        read_only_fields = ["campaign", "failures", "next_at", "made_at"]


class NewWebhookSerializer(WebhookSerializer):
    """A webhook with its secret."""

    class Meta(WebhookSerializer.Meta):
        fields = [*WebhookSerializer.Meta.fields, "secret"]
        read_only_fields = [*WebhookSerializer.Meta.read_only_fields, "secret"]


class DeliverySerializer(RowSerializer):
    """One event for one webhook, and how sending it went."""

    class Meta:
        model = Delivery
        fields = ["id", "event_id", "event", "content", "state", "attempts", "status", "said", "made_at", "tried_at"]


@in_campaign
class WebhookViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, mixins.DestroyModelMixin, CampaignPartViewSet):
    """Webhooks of a campaign."""

    serializer_class = WebhookSerializer
    lookup_value_regex = r"\d{1,18}"

    def get_queryset(self) -> QuerySet[Webhook]:
        """Return those of the campaign."""
        if getattr(self, "swagger_fake_view", False):
            return Webhook.objects.none()
        return Webhook.objects.filter(campaign=self.campaign).order_by("pk")

    def _sent(self, *, partial: bool) -> dict[str, Any]:
        serializer = WebhookSerializer(data=self.request.data, partial=partial)
        serializer.is_valid(raise_exception=True)
        sent: dict[str, Any] = serializer.validated_data
        return sent

    @extend_schema(request=WebhookSerializer, responses={201: NewWebhookSerializer})
    def create(self, request: Request, **_: Any) -> Response:
        """Make a webhook; the answer alone holds its secret."""
        made = webhook_create(self.campaign, by=user_of(request), **self._sent(partial=False))
        return Response(NewWebhookSerializer(made).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=WebhookSerializer, responses=WebhookSerializer)
    def partial_update(self, _request: Request, **_: Any) -> Response:
        """Change address or events, or switch it on or off."""
        return Response(WebhookSerializer(webhook_change(self.get_object(), **self._sent(partial=True))).data)


@in_campaign
class DeliveryViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, CampaignPartViewSet):
    """The delivery log of one webhook, latest first."""

    serializer_class = DeliverySerializer
    lookup_value_regex = r"\d{1,18}"

    def get_queryset(self) -> QuerySet[Delivery]:
        """Return those of the webhook of the address."""
        if getattr(self, "swagger_fake_view", False):
            return Delivery.objects.none()
        return Delivery.objects.filter(webhook=self.kwargs["webhook"], webhook__campaign=self.campaign)

    @extend_schema(request=None, responses={201: DeliverySerializer})
    @action(detail=True, methods=["post"])
    def resend(self, _request: Request, **_: Any) -> Response:
        """Send this event again; the receiver knows it by its ``event_id``."""
        again = delivery_resend(self.get_object())
        return Response(DeliverySerializer(again).data, status=status.HTTP_201_CREATED)
