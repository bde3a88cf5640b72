"""Oracle: every selection of small random portfolios, one by one; and laws that hold for any portfolio."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engine.choice.small_portfolios import Course, portfolio_of

from openvmo.engine.choice import InfeasibleError, choose
from openvmo.engine.model import DependencyKind, OptionKind

NAMES = ("A", "B", "C", "D", "E")
YEARS = (2026, 2027)


@dataclass(frozen=True)
class Case:
    courses: Mapping[str, Sequence[Course]]
    dependencies: Sequence[tuple[DependencyKind, str, str]]
    budgets: Mapping[int, float]
    mandatory: frozenset[str]
    forbidden: frozenset[str]


@st.composite
def cases(draw: st.DrawFn) -> Case:
    names = NAMES[: draw(st.integers(1, 5))]
    whole = st.integers(0, 12)
    course = st.builds(
        Course,
        st.integers(-10, 20),
        st.tuples(whole, whole),
        st.sampled_from([OptionKind.CONTINUE, OptionKind.VARIANT, OptionKind.STOP]),
        st.integers(-5, 25),
    )
    kinds = st.sampled_from(list(DependencyKind))
    pairs = st.tuples(kinds, st.sampled_from(names), st.sampled_from(names)).filter(lambda found: found[1] != found[2])
    return Case(
        courses={name: draw(st.lists(course, min_size=1, max_size=3)) for name in names},
        dependencies=draw(st.lists(pairs, max_size=4, unique=True)) if len(names) > 1 else [],
        budgets={year: draw(st.integers(0, 30)) for year in YEARS},
        mandatory=draw(st.frozensets(st.sampled_from(names), max_size=2)),
        forbidden=draw(st.frozensets(st.sampled_from(names), max_size=1)),
    )


def selections(case: Case) -> Iterator[dict[str, Course]]:
    """Every selection that keeps the rules, said in plain words."""
    ways = []
    for options in case.courses.values():
        has_own_inaction = any(option.kind is OptionKind.STOP for option in options)
        ways.append([*options] if has_own_inaction else [None, *options])
    for picked in itertools.product(*ways):
        selection = {name: course for name, course in zip(case.courses, picked, strict=True) if course is not None}
        active = {name for name, course in selection.items() if course.kind is not OptionKind.STOP}
        if keeps_rules(case, selection, active):
            yield selection


def keeps_rules(case: Case, selection: Mapping[str, Course], active: set[str]) -> bool:
    for kind, source, target in case.dependencies:
        if kind is DependencyKind.EXCLUDES and {source, target} <= active:
            return False
        if (
            kind in {DependencyKind.REQUIRES, DependencyKind.FINISH_TO_START}
            and target in active
            and source not in active
        ):
            return False
    used = [sum(course.costs[year] for course in selection.values()) for year in range(2)]
    within = all(cost <= case.budgets[year] for cost, year in zip(used, YEARS, strict=True))
    return within and case.mandatory <= active and not (case.forbidden & active)


def worth(case: Case, selection: Mapping[str, Course]) -> float:
    active = {name for name, course in selection.items() if course.kind is not OptionKind.STOP}
    total = 0.0
    for name, course in selection.items():
        sources = {s for kind, s, t in case.dependencies if kind is DependencyKind.ENABLES and t == name}
        lost = name in active and not sources <= active
        total += course.value - (course.benefit or 0) * lost
    return total


def value_of(case: Case) -> float | None:
    try:
        return choose(
            *portfolio_of(case.courses, dependencies=case.dependencies),
            budgets=case.budgets,
            mandatory=case.mandatory,
            forbidden=case.forbidden,
        ).value
    except InfeasibleError:
        return None


@settings(max_examples=150)
@given(cases())
def test_it_finds_the_best_of_all_selections(case: Case) -> None:
    every = [worth(case, selection) for selection in selections(case)]
    assert value_of(case) == (max(every) if every else None)


@settings(max_examples=50)
@given(cases(), st.sampled_from(YEARS), st.integers(1, 20))
def test_more_budget_never_lowers_the_value(case: Case, year: int, more: int) -> None:
    before = value_of(case)
    after = value_of(
        Case(
            case.courses,
            case.dependencies,
            {**case.budgets, year: case.budgets[year] + more},
            case.mandatory,
            case.forbidden,
        )
    )
    if before is not None:
        assert after is not None
        assert after >= before


@settings(max_examples=50)
@given(cases(), st.integers(0, 5), st.integers(0, 5))
def test_a_dominated_option_never_changes_the_value(case: Case, less: int, dearer: int) -> None:
    name, options = next(iter(case.courses.items()))
    best = options[0]
    benefit = best.benefit or 0
    worse = Course(best.value - less, [cost + dearer for cost in best.costs], best.kind, benefit)
    assert value_of(
        Case({**case.courses, name: [*options, worse]}, case.dependencies, case.budgets, case.mandatory, case.forbidden)
    ) == value_of(case)


@settings(max_examples=30)
@given(cases())
def test_the_regret_is_the_value_lost_the_other_way(case: Case) -> None:
    portfolio, numbers = portfolio_of(case.courses, dependencies=case.dependencies)
    try:
        choice = choose(portfolio, numbers, budgets=case.budgets)
    except InfeasibleError:
        return
    for name in case.courses:
        reason = choice.why(name)
        forced = {"forbidden": frozenset({name})} if reason.is_in else {"mandatory": frozenset({name})}
        other = value_of(
            Case(
                case.courses,
                case.dependencies,
                case.budgets,
                **{"mandatory": frozenset(), "forbidden": frozenset(), **forced},
            )
        )
        assert (None if other is None else choice.value - other) == (
            None if reason.regret is None else pytest.approx(reason.regret, abs=1e-9)
        )
