"""Whether a portfolio can be used: every problem at once, each with its place and remedy.

Sheets are named as in the workbook, columns as the fields of the records.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from graphlib import CycleError, TopologicalSorter

from openvmo.engine.model.findings import Finding, Severity
from openvmo.engine.model.kinds import Accrual, Anchor, DependencyKind, Direction, OptionKind
from openvmo.engine.model.records import Benefit, Initiative, Option, Portfolio
from openvmo.engine.quantities import Estimate

_CURRENCY = re.compile(r"^[A-Z]{3}$")
_MOST_MONTHS = 1_200
# Between the low and the high value of a positive estimate; beyond it the tail is beyond all sense.
_WIDEST_RATIO = 1e6
_MOVES = {Direction.INCREASE: 1, Direction.DECREASE: -1}
_NOTHING_TO_BUILD = (OptionKind.DO_NOTHING, OptionKind.STOP)


def check_portfolio(portfolio: Portfolio) -> tuple[Finding, ...]:
    """Every finding about a portfolio; one with an error cannot be forecast or chosen from.

    Args:
        portfolio: the portfolio, from a file or built in Python.

    Returns:
        Findings in the order of the sheets; empty when all is well.
    """
    return (
        *check_frame(portfolio),
        *check_objectives(portfolio),
        *_unique(portfolio.programmes, "Programmes"),
        *_unique(portfolio.initiatives, "Initiatives"),
        *check_benefits(portfolio),
        *(finding for initiative in portfolio.initiatives for finding in check_initiative(portfolio, initiative)),
        *check_dependencies(portfolio),
        *check_budgets(portfolio),
    )


def check_frame(portfolio: Portfolio) -> Iterator[Finding]:
    """Currency, horizon, discount rate and financial year."""
    if not _CURRENCY.match(portfolio.currency):
        yield _error(
            "portfolio.currency",
            "The currency is not an ISO 4217 code.",
            "Write three capital letters, such as GBP.",
            "Portfolio",
            "currency",
            portfolio.currency,
        )
    if not 1 <= portfolio.horizon <= _MOST_MONTHS:
        yield _error(
            "portfolio.horizon",
            "The appraisal has no months, or more than a hundred years.",
            f"State a horizon of 1 to {_MOST_MONTHS} months.",
            "Portfolio",
            "horizon",
            portfolio.horizon,
        )
    if not -1 < portfolio.discount_rate < 1:
        yield _error(
            "portfolio.discount_rate",
            "The discount rate is not a share.",
            "Write 3.5 % as 0.035.",
            "Portfolio",
            "discount_rate",
            portfolio.discount_rate,
        )
    if portfolio.fiscal_year_start not in range(1, 13):
        yield _error(
            "portfolio.fiscal_year_start",
            "The financial year starts in no month.",
            "Write the number of its first month, 1 to 12.",
            "Portfolio",
            "fiscal_year_start",
            portfolio.fiscal_year_start,
        )


def check_objectives(portfolio: Portfolio) -> Iterator[Finding]:
    """Objectives form a tree with weights that are shares."""
    yield from _unique(portfolio.objectives, "Objectives")
    known = {objective.id for objective in portfolio.objectives}
    for objective in portfolio.objectives:
        if objective.parent:
            yield from _known(objective.parent, known, "Objectives", "parent", "objective")
        if objective.weight is not None:
            yield from _share(objective.weight, f"The weight of {objective.id}", "Objectives", "weight")
    parents = {objective.id: {objective.parent} & known for objective in portfolio.objectives}
    yield from _circle(parents, "Objectives", "parent", "objective")


def check_benefits(portfolio: Portfolio) -> Iterator[Finding]:
    """Benefits are unique in the portfolio and serve known objectives."""
    benefits = [benefit for initiative in portfolio.initiatives for benefit in initiative.benefits]
    objectives = {objective.id for objective in portfolio.objectives}
    yield from _unique(benefits, "Benefits")
    for benefit in benefits:
        if benefit.objective:
            yield from _known(benefit.objective, objectives, "Benefits", "objective", "objective")
        if benefit.value_per_unit is not None and benefit.value_per_unit < 0:
            yield _error(
                "benefit.value_negative",
                f"The value of one unit of {benefit.id} is negative.",
                "Write a positive value and mark the benefit as a dis-benefit.",
                "Benefits",
                "value_per_unit",
                benefit.value_per_unit,
            )
        yield from _check_measure(benefit)


def _check_measure(benefit: Benefit) -> Iterator[Finding]:
    """What a benefit says of its measure must fit together."""
    if benefit.priority is not None and benefit.priority not in range(1, 6):
        yield _error(
            "benefit.priority",
            f"The priority of {benefit.id} is not one of five.",
            "Write 1 for the highest to 5 for the lowest.",
            "Benefits",
            "priority",
            benefit.priority,
        )
    if benefit.review_months is not None and benefit.review_months < 1:
        yield _error(
            "benefit.review_months",
            f"The months between the reviews of {benefit.id} are less than one.",
            "Write 3 for a review every quarter, or leave it empty.",
            "Benefits",
            "review_months",
            benefit.review_months,
        )
    if benefit.accrual is Accrual.LEVEL and (benefit.baseline is None or benefit.direction not in _MOVES):
        yield _error(
            "benefit.level_without_baseline",
            f"{benefit.id} is measured as a level, but where it stood before or which way it has to move is missing.",
            "State the baseline, and increase or decrease as the direction.",
            "Benefits",
            "accrual",
            str(benefit.accrual),
        )
    if _moves_the_wrong_way(benefit):
        yield _error(
            "benefit.target_direction",
            f"The target of {benefit.id} lies on the wrong side of its baseline.",
            "Change the direction, the baseline or the target.",
            "Benefits",
            "target",
            benefit.target,
        )


def _moves_the_wrong_way(benefit: Benefit) -> bool:
    if benefit.direction not in _MOVES or benefit.baseline is None or benefit.target is None:
        return False
    return (benefit.target - benefit.baseline) * _MOVES[benefit.direction] < 0


def check_initiative(portfolio: Portfolio, initiative: Initiative) -> Iterator[Finding]:
    """An initiative's programme, options, milestones and measurements."""
    if initiative.programme:
        programmes = {programme.id for programme in portfolio.programmes}
        yield from _known(initiative.programme, programmes, "Initiatives", "programme", "programme")
    if not initiative.options:
        yield _warning(
            "option.none",
            f"{initiative.id} has no option, so it can be neither forecast nor chosen.",
            "Add its current plan on the sheet Options.",
            "Options",
            "initiative",
            initiative.id,
        )
    yield from _unique(initiative.options, "Options", f" of {initiative.id}")
    yield from _unique(initiative.milestones, "Milestones", f" of {initiative.id}")
    benefits = {benefit.id for benefit in initiative.benefits}
    for measurement in initiative.measurements:
        yield from _known(measurement.benefit, benefits, "Measurements", "benefit", f"benefit of {initiative.id}")
    for option in initiative.options:
        yield from check_option(portfolio, initiative, option)


def check_option(portfolio: Portfolio, initiative: Initiative, option: Option) -> Iterator[Finding]:
    """An option's duration, and everything that belongs to it."""
    place = f"{initiative.id}, option {option.id}"
    least = 0 if option.kind in _NOTHING_TO_BUILD else 1
    yield from _at_least(option.duration, least, f"The duration of {place}", "Options", "duration")
    yield from _at_most_a_century(option.duration, f"The duration of {place}", "duration")
    for months in (option.slip.low, option.slip.likely, option.slip.high):
        if months is not None:
            yield from _at_most_a_century(abs(months), f"The slip of {place}", "slip")
    # Counted in whole numbers: a mistyped duration may lead to a month that no calendar has.
    if option.start.ordinal + option.duration - portfolio.start.ordinal >= portfolio.horizon:
        yield _warning(
            "horizon.short",
            f"{place} goes live at or after the end of the appraisal, so none of its benefits count.",
            "Lengthen the horizon of the portfolio.",
            "Portfolio",
            "horizon",
            portfolio.horizon,
        )
    yield from check_costs(option, place)
    yield from check_profiles(initiative, option, place)
    yield from check_risks(option, place)


def check_costs(option: Option, place: str) -> Iterator[Finding]:
    """Cost lines have positive amounts and at least one month."""
    yield from _unique(option.costs, "Costs", f" of {place}")
    for line in option.costs:
        name = f"{line.id} of {place}"
        yield from _width(line.amount, f"The amount of {name}", "Costs", "amount")
        if line.months is not None:
            yield from _at_least(line.months, 1, f"The number of months of {name}", "Costs", "months")
        if line.months is None and line.anchor is Anchor.GO_LIVE:
            yield _warning(
                "cost.open_ended",
                f"{name} begins at go-live without a number of months: it is taken to last as long as the work.",
                "State for how many months it is paid.",
                "Costs",
                "months",
                line.id,
            )
        if line.amount.likely < 0:
            yield _warning(
                "cost.negative",
                f"{name} is negative: it counts as income.",
                "State income as a benefit, so that ratios to cost stay right.",
                "Costs",
                "amount",
                line.amount.likely,
            )


def check_profiles(initiative: Initiative, option: Option, place: str) -> Iterator[Finding]:
    """Profiles name a benefit of their initiative, once, with possible months and shares."""
    benefits = {benefit.id for benefit in initiative.benefits}
    yield from _repeated([profile.benefit for profile in option.profiles], "Profiles", "benefit", f" in {place}")
    for profile in option.profiles:
        name = f"the profile of {profile.benefit} in {place}"
        yield from _known(profile.benefit, benefits, "Profiles", "benefit", f"benefit of {initiative.id}")
        yield from _at_least(profile.ramp_months, 0, f"The ramp of {name}", "Profiles", "ramp_months")
        yield from _width(profile.annual, f"The yearly value of {name}", "Profiles", "annual")
        yield from _share(profile.decay, f"The decay of {name}", "Profiles", "decay")
        if profile.duration is not None:
            yield from _at_least(profile.duration, 1, f"The duration of {name}", "Profiles", "duration")
        if profile.annual.likely < 0:
            yield _warning(
                "benefit.negative",
                f"The yearly value of {name} is negative.",
                "Write a positive value and mark the benefit as a dis-benefit.",
                "Profiles",
                "annual",
                profile.annual.likely,
            )


def check_risks(option: Option, place: str) -> Iterator[Finding]:
    """Risks have probabilities and losses that are shares."""
    yield from _unique(option.risks, "Risks", f" of {place}")
    for risk in option.risks:
        yield from _width(risk.cost, f"The cost of {risk.id} of {place}", "Risks", "cost")
        yield from _share(risk.probability, f"The probability of {risk.id} of {place}", "Risks", "probability")
        yield from _share(risk.benefit_loss, f"The benefit loss of {risk.id} of {place}", "Risks", "benefit_loss")


def check_dependencies(portfolio: Portfolio) -> Iterator[Finding]:
    """Dependencies join two known initiatives, and no work waits for itself."""
    known = {initiative.id for initiative in portfolio.initiatives}
    waiting: dict[str, set[str]] = {}
    for dependency in portfolio.dependencies:
        yield from _known(dependency.source, known, "Dependencies", "source", "initiative")
        yield from _known(dependency.target, known, "Dependencies", "target", "initiative")
        if dependency.source == dependency.target:
            yield _error(
                "dependency.self",
                f"{dependency.source} depends on itself.",
                "Remove the row, or name the other initiative.",
                "Dependencies",
                "target",
                dependency.target,
            )
        elif dependency.kind is DependencyKind.FINISH_TO_START:
            waiting.setdefault(dependency.target, set()).add(dependency.source)
    yield from _circle(waiting, "Dependencies", "source", "initiative that waits for itself")


def check_budgets(portfolio: Portfolio) -> Iterator[Finding]:
    """One budget a year, none negative."""
    yield from _repeated([str(budget.year) for budget in portfolio.budgets], "Budgets", "year")
    for budget in portfolio.budgets:
        yield from _at_least(budget.amount, 0, f"The budget of {budget.year}", "Budgets", "amount")


def _unique(records: Iterable[object], sheet: str, whose: str = "") -> Iterator[Finding]:
    """Records have ids, each once."""
    ids = [str(getattr(record, "id", "")) for record in records]
    if "" in ids:
        yield _error("id.missing", f"A row{whose} has no id.", "Give every row a short, unique name.", sheet, "id", "")
    yield from _repeated([value for value in ids if value], sheet, "id", whose)


def _repeated(values: Iterable[str], sheet: str, column: str, whose: str = "") -> Iterator[Finding]:
    for value, count in Counter(values).items():
        if count > 1:
            yield _error(
                f"{column}.repeated",
                f"{value}{whose} stands there {count} times.",
                "Keep one row, or give the others another name.",
                sheet,
                column,
                value,
            )


def _known(value: str, known: Iterable[str], sheet: str, column: str, what: str) -> Iterator[Finding]:
    if value not in known:
        yield _error(
            f"{column}.unknown",
            f"There is no {what} called {value!r}.",
            "Correct the name, or add the missing row.",
            sheet,
            column,
            value,
        )


def _share(value: float, what: str, sheet: str, column: str) -> Iterator[Finding]:
    if not 0 <= value <= 1:
        yield _error(
            f"{column}.not_a_share", f"{what} is not between 0 and 1.", "Write 20 % as 0.2.", sheet, column, value
        )


def _at_most_a_century(months: float, what: str, column: str) -> Iterator[Finding]:
    if months > _MOST_MONTHS:
        yield _error(
            f"{column}.too_large",
            f"{what} is more than a hundred years.",
            "State it in months.",
            "Options",
            column,
            months,
        )


def _width(estimate: Estimate, what: str, sheet: str, column: str) -> Iterator[Finding]:
    low, high = estimate.low, estimate.high
    if low is not None and high is not None and low > 0 and high / low > _WIDEST_RATIO:
        yield _error(
            f"{column}.too_wide",
            f"{what} has a high value more than a million times its low one.",
            "Check the units of both; write a low value of 0 if it may be nothing.",
            sheet,
            column,
            f"{low} to {high}",
        )


def _at_least(value: float, least: float, what: str, sheet: str, column: str) -> Iterator[Finding]:
    if value < least:
        yield _error(
            f"{column}.too_small", f"{what} is below {least}.", f"Write {least} or more.", sheet, column, value
        )


def _circle(predecessors: dict[str, set[str]], sheet: str, column: str, what: str) -> Iterator[Finding]:
    try:
        TopologicalSorter(predecessors).prepare()
    except CycleError as error:
        path = " - ".join(error.args[1])
        yield _error(
            f"{column}.circle",
            f"There is an {what} in a circle: {path}.",
            "Remove one of these links.",
            sheet,
            column,
            error.args[1][0],
        )


def _error(code: str, problem: str, remedy: str, sheet: str, column: str, value: object) -> Finding:
    return Finding(Severity.ERROR, code, problem, remedy, sheet=sheet, column=column, value=str(value))


def _warning(code: str, problem: str, remedy: str, sheet: str, column: str, value: object) -> Finding:
    return Finding(Severity.WARNING, code, problem, remedy, sheet=sheet, column=column, value=str(value))
