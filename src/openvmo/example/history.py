"""The example told in order of time: what was known at the beginning, and what became known since."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, replace

from openvmo.engine.model import (
    Actual,
    Budget,
    Dependency,
    Initiative,
    InitiativeState,
    Measurement,
    Milestone,
    Option,
    Portfolio,
    StatusReport,
)
from openvmo.engine.quantities import Month
from openvmo.example import frame
from openvmo.example.budgets import budgets_for
from openvmo.example.observations import actual_in, measurements_in, milestones_in, review_in, state_in
from openvmo.example.plans import REVIEW_MONTHS, benefits_of, go_live_in, options_in
from openvmo.example.specs import InitiativeSpec, initiative_specs
from openvmo.example.story import CONTESTED, REVISIONS, review_of
from openvmo.example.strategy import ReadingTaken, readings_until

LENGTH = 24
UNTIL = Month(2026, 10)
# A proposal is made so many months before its work would begin.
PROPOSED_BEFORE = 8
# The months in which all open plans are gone through before the board meets.
ROUNDS = (-11, -1)
DECIDED = -10
# Of two figures in three another person says that they are right.
VERIFIED = 3
YOUNGEST = -2
# Months from go-live until the leader of the unit takes the benefits over.
HANDED_OVER_AFTER = 3


@dataclass(frozen=True, slots=True)
class Proposed:
    """Initiatives were proposed for the first time."""

    on: datetime.date
    initiatives: tuple[Initiative, ...]


@dataclass(frozen=True, slots=True)
class PlanRevised:
    """An initiative got a new version of its plan."""

    on: datetime.date
    initiative: str
    options: tuple[Option, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class StateChanged:
    """An initiative moved on in its life."""

    on: datetime.date
    initiative: str
    state: InitiativeState


@dataclass(frozen=True, slots=True)
class MilestonesSet:
    """Milestones of an initiative were reached or moved."""

    on: datetime.date
    initiative: str
    milestones: tuple[Milestone, ...]


@dataclass(frozen=True, slots=True)
class Spent:
    """Finance closed a month."""

    on: datetime.date
    actuals: tuple[tuple[str, Actual], ...]


@dataclass(frozen=True, slots=True)
class Measured:
    """Benefit owners reported a month; `verified` names the benefits whose figures another person has checked."""

    on: datetime.date
    measurements: tuple[tuple[str, Measurement], ...]
    verified: frozenset[str]


@dataclass(frozen=True, slots=True)
class Reviewed:
    """The quarter's reviews were written."""

    on: datetime.date
    reports: tuple[tuple[str, StatusReport], ...]


@dataclass(frozen=True, slots=True)
class RoundOpened:
    """A planning round began: the valuation month moved on and budgets were set."""

    on: datetime.date
    start: Month
    budgets: tuple[Budget, ...]


@dataclass(frozen=True, slots=True)
class ChoiceMade:
    """The office put a choice before the board; `is_decided` says whether the board has met.

    Args:
        on: day of the meeting.
        title: of the decision.
        committed: initiatives whose contracts were signed already, which the choice has to keep.
        is_decided: whether it was approved; otherwise it waits.
    """

    on: datetime.date
    title: str
    committed: tuple[str, ...]
    is_decided: bool


@dataclass(frozen=True, slots=True)
class HandedOver:
    """The benefits of an initiative passed to the leader who sustains them; an open hand-over waits for his answer."""

    on: datetime.date
    initiative: str
    is_accepted: bool


@dataclass(frozen=True, slots=True)
class ReviewHeld:
    """The benefits of an initiative in operation were looked at: whether they hold, and what was agreed."""

    on: datetime.date
    initiative: str
    verdict: str
    remark: str


@dataclass(frozen=True, slots=True)
class Contested:
    """Somebody doubted a measurement."""

    on: datetime.date
    initiative: str
    benefit: str
    month: Month
    remark: str


Event = (
    Proposed
    | PlanRevised
    | StateChanged
    | MilestonesSet
    | Spent
    | Measured
    | Reviewed
    | RoundOpened
    | ChoiceMade
    | HandedOver
    | ReviewHeld
    | Contested
    | ReadingTaken
)


@dataclass(frozen=True, slots=True)
class ExampleHistory:
    """The invented agency over 24 months.

    Args:
        opening: the portfolio as it was known at the beginning.
        opened_on: the first day.
        events: everything that became known since, in order of time.
        until: the month in which the story ends.
    """

    opening: Portfolio
    opened_on: datetime.date
    events: tuple[Event, ...]
    until: Month

    def present(self) -> Portfolio:
        """The portfolio as it stands at the end."""
        portfolio = self.opening
        for event in self.events:
            portfolio = _after(portfolio, event)
        return portfolio


def example_history(seed: int = 1, *, until: Month = UNTIL) -> ExampleHistory:
    """Tell the story of the agency.

    Args:
        seed: another seed gives other figures; what goes wrong stays.
        until: the month in which the story ends; it begins 24 months earlier.

    >>> history = example_history()
    >>> len(history.present().initiatives), str(history.opening.start)
    (60, '2024-10')
    """
    specs = initiative_specs()
    first = [spec for spec in specs if _proposed_in(spec) <= -LENGTH]
    initiatives = tuple(_initiative(spec, -LENGTH, until, seed) for spec in first)
    start = until + -LENGTH
    events = [event for month in range(-LENGTH + 1, 1) for event in _month(month, until, seed)]
    events += readings_until(until, LENGTH, seed)
    events.sort(key=lambda event: event.on)
    return ExampleHistory(_frame(start, initiatives), _day(start, 4), tuple(events), until)


def example_portfolio(seed: int = 1, *, until: Month = UNTIL) -> Portfolio:
    """The agency's portfolio as it stands at the end of the story.

    >>> portfolio = example_portfolio()
    >>> sum(len(initiative.benefits) for initiative in portfolio.initiatives)
    140
    """
    return example_history(seed, until=until).present()


def _frame(start: Month, initiatives: tuple[Initiative, ...]) -> Portfolio:
    return Portfolio(
        id=frame.ID,
        name=frame.NAME,
        currency=frame.CURRENCY,
        price_base=start.year,
        start=start,
        horizon=frame.HORIZON,
        discount_rate=frame.DISCOUNT_RATE,
        fiscal_year_start=frame.FISCAL_YEAR_START,
        description=frame.DESCRIPTION,
        objectives=frame.OBJECTIVES,
        programmes=frame.PROGRAMMES,
        initiatives=initiatives,
        dependencies=_links(initiatives),
        budgets=budgets_for(initiatives, start, frame.FISCAL_YEAR_START, frame.HORIZON),
    )


def _links(initiatives: tuple[Initiative, ...]) -> tuple[Dependency, ...]:
    known = {initiative.id for initiative in initiatives}
    return tuple(link for link in frame.DEPENDENCIES if {link.source, link.target} <= known)


def _initiative(spec: InitiativeSpec, month: int, until: Month, seed: int) -> Initiative:
    """An initiative as it is first known, with what it had spent before."""
    spent = (actual_in(spec, earlier, until, seed) for earlier in range(spec.start, month))
    return Initiative(
        id=spec.id,
        name=spec.name,
        programme=spec.programme,
        unit=spec.unit,
        category=spec.category,
        state=state_in(spec, month, is_funded=spec.start <= -LENGTH + 6),
        selection=spec.selection,
        reference_class=spec.reference_class,
        lead=spec.lead,
        description=spec.description,
        options=options_in(spec, month, until, seed),
        benefits=benefits_of(spec, until, seed),
        milestones=milestones_in(spec, month, until),
        actuals=tuple(actual for actual in spent if actual is not None),
    )


def _proposed_in(spec: InitiativeSpec) -> int:
    return spec.start - PROPOSED_BEFORE


def _month(month: int, until: Month, seed: int) -> Iterator[Event]:
    """What became known in a month: figures tell the month before."""
    specs = [spec for spec in initiative_specs() if _proposed_in(spec) < month]
    now = until + month
    yield from _proposals(month, until, seed)
    yield from _moves(specs, month, until)
    yield Spent(_day(now, 6), tuple(_spent(specs, month - 1, until, seed)))
    if month == 0:
        return
    yield from _revisions(specs, month, until, seed)
    yield from _measured(specs, month - 1, until, seed)
    if month in ROUNDS:
        yield from _round(specs, month, until, seed)
    reports = tuple((spec.id, report) for spec in specs if (report := review_in(spec, month, until, seed)))
    if reports:
        yield Reviewed(_day(now, 21), reports)
    yield from _choices(month, until)
    yield from _operations(specs, month, until)


def _operations(specs: list[InitiativeSpec], month: int, until: Month) -> Iterator[Event]:
    """Hand-overs some months after go-live, reviews from then on, and the doubt about one figure."""
    now = until + month
    for spec in specs:
        in_use = month - go_live_in(spec, month)
        if in_use == HANDED_OVER_AFTER:
            yield HandedOver(_day(now, 17), spec.id, is_accepted=month < YOUNGEST)
        elif in_use > HANDED_OVER_AFTER and (in_use - HANDED_OVER_AFTER) % REVIEW_MONTHS == 0 and month < YOUNGEST:
            verdict, remark = review_of(spec.id, month, go_live_in(spec, month))
            yield ReviewHeld(_day(now, 24), spec.id, verdict, remark)
    if month == CONTESTED[0]:
        _month, initiative, benefit, remark = CONTESTED
        yield Contested(_day(now, 25), initiative, benefit, now + -1, remark)


def _proposals(month: int, until: Month, seed: int) -> Iterator[Event]:
    new = tuple(_initiative(spec, month, until, seed) for spec in initiative_specs() if _proposed_in(spec) == month)
    if new:
        yield Proposed(_day(until + month, 3), new)


def _moves(specs: list[InitiativeSpec], month: int, until: Month) -> Iterator[Event]:
    """Changes of state and milestones since the month before."""
    for spec in specs:
        state = state_in(spec, month, is_funded=False)
        if state is not state_in(spec, month - 1, is_funded=False):
            yield StateChanged(_day(until + month, 4), spec.id, state)
        before = milestones_in(spec, month - 1, until)
        moved = tuple(one for one in milestones_in(spec, month, until) if one not in before)
        if moved:
            yield MilestonesSet(_day(until + month, 5), spec.id, moved)


def _revisions(specs: list[InitiativeSpec], month: int, until: Month, seed: int) -> Iterator[Event]:
    for spec in specs:
        for revision in REVISIONS.get(spec.id, ()):
            if revision.month == month:
                options = options_in(spec, month, until, seed)
                yield PlanRevised(_day(until + month, 12), spec.id, options, revision.reason)


def _spent(specs: list[InitiativeSpec], month: int, until: Month, seed: int) -> Iterator[tuple[str, Actual]]:
    for spec in specs:
        actual = actual_in(spec, month, until, seed)
        if actual is not None:
            yield spec.id, actual


def _measured(specs: list[InitiativeSpec], month: int, until: Month, seed: int) -> Iterator[Event]:
    told = tuple((spec.id, one) for spec in specs for one in measurements_in(spec, month, until, seed))
    # The two youngest months still wait for the second pair of eyes.
    checked = (one.benefit for number, (_id, one) in enumerate(told) if number % VERIFIED and month < YOUNGEST)
    if told:
        yield Measured(_day(until + month + 1, 14), told, frozenset(checked))


def _round(specs: list[InitiativeSpec], month: int, until: Month, seed: int) -> Iterator[Event]:
    """All open plans are gone through, and budgets are set for what may be chosen."""
    now = until + month
    for spec in specs:
        if go_live_in(spec, month) > month:
            reason = f"Planning round {now.fiscal_year(frame.FISCAL_YEAR_START) + 1}"
            yield PlanRevised(_day(now, 15), spec.id, options_in(spec, month, until, seed), reason)
    known = tuple(_initiative(spec, month, until, seed) for spec in specs)
    start = now + 1
    yield RoundOpened(_day(now, 16), start, budgets_for(known, start, frame.FISCAL_YEAR_START, frame.HORIZON))


def _choices(month: int, until: Month) -> Iterator[Event]:
    if month == DECIDED:
        committed = tuple(spec.id for spec in initiative_specs() if spec.programme == "DIG" and spec.start <= month)
        yield ChoiceMade(_day(until + month, 22), "Portfolio for the next two years", committed, is_decided=True)
    if month == ROUNDS[-1]:
        under_way = tuple(
            spec.id for spec in initiative_specs() if spec.start <= month - 6 and spec.selection == "mandatory"
        )
        yield ChoiceMade(
            _day(until + month, 26), "Portfolio after the autumn planning round", under_way, is_decided=False
        )


def _day(month: Month, day: int) -> datetime.date:
    return datetime.date(month.year, month.month, day)


def _after(portfolio: Portfolio, event: Event) -> Portfolio:
    """The portfolio once an event is known."""
    match event:
        case Proposed():
            initiatives = (*portfolio.initiatives, *event.initiatives)
            return replace(portfolio, initiatives=initiatives, dependencies=_links(initiatives))
        case RoundOpened():
            rows = {budget.year: budget for budget in (*portfolio.budgets, *event.budgets)}
            return replace(portfolio, start=event.start, budgets=tuple(rows[year] for year in sorted(rows)))
        case PlanRevised() | StateChanged() | MilestonesSet():
            return _changed(portfolio, {event.initiative: _told(portfolio, event)})
        case Spent() | Measured() | Reviewed():
            return _extended(portfolio, *_observed(event))
        case ChoiceMade() | HandedOver() | ReviewHeld() | Contested() | ReadingTaken():
            return portfolio


def _told(portfolio: Portfolio, event: PlanRevised | StateChanged | MilestonesSet) -> dict[str, object]:
    """The fields of an initiative that an event states anew."""
    match event:
        case PlanRevised():
            return {"options": event.options}
        case StateChanged():
            return {"state": event.state}
        case MilestonesSet():
            known = portfolio.initiative(event.initiative).milestones
            return {"milestones": tuple({one.id: one for one in (*known, *event.milestones)}.values())}


def _observed(event: Spent | Measured | Reviewed) -> tuple[str, tuple[tuple[str, object], ...]]:
    """The field that an event adds observations to, and these by initiative."""
    match event:
        case Spent():
            return "actuals", event.actuals
        case Reviewed():
            return "status", event.reports
        case Measured():
            told = ((code, replace(one, is_verified=one.benefit in event.verified)) for code, one in event.measurements)
            return "measurements", tuple(told)


def _changed(portfolio: Portfolio, changes: dict[str, dict[str, object]]) -> Portfolio:
    told = [(one, changes.get(one.id, {})) for one in portfolio.initiatives]
    initiatives = tuple(replace(one, **fields) for one, fields in told)  # type: ignore[arg-type]
    return replace(portfolio, initiatives=initiatives)


def _extended(portfolio: Portfolio, name: str, rows: tuple[tuple[str, object], ...]) -> Portfolio:
    new: dict[str, list[object]] = {}
    for code, row in rows:
        new.setdefault(code, []).append(row)
    known = {one.id: one for one in portfolio.initiatives}
    return _changed(portfolio, {code: {name: (*getattr(known[code], name), *added)} for code, added in new.items()})
