"""The export by token: the zip of the export page, by the same questions."""

from typing import Any, cast

from django.http import HttpResponseBase, QueryDict
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.views import APIView

from vetting.campaigns.models import CLASS_CHOICES
from vetting.common import user_of
from vetting.datasets.download import zip_answer
from vetting.datasets.exports import FORMATS
from vetting.datasets.forms import BANDS, ExportForm


def asked(name: str, says: str, kind: Any = str, *, values: list[str] | None = None) -> OpenApiParameter:
    """Describe one question; one with ``values`` may be answered several times."""
    return OpenApiParameter(name, kind, description=says, enum=values, many=values is not None)


class ExportView(APIView):
    """The labelled set of a campaign."""

    def perform_content_negotiation(self, request: Request, force: bool = True) -> tuple[Any, str]:  # noqa: FBT001, FBT002 (DRF's)
        """Take every Accept, since the answer is a zip; ``format`` is a question of the export, not of DRF."""
        return super().perform_content_negotiation(request, force=force)

    @extend_schema(
        parameters=[
            asked("campaign", "id; the default campaign where none is named", int),
            asked("first_night", "UTC date", OpenApiTypes.DATE),
            asked("last_night", "UTC date", OpenApiTypes.DATE),
            asked("decided", "1: candidates that the consensus decides (where nothing is said); 0: with any label"),
            asked("vetter", "labelled by this user name; may be repeated"),
            asked("fine_class", "of these classes", values=[name for name, _ in CLASS_CHOICES]),
            asked("band", "filter of the exposure", values=[name for name, _ in BANDS]),
            asked("format", "csv where nothing is said", values=list(FORMATS)),
            asked("test_percent", "nights that the Zwickyverse tree holds out for a test, %", int),
        ],
        responses={(200, "application/zip"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request) -> HttpResponseBase:
        """Download the zip; what is asked for and cannot be read is a 400 with its reason."""
        given = cast("QueryDict", request.query_params).copy()
        given.setdefault("decided", "1")  # an address without questions asks for all, too
        form = ExportForm.of_link(given, user=user_of(request))
        if not form.is_valid():
            raise ValidationError({name: list(map(str, said)) for name, said in form.errors.items()})
        return zip_answer(form.export())
