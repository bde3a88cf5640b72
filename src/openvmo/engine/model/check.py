"""Whether a portfolio can be used: every problem at once, each with its place and remedy.

Sheets are named as in the workbook, columns as the fields of the records.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Set

from openvmo.engine.model.check_shared import check_correlations, check_pools
from openvmo.engine.model.conditions import (
    MOST_MONTHS,
    at_least,
    at_most_a_century,
    error,
    is_known,
    is_not_too_wide,
    is_share,
    no_circle,
    repeated,
    unique,
    warning,
)
from openvmo.engine.model.findings import Finding
from openvmo.engine.model.kinds import Accrual, Anchor, DependencyKind, Direction, OptionKind, RampShape
from openvmo.engine.model.records import (
    Benefit,
    Dependency,
    Initiative,
    Option,
    Portfolio,
    Profile,
)

_CURRENCY = re.compile(r"^[A-Z]{3}$")
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
        *unique(portfolio.programmes, "Programmes"),
        *unique(portfolio.initiatives, "Initiatives"),
        *check_benefits(portfolio),
        *(finding for initiative in portfolio.initiatives for finding in check_initiative(portfolio, initiative)),
        *check_dependencies(portfolio),
        *check_budgets(portfolio),
        *check_pools(portfolio),
        *check_correlations(portfolio),
    )


def check_frame(portfolio: Portfolio) -> Iterator[Finding]:
    """Currency, horizon, discount rate and financial year."""
    if not _CURRENCY.match(portfolio.currency):
        yield error(
            "portfolio.currency",
            "The currency is not an ISO 4217 code.",
            "Write three capital letters, such as GBP.",
            "Portfolio",
            "currency",
            portfolio.currency,
        )
    if not 1 <= portfolio.horizon <= MOST_MONTHS:
        yield error(
            "portfolio.horizon",
            "The appraisal has no months, or more than a hundred years.",
            f"State a horizon of 1 to {MOST_MONTHS} months.",
            "Portfolio",
            "horizon",
            portfolio.horizon,
        )
    if not -1 < portfolio.discount_rate < 1:
        yield error(
            "portfolio.discount_rate",
            "The discount rate is not a share.",
            "Write 3.5 % as 0.035.",
            "Portfolio",
            "discount_rate",
            portfolio.discount_rate,
        )
    if portfolio.fiscal_year_start not in range(1, 13):
        yield error(
            "portfolio.fiscal_year_start",
            "The financial year starts in no month.",
            "Write the number of its first month, 1 to 12.",
            "Portfolio",
            "fiscal_year_start",
            portfolio.fiscal_year_start,
        )


def check_objectives(portfolio: Portfolio) -> Iterator[Finding]:
    """Objectives form a tree with weights that are shares."""
    yield from unique(portfolio.objectives, "Objectives")
    known = {objective.id for objective in portfolio.objectives}
    for objective in portfolio.objectives:
        if objective.parent:
            yield from is_known(objective.parent, known, "Objectives", "parent", "objective")
        if objective.weight is not None:
            yield from is_share(objective.weight, f"The weight of {objective.id}", "Objectives", "weight")
    parents = {objective.id: {objective.parent} & known for objective in portfolio.objectives}
    yield from no_circle(parents, "Objectives", "parent", "objective")


def check_benefits(portfolio: Portfolio) -> Iterator[Finding]:
    """Benefits are unique in the portfolio and serve known objectives."""
    benefits = [benefit for initiative in portfolio.initiatives for benefit in initiative.benefits]
    objectives = {objective.id for objective in portfolio.objectives}
    yield from unique(benefits, "Benefits")
    for benefit in benefits:
        if benefit.objective:
            yield from is_known(benefit.objective, objectives, "Benefits", "objective", "objective")
        if benefit.value_per_unit is not None and benefit.value_per_unit < 0:
            yield error(
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
        yield error(
            "benefit.priority",
            f"The priority of {benefit.id} is not one of five.",
            "Write 1 for the highest to 5 for the lowest.",
            "Benefits",
            "priority",
            benefit.priority,
        )
    if benefit.review_months is not None and benefit.review_months < 1:
        yield error(
            "benefit.review_months",
            f"The months between the reviews of {benefit.id} are less than one.",
            "Write 3 for a review every quarter, or leave it empty.",
            "Benefits",
            "review_months",
            benefit.review_months,
        )
    if benefit.accrual is Accrual.LEVEL and (benefit.baseline is None or benefit.direction not in _MOVES):
        yield error(
            "benefit.level_without_baseline",
            f"{benefit.id} is measured as a level, but where it stood before or which way it has to move is missing.",
            "State the baseline, and increase or decrease as the direction.",
            "Benefits",
            "accrual",
            str(benefit.accrual),
        )
    if _moves_the_wrong_way(benefit):
        yield error(
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
        yield from is_known(initiative.programme, programmes, "Initiatives", "programme", "programme")
    if not initiative.options:
        yield warning(
            "option.none",
            f"{initiative.id} has no option, so it can be neither forecast nor chosen.",
            "Add its current plan on the sheet Options.",
            "Options",
            "initiative",
            initiative.id,
        )
    yield from unique(initiative.options, "Options", f" of {initiative.id}")
    yield from unique(initiative.milestones, "Milestones", f" of {initiative.id}")
    benefits = {benefit.id for benefit in initiative.benefits}
    for measurement in initiative.measurements:
        yield from is_known(measurement.benefit, benefits, "Measurements", "benefit", f"benefit of {initiative.id}")
    for option in initiative.options:
        yield from check_option(portfolio, initiative, option)


def check_option(portfolio: Portfolio, initiative: Initiative, option: Option) -> Iterator[Finding]:
    """An option's duration, and everything that belongs to it."""
    place = f"{initiative.id}, option {option.id}"
    least = 0 if option.kind in _NOTHING_TO_BUILD else 1
    yield from at_least(option.duration, least, f"The duration of {place}", "Options", "duration")
    yield from at_most_a_century(option.duration, f"The duration of {place}", "duration")
    for months in (option.slip.low, option.slip.likely, option.slip.high):
        if months is not None:
            yield from at_most_a_century(abs(months), f"The slip of {place}", "slip")
    # Counted in whole numbers: a mistyped duration may lead to a month that no calendar has.
    if option.start.ordinal + option.duration - portfolio.start.ordinal >= portfolio.horizon:
        yield warning(
            "horizon.short",
            f"{place} goes live at or after the end of the appraisal, so none of its benefits count.",
            "Lengthen the horizon of the portfolio.",
            "Portfolio",
            "horizon",
            portfolio.horizon,
        )
    yield from check_horizon(portfolio, option, place)
    yield from check_costs(option, place)
    yield from check_profiles(initiative, option, place)
    yield from check_risks(option, place)


def check_horizon(portfolio: Portfolio, option: Option, place: str) -> Iterator[Finding]:
    """No cost of the plan lies beyond the end of the appraisal."""
    begin = option.start.ordinal - portfolio.start.ordinal
    for line in option.costs:
        first = begin + line.offset + (option.duration if line.anchor is Anchor.GO_LIVE else 0)
        length = option.duration - line.offset if line.anchor is Anchor.START else option.duration
        last = first + max(length if line.months is None else line.months, 1)
        if last > portfolio.horizon:
            lost = min(last - portfolio.horizon, last - first)
            yield warning(
                "horizon.costs",
                f"{line.id} of {place} is paid over {last - first} months, of which {lost} lie after the end of the "
                "appraisal: what is paid then does not count.",
                f"Lengthen the horizon to {last} months, or shorten the cost line.",
                "Costs",
                "amount",
                line.amount.likely,
            )


def check_costs(option: Option, place: str) -> Iterator[Finding]:
    """Cost lines have positive amounts and at least one month."""
    yield from unique(option.costs, "Costs", f" of {place}")
    for line in option.costs:
        name = f"{line.id} of {place}"
        yield from is_not_too_wide(line.amount, f"The amount of {name}", "Costs", "amount")
        if line.months is not None:
            yield from at_least(line.months, 1, f"The number of months of {name}", "Costs", "months")
        yield from at_least(line.every, 1, f"The months between the payments of {name}", "Costs", "every")
        if line.months is None and line.anchor is Anchor.GO_LIVE:
            yield warning(
                "cost.open_ended",
                f"{name} begins at go-live without a number of months: it is taken to last as long as the work.",
                "State for how many months it is paid.",
                "Costs",
                "months",
                line.id,
            )
        if line.amount.likely < 0:
            yield warning(
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
    yield from repeated([profile.benefit for profile in option.profiles], "Profiles", "benefit", f" in {place}")
    for profile in option.profiles:
        name = f"the profile of {profile.benefit} in {place}"
        yield from is_known(profile.benefit, benefits, "Profiles", "benefit", f"benefit of {initiative.id}")
        yield from at_least(profile.ramp_months, 0, f"The ramp of {name}", "Profiles", "ramp_months")
        yield from is_not_too_wide(profile.annual, f"The yearly value of {name}", "Profiles", "annual")
        yield from is_share(profile.decay, f"The decay of {name}", "Profiles", "decay")
        yield from _check_curve(profile, name)
        if profile.duration is not None:
            yield from at_least(profile.duration, 1, f"The duration of {name}", "Profiles", "duration")
        if profile.annual.likely < 0:
            yield warning(
                "benefit.negative",
                f"The yearly value of {name} is negative.",
                "Write a positive value and mark the benefit as a dis-benefit.",
                "Profiles",
                "annual",
                profile.annual.likely,
            )


def _check_curve(profile: Profile, name: str) -> Iterator[Finding]:
    """A given curve has shares, and stands there where the shape of the ramp says so, and only there."""
    for share in profile.curve:
        yield from is_share(share, f"A share of the curve of {name}", "Profiles", "curve")
    if profile.ramp_shape is RampShape.CURVE and not profile.curve:
        yield error(
            "curve.missing",
            f"The shape of {name} is a given curve, but none is given.",
            "List the share of the steady value in each month, such as 0.1; 0.4; 1, or choose another shape.",
            "Profiles",
            "curve",
            "",
        )
    if profile.curve and profile.ramp_shape is not RampShape.CURVE:
        yield error(
            "curve.unused",
            f"A curve is given for {name}, but its shape is {profile.ramp_shape}.",
            "Write curve as the shape, or clear the list.",
            "Profiles",
            "ramp_shape",
            profile.ramp_shape,
        )


def check_risks(option: Option, place: str) -> Iterator[Finding]:
    """Risks have probabilities and losses that are shares."""
    yield from unique(option.risks, "Risks", f" of {place}")
    for risk in option.risks:
        yield from is_not_too_wide(risk.cost, f"The cost of {risk.id} of {place}", "Risks", "cost")
        yield from is_share(risk.probability, f"The probability of {risk.id} of {place}", "Risks", "probability")
        for months in (risk.slip.low, risk.slip.likely, risk.slip.high):
            if months is not None:
                name = f"The slip of {risk.id} of {place}"
                yield from at_least(months, 0, name, "Risks", "slip")
                yield from at_most_a_century(months, name, "slip", "Risks")
        yield from is_share(risk.benefit_loss, f"The benefit loss of {risk.id} of {place}", "Risks", "benefit_loss")


def check_dependencies(portfolio: Portfolio) -> Iterator[Finding]:
    """Dependencies join two known initiatives, and no work waits for itself."""
    known = {initiative.id for initiative in portfolio.initiatives}
    benefits = {one.id: {benefit.id for benefit in one.benefits} for one in portfolio.initiatives}
    waiting: dict[str, set[str]] = {}
    for dependency in portfolio.dependencies:
        yield from is_known(dependency.source, known, "Dependencies", "source", "initiative")
        yield from is_known(dependency.target, known, "Dependencies", "target", "initiative")
        if dependency.source == dependency.target:
            yield error(
                "dependency.self",
                f"{dependency.source} depends on itself.",
                "Remove the row, or name the other initiative.",
                "Dependencies",
                "target",
                dependency.target,
            )
        elif dependency.kind is DependencyKind.FINISH_TO_START:
            waiting.setdefault(dependency.target, set()).add(dependency.source)
        if dependency.benefit:
            yield from _check_enabled(dependency, benefits.get(dependency.target, frozenset()))
    yield from no_circle(waiting, "Dependencies", "source", "initiative that waits for itself")


def _check_enabled(dependency: Dependency, benefits: Set[str]) -> Iterator[Finding]:
    """Only enabling concerns one benefit, and that is the target's own."""
    if dependency.kind is not DependencyKind.ENABLES:
        yield error(
            "dependency.benefit",
            f"{dependency.target} {dependency.kind} {dependency.source} as a whole, but a benefit is named.",
            "Clear the benefit, or write enables as the kind.",
            "Dependencies",
            "benefit",
            dependency.benefit,
        )
    yield from is_known(dependency.benefit, benefits, "Dependencies", "benefit", f"benefit of {dependency.target}")


def check_budgets(portfolio: Portfolio) -> Iterator[Finding]:
    """One budget a year, none negative."""
    yield from repeated([str(budget.year) for budget in portfolio.budgets], "Budgets", "year")
    for budget in portfolio.budgets:
        yield from at_least(budget.amount, 0, f"The budget of {budget.year}", "Budgets", "amount")
