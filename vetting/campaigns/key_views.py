"""The page on which a user changes what keys do."""

from dataclasses import asdict

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from vetting.campaigns.keys import ACTIONS


@ensure_csrf_cookie
@require_safe
def keys(request: HttpRequest) -> HttpResponse:
    """Show every action with its keys; the map itself is kept by the API of preferences."""
    return render(request, "campaigns/keys.html", {"actions": [asdict(action) for action in ACTIONS]})
