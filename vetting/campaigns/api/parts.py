"""What the addresses under one campaign share: the campaign is found first, for a role, or nothing is."""

from functools import cached_property
from typing import Any, ClassVar

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, viewsets
from rest_framework.request import Request

from vetting.campaigns.models import Campaign, Role
from vetting.campaigns.selectors import campaign_for

CAMPAIGN = OpenApiParameter("campaign", OpenApiTypes.INT, OpenApiParameter.PATH, description="id of the campaign")
in_campaign = extend_schema(parameters=[CAMPAIGN])


class CampaignPartViewSet(viewsets.GenericViewSet[Any]):
    """Rows of one campaign; ``least`` is the role that each action needs, manager where it is not named."""

    least: ClassVar[dict[str, Role]] = {}
    filter_backends = []

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse whoever has no part in the campaign before anything else is looked at."""
        super().initial(request, *args, **kwargs)
        _ = self.campaign

    @cached_property
    def campaign(self) -> Campaign:
        """Return the campaign of the address."""
        least = self.least.get(self.action or "", Role.MANAGER)
        return campaign_for(self.request.user, self.kwargs["campaign"], least)

    def sent(self) -> dict[str, Any]:
        """Return what was sent, checked."""
        serializer = self.get_serializer(data=self.request.data)
        serializer.is_valid(raise_exception=True)
        checked: dict[str, Any] = serializer.validated_data
        return checked


class SentSerializer(serializers.Serializer[Any]):
    """What is sent and never comes back in this form."""
