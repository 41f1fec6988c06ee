"""API of comments, and of the names that complete a mention."""

from uuid import uuid4

import django_filters as filters
from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from vetting.campaigns.comments import comment_save, comment_withdraw, comments_visible, parts_of, people_named
from vetting.campaigns.models import Comment
from vetting.candidates.models import Candidate
from vetting.common import UUID_PATTERN, RowSerializer, user_of
from vetting.tokens.models import Scope


class PartSerializer(serializers.Serializer[None]):
    """A piece of a comment: never mark-up."""

    kind = serializers.ChoiceField(choices=["text", "person", "candidate"])
    text = serializers.CharField()
    href = serializers.CharField(help_text="page of a candidate, else empty")


class CommentSerializer(RowSerializer):
    """What somebody says of a candidate."""

    author = serializers.CharField(source="author.username")
    source_id = serializers.CharField(source="candidate.source_id")
    parts = serializers.SerializerMethodField(help_text="the text cut at the people and candidates that it names")

    class Meta:
        model = Comment
        fields = ["uuid", "candidate", "source_id", "author", "text", "parts", "written_at"]

    @extend_schema_field(PartSerializer(many=True))
    def get_parts(self, comment: Comment) -> list[dict[str, str]]:
        """Cut the text; the view has done so for all comments of the page at once."""
        parts = self.context.get("parts") or parts_of([comment])
        return [{"kind": part.kind, "text": part.text, "href": part.href} for part in parts[comment.pk]]


class CommentWriteSerializer(serializers.Serializer[Comment]):
    """A comment to keep: the UUID is made by the client, and sent again with every retry."""

    uuid = serializers.UUIDField(initial=uuid4)
    candidate = serializers.PrimaryKeyRelatedField(
        queryset=Candidate.objects.all(), style={"base_template": "input.html"}
    )
    text = serializers.CharField(max_length=2000, style={"base_template": "textarea.html"})


class CommentFilter(filters.FilterSet):  # type: ignore[misc]
    """Comments on a candidate, by an author."""

    candidate = filters.NumberFilter(field_name="candidate_id", label="Candidate (id)")
    author = filters.CharFilter(field_name="author__username", max_length=150, label="Author")


class CommentViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[Comment]):
    """Comments, oldest first. Before the vote of a blind campaign, of others none."""

    queryset = Comment.objects.none()
    serializer_class = CommentSerializer
    filterset_class = CommentFilter
    lookup_field = "uuid"
    lookup_value_regex = UUID_PATTERN
    scopes = {"create": Scope.LABEL, "withdraw": Scope.LABEL}

    def get_queryset(self) -> QuerySet[Comment]:
        """Show what the user may read."""
        return comments_visible(user_of(self.request))

    def list(self, _request: Request) -> Response:
        """List comments."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        context = {**self.get_serializer_context(), "parts": parts_of(page)}
        return self.get_paginated_response(CommentSerializer(page, many=True, context=context).data)

    @extend_schema(request=CommentWriteSerializer, responses={201: CommentSerializer, 200: CommentSerializer})
    def create(self, request: Request) -> Response:
        """Write a comment: 201 the first time, 200 and the same comment for a retry with the same UUID."""
        sent = CommentWriteSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        given = sent.validated_data
        known = Comment.objects.filter(uuid=given["uuid"]).exists()
        comment = comment_save(given["candidate"], author=user_of(request), uuid=given["uuid"], text=given["text"])
        content = CommentSerializer(comment, context=self.get_serializer_context()).data
        return Response(content, status=status.HTTP_200_OK if known else status.HTTP_201_CREATED)

    @extend_schema(request=None, responses=CommentSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, uuid: str) -> Response:  # noqa: ARG002 (the route's own name)
        """Take a comment of your own back."""
        comment = comment_withdraw(self.get_object(), author=user_of(request))
        return Response(CommentSerializer(comment, context=self.get_serializer_context()).data)


class PeopleView(APIView):
    """Names of people who can be mentioned."""

    @extend_schema(
        parameters=[OpenApiParameter("start", OpenApiTypes.STR, description="how the name begins")],
        responses=serializers.ListSerializer(child=serializers.CharField()),
    )
    def get(self, request: Request) -> Response:
        """List the first eight names that begin so."""
        return Response(people_named(request.query_params.get("start", "")[:150]))
