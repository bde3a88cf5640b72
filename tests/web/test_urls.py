"""Every address and what each role gets there: the one table, complete.

A new address needs a row: its name, its method, how to fill it in, and the status for each of the standing cast.
302 for nobody leads to the sign-in; 404 hides what one may not see; 403 refuses what one may not do.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from tests.web.maps.cast import SmallMap, map_make
from tests.web.realisation.cast import benefit_in, person_in
from tests.web.small_portfolio import run_done

from openvmo.engine.quantities import Month
from openvmo_web.access.actions import token_issue
from openvmo_web.access.models import ApiToken, SavedView, User
from openvmo_web.benefits.models import Benefit, Evidence
from openvmo_web.common.tables import PER_PAGE
from openvmo_web.exchange.actions import import_preview, portfolio_export
from openvmo_web.exchange.models import Import
from openvmo_web.governance.models import Decision
from openvmo_web.insight.models import Run
from openvmo_web.jobs.models import Job
from openvmo_web.jobs.queue import enqueue
from openvmo_web.papers.actions import paper_save
from openvmo_web.papers.models import Paper, Template
from openvmo_web.portfolio.models import Portfolio
from openvmo_web.realisation.actions import evidence_add, handover_propose
from openvmo_web.realisation.models import Handover, Request, Review
from openvmo_web.strategy.actions import driver_add, measure_add, objective_add
from openvmo_web.strategy.models import Driver, Measure

ROLES = ("nobody", "stranger", "member", "owner", "executive", "administrator")
# Signing in is allauth's, tested there; the API has its own table in its schema, tested through that.
ELSEWHERE = ("account_", "mfa_", "api:")


@dataclass(frozen=True)
class World:
    """What the addresses are about."""

    portfolio: Portfolio
    forecast: Run
    later_forecast: Run
    choice: Run
    proposal: Decision
    imported: Import
    job: Job
    token: ApiToken
    strategic: Measure
    driver: Driver
    handover: Handover
    review: Review
    paper: Paper
    request: Request
    evidence: Evidence
    benefits_map: SmallMap


@dataclass(frozen=True)
class Row:
    """One address: its name, the statuses in the order of ``ROLES``, and how to ask."""

    name: str
    statuses: tuple[int, int, int, int, int, int]
    values: Callable[[World], dict[str, Any]] = lambda world: {}
    method: str = "get"
    data: dict[str, Any] = field(default_factory=dict)


def of_portfolio(world: World) -> dict[str, Any]:
    return {"slug": world.portfolio.slug}


def of_forecast(world: World) -> dict[str, Any]:
    return {"slug": world.portfolio.slug, "pk": world.forecast.pk}


def of_two_forecasts(world: World) -> dict[str, Any]:
    return {"slug": world.portfolio.slug, "pk": world.later_forecast.pk, "earlier": world.forecast.pk}


def of_choice(world: World) -> dict[str, Any]:
    return {"slug": world.portfolio.slug, "pk": world.choice.pk}


def of_proposal(world: World) -> dict[str, Any]:
    return {"slug": world.portfolio.slug, "number": world.proposal.number}


def of_import(world: World) -> dict[str, Any]:
    return {"pk": world.imported.pk}


def of_job(world: World) -> dict[str, Any]:
    return {"pk": world.job.pk}


def of_objective(world: World) -> dict[str, Any]:
    return {"pk": world.strategic.objective_id}


def of_measure(world: World) -> dict[str, Any]:
    return {"pk": world.strategic.pk}


def of_driver(world: World) -> dict[str, Any]:
    return {"pk": world.driver.pk}


def of_owner(world: World) -> dict[str, Any]:
    return {"pk": world.token.user_id}


def of_role_of_owner(world: World) -> dict[str, Any]:
    return {"pk": world.token.user.assignments.get().pk}


def of_template(_world: World) -> dict[str, Any]:
    return {"code": "charter"}


def of_paper(world: World) -> dict[str, Any]:
    return of_portfolio(world) | {"pk": world.paper.pk}


def of_manager(world: World) -> dict[str, Any]:
    return of_portfolio(world) | {"pk": world.token.user_id}


def of_request(world: World) -> dict[str, Any]:
    return of_portfolio(world) | {"pk": world.request.pk}


def of_benefit(world: World) -> dict[str, Any]:
    return of_portfolio(world) | {"pk": world.request.benefit_id}


def of_cell(world: World) -> dict[str, Any]:
    return of_benefit(world) | {"field": "target"}


def of_view(world: World) -> dict[str, Any]:
    view = SavedView.objects.create(
        user=world.token.user, page="benefits:register", portfolio_id=world.portfolio.pk, name="Mine", is_shared=True
    )
    return of_portfolio(world) | {"pk": view.pk}


def of_evidence(world: World) -> dict[str, Any]:
    return of_portfolio(world) | {"pk": world.evidence.pk}


def of_handover(world: World) -> dict[str, Any]:
    return {"slug": world.portfolio.slug, "pk": world.handover.pk}


def of_benefit_handed_over(world: World) -> dict[str, Any]:
    return {"slug": world.portfolio.slug, "pk": world.handover.benefit_id}


def of_review(world: World) -> dict[str, Any]:
    return {"slug": world.portfolio.slug, "pk": world.review.pk}


def with_format(values: Callable[[World], dict[str, Any]], name: str) -> Callable[[World], dict[str, Any]]:
    return lambda world: values(world) | {"format": name}


def of_node(world: World) -> dict[str, Any]:
    return {"slug": world.portfolio.slug, "pk": world.benefits_map.law.pk}


def of_outcome(world: World) -> dict[str, Any]:
    return {"slug": world.portfolio.slug, "pk": world.benefits_map.service.pk}


def of_link(world: World) -> dict[str, Any]:
    return {"slug": world.portfolio.slug, "pk": world.benefits_map.link.pk}


def of_claim(world: World) -> dict[str, Any]:
    return {"slug": world.portfolio.slug, "pk": world.benefits_map.claim.pk}


def of_mapped_benefit(world: World) -> dict[str, Any]:
    return {"slug": world.portfolio.slug, "pk": world.benefits_map.paper.pk}


def of_thing(world: World) -> dict[str, Any]:
    return {"slug": world.portfolio.slug, "thing": f"node-{world.benefits_map.law.pk}"}


# The page of the design shows a sample of four rows, and the published reference classes are known beforehand.
CLOSED_LISTS = {"common:design", "insight:references"}

OPEN = (200, 200, 200, 200, 200, 200)
SIGNED_IN = (302, 200, 200, 200, 200, 200)
VIEWERS = (302, 404, 200, 200, 200, 200)

# The strategy is seen by whoever may see it somewhere, and changed by executives and administrators.
STRATEGY_SEEN = (302, 404, 200, 200, 200, 200)
STRATEGY_CHANGED = (302, 404, 403, 403, 200, 200)
STRATEGY_SENT = (302, 404, 403, 403, 302, 302)

EVERYWHERE = {"role": "viewer", "where": "organisation"}
NEW_PERSON = {"email": "nia@example.org", "name": "Nia New", "password": "correct horse battery"} | EVERYWHERE

MAPPERS = (302, 404, 403, 200, 403, 200)
LAW = {"kind": "enabler", "name": "New law", "state": "in_place"}

TABLE = [
    Row("front", (302, 200, 302, 302, 302, 302)),
    Row("common:health", (503, 503, 503, 503, 503, 503)),
    Row("common:design", SIGNED_IN),
    Row("access:people", (302, 403, 403, 403, 403, 200)),
    Row("access:person-add", (302, 403, 403, 403, 403, 302), method="post", data=NEW_PERSON),
    Row("access:role-give", (302, 403, 403, 403, 403, 302), of_owner, "post", EVERYWHERE),
    Row("access:role-revoke", (302, 403, 403, 403, 403, 302), of_role_of_owner, "post"),
    Row("access:leave", (302, 403, 403, 403, 403, 200), of_owner),
    Row("access:pass-on", (302, 403, 403, 403, 403, 422), of_owner, "post"),
    Row("access:deactivate", (302, 403, 403, 403, 403, 302), of_owner, "post"),
    Row("access:reactivate", (302, 403, 403, 403, 403, 302), of_owner, "post"),
    Row("access:notifications", SIGNED_IN),
    Row("access:tokens", SIGNED_IN),
    Row("access:token-revoke", (302, 404, 404, 302, 404, 404), lambda world: {"pk": world.token.pk}, "post"),
    Row("audit:trail", (302, 404, 404, 200, 200, 200), lambda world: {"kind": "insight.run", "key": world.forecast.pk}),
    Row("jobs:job", VIEWERS, of_job),
    Row("jobs:events", VIEWERS, of_job),
    Row("jobs:cancel", (302, 404, 403, 200, 200, 200), of_job, "post"),
    Row("portfolio:home", VIEWERS, of_portfolio),
    Row("portfolio:register", VIEWERS, of_portfolio),
    Row("portfolio:register-export", (302, 404, 403, 200, 200, 200), with_format(of_portfolio, "csv")),
    Row("portfolio:initiative", VIEWERS, lambda world: {"slug": world.portfolio.slug, "code": "ALPHA"}),
    Row("insight:references", (302, 403, 200, 200, 200, 200)),
    Row("insight:references-export", (302, 403, 403, 200, 200, 200), lambda world: {"format": "csv"}),
    Row("insight:runs", VIEWERS, of_portfolio),
    Row("insight:run-new", (302, 404, 403, 200, 200, 200), lambda world: of_portfolio(world) | {"kind": "forecast"}),
    Row("insight:run", VIEWERS, of_forecast),
    Row("insight:run-cancel", (302, 404, 403, 302, 302, 302), of_forecast, "post"),
    Row("insight:run-recompute", (302, 404, 403, 302, 302, 302), of_forecast, "post"),
    Row("insight:run-changes", VIEWERS, of_two_forecasts),
    Row("insight:run-changes-export", (302, 404, 403, 200, 200, 200), with_format(of_two_forecasts, "csv")),
    Row("insight:run-initiative", VIEWERS, lambda world: of_forecast(world) | {"code": "ALPHA"}),
    Row("insight:run-benefit", VIEWERS, lambda world: of_forecast(world) | {"benefit": world.handover.benefit_id}),
    Row("insight:run-export", (302, 404, 403, 200, 200, 200), with_format(of_forecast, "csv")),
    Row("insight:run-evidence", (302, 404, 403, 200, 200, 200), of_forecast),
    Row("realisation:tasks", SIGNED_IN),
    Row("realisation:handover", VIEWERS, of_benefit_handed_over),
    Row("realisation:handover-accept", (302, 404, 403, 403, 302, 403), of_handover, "post"),
    Row("realisation:handover-decline", (302, 404, 403, 403, 302, 403), of_handover, "post", {"answer": "No."}),
    Row("realisation:handover-withdraw", (302, 404, 403, 302, 403, 302), of_handover, "post"),
    Row("realisation:reviews", VIEWERS, of_portfolio),
    Row("realisation:reviews-export", (302, 404, 403, 200, 200, 200), with_format(of_portfolio, "csv")),
    Row("realisation:review", VIEWERS, of_review),
    Row("realisation:review-plan", (302, 404, 403, 200, 403, 200), of_benefit_handed_over),
    Row("governance:rights", VIEWERS, of_portfolio),
    Row("governance:body-set", (302, 404, 403, 403, 403, 422), of_portfolio, "post"),
    Row("governance:right-set", (302, 404, 403, 403, 403, 422), of_portfolio, "post"),
    Row("governance:propose", (302, 404, 403, 200, 403, 200), of_choice),
    Row("governance:decisions", VIEWERS, of_portfolio),
    Row("governance:decision", VIEWERS, of_proposal),
    Row("governance:approve", (302, 404, 403, 403, 302, 403), of_proposal, "post", {"rationale": "Yes."}),
    Row("governance:reject", (302, 404, 403, 403, 302, 403), of_proposal, "post", {"rationale": "No."}),
    Row("governance:withdraw", (302, 404, 403, 302, 403, 403), of_proposal, "post", {"rationale": "Later."}),
    Row("governance:items-export", (302, 404, 403, 200, 200, 200), with_format(of_proposal, "csv")),
    Row("exchange:imports", (302, 403, 403, 200, 403, 200)),
    Row("exchange:template", (302, 403, 403, 200, 403, 200)),
    Row("exchange:import", (302, 404, 404, 200, 404, 200), of_import),
    Row("exchange:changes", (302, 404, 404, 200, 404, 200), of_import),
    Row("exchange:findings", (302, 404, 404, 200, 404, 200), of_import),
    Row("exchange:findings-file", (302, 404, 404, 200, 404, 200), of_import),
    Row("exchange:confirm", (302, 404, 404, 302, 404, 302), of_import, "post"),
    Row("exchange:discard", (302, 404, 404, 302, 404, 302), of_import, "post"),
    Row("exchange:export", (302, 404, 403, 200, 200, 200), with_format(of_portfolio, "json")),
    Row("papers:templates", (302, 403, 200, 200, 200, 200)),
    Row("papers:template", (302, 403, 200, 200, 200, 200), of_template),
    Row("papers:template-new", (302, 403, 403, 200, 403, 200)),
    Row("papers:template-change", (302, 403, 403, 200, 403, 200), of_template),
    Row("papers:template-use", (302, 403, 403, 302, 403, 302), of_template, "post"),
    Row("papers:papers", VIEWERS, lambda world: of_portfolio(world) | {"code": "ALPHA"}),
    Row(
        "papers:write",
        (302, 404, 403, 200, 403, 200),
        lambda world: of_portfolio(world) | {"code": "ALPHA", "template": "charter"},
    ),
    Row("papers:paper", VIEWERS, of_paper),
    Row("reports:paper", (302, 404, 403, 200, 200, 200), of_paper),
    Row("reports:owners", VIEWERS, of_portfolio),
    Row("reports:owners-export", (302, 404, 403, 200, 200, 200), with_format(of_portfolio, "csv")),
    Row("reports:statement", VIEWERS, of_manager),
    # One's own statement needs no right to download: the manager asks for his.
    Row("reports:statement-file", (302, 404, 403, 200, 200, 200), with_format(of_manager, "xlsx")),
    Row("reports:portfolio-statement", VIEWERS, of_portfolio),
    Row("reports:portfolio-statement-file", (302, 404, 403, 200, 200, 200), with_format(of_portfolio, "xlsx")),
    Row("reports:coverage", VIEWERS, of_portfolio),
    Row("reports:coverage-export", (302, 404, 403, 200, 200, 200), with_format(of_portfolio, "xlsx")),
    Row("benefits:benefit", VIEWERS, of_benefit),
    Row("benefits:register", VIEWERS, of_portfolio),
    Row("benefits:register-export", (302, 404, 403, 200, 200, 200), with_format(of_portfolio, "csv")),
    Row("benefits:bulk", (302, 404, 403, 302, 403, 302), of_portfolio, "post"),
    Row("benefits:new", (302, 404, 403, 200, 403, 200), of_portfolio),
    Row("benefits:completeness", VIEWERS, of_portfolio, "post"),
    Row("benefits:views", VIEWERS, of_portfolio),
    Row("benefits:view-save", (302, 404, 302, 302, 302, 302), of_portfolio, "post"),
    Row("benefits:view-change", (302, 404, 403, 302, 403, 302), of_view, "post"),
    Row("benefits:view-delete", (302, 404, 403, 302, 403, 302), of_view, "post"),
    Row("benefits:change", (302, 404, 403, 200, 403, 200), of_benefit),
    Row("benefits:cell", (302, 404, 403, 302, 403, 302), of_cell),
    Row("benefits:retire", (302, 404, 403, 200, 403, 200), of_benefit),
    Row("benefits:promise", (302, 404, 403, 403, 200, 403), of_benefit),
    # Nobody of the cast validates: that right is finance's.
    Row("benefits:validate", (302, 404, 403, 403, 403, 403), of_benefit, "post"),
    Row("benefits:assumptions", VIEWERS, of_benefit),
    Row("exchange:benefits", (302, 404, 403, 200, 403, 200), of_portfolio),
    Row("benefits:forecast", (302, 404, 403, 200, 403, 200), of_benefit),
    Row("benefits:forecast-preview", (302, 404, 403, 200, 403, 200), of_benefit, "post"),
    Row("benefits:baselines", VIEWERS, of_portfolio),
    Row("benefits:baselines-adopt", (302, 404, 403, 403, 422, 403), of_portfolio, "post"),
    Row("benefits:baseline-adopt", (302, 404, 403, 403, 302, 403), of_benefit, "post"),
    Row("realisation:measurements", VIEWERS, of_portfolio),
    Row("realisation:due-export", (302, 404, 403, 200, 200, 200), with_format(of_portfolio, "csv")),
    Row("realisation:request-waive", (302, 404, 403, 200, 403, 200), of_request),
    Row("realisation:measurements-enter", VIEWERS, of_portfolio),
    Row("realisation:measurements-verify", VIEWERS, of_portfolio),
    Row("realisation:measurements-file", VIEWERS, of_portfolio),
    Row("realisation:measurements-template", VIEWERS, with_format(of_portfolio, "csv")),
    Row(
        "realisation:measurements-export",
        (302, 404, 403, 200, 200, 200),
        with_format(of_portfolio, "csv"),
        data={"since": "2026-01", "until": "2026-02"},
    ),
    Row("realisation:closing", VIEWERS, of_portfolio),
    # Nobody of the cast closes months: that right is finance's.
    Row("realisation:period-close", (302, 404, 403, 403, 403, 403), of_portfolio, "post"),
    Row("realisation:period-reopen", (302, 404, 403, 403, 403, 403), of_portfolio, "post"),
    Row("realisation:measure", (302, 404, 403, 200, 403, 200), of_benefit),
    Row("realisation:evidence", VIEWERS, of_evidence),
    Row("strategy:strategy", (302, 403, 200, 200, 200, 200)),
    Row("strategy:export", (302, 403, 403, 200, 200, 200), lambda world: {"format": "csv"}),
    Row("strategy:weights-top", (302, 403, 403, 403, 200, 200)),
    Row("strategy:drivers", (302, 403, 200, 200, 200, 200)),
    Row("strategy:driver-new", (302, 403, 403, 403, 200, 200)),
    Row("strategy:driver-change", STRATEGY_CHANGED, of_driver),
    Row("strategy:objective-new", (302, 403, 403, 403, 200, 200)),
    Row("strategy:objective", STRATEGY_SEEN, of_objective),
    Row("strategy:objective-change", STRATEGY_CHANGED, of_objective),
    Row("strategy:objective-move", STRATEGY_SENT, of_objective, "post"),
    Row("strategy:objective-retire", STRATEGY_SENT, of_objective, "post"),
    Row("strategy:objective-restore", STRATEGY_SENT, of_objective, "post"),
    Row("strategy:weights", STRATEGY_CHANGED, of_objective),
    Row("strategy:measure-new", STRATEGY_CHANGED, of_objective),
    Row("strategy:measure", STRATEGY_SEEN, of_measure),
    Row("strategy:measure-change", STRATEGY_CHANGED, of_measure),
    Row("strategy:measure-retire", STRATEGY_SENT, of_measure, "post"),
    Row("strategy:measure-restore", STRATEGY_SENT, of_measure, "post"),
    Row("reports:reports", VIEWERS, of_portfolio),
    Row("reports:portfolio", (302, 404, 403, 200, 200, 200), with_format(of_portfolio, "xlsx")),
    Row("maps:map", VIEWERS, of_portfolio),
    Row("maps:data", VIEWERS, of_portfolio),
    Row("maps:what-if", VIEWERS, of_portfolio),
    Row("maps:thing", VIEWERS, of_thing),
    Row("maps:link", VIEWERS, of_link),
    Row("maps:export", (302, 404, 403, 200, 200, 200), with_format(of_portfolio, "csv")),
    Row("maps:node-new", MAPPERS, of_portfolio),
    Row("maps:node-change", MAPPERS, of_node, "post", LAW),
    Row("maps:node-remove", MAPPERS, of_node, "post"),
    Row("maps:link-new", (302, 404, 403, 422, 403, 422), of_portfolio, "post"),
    Row("maps:link-remove", MAPPERS, of_link, "post"),
    Row("maps:claim-set", (302, 404, 403, 422, 403, 422), of_outcome, "post"),
    Row("maps:claim-remove", MAPPERS, of_claim, "post"),
    Row("maps:objective-set", MAPPERS, of_mapped_benefit, "post"),
    Row("maps:places", MAPPERS, of_portfolio, "post", {"places": "{}"}),
    Row("maps:tidy", MAPPERS, of_portfolio, "post"),
    # The owner drew the map; the administrator has nothing of his own to take back.
    Row("maps:undo", (302, 404, 403, 200, 403, 409), of_portfolio, "post"),
]


@pytest.fixture
def world(
    portfolio: Portfolio,
    forecast: Run,
    choice: Run,
    proposal: Decision,
    owner: User,
    executive: User,
    now: datetime,
) -> World:
    """One of everything, made by the owner, and the strategy by the executive."""
    aim = objective_add(code="AIM", name="Aim", by=executive, at=now)
    benefit = benefit_in(portfolio, "GAMMA-B")
    sustainer = person_in(portfolio, "sven@example.org", "Sven Sustainer", "sustainer", now)
    benefit = Benefit.objects.select_related("initiative__portfolio").get(code="ALPHA-B")
    _name, content, _media_type = portfolio_export(portfolio=portfolio, format="json", by=owner, at=now)
    return World(
        portfolio=portfolio,
        forecast=forecast,
        later_forecast=run_done(portfolio, "forecast", by=owner, at=now),
        choice=choice,
        proposal=proposal,
        imported=import_preview(content=content, file_name="agency.json", portfolio=portfolio, by=owner, at=now),
        job=enqueue("insight.run", arguments={"run": forecast.pk}, by=owner, portfolio_id=portfolio.pk),
        token=token_issue(name="weekly figures", by=owner, at=now)[0],
        strategic=measure_add(
            code="KPI", objective=aim, name="Measure", unit="%", direction="increase", by=executive, at=now
        ),
        driver=driver_add(code="OWN", name="Own driver", kind="social", by=executive, at=now),
        handover=handover_propose(benefit=benefit, sustainer=sustainer, conditions=(), by=owner, at=now),
        review=Review.objects.create(portfolio=benefit.initiative.portfolio, benefit=benefit, due_on=now.date()),
        paper=paper_save(
            template=Template.objects.get(code="charter"),
            initiative=portfolio.initiatives.get(code="ALPHA"),
            values={"value": "Fewer forms"},
            by=owner,
            at=now,
        ).paper,
        request=Request.objects.create(
            portfolio=portfolio, benefit=benefit, month=date(2026, 1, 1), due_on=date(2026, 2, 15), opened_at=now
        ),
        evidence=evidence_add(
            benefit=benefit, month=Month(2026, 1), name="ledger.txt", content=b"90", by=owner, at=now
        ),
        benefits_map=map_make(portfolio, by=owner, at=now),
    )


@pytest.fixture
def browsers(stranger: User, member: User, owner: User, executive: User, administrator: User) -> dict[str, Client]:
    """A browser for each role, which answers a refusal as a visitor sees it."""
    clients = {"nobody": Client(raise_request_exception=False)}
    for role, user in zip(ROLES[1:], (stranger, member, owner, executive, administrator), strict=True):
        clients[role] = Client(raise_request_exception=False)
        clients[role].force_login(user)
    return clients


def status(browser: Client, row: Row, world: World) -> int:
    """Ask once, and undo what the answer did."""
    with transaction.atomic():
        ask: Callable[..., HttpResponse] = getattr(browser, row.method)
        answer = ask(
            reverse(row.name, kwargs=row.values(world)), row.data, headers={"Accept": "application/json, text/html"}
        )
        transaction.set_rollback(True)
    return answer.status_code


def test_it_answers_each_role_as_the_table_says(world: World, browsers: dict[str, Client]) -> None:
    found = {row.name: tuple(status(browsers[role], row, world) for role in ROLES) for row in TABLE}
    assert found == {row.name: row.statuses for row in TABLE}


def names(patterns: list[URLPattern | URLResolver], namespace: str = "") -> Iterator[str]:
    """Yield the full names of all addresses."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from names(pattern.url_patterns, namespace + (f"{pattern.namespace}:" if pattern.namespace else ""))
        else:
            yield f"{namespace}{pattern.name}"


def test_it_has_a_row_for_every_address() -> None:
    ours = {name for name in names(get_resolver().url_patterns) if not name.startswith(ELSEWHERE)}
    assert ours == {row.name for row in TABLE}
    assert len(TABLE) == len(ours)


def test_no_address_says_how_long_a_list_is(world: World, browsers: dict[str, Client]) -> None:
    lists = set()
    pages = (row for row in TABLE if row.method == "get" and row.statuses[-1] == 200 and row.name not in CLOSED_LISTS)
    for row in pages:
        address = reverse(row.name, kwargs=row.values(world))
        if _table_at(browsers["administrator"], address, row.data) is None:
            continue
        lists.add(row.name)
        for asked in ("per_page=-5", "per_page=100000", "per_page=many", "page=-1", "page=many", f"page={10**30}"):
            name, value = asked.split("=")
            table = _table_at(browsers["administrator"], address, row.data | {name: value})
            assert (table.paginator.per_page, table.page.number) == (PER_PAGE, 1), (row.name, asked)
    assert len(lists) >= 20


def _table_at(browser: Client, address: str, data: dict[str, Any]) -> Any:
    answer = browser.get(address, data)
    assert answer.status_code == 200, address
    return answer.context.get("table") if answer.context else None
