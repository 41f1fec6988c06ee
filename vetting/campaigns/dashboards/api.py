"""The figures of the dashboards by API: one table at a time, as JSON."""

from typing import Any

from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from vetting.campaigns.dashboards.figures import figures_of
from vetting.campaigns.dashboards.tables import TABLES, tables_for
from vetting.campaigns.models import Role
from vetting.campaigns.selectors import campaign_for, may, role_of


class FiguresView(APIView):
    """Figures of a campaign: days, agreement, confusion, classes; for managers also missed, pairs, vetters, votes."""

    @extend_schema(
        parameters=[OpenApiParameter("table", str, OpenApiParameter.PATH, enum=list(TABLES))],
        responses=inline_serializer(
            "Figures",
            {"columns": serializers.ListField(child=serializers.CharField()), "rows": serializers.JSONField()},
        ),
    )
    def get(self, request: Request, campaign: int, table: str) -> Response:
        """Give the names of the columns and the rows of one table; unknown is null."""
        found = campaign_for(request.user, campaign)
        is_manager = may(role_of(request.user, found), Role.MANAGER)
        if table not in tables_for(is_manager=is_manager):
            raise Http404(f"there is no table {table}")
        made = figures_of(found, is_manager=is_manager).table(table)
        content: dict[str, Any] = {"columns": made.columns, "rows": made.rows}
        return Response(content)
