"""Plays the example organisation's history through the actions of the rooms, each at its own date."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.text import slugify

from openvmo.engine import model
from openvmo.engine.quantities import Month
from openvmo.example import ExampleHistory, example_history
from openvmo.example.history import (
    ChoiceMade,
    Contested,
    Event,
    HandedOver,
    Measured,
    MilestonesSet,
    PlanRevised,
    Proposed,
    Reviewed,
    ReviewHeld,
    RoundOpened,
    Spent,
    StateChanged,
)
from openvmo.example.plans import MEASURER
from openvmo.example.strategy import ReadingTaken
from openvmo.files import portfolio_to_json
from openvmo_web.access.actions import administrator_create, role_assign, user_create
from openvmo_web.access.models import User
from openvmo_web.benefits.actions import plan_record
from openvmo_web.benefits.models import Benefit
from openvmo_web.config import example_value
from openvmo_web.delivery.actions import actuals_import, milestone_set, statuses_import
from openvmo_web.exchange.actions import import_apply, import_preview, records_import
from openvmo_web.governance.actions import body_set, decision_approve, decision_propose, right_set
from openvmo_web.insight.actions import run_finish, run_start
from openvmo_web.insight.analysis import run_execute
from openvmo_web.insight.models import Run
from openvmo_web.insight.queries import snapshot_of
from openvmo_web.insight.sums import sums_refresh_all
from openvmo_web.jobs.models import Job, Status
from openvmo_web.portfolio.actions import budgets_import, initiative_change, portfolio_change
from openvmo_web.portfolio.models import Initiative, Portfolio
from openvmo_web.realisation.actions import (
    measurements_import,
    measurements_verify,
    requests_open,
    reviews_plan_all,
)
from openvmo_web.realisation.analysis import standings_refresh_all
from openvmo_web.strategy.actions import objectives_import

Say = Callable[[str], None]

# Printed at every start of the demo, which answers on this machine only.
PASSWORD = "norvale-demo-only"  # noqa: S105
CAST = {
    "admin": ("Ines Marchetti", "administrator"),
    "director": ("Leonie Achterberg", "executive"),
    "board": ("Rasmus Oyelaran", "executive"),
    "office": ("Jonas Villaverde", "portfolio_manager"),
    "finance": ("Aroha Pettersen", "finance"),
    "analyst": ("Mei-Lin Grünwald", "analyst"),
    "manager": ("Tomas Okonjo", "initiative_manager"),
    "owner": ("Naledi Ferreira", "benefit_owner"),
    "measurer": (MEASURER, "measurer"),
    "sustainer": ("Marisol Quaye", "sustainer"),
    "viewer": ("Samuel Birkeland", "viewer"),
}
TRIALS_THEN = 1_000
TRIALS_NOW = 5_000
BEGIN_OF_WORK = time(9, 0, tzinfo=UTC)


def address_of(name: str) -> str:
    """The e-mail address with which somebody of the cast signs in."""
    return f"{name}@example.org"


def is_loaded() -> bool:
    """Whether the example organisation is there."""
    from openvmo.example import frame

    return Portfolio.objects.filter(slug=frame.ID).exists()


def load_example(*, now: datetime, say: Say) -> None:
    """Load the example organisation, all of it or nothing.

    Args:
        now: The moment in which the story ends.
        say: Told what is being done.
    """
    history = example_history(until=Month.of(now.date()))
    say(f"Playing 24 months of the {history.opening.name}, up to {history.until} …")
    with transaction.atomic():
        stage = _open(history)
        for event in history.events:
            if event.on < now.date():
                _play(stage, event, say)
        _look_round(stage, now)
        say("Forecasting the portfolio as it stands …")
        _run(stage, "forecast", {"trials": TRIALS_NOW}, now)


@dataclass(frozen=True)
class _Stage:
    """The people and the portfolio with which the story is played."""

    history: ExampleHistory
    people: dict[str, User]
    portfolio: Portfolio

    @property
    def by_name(self) -> dict[str, User]:
        """The people by their names."""
        return {user.name: user for user in self.people.values()}

    def initiative(self, code: str) -> Initiative:
        """One initiative as it stands."""
        rows = Initiative.objects.select_related("portfolio", "current_plan")
        return rows.get(portfolio=self.portfolio, code=code)

    def initiatives(self) -> dict[str, Initiative]:
        """All initiatives by code."""
        return {row.code: row for row in self.portfolio.initiatives.select_related("portfolio", "current_plan")}


def _at(day: date) -> datetime:
    return datetime.combine(day, BEGIN_OF_WORK)


def _open(history: ExampleHistory) -> _Stage:
    """The people, the strategy, the portfolio as first known, and the board that decides on it."""
    at = _at(history.opened_on)
    people = _people(history.present(), at)
    objectives_import(objectives=history.opening.objectives, by=people["director"], at=at)
    content = _as_file(history.opening)
    imported = import_preview(
        content=content, file_name="norvale-opening.json", by=people["office"], at=at, slug=history.opening.id
    )
    imported = import_apply(imported=imported, by=people["office"], at=at)
    portfolio = Portfolio.objects.get(slug=imported.slug)
    board = [people["director"], people["board"]]
    body = body_set(
        portfolio=portfolio, code="board", name="Investment board", members=board, by=people["admin"], at=at
    )
    right_set(portfolio=portfolio, kind="fund_portfolio", up_to=None, decider=body, by=people["admin"], at=at)
    stage = _Stage(history, people, portfolio)
    example_value.strategy_open(people=people, by_name=stage.by_name, at=at)
    example_value.baselines_open(portfolio=portfolio, by=people["director"], at=at)
    known = {initiative.id for initiative in history.opening.initiatives}
    example_value.assumptions_note(initiatives=stage.initiatives(), codes=known, by=people["office"], at=at)
    return stage


def _people(story: model.Portfolio, at: datetime) -> dict[str, User]:
    """Everybody of the cast by key, and the others whom the benefits name by their names."""
    admin = administrator_create(email=address_of("admin"), name=CAST["admin"][0], at=at)
    people = {"admin": admin}
    for key, (name, role) in CAST.items():
        if key not in people:
            people[key] = user_create(email=address_of(key), name=name, by=admin, at=at)
            role_assign(user=people[key], role=role, by=admin, at=at)
    people |= _owners_and_leaders(story, people, admin, at)
    # Hashing is slow on purpose; one hash serves all, for all have the same password.
    User.objects.filter(pk__in=[user.pk for user in people.values()]).update(password=make_password(PASSWORD))
    return people


def _owners_and_leaders(story: model.Portfolio, cast: dict[str, User], admin: User, at: datetime) -> dict[str, User]:
    """The people whom the benefits name, those of the cast left out."""
    people = {user.name: user for user in cast.values()}
    named = {benefit.owner: "benefit_owner" for one in story.initiatives for benefit in one.benefits}
    named |= {benefit.sustainer: "sustainer" for one in story.initiatives for benefit in one.benefits}
    for name in sorted(set(named) - set(people)):
        address = address_of(slugify(name).replace("-", "."))
        people[name] = user_create(email=address, name=name, by=admin, at=at)
        role_assign(user=people[name], role=named[name], by=admin, at=at)
    return people


def _as_file(portfolio: model.Portfolio) -> bytes:
    import json

    return json.dumps(portfolio_to_json(portfolio)).encode()


def _play(stage: _Stage, event: Event, say: Say) -> None:
    """Do what an event tells, through the action of the room that it belongs to."""
    at = _at(event.on)
    match event:
        case Proposed():
            _propose(stage, event, at)
        case PlanRevised() | StateChanged() | MilestonesSet():
            _manage(stage, event, at)
        case Spent() | Measured() | Reviewed():
            _observe(stage, event, at)
        case HandedOver() | ReviewHeld() | Contested() | ReadingTaken():
            _follow(stage, event, at)
        case RoundOpened():
            office = stage.people["office"]
            portfolio_change(portfolio=stage.portfolio, starts=event.start.first_day, by=office, at=at)
            budgets_import(portfolio=stage.portfolio, budgets=event.budgets, by=office, at=at)
        case ChoiceMade():
            say(f"Choosing for the board of {event.on:%B %Y} …")
            _choose(stage, event, at)


def _manage(stage: _Stage, event: PlanRevised | StateChanged | MilestonesSet, at: datetime) -> None:
    """What the manager of an initiative does."""
    initiative, manager = stage.initiative(event.initiative), stage.people["manager"]
    match event:
        case PlanRevised():
            plan_record(initiative=initiative, options=event.options, reason=event.reason, by=manager, at=at)
        case StateChanged():
            initiative_change(initiative=initiative, state=str(event.state), by=manager, at=at)
        case MilestonesSet():
            for milestone in event.milestones:
                milestone_set(initiative=initiative, milestone=milestone, by=manager, at=at)


def _observe(stage: _Stage, event: Spent | Measured | Reviewed, at: datetime) -> None:
    """What the office collects from finance, benefit owners and reviewers."""
    portfolio, initiatives, office = stage.portfolio, stage.initiatives(), stage.people["office"]
    match event:
        case Spent():
            stated = [_observed(code, actuals=(actual,)) for code, actual in event.actuals]
            actuals_import(portfolio=portfolio, stated=stated, initiatives=initiatives, by=office, at=at)
        case Reviewed():
            stated = [_observed(code, status=(report,)) for code, report in event.reports]
            statuses_import(portfolio=portfolio, stated=stated, initiatives=initiatives, by=office, at=at)
        case Measured():
            _measure(stage, event, initiatives, at)


def _follow(stage: _Stage, event: HandedOver | ReviewHeld | Contested | ReadingTaken, at: datetime) -> None:
    """What happens to the value once the work is done."""
    portfolio, people = stage.portfolio, stage.people
    match event:
        case HandedOver():
            example_value.handover_play(event, portfolio=portfolio, by=people["office"], at=at)
        case ReviewHeld():
            example_value.review_play(event, portfolio=portfolio, at=at)
        case Contested():
            example_value.contest_play(event, portfolio=portfolio, by=people["finance"], at=at)
        case ReadingTaken():
            example_value.reading_play(event, at=at)


def _look_round(stage: _Stage, now: datetime) -> None:
    """What stands at the end: the map as it was drawn, papers, and what is asked of people this morning."""
    at = now - timedelta(days=1)
    portfolio, people = stage.portfolio, stage.people
    example_value.map_draw(portfolio=portfolio, by_name=stage.by_name, by=people["office"], at=at)
    example_value.papers_write(portfolio=portfolio, by=people["manager"], at=at)
    example_value.states_set(portfolio=portfolio, by=people["office"], at=at)
    reviews_plan_all(at=now)
    requests_open(portfolio=portfolio, at=now)
    standings_refresh_all(portfolio.pk, now)
    sums_refresh_all(portfolio.pk, now)


def _observed(code: str, **rows: object) -> model.Initiative:
    """An initiative of which only observations are told."""
    return replace(model.Initiative(id=code, name=code), **rows)  # type: ignore[arg-type]


def _propose(stage: _Stage, event: Proposed, at: datetime) -> None:
    known = {*stage.initiatives(), *(initiative.id for initiative in event.initiatives)}
    from openvmo.example.frame import DEPENDENCIES

    links = tuple(link for link in DEPENDENCIES if {link.source, link.target} <= known)
    opening = stage.history.opening
    frame = replace(opening, start=Month.of(stage.portfolio.starts), budgets=())
    stated = replace(frame, initiatives=event.initiatives, dependencies=links)
    office = stage.people["office"]
    records_import(portfolio=stage.portfolio, stated=stated, reason="First plan", by=office, at=at)
    new = {initiative.id for initiative in event.initiatives}
    example_value.assumptions_note(initiatives=stage.initiatives(), codes=new, by=office, at=at)


def _measure(stage: _Stage, event: Measured, initiatives: dict[str, Initiative], at: datetime) -> None:
    rows = Benefit.objects.filter(initiative__portfolio=stage.portfolio).select_related("initiative__portfolio")
    benefits = {(row.initiative_id, row.code): row for row in rows}
    stated = [_observed(code, measurements=(one,)) for code, one in event.measurements]
    office, finance = stage.people["office"], stage.people["finance"]
    requests_open(portfolio=stage.portfolio, at=at.replace(day=1))
    added = measurements_import(
        portfolio=stage.portfolio, stated=stated, initiatives=initiatives, benefits=benefits, by=office, at=at
    )
    checked = [measurement for measurement in added if measurement.benefit.code in event.verified]
    measurements_verify(portfolio=stage.portfolio, measurements=checked, by=finance, at=at.replace(hour=15))


def _choose(stage: _Stage, event: ChoiceMade, at: datetime) -> None:
    run = _run(stage, "choose", {"trials": TRIALS_THEN, "mandatory": list(event.committed)}, at)
    rationale = (
        "The choice of highest expected value within the budgets of the coming years. "
        "The digital services programme stays whole: law, platforms, security and coaching bring benefits together."
    )
    decision = decision_propose(
        run=run, title=event.title, rationale=rationale, by=stage.people["office"], at=at.replace(hour=13)
    )
    if event.is_decided:
        remark = "Approved as proposed. The board asks for a report on the take-up of the new services in six months."
        decision_approve(decision=decision, remark=remark, by=stage.people["director"], at=at.replace(hour=16))


def _run(stage: _Stage, kind: str, parameters: dict[str, object], at: datetime) -> Run:
    """Run an analysis here and now, as the worker would."""
    run = run_start(portfolio=stage.portfolio, kind=kind, parameters=parameters, by=stage.people["analyst"], at=at)
    result = run_execute(kind, snapshot_of(run), run.parameters)
    Job.objects.filter(run=run).update(
        status=Status.SUCCEEDED, progress=1.0, created_at=at, run_after=at, started_at=at, finished_at=at
    )
    return run_finish(run=run, result=result, at=at)
