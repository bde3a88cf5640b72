"""The pages of the benefits map: the drawing with its table, a thing with what belongs to it, and what-if.

Each change is a form that also works without a script. The drawing sends the same forms and asks for JSON: it gets
the map anew, or the reason of a refusal.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from openvmo_web.access.permissions import Refused, may, require
from openvmo_web.audit.queries import trail
from openvmo_web.audit.timeline import timeline_of
from openvmo_web.benefits.models import Benefit
from openvmo_web.common.export import ExportColumn, export_response
from openvmo_web.common.http import AuthenticatedRequest
from openvmo_web.common.moments import moment_asked
from openvmo_web.common.widgets import Breadcrumb, Fact
from openvmo_web.maps import actions, words
from openvmo_web.maps.checks import CannotMap
from openvmo_web.maps.drawing import drawing_of, in_reading_order, note_of, sentence_of, what_if_of
from openvmo_web.maps.forms import (
    ClaimForm,
    LinkForm,
    NodeForm,
    ObjectiveForm,
    PartForm,
    PlaceForm,
    StrengthForm,
    in_percent,
)
from openvmo_web.maps.models import Node
from openvmo_web.maps.queries import (
    BENEFIT,
    NODE,
    BenefitMap,
    Scope,
    TooMuch,
    benefit_on,
    claim_of,
    claims_of,
    claims_on,
    found_on,
    link_of,
    links_of,
    map_of,
    node_of,
    parts_of,
    scope_of,
    split_id,
    thing_of,
)
from openvmo_web.maps.rules import RETIRED, Point, Thing, left_of
from openvmo_web.maps.what_if import what_if
from openvmo_web.portfolio.models import Portfolio
from openvmo_web.portfolio.queries import portfolio_of
from openvmo_web.strategy.models import Objective

TRAIL_LENGTH = 10
FORMATS = ("csv", "xlsx")


@dataclass(frozen=True)
class Listed:
    """A thing of the map as a row of its table."""

    thing: Thing
    kind: str
    status: Any
    note: str
    leads_to: list[Thing]
    hangs_on: list[Thing]


@require_GET
def benefits_map(request: AuthenticatedRequest, slug: str) -> HttpResponse:
    """Show the map of a portfolio, a programme or an initiative, as a drawing and as a table."""
    portfolio = portfolio_of(request.user, slug)
    scope, known_on = _scope(request, portfolio)
    form = PartForm(request.GET)
    search = form.cleaned_data["search"] if form.is_valid() else ""
    context: dict[str, Any] = {
        "portfolio": portfolio,
        "scope": scope,
        "known_on": known_on,
        "query": _query(request),
        "search_form": form,
        "search": search,
        "found": found_on(request.user, portfolio, search) if search else [],
        "programmes": parts_of(request.user, portfolio),
        "may_change": may(request.user, "map.change", portfolio.pk) and known_on is None,
        "may_export": may(request.user, "portfolio.export", portfolio.pk),
    }
    try:
        shown = map_of(request.user, portfolio, scope)
    except TooMuch as problem:
        return render(request, "maps/parts.html", context | {"count": problem.count})
    return render(request, "maps/map.html", context | _drawn(request, shown))


@require_GET
def data(request: AuthenticatedRequest, slug: str) -> HttpResponse:
    """Answer with the map as the drawing takes it."""
    portfolio = portfolio_of(request.user, slug)
    scope, _known_on = _scope(request, portfolio)
    try:
        return JsonResponse(drawing_of(map_of(request.user, portfolio, scope)))
    except TooMuch as problem:
        return JsonResponse({"message": _too_much(problem)}, status=HTTPStatus.CONFLICT)


@require_GET
def export(request: AuthenticatedRequest, slug: str, format: str) -> HttpResponse:
    """Export the things of the map with what they lead to."""
    portfolio = portfolio_of(request.user, slug)
    require(request.user, "portfolio.export", portfolio_id=portfolio.pk)
    if format not in FORMATS:
        raise Http404
    scope, _known_on = _scope(request, portfolio)
    try:
        shown = map_of(request.user, portfolio, scope)
    except TooMuch as problem:
        messages.error(request, _too_much(problem))
        return redirect("maps:map", slug)
    columns = [
        ExportColumn(_("Kind")),
        ExportColumn(_("Name")),
        ExportColumn(_("State")),
        ExportColumn(_("Leads to")),
        ExportColumn(_("Hangs on")),
        ExportColumn(_("Present value of its forecast"), f"{portfolio.currency}, {portfolio.price_base}"),
    ]
    rows = (
        [
            row.kind,
            row.thing.name,
            "" if row.status is None else row.status.label,
            "; ".join(thing.name for thing in row.leads_to),
            "; ".join(thing.name for thing in row.hangs_on),
            shown.values.get(split_id(row.thing.id)[1]) if row.thing.kind == "benefit" else None,
        ]
        for row in _listed(shown)
    )
    return export_response(format, f"{portfolio.slug}-benefits-map", columns, rows)  # type: ignore[arg-type]


@require_GET
def thing(request: AuthenticatedRequest, slug: str, thing: str) -> HttpResponse:
    """Show an enabler, change, outcome, benefit or objective of the map with what belongs to it."""
    portfolio = portfolio_of(request.user, slug)
    return _thing_page(request, portfolio, thing)


@require_http_methods(["GET", "POST"])
def node_new(request: AuthenticatedRequest, slug: str) -> HttpResponse:
    """Add an enabler, a change or an outcome."""
    portfolio = portfolio_of(request.user, slug)
    require(request.user, "map.change", portfolio_id=portfolio.pk)
    scope, _known_on = _scope(request, portfolio)
    initial = {
        "kind": request.GET.get("kind", "enabler"),
        "state": "planned",
        "initiative": scope.initiative.code if scope.initiative else "",
    }
    form = NodeForm(request.POST if request.method == "POST" else None, portfolio=portfolio, initial=initial)
    if request.method == "POST" and form.is_valid():

        def add() -> str:
            node = actions.node_add(portfolio=portfolio, **form.cleaned_data, by=request.user, at=timezone.now())
            return f"{NODE}-{node.pk}"

        return _carried_out(request, portfolio, add, _("It is on the map."), form=form, page=_new_page)
    return _new_page(request, portfolio, form)


@require_POST
def node_change(request: AuthenticatedRequest, slug: str, pk: int) -> HttpResponse:
    """Change an enabler, a change or an outcome."""
    portfolio = portfolio_of(request.user, slug)
    node = node_of(request.user, portfolio, pk)
    require(request.user, "map.change", portfolio_id=portfolio.pk)
    form = NodeForm(request.POST, portfolio=portfolio, node=node)

    def page(request: AuthenticatedRequest, portfolio: Portfolio, form: forms.Form) -> HttpResponse:
        return _thing_page(request, portfolio, f"{NODE}-{pk}", node_form=form)

    if not form.is_valid():
        return page(request, portfolio, form)

    def change() -> str:
        actions.node_change(node=node, **form.cleaned_data, by=request.user, at=timezone.now())
        return f"{NODE}-{pk}"

    return _carried_out(request, portfolio, change, _("The change is saved."), form=form, page=page)


@require_POST
def node_remove(request: AuthenticatedRequest, slug: str, pk: int) -> HttpResponse:
    """Take an enabler, a change or an outcome off the map."""
    portfolio = portfolio_of(request.user, slug)
    node = node_of(request.user, portfolio, pk)
    cascade = request.POST.get("cascade") == "yes"

    def remove() -> str:
        actions.node_remove(node=node, cascade=cascade, by=request.user, at=timezone.now())
        return ""

    return _carried_out(request, portfolio, remove, _("“%(node)s” is off the map. You can undo this.") % {"node": node})


@require_POST
def link_new(request: AuthenticatedRequest, slug: str) -> HttpResponse:
    """Connect two things; a benefit and an objective too."""
    portfolio = portfolio_of(request.user, slug)
    require(request.user, "map.change", portfolio_id=portfolio.pk)
    form = LinkForm(request.POST)
    if not form.is_valid():
        return _refusal(request, portfolio, _words_of(form), HTTPStatus.UNPROCESSABLE_ENTITY)
    source = thing_of(request.user, portfolio, form.cleaned_data["source"])
    target = thing_of(request.user, portfolio, form.cleaned_data["target"])

    def connect() -> str:
        strength = _as_float(form.cleaned_data["strength"])
        actions.things_connect(
            portfolio=portfolio,
            source=source,
            target=target,
            strength=strength,
            by=request.user,
            at=timezone.now(),
        )
        return str(form.cleaned_data["source"])

    said = _("“%(source)s” now leads to “%(target)s”.") % {"source": source, "target": target}
    return _carried_out(request, portfolio, connect, said)


@require_http_methods(["GET", "POST"])
def link(request: AuthenticatedRequest, slug: str, pk: int) -> HttpResponse:
    """Show a link, and say how much hangs on it."""
    portfolio = portfolio_of(request.user, slug)
    found = link_of(request.user, portfolio, pk)
    if request.method == "POST":
        require(request.user, "map.change", portfolio_id=portfolio.pk)
    form = StrengthForm(
        request.POST if request.method == "POST" else None, initial={"strength": in_percent(found.strength)}
    )

    def page(request: AuthenticatedRequest, portfolio: Portfolio, form: forms.Form) -> HttpResponse:
        context = {
            "portfolio": portfolio,
            "link": found,
            "form": form,
            "query": _query(request),
            "may_change": may(request.user, "map.change", portfolio.pk),
            "breadcrumbs": [_map_crumb(request, portfolio)],
        }
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
        return render(request, "maps/link.html", context, status=status)

    if request.method == "POST" and form.is_valid():

        def change() -> str:
            strength = _as_float(form.cleaned_data["strength"])
            actions.link_change(link=found, strength=strength, by=request.user, at=timezone.now())
            return f"link-{pk}"

        return _carried_out(request, portfolio, change, _("The change is saved."), form=form, page=page)
    return page(request, portfolio, form)


@require_POST
def link_remove(request: AuthenticatedRequest, slug: str, pk: int) -> HttpResponse:
    """Take a link off the map."""
    portfolio = portfolio_of(request.user, slug)
    found = link_of(request.user, portfolio, pk)

    def remove() -> str:
        actions.link_remove(link=found, by=request.user, at=timezone.now())
        return str(request.POST.get("back", ""))

    return _carried_out(request, portfolio, remove, _("The link is removed. You can undo this."))


@require_POST
def objective_set(request: AuthenticatedRequest, slug: str, pk: int) -> HttpResponse:
    """Say which objective a benefit serves."""
    portfolio = portfolio_of(request.user, slug)
    benefit = benefit_on(request.user, portfolio, pk)
    form = ObjectiveForm(request.POST, benefit=benefit)
    if not form.is_valid():
        return _refusal(request, portfolio, _words_of(form), HTTPStatus.UNPROCESSABLE_ENTITY)

    def serve() -> str:
        objective = form.cleaned_data["objective"]
        actions.benefit_serve(benefit=benefit, objective=objective, by=request.user, at=timezone.now())
        return f"{BENEFIT}-{pk}"

    return _carried_out(request, portfolio, serve, _("The change is saved."))


@require_POST
def claim_set(request: AuthenticatedRequest, slug: str, pk: int) -> HttpResponse:
    """Let a benefit claim a share of an outcome."""
    portfolio = portfolio_of(request.user, slug)
    outcome = node_of(request.user, portfolio, pk)
    require(request.user, "map.change", portfolio_id=portfolio.pk)
    form = ClaimForm(request.POST, benefits=_claimants(outcome))

    def page(request: AuthenticatedRequest, portfolio: Portfolio, form: forms.Form) -> HttpResponse:
        return _thing_page(request, portfolio, f"{NODE}-{pk}", claim_form=form)

    if not form.is_valid():
        return page(request, portfolio, form)
    benefit = benefit_on(request.user, portfolio, split_id(form.cleaned_data["benefit"])[1])

    def claim() -> str:
        share = form.cleaned_data["share"]
        actions.claim_set(outcome=outcome, benefit=benefit, share=share, by=request.user, at=timezone.now())
        return f"{NODE}-{pk}"

    return _carried_out(request, portfolio, claim, _("The claim is saved."), form=form, page=page)


@require_POST
def claim_remove(request: AuthenticatedRequest, slug: str, pk: int) -> HttpResponse:
    """Give a claimed share back."""
    portfolio = portfolio_of(request.user, slug)
    claim = claim_of(request.user, portfolio, pk)

    def remove() -> str:
        actions.claim_remove(claim=claim, by=request.user, at=timezone.now())
        return f"{NODE}-{claim.outcome_id}"

    return _carried_out(request, portfolio, remove, _("The share is given back. You can undo this."))


@require_POST
def places(request: AuthenticatedRequest, slug: str) -> HttpResponse:
    """Remember where things were put."""
    portfolio = portfolio_of(request.user, slug)
    points = _points(request.POST.get("places", ""))

    def put() -> str:
        actions.places_set(portfolio=portfolio, places=points, by=request.user, at=timezone.now())
        return next(iter(points), "")

    return _carried_out(request, portfolio, put, "")


@require_POST
def tidy(request: AuthenticatedRequest, slug: str) -> HttpResponse:
    """Lay the map out anew."""
    portfolio = portfolio_of(request.user, slug)
    require(request.user, "map.change", portfolio_id=portfolio.pk)
    scope, _known_on = _scope(request, portfolio)

    def reset() -> str:
        things = map_of(request.user, portfolio, scope).things
        actions.layout_reset(portfolio=portfolio, things=things, by=request.user, at=timezone.now())
        return ""

    return _carried_out(request, portfolio, reset, _("The map is laid out anew."))


@require_POST
def undo(request: AuthenticatedRequest, slug: str) -> HttpResponse:
    """Take one's last change back."""
    portfolio = portfolio_of(request.user, slug)

    def take_back() -> str:
        rows = actions.gesture_undo(portfolio=portfolio, by=request.user, at=timezone.now())
        node = next((row for row in rows if isinstance(row, Node) and row.removed_at is None), None)
        return f"{NODE}-{node.pk}" if node else ""

    return _carried_out(request, portfolio, take_back, _("Your last change is taken back."))


@require_GET
def what_if_page(request: AuthenticatedRequest, slug: str) -> HttpResponse:
    """Show what would be lost without some things; nothing is stored."""
    portfolio = portfolio_of(request.user, slug)
    scope, _known_on = _scope(request, portfolio)
    try:
        shown = map_of(request.user, portfolio, scope)
    except TooMuch as problem:
        return _refusal(request, portfolio, _too_much(problem), HTTPStatus.CONFLICT)
    answer = what_if(request.user, portfolio, request.GET.getlist("cut"), scope.at)
    if _wants_json(request):
        return JsonResponse(what_if_of(shown, answer))
    context = {
        "portfolio": portfolio,
        "scope": scope,
        "query": _query(request),
        "answer": answer,
        "sentence": sentence_of(portfolio, answer),
        "choices": [thing for thing in in_reading_order(shown) if thing.id.startswith(f"{NODE}-")],
        "chosen": [thing.id for thing in answer.cut],
        "hidden": _asked(request),
        "breadcrumbs": [_map_crumb(request, portfolio)],
    }
    return render(request, "maps/what_if.html", context)


def _scope(request: AuthenticatedRequest, portfolio: Portfolio) -> tuple[Scope, date | None]:
    at, known_on = moment_asked(request)
    scope = scope_of(
        portfolio,
        initiative=request.GET.get("initiative", ""),
        programme=request.GET.get("programme", ""),
        root=request.GET.get("thing", ""),
        also=request.GET.getlist("also"),
        at=at if known_on else None,
    )
    return scope, known_on


def _query(request: AuthenticatedRequest) -> str:
    """The part of the map that is shown, as the end of an address: every form and link carries it on."""
    kept = _asked(request)
    return f"?{urlencode(kept)}" if kept else ""


def _asked(request: AuthenticatedRequest) -> list[tuple[str, str]]:
    """What an address says of the part of the map, and of the day as known on which it is shown."""
    names = ("initiative", "programme", "thing", "also", "on")
    return [(name, value) for name in names for value in request.GET.getlist(name)]


def _drawn(request: AuthenticatedRequest, shown: BenefitMap) -> dict[str, Any]:
    return {
        "shown": shown,
        "drawing": drawing_of(shown),
        "rows": _listed(shown),
        "left_out": shown.left_out,
        "objectives_left_out": shown.objectives_left_out,
        "words": _script_words(),
        "addresses": _addresses(request, shown.portfolio),
    }


def _listed(shown: BenefitMap) -> list[Listed]:
    return [
        Listed(
            thing,
            str(words.ALL_KINDS[thing.kind]),
            shown.status_of(thing.id),
            note_of(shown, thing),
            shown.leads_to(thing.id),
            shown.hangs_on(thing.id),
        )
        for thing in in_reading_order(shown)
    ]


def _addresses(request: AuthenticatedRequest, portfolio: Portfolio) -> dict[str, str]:
    names = {
        "data": "maps:data",
        "add": "maps:node-new",
        "connect": "maps:link-new",
        "places": "maps:places",
        "tidy": "maps:tidy",
        "undo": "maps:undo",
        "whatIf": "maps:what-if",
    }
    return {key: reverse(name, args=[portfolio.slug]) + _query(request) for key, name in names.items()}


def _script_words() -> dict[str, str]:
    """The sentences that the script says by itself."""
    return {
        "connecting": _("Connecting from “{name}”. Go to the target and press Enter, or press Escape."),
        "notConnecting": _("Connecting was left."),
        "moved": _("“{name}” was moved."),
        "failed": _("The server could not be reached. Check your connection and try again; nothing was changed."),
        "zoom": _("Zoom {percent} %"),
        "cut": _("“{name}” is cut."),
        "restored": _("“{name}” is back."),
        "cannotCut": _("Only enablers, changes and outcomes can be cut."),
        "cannotRemove": _("“{name}” is kept in its register, and leaves the map only there."),
        "cannotConnect": _("“{name}” leads to nothing further: it is an objective."),
        "whatIfOn": _("What-if: choose what to cut. Nothing is stored."),
        "whatIfOff": _("What-if is left. Nothing was changed."),
    }


def _thing_page(request: AuthenticatedRequest, portfolio: Portfolio, id: str, **given: Any) -> HttpResponse:
    """Show a thing; `given` holds forms that were sent and are shown again with what is wrong."""
    found = thing_of(request.user, portfolio, id)
    may_change = may(request.user, "map.change", portfolio.pk)
    context: dict[str, Any] = {
        "portfolio": portfolio,
        "thing": found,
        "id": id,
        "kind": _kind_of(found),
        "query": _query(request),
        "may_change": may_change,
        "breadcrumbs": [_map_crumb(request, portfolio)],
        **links_of(request.user, portfolio, id),
        "entries": timeline_of(trail(request.user, found)[:TRAIL_LENGTH]),
    }
    if isinstance(found, Node):
        context |= _node_parts(portfolio, found)
        context["node_form"] = NodeForm(None, portfolio=portfolio, node=found) if may_change else None
    elif isinstance(found, Benefit):
        context |= _benefit_parts(portfolio, found)
    context |= given
    is_wrong = any(isinstance(one, forms.Form) and one.errors for one in given.values())
    status = HTTPStatus.UNPROCESSABLE_ENTITY if is_wrong else HTTPStatus.OK
    return render(request, "maps/thing.html", context, status=status)


def _node_parts(portfolio: Portfolio, node: Node) -> dict[str, Any]:
    claims = list(claims_on(node))
    claimed = 1 - left_of(claim.share for claim in claims if claim.benefit.state != RETIRED)
    return {
        "status": words.status_of(node.state),
        "facts": [
            Fact(_("Code"), node.code),
            Fact(_("Owner"), node.owner.name if node.owner else None),
            Fact(_("In place by"), node.due and f"{node.due:%Y-%m}"),
            Fact(
                _("Initiative"),
                str(node.initiative or ""),
                node.initiative.get_absolute_url() if node.initiative else "",
            ),
        ],
        "claims": claims,
        "claimed_number": f"{claimed:f}",
        "claimed_words": words.claimed_words(claimed),
        "claim_form": ClaimForm(None, benefits=_claimants(node)) if node.kind == "outcome" else None,
        "unit": node.pool_unit or portfolio.currency,
    }


def _benefit_parts(portfolio: Portfolio, benefit: Benefit) -> dict[str, Any]:
    standing = getattr(benefit, "standing", None)
    return {
        "status": words.standing_status(standing),
        "facts": [
            Fact(_("Code"), benefit.code),
            Fact(_("Owner"), benefit.owner.name if benefit.owner else benefit.owner_name),
            Fact(_("Initiative"), str(benefit.initiative), benefit.initiative.get_absolute_url()),
            Fact(_("Unit"), benefit.unit or portfolio.currency),
        ],
        "benefit_claims": list(claims_of(benefit)),
        "objective_form": ObjectiveForm(None, benefit=benefit),
    }


def _kind_of(found: Node | Benefit | Objective) -> str:
    if isinstance(found, Node):
        return found.get_kind_display()
    return str(words.ALL_KINDS["benefit" if isinstance(found, Benefit) else "objective"])


def _claimants(outcome: Node) -> list[Benefit]:
    """The benefits to which an outcome leads, and those that claim a share of it."""
    found = Benefit.objects.filter(links_in__source_node=outcome, links_in__removed_at=None)
    claiming = Benefit.objects.filter(claims__outcome=outcome, claims__removed_at=None)
    return list((found | claiming).exclude(state=RETIRED).distinct().order_by("name", "pk"))


def _new_page(request: AuthenticatedRequest, portfolio: Portfolio, form: forms.Form) -> HttpResponse:
    context = {
        "portfolio": portfolio,
        "form": form,
        "query": _query(request),
        "breadcrumbs": [_map_crumb(request, portfolio)],
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "maps/node_new.html", context, status=status)


Page = Callable[[AuthenticatedRequest, Portfolio, forms.Form], HttpResponse]


def _carried_out(
    request: AuthenticatedRequest,
    portfolio: Portfolio,
    act: Callable[[], str],
    said: str,
    *,
    form: forms.Form | None = None,
    page: Page | None = None,
) -> HttpResponse:
    """Carry an action out; answer with the map anew for the drawing, and with a page for everybody else.

    Args:
        request: What was sent.
        portfolio: The portfolio of the map.
        act: Does it, and returns the id of what is to be chosen afterwards.
        said: What is said when it is done.
        form: The form that was sent, to which the reason of a refusal is added.
        page: Shows that form again.
    """
    try:
        chosen = act()
    except Refused as problem:
        if _wants_json(request):
            return JsonResponse({"message": str(problem)}, status=HTTPStatus.FORBIDDEN)
        raise
    except TooMuch as problem:
        return _refusal(request, portfolio, _too_much(problem), HTTPStatus.CONFLICT)
    except (CannotMap, ValidationError) as problem:
        sentence = " ".join(getattr(problem, "messages", [str(problem)]))
        if form is not None and page is not None:
            form.add_error(None, sentence)
            return page(request, portfolio, form)
        return _refusal(request, portfolio, sentence, HTTPStatus.CONFLICT)
    if _wants_json(request):
        return _map_anew(request, portfolio, chosen, said)
    if said:
        messages.success(request, said)
    return redirect(_address_of(request, portfolio, chosen))


def _map_anew(request: AuthenticatedRequest, portfolio: Portfolio, chosen: str, said: str) -> HttpResponse:
    scope, _known_on = _scope(request, portfolio)
    if chosen.startswith((f"{NODE}-", f"{BENEFIT}-")):
        # A thing to which nothing on this part leads yet stays in sight until it is connected.
        scope = replace(scope, also=(*scope.also, chosen))
    try:
        drawing = drawing_of(map_of(request.user, portfolio, scope))
    except TooMuch as problem:
        return JsonResponse({"message": _too_much(problem)}, status=HTTPStatus.CONFLICT)
    return JsonResponse({"map": drawing, "chosen": chosen, "said": said})


def _refusal(request: AuthenticatedRequest, portfolio: Portfolio, sentence: str, status: HTTPStatus) -> HttpResponse:
    if _wants_json(request):
        return JsonResponse({"message": sentence}, status=status)
    messages.error(request, sentence)
    return redirect(_address_of(request, portfolio, ""))


def _address_of(request: AuthenticatedRequest, portfolio: Portfolio, chosen: str) -> str:
    if chosen.startswith("link-"):
        address = reverse("maps:link", args=[portfolio.slug, int(chosen.removeprefix("link-"))])
    elif chosen:
        address = reverse("maps:thing", args=[portfolio.slug, chosen])
    else:
        address = reverse("maps:map", args=[portfolio.slug])
    return address + _query(request)


def _map_crumb(request: AuthenticatedRequest, portfolio: Portfolio) -> Breadcrumb:
    return Breadcrumb(_("Benefits map"), reverse("maps:map", args=[portfolio.slug]) + _query(request))


def _points(text: str) -> dict[str, Point]:
    """The places that the drawing sends: JSON, for each thing where it was put.

    Raises:
        Http404: it is not that.
    """
    try:
        sent = json.loads(text)
    except ValueError as error:
        raise Http404(_("The places cannot be read. Load the map again.")) from error
    if not isinstance(sent, dict) or not all(isinstance(place, Mapping) for place in sent.values()):
        raise Http404(_("The places cannot be read. Load the map again."))
    checked = {id: PlaceForm(place) for id, place in sent.items()}
    if not all(form.is_valid() for form in checked.values()):
        raise Http404(_("The places cannot be read. Load the map again."))
    return {id: Point(form.cleaned_data["x"], form.cleaned_data["y"]) for id, form in checked.items()}


def _too_much(problem: TooMuch) -> str:
    return ngettext(
        "%(count)d thing does not fit on one map. Choose a programme or an initiative.",
        "%(count)d things do not fit on one map. Choose a programme or an initiative.",
        problem.count,
    ) % {"count": problem.count}


def _words_of(form: forms.Form) -> str:
    return " ".join(str(message) for errors in form.errors.values() for message in errors)


def _as_float(share: Any) -> float | None:
    return None if share is None else float(share)


def _wants_json(request: AuthenticatedRequest) -> bool:
    return request.headers.get("Accept", "").startswith("application/json")
