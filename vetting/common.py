"""What every app shares: errors for people, pages of the API, file storage that never leaves half a file."""

import csv
import datetime as dt
import io
import math
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.core.files import File
from django.core.files.storage import FileSystemStorage
from django.db import OperationalError, connection, models
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.urls import register_converter
from rest_framework import serializers
from rest_framework.pagination import PageNumberPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import exception_handler as rest_exception_handler
from whitenoise.storage import CompressedManifestStaticFilesStorage

from scoring.whole_file import whole_file

UUID_PATTERN = "[0-9a-fA-F-]{32,36}"  # in addresses of the API


class ApplicationError(Exception):
    """A request that cannot be carried out, with a message for its user."""

    status = 400


class RefusedError(ApplicationError):
    """What is asked for is not for whoever asks."""

    status = 403


class ConflictError(ApplicationError):
    """What is asked for contradicts what is already recorded."""

    status = 409


class AwayError(ApplicationError):
    """A part of the system does not answer now."""

    status = 503


class MissingError(ApplicationError):
    """What is named does not exist for whoever names it."""

    status = 404


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Turn an ApplicationError into a 4xx of the API; leave the rest to REST framework."""
    if isinstance(error, ApplicationError):
        return Response({"detail": str(error)}, status=error.status)
    if isinstance(error, RecursionError):
        return Response({"detail": "the JSON is nested too deeply"}, status=400)
    return rest_exception_handler(error, context)


class ApplicationErrorMiddleware:
    """Turn an ApplicationError of a page's own requests into a 4xx with JSON."""

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request."""
        response: HttpResponse = self.get_response(request)
        return response

    def process_exception(self, _request: HttpRequest, error: Exception) -> JsonResponse | None:
        """Answer with the message that the error carries."""
        if isinstance(error, ApplicationError):
            return JsonResponse({"detail": str(error)}, status=error.status)
        return None


class HealthMiddleware:
    """Answers `/healthz`: whether this process reaches its database, for load balancers and container health checks.

    It stands before whatever asks for the host or for HTTPS: who checks calls the process by its address.
    """

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request."""
        if request.path_info != "/healthz":
            response: HttpResponse = self.get_response(request)
            return response
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return HttpResponse("ok", content_type="text/plain")


def server_error(_request: HttpRequest) -> HttpResponse:
    """Answer 503 with Retry-After while the database is away, 500 otherwise; neither needs the database."""
    if isinstance(sys.exc_info()[1], OperationalError):
        detail = "the database does not answer; nothing was saved, try again in a few seconds"
        response: HttpResponse = JsonResponse({"detail": detail}, status=503, headers={"Retry-After": "5"})
        return response
    return HttpResponse(render_to_string("500.html"), status=500)


def user_of(request: HttpRequest | Request) -> User:
    """Give the user of a request that only a login can make."""
    if not isinstance(request.user, User):
        raise TypeError("only a user that has logged in reaches this point")
    return request.user


class NightConverter:
    """A UTC date as the address of a night."""

    regex = r"\d{4}-\d{2}-\d{2}"

    def to_python(self, value: str) -> dt.date:
        """Read the date; a ValueError means that no such night exists."""
        return dt.date.fromisoformat(value)

    def to_url(self, value: dt.date | str) -> str:
        """Write the date."""
        return str(value)


register_converter(NightConverter, "night")


def table_analyse(model: type[models.Model]) -> None:
    """Count a table anew after many rows came: PostgreSQL does so within a minute, and plans by the old size till then.

    Measured: the next candidates of a new pool of 600 took 182 ms before it, 10 ms after.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {connection.ops.quote_name(model._meta.db_table)}")  # noqa: SLF001 Django's documented API


class Pages(PageNumberPagination):
    """Pages of the API: 100 rows, up to 1,000 with ``page_size``."""

    page_size = 100
    page_size_query_param = "page_size"
    max_page_size = 1000


class FiniteFloatField(serializers.FloatField):
    """A number that JSON can hold: NaN and infinity are refused when they come, and null when they are read."""

    def to_internal_value(self, data: Any) -> float:
        """Read a finite number."""
        value = float(super().to_internal_value(data))
        if not math.isfinite(value):
            raise serializers.ValidationError(f"expected a finite number, got {value}")
        return value

    def to_representation(self, value: Any) -> float | None:  # type: ignore[override]
        """Write a finite number."""
        return float(value) if math.isfinite(value) else None


class RowSerializer(serializers.ModelSerializer[Any]):
    """Serializer of rows whose floats are finite."""

    serializer_field_mapping = serializers.ModelSerializer.serializer_field_mapping | {
        models.FloatField: FiniteFloatField
    }


class AtomicFileStorage(FileSystemStorage):
    """Local files that appear whole or not at all: written beside their place, synced, then renamed."""

    def _save(self, name: str, content: "File[Any]") -> str:
        target = Path(self.path(name))
        target.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(target) as file:
            file.writelines(content.chunks())
        return name


class ModuleStaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Hashed static files in which ES modules find each other under their hashed names."""

    support_js_module_import_aggregation = True


# A spreadsheet would run a text cell that begins like this.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001  (full-width ones run too)


def cell(value: object) -> str:
    """Write a value in the one fixed way that makes the same labels the same bytes; what is not finite is empty."""
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if isinstance(value, dt.date):
        return value.isoformat()
    text = str(value).replace("\x00", "")
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def csv_line(values: Iterable[object]) -> bytes:
    """Write one line of a CSV table: UTF-8 with Unix line ends."""
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerow(cell(value) for value in values)
    return buffer.getvalue().encode()
