"""The dashboards of a campaign: its pages, their plots, and every table as CSV."""

import json
from collections.abc import Iterator
from typing import Any, cast

from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from vetting.campaigns.dashboards import plots
from vetting.campaigns.dashboards.feedback import feedback_of, told_until
from vetting.campaigns.dashboards.figures import figures_of
from vetting.campaigns.dashboards.forecast import Forecast, forecast
from vetting.campaigns.dashboards.own import own_tables
from vetting.campaigns.dashboards.record import Record
from vetting.campaigns.dashboards.tables import Table, tables_for
from vetting.campaigns.models import Campaign, Role
from vetting.campaigns.selectors import campaign_for, may, role_of
from vetting.common import csv_line


def campaign_seen(request: HttpRequest, pk: int) -> tuple[Campaign, bool]:
    """Return a campaign that this user may look at, and whether as its manager."""
    campaign = campaign_for(request.user, pk)
    return campaign, may(role_of(request.user, campaign), Role.MANAGER)


@never_cache
@require_safe
def dashboard(request: HttpRequest, pk: int) -> HttpResponse:
    """Show how a campaign goes; the plots come after the page."""
    campaign, is_manager = campaign_seen(request, pk)
    figures = figures_of(campaign, is_manager=is_manager)
    record = figures.record
    context = {
        "campaign": campaign,
        "is_manager": is_manager,
        "record": record,
        "ahead": _ahead(campaign, record),
        "measures": _named(figures.table("agreement")),
        "vetters": _named(figures.table("vetters")) if is_manager else [],
        "vetters_number": len({vote.vetter for vote in record.votes}),
        "downloads": tables_for(is_manager=is_manager),
    }
    return render(request, "campaigns/dashboard.html", context)


def _ahead(campaign: Campaign, record: Record) -> Forecast:
    """Forecast the end of a campaign that runs; of one that does not, say what is left."""
    is_running = campaign.status == Campaign.Status.ACTIVE
    lately = forecast(record.retired, record.total, timezone.now())
    return lately if is_running else Forecast(lately.left, 0.0)


def _named(table: Table) -> list[dict[str, Any]]:
    return [dict(zip(table.columns, row, strict=True)) for row in table.rows]


@never_cache
@gzip_page
@require_safe
def dashboard_plots(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the plots as Bokeh's JSON, by name."""
    campaign, is_manager = campaign_seen(request, pk)
    figures = figures_of(campaign, is_manager=is_manager)
    record = figures.record
    ahead = _ahead(campaign, record)
    tables = {name: figures.table(name) for name in tables_for(is_manager=is_manager)}
    drawn = plots.items(tables, ahead, record.total)
    return HttpResponse(json.dumps(drawn, allow_nan=False), content_type="application/json")


@never_cache
@require_safe
def dashboard_table(request: HttpRequest, pk: int, table: str) -> StreamingHttpResponse:
    """Give one table as CSV; those that tell of single people to managers alone."""
    campaign, is_manager = campaign_seen(request, pk)
    if table not in tables_for(is_manager=is_manager):
        raise Http404(f"there is no table {table}")
    return csv_answer(figures_of(campaign, is_manager=is_manager).table(table), f"campaign-{campaign.pk}-{table}")


def csv_answer(table: Table, name: str) -> StreamingHttpResponse:
    """Send a table as a CSV file."""

    def lines() -> Iterator[bytes]:
        yield csv_line(table.columns)
        yield from map(csv_line, table.rows)

    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8", headers=headers)


def _vetter(request: HttpRequest, vetter: int | None, *, is_manager: bool) -> User:
    """Return the vetter whose page is asked for: oneself, or anyone for a manager."""
    if vetter is None or vetter == request.user.pk:
        return cast("User", request.user)
    if not is_manager:
        raise Http404("this page is of another vetter")
    return get_object_or_404(User, pk=vetter)


@never_cache
@require_safe
def vetter_page(request: HttpRequest, pk: int, vetter: int | None = None) -> HttpResponse:
    """Show what one vetter did: oneself, or anyone for a manager."""
    campaign, is_manager = campaign_seen(request, pk)
    person = _vetter(request, vetter, is_manager=is_manager)
    figures = figures_of(campaign, is_manager=is_manager)
    mine = [row for row in _named(figures.table("vetters")) if row["id"] == person.pk]
    until = timezone.now() if is_manager else told_until(campaign, timezone.now())
    context = {
        "campaign": campaign,
        "person": person,
        "is_manager": is_manager,
        "row": mine[0] if mine else None,
        "feedback": feedback_of(figures.record, person.pk, until) if until else None,
        "downloads": own_tables(figures.record, person.pk),
    }
    return render(request, "campaigns/vetter.html", context)


@never_cache
@gzip_page
@require_safe
def vetter_plots(request: HttpRequest, pk: int, vetter: int) -> HttpResponse:
    """Give the plots of one vetter's page."""
    campaign, is_manager = campaign_seen(request, pk)
    person = _vetter(request, vetter, is_manager=is_manager)
    drawn = plots.own_items(own_tables(figures_of(campaign, is_manager=is_manager).record, person.pk))
    return HttpResponse(json.dumps(drawn, allow_nan=False), content_type="application/json")


@never_cache
@require_safe
def vetter_table(request: HttpRequest, pk: int, vetter: int, table: str) -> StreamingHttpResponse:
    """Give one table of one vetter as CSV."""
    campaign, is_manager = campaign_seen(request, pk)
    person = _vetter(request, vetter, is_manager=is_manager)
    tables = own_tables(figures_of(campaign, is_manager=is_manager).record, person.pk)
    if table not in tables:
        raise Http404(f"there is no table {table}")
    return csv_answer(tables[table], f"campaign-{campaign.pk}-vetter-{person.pk}-{table}")
