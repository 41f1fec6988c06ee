"""The page of what is for me, and the count that the navigation shows on every page."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import SimpleLazyObject
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from vetting.campaigns.comments import mentions_of, mentions_read, mentions_unread, parts_of
from vetting.common import user_of

PAGE = 30


@never_cache
@require_GET
def for_me(request: HttpRequest) -> HttpResponse:
    """List the comments that name this user."""
    page = Paginator(mentions_of(user_of(request)), PAGE).get_page(request.GET.get("page"))
    parts = parts_of(mention.comment for mention in page)
    context = {"page": page, "mentions": [(mention, parts[mention.comment_id]) for mention in page]}
    return render(request, "campaigns/for_me.html", context)


@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Call them all read."""
    mentions_read(user_of(request))
    return redirect("for-me")


def unread(request: HttpRequest) -> dict[str, Any]:
    """Count for the navigation; asked of the database only where a page shows it."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {}
    return {"unread": SimpleLazyObject(lambda: mentions_unread(user_of(request)))}
