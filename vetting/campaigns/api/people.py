"""API of a campaign's people: members and invitations."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import generics, mixins, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from vetting.campaigns import services
from vetting.campaigns.api.parts import CampaignPartViewSet, SentSerializer, in_campaign
from vetting.campaigns.models import Invitation, Membership, Role
from vetting.campaigns.services.people import DAYS, MOST_DAYS, MOST_USES
from vetting.common import RowSerializer, user_of


class MemberSerializer(RowSerializer):
    """A member and the role; the role alone can be changed."""

    user = serializers.CharField(source="user.username", read_only=True)

    class Meta:
        model = Membership
        fields = ["id", "user", "role", "joined_at"]
        read_only_fields = ["joined_at"]
        extra_kwargs = {"role": {"required": True}}


@in_campaign
class MemberViewSet(mixins.ListModelMixin, CampaignPartViewSet):
    """Members of a campaign and their roles."""

    queryset = Membership.objects.none()
    serializer_class = MemberSerializer
    lookup_value_regex = r"\d+"
    least = {"list": Role.VIEWER}

    def get_queryset(self) -> QuerySet[Membership]:
        """Show the members of this campaign."""
        return Membership.objects.filter(campaign=self.campaign).select_related("user").order_by("pk")

    def partial_update(self, _request: Request, **_address: str) -> Response:
        """Give a member another role; a campaign keeps a manager."""
        row = services.member_change(self.get_object(), **self.sent())
        return Response(self.get_serializer(row).data)

    def destroy(self, _request: Request, **_address: str) -> Response:
        """Take a member out; the labels stay."""
        services.member_remove(self.get_object())
        return Response(status=status.HTTP_204_NO_CONTENT)


class InvitationSerializer(RowSerializer):
    """An invitation; its secret comes once, when it is made."""

    made_by = serializers.CharField(source="made_by.username", read_only=True)

    class Meta:
        model = Invitation
        fields = ["id", "role", "uses_left", "expires_at", "revoked_at", "made_by", "made_at"]


class InvitationMadeSerializer(InvitationSerializer):
    """A new invitation with its secret, which nothing shows again."""

    secret = serializers.CharField()

    class Meta(InvitationSerializer.Meta):
        fields = [*InvitationSerializer.Meta.fields, "secret"]


class InviteSerializer(SentSerializer):
    """Whom an invitation lets in: in which role, for how many days, how often."""

    role = serializers.ChoiceField(choices=Role.choices)
    days = serializers.IntegerField(min_value=1, max_value=MOST_DAYS, default=DAYS)
    uses = serializers.IntegerField(min_value=1, max_value=MOST_USES, default=1)


@in_campaign
class InvitationViewSet(mixins.ListModelMixin, CampaignPartViewSet):
    """Invitations to a campaign, latest first."""

    queryset = Invitation.objects.none()
    serializer_class = InvitationSerializer
    lookup_value_regex = r"\d+"

    def get_queryset(self) -> QuerySet[Invitation]:
        """Show the invitations to this campaign."""
        return Invitation.objects.filter(campaign=self.campaign).select_related("made_by")

    def get_serializer_class(self) -> type[serializers.Serializer[Any]]:
        """Offer the form of what is sent, not of what comes back."""
        return InviteSerializer if self.action == "create" else InvitationSerializer

    @extend_schema(
        responses={201: InvitationMadeSerializer},
        examples=[OpenApiExample("Ten vetters", {"role": "vetter", "days": 30, "uses": 10}, request_only=True)],
    )
    def create(self, request: Request, **_address: str) -> Response:
        """Make an invitation; keep the secret of the answer, it is shown once."""
        made = services.member_invite(self.campaign, by=user_of(request), **self.sent())
        shown = InvitationSerializer(made.invitation).data
        return Response({**shown, "secret": made.secret}, status=status.HTTP_201_CREATED)

    def destroy(self, _request: Request, **_address: str) -> Response:
        """Make an invitation worthless; who followed it before stays."""
        services.invitation_revoke(self.get_object())
        return Response(status=status.HTTP_204_NO_CONTENT)


class SecretSerializer(SentSerializer):
    """The secret of an invitation."""

    secret = serializers.CharField(max_length=100)


class AcceptedSerializer(serializers.Serializer[Membership]):
    """The campaign that you are a member of now."""

    campaign = serializers.IntegerField(source="campaign_id")
    role = serializers.ChoiceField(choices=Role.choices)


class AcceptView(generics.GenericAPIView[Any]):
    """Following an invitation."""

    queryset = Membership.objects.none()
    serializer_class = SecretSerializer

    @extend_schema(responses=AcceptedSerializer)
    def post(self, request: Request) -> Response:
        """Become a member of the campaign that an invitation is for."""
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        member = services.invitation_accept(serializer.validated_data["secret"], user=user_of(request))
        return Response(AcceptedSerializer(member).data)
