"""The page on which a person manages the tokens of their programs."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from openvmo_web.access.actions import token_issue, token_revoke
from openvmo_web.access.forms import TokenForm
from openvmo_web.access.permissions import may_somewhere
from openvmo_web.access.queries import tokens_of
from openvmo_web.common.http import AuthenticatedRequest


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def tokens(request: AuthenticatedRequest) -> HttpResponse:
    """List one's own tokens, and issue a new one; its secret is shown in the answer and never again."""
    form = TokenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        at = timezone.now()
        expires_at = None if form.validity is None else at + form.validity
        token, secret = token_issue(name=form.cleaned_data["name"], expires_at=expires_at, by=request.user, at=at)
        return _page(request, form=TokenForm(), issued=token, secret=secret)
    return _page(request, form=form)


def _page(request: AuthenticatedRequest, **context: Any) -> HttpResponse:
    context |= {
        "tokens": tokens_of(request.user),
        "may_issue": may_somewhere(request.user, "api.use"),
        "now": timezone.now(),
    }
    return render(request, "access/tokens.html", context)


@require_POST
def token_revocation(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Revoke one of one's own tokens."""
    token = token_revoke(token=get_object_or_404(tokens_of(request.user), pk=pk), by=request.user, at=timezone.now())
    messages.success(
        request,
        _("The token “%(name)s” is revoked; programs that use it are refused from now on.") % {"name": token.name},
    )
    return redirect("access:tokens")
