"""The pages of the strategy: the tree, objectives, measures, weights and value drivers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from openvmo_web.access.permissions import may, may_somewhere, require, require_somewhere
from openvmo_web.audit.queries import trail
from openvmo_web.audit.timeline import timeline_of
from openvmo_web.common.export import ExportColumn, export_response
from openvmo_web.common.http import AuthenticatedRequest
from openvmo_web.common.moments import moment_asked
from openvmo_web.common.widgets import Breadcrumb, Tab
from openvmo_web.strategy import actions, words
from openvmo_web.strategy.analysis import CONSISTENT_UP_TO, MOST_COMPARED, WeightsError, weights_from
from openvmo_web.strategy.forms import (
    WEIGHING_FORMS,
    DriverForm,
    MeasureForm,
    MoveForm,
    ObjectiveForm,
    ReadingForm,
    ReasonForm,
    StrategyFilterForm,
    StrategyForm,
    WeighingForm,
)
from openvmo_web.strategy.models import Measure, Objective
from openvmo_web.strategy.queries import (
    Strategy,
    all_readings_of,
    benefit_counts,
    benefits_by_portfolio,
    driver_of,
    drivers_of,
    may_record,
    measure_of,
    objective_of,
    readings_of,
    row_known,
    series_of,
    siblings_under,
    strategy_of,
    weighings_of,
)
from openvmo_web.strategy.rules import STATES, Observed, is_below
from openvmo_web.strategy.tree import Branch, all_of, standing_of
from openvmo_web.strategy.trend import full_trend, small_trend
from openvmo_web.strategy.words import state_status

TRAIL_LENGTH = 20
LAST_WEIGHINGS = 5


@require_GET
def strategy(request: AuthenticatedRequest) -> HttpResponse:
    """Show the tree of objectives."""
    at, known_on = moment_asked(request)
    found = strategy_of(request.user, at, is_past=known_on is not None)
    form = StrategyFilterForm(request.GET, objectives=found.objectives)
    branches, counts = all_of(found.tree), _benefit_counts(request, known_on)
    context = {
        **_reading(known_on),
        # What stands above a match stays, so that the reader sees where it belongs.
        "lines": [
            {"branch": one, "fits": form.fits(one.objective), "benefits": _benefit_count(counts, one)}
            for one in branches
            if any(form.fits(below.objective) for below in one)
        ],
        "figures": _figures(branches),
        "has_objectives": bool(found.objectives),
        "retired": found.retired,
        "unweighed": [one.objective for one in branches if _is_unweighed(one.children)],
        "is_top_unweighed": _is_unweighed(found.tree),
        "may_export": may_somewhere(request.user, "portfolio.export"),
        "filter_form": form,
        "may_change": may(request.user, "strategy.change") and known_on is None,
    }
    return render(request, "strategy/strategy.html", context)


@require_GET
def strategy_export(request: AuthenticatedRequest, format: str) -> HttpResponse:
    """Download the tree with what is known of each objective."""
    require_somewhere(request.user, "portfolio.export")
    if format not in ("csv", "xlsx"):
        raise Http404
    at, known_on = moment_asked(request)
    found = strategy_of(request.user, at, is_past=known_on is not None)
    counts = _benefit_counts(request, known_on)
    labels = (
        _("Code"),
        _("Objective"),
        _("Part of"),
        _("Owner"),
        _("From"),
        _("Until"),
        _("Share among its siblings"),
        _("Share of the whole"),
        _("Progress"),
        _("Measures"),
        _("Measured"),
        _("Benefits"),
    )
    rows = (_exported(branch, found, counts) for branch in all_of(found.tree))
    return export_response(format, "strategy", [ExportColumn(label) for label in labels], rows)  # type: ignore[arg-type]


@require_GET
def objective(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Show an objective with its measures, its children, what serves it, and what happened."""
    at, known_on = moment_asked(request)
    present = objective_of(request.user, pk)
    found = strategy_of(request.user, at, is_past=known_on is not None)
    shown = next((one for one in found.objectives if one.pk == pk), None)
    if shown is None:
        raise Http404(_("“%(objective)s” was not known on that day.") % {"objective": present})
    branch = found.branches.get(pk)
    standings = branch.standings if branch else []
    series = series_of([one.measure for one in standings], at)
    context = {
        **_reading(known_on),
        "objective": shown,
        "branch": branch,
        "standings": [(one, small_trend(one.measure, series[one.measure.pk])) for one in standings],
        "retired_measures": [one for one in found.measures if one.objective_id == pk and one.retired_at],
        "is_unweighed": branch is not None and _is_unweighed(branch.children),
        "weighings": weighings_of(request.user, at, present)[:LAST_WEIGHINGS],
        "benefits": None
        if known_on
        else [_with_register(row, present) for row in benefits_by_portfolio(request.user, present)],
        "entries": timeline_of(trail(request.user, present).filter(at__lte=at)[:TRAIL_LENGTH]),
        "may_change": may(request.user, "strategy.change") and known_on is None,
        "places": _places_for(present, found),
        "breadcrumbs": _crumbs(found, shown.parent_id),
    }
    return render(request, "strategy/objective.html", context)


@require_http_methods(["GET", "POST"])
def objective_new(request: AuthenticatedRequest) -> HttpResponse:
    """Add an objective."""
    require(request.user, "strategy.change")
    found = strategy_of(request.user, timezone.now())
    parents = [branch.objective for branch in all_of(found.tree)]
    form = ObjectiveForm(request.POST or None, initial={"parent": request.GET.get("parent")}, parents=parents)
    added = _carried_out(form, actions.objective_add, request)
    if added is not None:
        messages.success(request, _("“%(objective)s” is part of the strategy now.") % {"objective": added})
        return redirect(added)
    return _form_page(request, form, _("New objective"), reverse("strategy:strategy"), [_top_crumb()])


@require_http_methods(["GET", "POST"])
def objective_change(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Change what an objective says."""
    changed = objective_of(request.user, pk)
    require(request.user, "strategy.change")
    form = ObjectiveForm(request.POST or None, instance=changed, parents=())
    if _carried_out(form, actions.objective_change, request, objective=changed) is not None:
        return redirect(changed)
    title = _("Change “%(objective)s”") % {"objective": changed}
    return _form_page(request, form, title, changed.get_absolute_url(), [_top_crumb(), _crumb(changed)])


@require_POST
def objective_move(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Put an objective under another one, or at the top."""
    moved = objective_of(request.user, pk)
    form = MoveForm(request.POST)
    if not form.is_valid():
        raise Http404(_("There is no such objective to stand under."))
    done = _("“%(objective)s” stands at its new place. Weigh it against those beside it.") % {"objective": moved}
    return _answered(request, moved, done, actions.objective_move, objective=moved, parent=form.cleaned_data["parent"])


@require_POST
def objective_retire(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Stop pursuing an objective."""
    retired = objective_of(request.user, pk)
    done = _("“%(objective)s” is retired. It stays readable.") % {"objective": retired}
    return _answered(request, retired, done, actions.objective_retire, objective=retired, note=_note(request))


@require_POST
def objective_restore(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Pursue a retired objective again."""
    restored = objective_of(request.user, pk)
    done = _("“%(objective)s” is pursued again.") % {"objective": restored}
    return _answered(request, restored, done, actions.objective_restore, objective=restored)


@require_http_methods(["GET", "POST"])
def weights(request: AuthenticatedRequest, pk: int | None = None) -> HttpResponse:
    """Weigh the objectives right below one, or at the top, against one another.

    A request of the page itself only shows what would follow; nothing is stored before the form is sent.
    """
    parent = None if pk is None else objective_of(request.user, pk)
    require(request.user, "strategy.change")
    method = request.GET.get("method", "direct")
    if method not in WEIGHING_FORMS:
        raise Http404(_("There is no such way to weigh."))
    siblings = siblings_under(parent)
    last = weighings_of(request.user, timezone.now(), parent).filter(method=method).first()
    form = WEIGHING_FORMS[method](request.POST or None, objectives=siblings, last=last)
    back = parent.get_absolute_url() if parent else reverse("strategy:strategy")
    is_sent = request.method == "POST" and not request.htmx and "preview" not in request.POST
    if is_sent and form.is_valid() and _weighed(request, form, parent):
        return redirect(back)
    context = {
        "parent": parent,
        "method": method,
        "form": form,
        "tabs": [
            Tab(str(label), f"{request.path}?method={name}", active=name == method)
            for name, label in words.WEIGHING_METHODS.items()
        ],
        "result": _result(form),
        "objectives": siblings,
        "is_too_many": method == "pairwise" and len(siblings) > MOST_COMPARED,
        "most": MOST_COMPARED,
        "back": back,
        "breadcrumbs": [_top_crumb(), *([_crumb(parent)] if parent else [])],
    }
    is_wrong = is_sent and bool(form.errors)
    return render(request, "strategy/weights.html", context, status=422 if is_wrong else 200)


@require_GET
def drivers(request: AuthenticatedRequest) -> HttpResponse:
    """List the value drivers."""
    require_somewhere(request.user, "strategy.view")
    found = list(drivers_of(request.user))
    context = {
        "kinds": [(label, [one for one in found if one.kind == kind]) for kind, label in words.DRIVERS.items()],
        "has_drivers": bool(found),
        "may_change": may(request.user, "strategy.change"),
        "breadcrumbs": [_top_crumb()],
    }
    return render(request, "strategy/drivers.html", context)


@require_http_methods(["GET", "POST"])
def driver_new(request: AuthenticatedRequest) -> HttpResponse:
    """Add a value driver."""
    require(request.user, "strategy.change")
    form = DriverForm(request.POST or None)
    if _carried_out(form, actions.driver_add, request) is not None:
        return redirect("strategy:drivers")
    return _form_page(request, form, _("New value driver"), reverse("strategy:drivers"), _driver_crumbs())


@require_http_methods(["GET", "POST"])
def driver_change(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Change a value driver."""
    changed = driver_of(request.user, pk)
    require(request.user, "strategy.change")
    form = DriverForm(request.POST or None, instance=changed)
    if _carried_out(form, actions.driver_change, request, driver=changed) is not None:
        return redirect("strategy:drivers")
    title = _("Change “%(driver)s”") % {"driver": changed}
    return _form_page(request, form, title, reverse("strategy:drivers"), _driver_crumbs())


@require_http_methods(["GET", "POST"])
def measure_new(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Add a measure to an objective."""
    served = objective_of(request.user, pk)
    require(request.user, "strategy.change")
    form = MeasureForm(request.POST or None)
    added = _carried_out(form, actions.measure_add, request, objective=served)
    if added is not None:
        messages.success(request, _("“%(measure)s” can be measured now.") % {"measure": added})
        return redirect(added)
    title = _("New measure of “%(objective)s”") % {"objective": served}
    return _form_page(request, form, title, served.get_absolute_url(), [_top_crumb(), _crumb(served)])


@require_http_methods(["GET", "POST"])
def measure(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Show a measure with its values, and take a new one."""
    at, known_on = moment_asked(request)
    present = measure_of(request.user, pk)
    form = ReadingForm(request.POST or None, measure=present, today=timezone.localdate())
    if request.method == "POST" and _recorded(request, form, present):
        return redirect(present)
    shown = present if known_on is None else row_known(present, at)
    if shown is None:
        raise Http404(_("“%(measure)s” was not known on that day.") % {"measure": present})
    values = list(readings_of(shown, at))
    newest = Observed(values[-1].on, values[-1].value) if values else None
    context = {
        **_reading(known_on),
        "measure": shown,
        "objective": (known_on and row_known(shown.objective, at)) or shown.objective,
        "standing": standing_of(shown, newest, timezone.localdate(at)),
        "chart": full_trend(shown, values),
        "history": all_readings_of(present, at),
        "form": form if _takes_values(request, present) and known_on is None else None,
        "entries": timeline_of(trail(request.user, present).filter(at__lte=at)[:TRAIL_LENGTH]),
        "may_change": may(request.user, "strategy.change") and known_on is None,
        "breadcrumbs": [_top_crumb(), _crumb(present.objective)],
    }
    return render(request, "strategy/measure.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def measure_change(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Change a measure."""
    changed = measure_of(request.user, pk)
    require(request.user, "strategy.change")
    form = MeasureForm(request.POST or None, instance=changed)
    if _carried_out(form, actions.measure_change, request, measure=changed) is not None:
        return redirect(changed)
    title = _("Change “%(measure)s”") % {"measure": changed}
    return _form_page(request, form, title, changed.get_absolute_url(), [_top_crumb(), _crumb(changed.objective)])


@require_POST
def measure_retire(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Stop measuring."""
    retired = measure_of(request.user, pk)
    done = _("“%(measure)s” is retired. Its values stay readable.") % {"measure": retired}
    return _answered(request, retired, done, actions.measure_retire, measure=retired, note=_note(request))


@require_POST
def measure_restore(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Measure again."""
    restored = measure_of(request.user, pk)
    done = _("“%(measure)s” is measured again.") % {"measure": restored}
    return _answered(request, restored, done, actions.measure_restore, measure=restored)


def _carried_out(form: StrategyForm, action: Callable[..., Any], request: AuthenticatedRequest, **on: Any) -> Any:
    """What an action makes of a sent form; None when it was not sent or is refused, which the form then says."""
    if request.method != "POST" or not form.is_valid():
        return None
    try:
        return action(**form.cleaned_data, **on, by=request.user, at=timezone.now())
    except ValidationError as problem:
        form.refused(problem)
    except actions.CannotChange as problem:
        form.add_error(None, str(problem))
    return None


def _answered(
    request: AuthenticatedRequest, on: Objective | Measure, done: str, action: Callable[..., Any], **values: Any
) -> HttpResponse:
    """Carry out an action on a thing and go back to its page, where the outcome is said."""
    try:
        action(**values, by=request.user, at=timezone.now())
    except actions.CannotChange as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, done)
    return redirect(on)


def _recorded(request: AuthenticatedRequest, form: ReadingForm, measure: Measure) -> bool:
    """Whether a sent value was recorded, or was there already; else the form says what is wrong."""
    if not form.is_valid():
        return False
    try:
        added = actions.reading_record(measure=measure, **form.cleaned_data, by=request.user, at=timezone.now())
    except ValidationError as problem:
        form.refused(problem)
        return False
    except actions.CannotChange as problem:
        form.add_error(None, str(problem))
        return False
    said = _("The value is recorded.") if added else _("Exactly this was recorded already. Nothing has changed.")
    messages.success(request, said)
    return True


def _weighed(request: AuthenticatedRequest, form: WeighingForm, parent: Objective | None) -> bool:
    try:
        actions.weights_set(
            parent=parent,
            method=form.method,
            answers=form.answers,
            reason=form.cleaned_data["reason"],
            by=request.user,
            at=timezone.now(),
        )
    except actions.CannotChange as problem:
        form.add_error(None, str(problem))
        return False
    messages.success(request, _("The weights are set."))
    return True


def _result(form: WeighingForm) -> dict[str, Any] | None:
    """What follows from the answers so far; None while there are none, or some are missing."""
    if not form.is_bound or any(name != "reason" for name in form.errors if name != "__all__"):
        return None
    codes = {one.code: one for one in form.objectives}
    try:
        found = weights_from(form.method, form.answers, list(codes))
    except WeightsError as problem:
        return {"problem": str(problem)}
    doubtful = found.doubtful
    names = doubtful and {
        "first": codes[doubtful.first],
        "second": codes[doubtful.second],
        "beside": codes[doubtful.beside],
        "stated": doubtful.stated,
        "fitting": doubtful.fitting,
    }
    return {
        "shares": [(codes[code], share) for code, share in found.shares.items()],
        "consistency": found.consistency,
        "is_consistent": (found.consistency or 0) <= CONSISTENT_UP_TO,
        "doubtful": names,
    }


def _form_page(
    request: AuthenticatedRequest, form: StrategyForm, title: str, back: str, breadcrumbs: list[Breadcrumb]
) -> HttpResponse:
    context = {"form": form, "title": title, "back": back, "breadcrumbs": breadcrumbs}
    return render(request, "strategy/form.html", context, status=422 if form.errors else 200)


def _reading(known_on: Any) -> dict[str, Any]:
    """What every page needs that can be read as known on a day."""
    return {"known_on": known_on, "today": timezone.localdate()}


def _figures(branches: list[Branch]) -> dict[str, Any]:
    """What is said of the strategy at a glance."""
    standings = [one for branch in branches for one in branch.standings]
    return {
        "objectives": len(branches),
        "owned": sum(branch.objective.owner_id is not None for branch in branches),
        "measures": len(standings),
        "unmeasured": sum(not branch.progress.total for branch in branches if not branch.children),
        "states": [(state_status(state), sum(one.state == state for one in standings)) for state in STATES],
    }


def _is_unweighed(siblings: list[Branch]) -> bool:
    return len(siblings) > 1 and siblings[0].share is None


def _takes_values(request: AuthenticatedRequest, measure: Measure) -> bool:
    return measure.retired_at is None and may_record(request.user, measure)


def _benefit_counts(request: AuthenticatedRequest, known_on: date | None) -> dict[int, int] | None:
    """How many benefits serve each objective; None for the past: which ones did then is read on their own pages."""
    return None if known_on else benefit_counts(request.user)


def _benefit_count(counts: dict[int, int] | None, branch: Branch) -> int | None:
    return None if counts is None else counts.get(branch.objective.pk, 0)


def _with_register(row: dict[str, Any], objective: Objective) -> dict[str, Any]:
    """A number of benefits with the address of their list."""
    return row | {"url": f"{reverse('benefits:register', args=[row['slug']])}?objective={objective.pk}"}


def _places_for(moved: Objective, found: Strategy) -> list[Objective]:
    """Under which objectives one can be put: all active ones outside its own branch."""
    parents = {one.pk: one.parent_id for one in found.objectives}
    return [branch.objective for branch in all_of(found.tree) if not is_below(branch.objective.pk, moved.pk, parents)]


def _exported(branch: Branch, found: Strategy, counts: dict[int, int] | None) -> tuple[Any, ...]:
    above = found.branches.get(branch.objective.parent_id or 0)
    return (
        branch.objective.code,
        branch.objective.name,
        above.objective.code if above else "",
        str(branch.objective.owner or ""),
        branch.objective.starts,
        branch.objective.ends,
        branch.share,
        branch.whole,
        branch.progress.share,
        branch.progress.total,
        branch.progress.measured,
        _benefit_count(counts, branch),
    )


def _note(request: AuthenticatedRequest) -> str:
    form = ReasonForm(request.POST)
    return form.cleaned_data["note"] if form.is_valid() else ""


def _top_crumb() -> Breadcrumb:
    return Breadcrumb(_("Strategy"), reverse("strategy:strategy"))


def _driver_crumbs() -> list[Breadcrumb]:
    return [_top_crumb(), Breadcrumb(_("Value drivers"), reverse("strategy:drivers"))]


def _crumb(objective: Objective) -> Breadcrumb:
    return Breadcrumb(objective.name, objective.get_absolute_url())


def _crumbs(found: Strategy, above: int | None) -> list[Breadcrumb]:
    """The way from the strategy down to what stands right above."""
    by_key = {one.pk: one for one in found.objectives}
    way: list[Objective] = []
    while above in by_key and by_key[above] not in way:
        way.insert(0, by_key[above])
        above = by_key[above].parent_id
    return [_top_crumb(), *(_crumb(one) for one in way)]
