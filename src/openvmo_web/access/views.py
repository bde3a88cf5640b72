"""The pages of people and their roles, and of the tokens of one's own programs."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from openvmo_web.access.actions import (
    digest_choose,
    holdings_pass_on,
    person_add,
    role_assign,
    role_revoke,
    token_issue,
    token_revoke,
    user_deactivate,
    user_reactivate,
)
from openvmo_web.access.forms import (
    NotificationsForm,
    PassOnForm,
    PeopleFilterForm,
    PersonForm,
    RoleForm,
    TokenForm,
)
from openvmo_web.access.holdings import holdings_of
from openvmo_web.access.models import User
from openvmo_web.access.permissions import may_somewhere, require, require_somewhere
from openvmo_web.access.places import places_of
from openvmo_web.access.queries import people_of, roles_shown_to, tokens_of
from openvmo_web.access.rules import LastAdministrator
from openvmo_web.access.tables import PeopleTable
from openvmo_web.common.http import AuthenticatedRequest
from openvmo_web.common.tables import paginate
from openvmo_web.common.widgets import Breadcrumb


@require_safe
def people(request: AuthenticatedRequest) -> HttpResponse:
    """List the people with their roles, and offer to add one."""
    filter_form = PeopleFilterForm(request.GET)
    search = filter_form.cleaned_data["search"] if filter_form.is_valid() else ""
    places = places_of(request.user)
    table = PeopleTable(people_of(request.user, search), viewer=request.user, places=places)
    paginate(table, request)
    context = {"table": table, "filter_form": filter_form, "form": PersonForm(viewer=request.user, places=places)}
    return render(request, "access/people.html", context)


@sensitive_post_parameters("password")
@require_POST
def person_addition(request: AuthenticatedRequest) -> HttpResponse:
    """Add a person with a first role."""
    require_somewhere(request.user, "access.assign")
    form = PersonForm(request.POST, viewer=request.user, places=places_of(request.user))
    if form.is_valid():
        stated = form.cleaned_data
        values = {name: stated[name] for name in ("email", "name", "password", "role")}
        try:
            user = person_add(**values, portfolio_id=stated["where"], by=request.user, at=timezone.now())
        except ValidationError as problem:
            form.add_error(None, problem)
        else:
            messages.success(request, _("%(name)s can sign in now.") % {"name": user.name})
            return redirect("access:people")
    return _asked_again(request, form)


@require_POST
def role_giving(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Give a person a role."""
    person = get_object_or_404(people_of(request.user), pk=pk)
    form = RoleForm(request.POST, viewer=request.user, places=places_of(request.user))
    if not form.is_valid():
        return _asked_again(request, form, person)
    stated = form.cleaned_data
    role_assign(user=person, role=stated["role"], portfolio_id=stated["where"], by=request.user, at=timezone.now())
    messages.success(request, _("%(name)s has the role now.") % {"name": person.name})
    return redirect("access:people")


@require_POST
def role_revocation(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Take a role away."""
    assignment = get_object_or_404(roles_shown_to(request.user).select_related("user"), pk=pk)
    try:
        role_revoke(assignment=assignment, by=request.user, at=timezone.now())
    except LastAdministrator:
        messages.error(
            request,
            _(
                "%(name)s is the last administrator of the organisation. Give somebody else this role for the whole "
                "organisation first, then take it away here."
            )
            % {"name": assignment.user.name},
        )
    else:
        messages.success(request, _("%(name)s no longer has the role.") % {"name": assignment.user.name})
    # Who took away the last right to give roles of one's own cannot see the list any more.
    request.user.forget_scopes()
    return redirect("access:people" if may_somewhere(request.user, "access.assign") else "/")


def _asked_again(request: AuthenticatedRequest, form: RoleForm, person: User | None = None) -> HttpResponse:
    """A form that could not be accepted, with its reasons: for a role of a person, or for a new person."""
    return render(request, "access/people_form.html", {"form": form, "person": person}, status=422)


@require_safe
def leaving(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Show for what a person is named, with the way to hand it over and to deactivate him."""
    return _leaving_page(request, _leaver(request, pk))


@require_POST
def passing_on(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Hand everything that names a person over to another one."""
    person = _leaver(request, pk)
    form = PassOnForm(request.POST, person=person)
    if not form.is_valid():
        return _leaving_page(request, person, form)
    to_user = form.cleaned_data["to_user"]
    try:
        count = holdings_pass_on(from_user=person, to_user=to_user, by=request.user, at=timezone.now())
    except ValidationError as problem:
        form.add_error("to_user", problem.messages)
        return _leaving_page(request, person, form)
    words = ngettext("%(count)d thing now names %(name)s.", "%(count)d things now name %(name)s.", count)
    messages.success(request, words % {"count": count, "name": to_user.name})
    return redirect("access:leave", pk)


@require_POST
def deactivation(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Shut a person out who leaves."""
    person = _leaver(request, pk)
    try:
        user_deactivate(user=person, by=request.user, at=timezone.now())
    except ValidationError as problem:
        messages.error(request, " ".join(problem.messages))
        return redirect("access:leave", pk)
    except LastAdministrator:
        words = _("%(name)s is the last administrator of the organisation. Give somebody else this role first.")
        messages.error(request, words % {"name": person.name})
        return redirect("access:leave", pk)
    messages.success(request, _("%(name)s can no longer sign in.") % {"name": person.name})
    return redirect("access:people")


@require_POST
def reactivation(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Let a person in again."""
    person = user_reactivate(user=_leaver(request, pk), by=request.user, at=timezone.now())
    messages.success(request, _("%(name)s can sign in again, with the roles of before.") % {"name": person.name})
    return redirect("access:people")


def _leaver(request: AuthenticatedRequest, pk: int) -> User:
    require(request.user, "access.assign")
    return get_object_or_404(User, pk=pk)


def _leaving_page(request: AuthenticatedRequest, person: User, form: PassOnForm | None = None) -> HttpResponse:
    context = {
        "person": person,
        "holdings": holdings_of(person),
        "form": form or PassOnForm(person=person),
        "is_self": person.pk == request.user.pk,
        "breadcrumbs": [Breadcrumb(_("People"), reverse("access:people"))],
    }
    return render(request, "access/leaving.html", context, status=422 if form else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def notifications(request: AuthenticatedRequest) -> HttpResponse:
    """Let one choose how often one is told by e-mail what waits."""
    form = NotificationsForm(request.POST or None, initial={"digest": request.user.digest})
    if request.method == "POST" and form.is_valid():
        digest_choose(digest=form.cleaned_data["digest"], by=request.user, at=timezone.now())
        messages.success(request, _("Your choice is saved."))
        return redirect("access:notifications")
    return render(request, "access/notifications.html", {"form": form}, status=422 if form.errors else 200)


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
