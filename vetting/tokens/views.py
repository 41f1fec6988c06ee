"""The page of one's own tokens: making one, whose secret is shown once, and revoking."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from vetting.common import ApplicationError, user_of
from vetting.tokens.models import ApiToken, Scope
from vetting.tokens.selectors import tokens_good, tokens_of
from vetting.tokens.services import Made, token_make, token_revoke

PAGE = 30
SPANS = {7: "a week", 30: "30 days", 90: "90 days", 365: "a year"}
USUAL_SPAN = 90


@never_cache  # the answer that holds a secret is in no cache and comes back with no "back" button
@sensitive_variables("made", "context")
@require_http_methods(["GET", "HEAD", "POST"])
def tokens(request: HttpRequest) -> HttpResponse:
    """List the tokens of this user; a post makes one and shows its secret this once."""
    made = None
    if request.method == "POST":
        try:
            made = _make(request)
        except ApplicationError as error:
            messages.error(request, f"No token was made: {error}.")
            return redirect("tokens")
    user = user_of(request)
    page = Paginator(tokens_of(user), PAGE).get_page(request.GET.get("page"))
    good = set(tokens_good(user).filter(pk__in=[token.pk for token in page]).values_list("pk", flat=True))
    context = {
        "made": made,
        "page": page,
        "rows": [(token, token.pk in good) for token in page],
        "scopes": Scope,
        "spans": SPANS,
        "usual_span": USUAL_SPAN,
        "name_length": ApiToken._meta.get_field("name").max_length,  # noqa: SLF001 Django's documented API
    }
    return render(request, "tokens/tokens.html", context)


def _make(request: HttpRequest) -> Made:
    days = request.POST.get("days", "")
    if not days.isdecimal() or int(days) not in SPANS:
        raise ApplicationError(f"expected days to be one of {', '.join(map(str, SPANS))}, got {days!r}")
    scopes = request.POST.getlist("scopes")
    return token_make(user_of(request), name=request.POST.get("name", ""), scopes=scopes, days=int(days))


@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponseRedirect:
    """Revoke a token of one's own."""
    token = get_object_or_404(tokens_of(user_of(request)), pk=pk)
    token_revoke(token)
    messages.success(request, f"The token “{token.name}” is revoked: it opens nothing any more.")
    return redirect("tokens")
