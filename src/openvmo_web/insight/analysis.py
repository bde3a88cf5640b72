"""From rows to the engine and back: the one place of this room that calls it.

Amounts are exact decimals at rest and 64-bit floats in the engine; they are turned into floats here and nowhere else.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from openvmo import __version__
from openvmo.analysis import (
    AnalysisResult,
    Comparison,
    Difference,
    ParameterError,
    RunChanges,
    canonical_json,
    complete_parameters,
    digest,
    portfolio_digest,
    recompute,
    run_analysis,
    run_changes,
    run_record,
)
from openvmo.engine import model
from openvmo.engine.choice import InfeasibleError
from openvmo.engine.model import PortfolioError, kinds
from openvmo.engine.quantities import Month
from openvmo.files.json_file import portfolio_from_json, portfolio_to_json
from openvmo_web.benefits.analysis import (
    benefit_record,
    cost_line_record,
    option_record,
    profile_record,
    risk_record,
)
from openvmo_web.benefits.history import benefits_as_known
from openvmo_web.benefits.models import Benefit, Measurement, Profile
from openvmo_web.delivery.models import ActualCost, Milestone, StatusReport
from openvmo_web.insight.models import Run
from openvmo_web.insight.queries import document_of, plans_as_known, snapshot_of
from openvmo_web.maps.analysis import Shares, shares_known
from openvmo_web.portfolio.models import (
    Budget,
    Correlation,
    CostLine,
    Dependency,
    Initiative,
    Option,
    Plan,
    Portfolio,
    Programme,
    Risk,
)
from openvmo_web.strategy.models import Objective

__all__ = [
    "ANALYSIS_ERRORS",
    "AnalysisResult",
    "Comparison",
    "ParameterError",
    "Progress",
    "RunChanges",
    "canonical_json",
    "digest",
    "evidence_of",
    "frozen",
    "initiatives_as_known",
    "is_intact",
    "parameters_complete",
    "portfolio_as_known",
    "run_changes_of",
    "run_compare",
    "run_execute",
]

Row = TypeVar("Row")
Progress = Callable[[float, str], None]

# What an analysis raises when its inputs do not allow a result; the text is for the person who asked.
ANALYSIS_ERRORS = (InfeasibleError, ParameterError, PortfolioError, TimeoutError)


def run_execute(
    kind: str, snapshot: str, parameters: Mapping[str, Any], *, progress: Progress | None = None
) -> AnalysisResult:
    """Run an analysis on a frozen portfolio.

    Args:
        kind: "forecast" or "choose".
        snapshot: the portfolio as canonical JSON text.
        parameters: as the analysis of this kind takes them.
        progress: called with a fraction and a message; may raise to stop the run.
    """
    return run_analysis(kind, portfolio_from_json(json.loads(snapshot)), parameters, progress=progress)


def parameters_complete(kind: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return all parameters of an analysis, with the defaults of those that were not given.

    Raises:
        ParameterError: a value cannot be used; its problems say which and why.
    """
    return complete_parameters(kind, given)


def frozen(portfolio: model.Portfolio) -> tuple[str, str]:
    """Return the digest of a portfolio and the canonical JSON text that it is the digest of."""
    return portfolio_digest(portfolio), canonical_json(portfolio_to_json(portfolio))


def evidence_of(run: Run) -> dict[str, Any]:
    """Return a finished run with its inputs, in the form that `openvmo verify` reads."""
    document = document_of(run)
    result = AnalysisResult(
        kind=run.kind,
        parameters=document["parameters"],
        seed=document["parameters"]["seed"],
        engine_version=run.engine_version,
        portfolio_digest=run.snapshot.digest,
        document=document,
        digest=run.result_digest,
    )
    return run_record(portfolio_from_json(json.loads(snapshot_of(run))), result)


def run_changes_of(earlier: Run, later: Run) -> RunChanges:
    """Return what changed between two finished forecasts, and why.

    Raises:
        ValueError: they are stated in different money.
    """
    return run_changes(evidence_of(earlier), evidence_of(later))


def run_compare(run: Run, *, progress: Progress | None = None) -> Comparison:
    """Compute a finished run a second time from its frozen inputs and compare every number.

    Inputs that can no longer be read or analysed do not agree: the difference says why.
    """
    try:
        return recompute(evidence_of(run), progress=progress)
    except ANALYSIS_ERRORS as problem:
        difference = Difference("inputs", "as they were frozen", str(problem))
        version = run.engine_version
        return Comparison(agrees=False, differences=(difference,), engine_version=__version__, recorded_version=version)


def is_intact(run: Run) -> bool:
    """Return whether the stored inputs and result of a run still have the digests that were kept with them."""
    result = Run.objects.values_list("result", flat=True).get(pk=run.pk)
    stored = ((snapshot_of(run), run.snapshot.digest), (result, run.result_digest))
    return all(hashlib.sha256(text.encode()).hexdigest() == expected for text, expected in stored)


def initiatives_as_known(portfolio: Portfolio, at: datetime, *, only: Collection[int]) -> dict[int, model.Initiative]:
    """Return some initiatives by key, as ``portfolio_as_known`` takes them, without what is the portfolio's own."""
    within = Initiative.objects.filter(portfolio=portfolio, pk__in=only)
    plans = plans_as_known(portfolio, at).filter(initiative__in=only)
    return _Initiatives(portfolio, within, plans, at, shares_known(portfolio, at)).records()


def portfolio_as_known(portfolio: Portfolio, at: datetime, *, only: Collection[int] | None = None) -> model.Portfolio:
    """Return the portfolio as the engine takes it, with the plans and observations known at a moment.

    Plans, measurements, actual costs and status reports are those recorded at or before `at` and not superseded by
    then; an initiative whose first plan is younger was not known and is left out. Benefits are as they were known then.
    Of initiatives the names, and budgets and milestones, have no versions and are taken as they are now. A benefit
    takes its yearly value from a pool when it claims a share of one, and of one only. The number of queries does not
    depend on the portfolio's size.

    Args:
        portfolio: the stored portfolio.
        at: the moment.
        only: keys of the initiatives to read; None reads all.
    """
    within = Initiative.objects.filter(portfolio=portfolio)
    plans = plans_as_known(portfolio, at)
    if only is not None:
        within, plans = within.filter(pk__in=only), plans.filter(initiative__in=only)
    shares = shares_known(portfolio, at)
    initiatives = tuple(_Initiatives(portfolio, within, plans, at, shares).records().values())
    known = {initiative.id for initiative in initiatives}
    return model.Portfolio(
        id=portfolio.slug,
        name=portfolio.name,
        currency=portfolio.currency,
        price_base=portfolio.price_base,
        start=Month.of(portfolio.starts),
        horizon=portfolio.horizon,
        discount_rate=portfolio.discount_rate,
        fiscal_year_start=portfolio.fiscal_year_start,
        description=portfolio.description,
        objectives=_objectives(portfolio, initiatives),
        programmes=_programmes(portfolio),
        initiatives=initiatives,
        dependencies=tuple(row for row in _dependencies(portfolio) if {row.source, row.target} <= known),
        pools=shares.pools,
        correlations=tuple(row for row in _correlations(portfolio) if {row.first, row.second} <= known),
        budgets=tuple(
            model.Budget(year=row.year, amount=float(row.amount)) for row in Budget.objects.filter(portfolio=portfolio)
        ),
    )


def _in_force(rows: QuerySet[Any], at: datetime) -> QuerySet[Any]:
    """Of append-only rows those that were recorded and not yet superseded at a moment."""
    superseded = Q(superseded_by__recorded_at__lte=at)
    return rows.filter(recorded_at__lte=at).exclude(superseded)


def _objectives(portfolio: Portfolio, initiatives: Iterable[model.Initiative]) -> tuple[model.Objective, ...]:
    """The objectives of the portfolio, and those that its benefits served at the time."""
    rows: QuerySet[Objective] = portfolio.objectives.select_related("parent").order_by("pk")
    chosen = list(rows)
    codes = {row.code for row in chosen}
    served = {benefit.objective for initiative in initiatives for benefit in initiative.benefits} - {"", *codes}
    if served:
        chosen += Objective.objects.filter(code__in=served).select_related("parent").order_by("pk")
        codes |= served
    return tuple(
        model.Objective(
            id=row.code,
            name=row.name,
            # An objective above that this portfolio does not serve is outside of its picture.
            parent=row.parent.code if row.parent and row.parent.code in codes else "",
            weight=row.weight,
            description=row.description,
        )
        for row in chosen
    )


def _programmes(portfolio: Portfolio) -> tuple[model.Programme, ...]:
    return tuple(
        model.Programme(id=row.code, name=row.name, owner=row.owner_name, description=row.description)
        for row in Programme.objects.filter(portfolio=portfolio).order_by("pk")
    )


def _dependencies(portfolio: Portfolio) -> tuple[model.Dependency, ...]:
    rows = Dependency.objects.filter(portfolio=portfolio).order_by("pk")
    named = rows.values_list("kind", "source__code", "target__code", "benefit_code")
    return tuple(
        model.Dependency(kind=kinds.DependencyKind(kind), source=source, target=target, benefit=benefit)
        for kind, source, target, benefit in named
    )


def _correlations(portfolio: Portfolio) -> tuple[model.Correlation, ...]:
    rows = Correlation.objects.filter(portfolio=portfolio).order_by("pk")
    named = rows.values_list("first__code", "second__code", "value")
    return tuple(model.Correlation(first=first, second=second, value=value) for first, second, value in named)


@dataclass(frozen=True)
class _Initiatives:
    """Reads all rows of some initiatives, one query a table, and puts them together."""

    portfolio: Portfolio
    within: QuerySet[Initiative]
    plans: QuerySet[Plan]
    at: datetime
    shares: Shares

    def records(self) -> dict[int, model.Initiative]:
        """The initiatives by key, in the order in which they were entered."""
        options = self._options()
        claims = self.shares.claims
        benefits = _grouped(
            self._benefits(),
            lambda row: row.initiative_id,
            lambda row: replace(benefit_record(row), **claims.get(row.pk, {})),
        )
        milestones = _grouped(
            _of_initiatives(Milestone, self.within).order_by("position"), lambda row: row.initiative_id, _milestone
        )
        status = _grouped(self._observed(StatusReport, "as_at"), lambda row: row.initiative_id, _status)
        actuals = _grouped(self._observed(ActualCost, "month"), lambda row: row.initiative_id, _actual)
        measurements = _grouped(self._measurements(), lambda row: row.initiative_id, _measurement)
        plans_of = {plan.initiative_id: plan.pk for plan in self.plans}
        return {
            row.pk: model.Initiative(
                id=row.code,
                name=row.name,
                programme=row.programme.code if row.programme else "",
                unit=row.unit,
                category=row.category,
                state=kinds.InitiativeState(row.state),
                selection=kinds.Selection(row.selection),
                reference_class=row.reference_class,
                lead=row.lead_name,
                description=row.description,
                options=options.get(plans_of.get(row.pk, 0), ()),
                benefits=benefits.get(row.pk, ()),
                milestones=milestones.get(row.pk, ()),
                status=status.get(row.pk, ()),
                actuals=actuals.get(row.pk, ()),
                measurements=measurements.get(row.pk, ()),
            )
            for row in self._known_initiatives()
        }

    def _known_initiatives(self) -> QuerySet[Initiative]:
        has_a_plan = Q(Exists(Plan.objects.filter(initiative=OuterRef("pk"))))
        known = Q(pk__in=self.plans.values("initiative"))
        rows = self.within.filter(known | ~has_a_plan)
        return rows.select_related("programme").order_by("pk")

    def _options(self) -> Mapping[int, tuple[model.Option, ...]]:
        """The options of each plan, by the key of the plan."""
        within = {"option__plan__in": self.plans.values("pk")}
        costs = _grouped(
            CostLine.objects.filter(**within).order_by("position"), lambda row: row.option_id, cost_line_record
        )
        risks = _grouped(Risk.objects.filter(**within).order_by("position"), lambda row: row.option_id, risk_record)
        profiles_of = Profile.objects.filter(**within).select_related("benefit").order_by("position")
        profiles = _grouped(profiles_of, lambda row: row.option_id, profile_record)
        return _grouped(
            Option.objects.filter(plan__in=self.plans.values("pk")).order_by("position"),
            lambda row: row.plan_id,
            lambda row: option_record(
                row,
                costs=costs.get(row.pk, ()),
                profiles=profiles.get(row.pk, ()),
                risks=risks.get(row.pk, ()),
            ),
        )

    def _benefits(self) -> Iterable[Benefit]:
        rows = Benefit.objects.filter(initiative__in=self.within).order_by("position")
        return benefits_as_known(self.portfolio, rows, self.at)

    def _observed(self, table: type[Any], when: str) -> QuerySet[Any]:
        return _in_force(_of_initiatives(table, self.within), self.at).order_by(when, "recorded_at", "pk")

    def _measurements(self) -> QuerySet[Any]:
        rows = Measurement.objects.filter(benefit__initiative__in=self.within).select_related("benefit")
        with_initiative = rows.annotate(initiative_id=F("benefit__initiative_id"))
        return _in_force(with_initiative, self.at).order_by("benefit__position", "month", "recorded_at", "pk")


def _of_initiatives(table: type[Any], within: QuerySet[Initiative]) -> QuerySet[Any]:
    rows: QuerySet[Any] = table.objects.filter(initiative__in=within)
    return rows


def _grouped(
    rows: Iterable[Row], key: Callable[[Row], Hashable], record: Callable[[Row], Any]
) -> Mapping[Any, tuple[Any, ...]]:
    """Records of the rows by key, in the order of the rows."""
    groups: defaultdict[Any, list[Any]] = defaultdict(list)
    for row in rows:
        groups[key(row)].append(record(row))
    return {name: tuple(records) for name, records in groups.items()}


def _month(day: Any) -> Month | None:
    return None if day is None else Month.of(day)


def _milestone(row: Milestone) -> model.Milestone:
    return model.Milestone(
        id=row.code,
        name=row.name,
        planned=Month.of(row.planned),
        forecast=_month(row.forecast),
        reached=_month(row.reached),
        retires=row.retires,
    )


def _status(row: StatusReport) -> model.StatusReport:
    return model.StatusReport(at=row.as_at, confidence=kinds.Confidence(row.confidence), commentary=row.commentary)


def _actual(row: ActualCost) -> model.Actual:
    return model.Actual(month=Month.of(row.month), amount=float(row.amount), source=row.source)


def _measurement(row: Measurement) -> model.Measurement:
    return model.Measurement(
        benefit=row.benefit.code,
        month=Month.of(row.month),
        value=float(row.value),
        source=row.source,
        is_verified=row.is_verified,
    )
