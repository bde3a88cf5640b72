"""A database of an organisation that has followed its benefits for years, filled in bulk.

The rows are those that the actions would have written, in the proportions that offices tell of: most benefits are in
operation, a third is measured quarterly, most older measurements are verified by somebody else (a row of its own that
supersedes the reported one), some are late, contested or corrected. Rows go in by COPY on PostgreSQL and in large
batches on SQLite; where benefits stand is worked out afterwards by the server's own code.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.db.models import Model

    from openvmo_web.access.models import User
    from openvmo_web.portfolio.models import Portfolio

PEOPLE = 300
PROGRAMMES = 24
TOP_OBJECTIVES, PARTS_OF_EACH = 5, 7
MEASURES_OF_EACH = 2
READINGS = 24
BENEFITS_OF_EACH = 5
SHARE_LIVE = 0.8
OLDEST_GO_LIVE, NEWEST_GO_LIVE = 90, 6
ASKED_MONTHS = 24
SPENT_MONTHS = 12
BATCH = 10_000
UNITS = ("Transport", "Health", "Revenue", "Digital", "Education", "Justice", "Environment", "Defence")
VERBS = ("Renew", "Merge", "Automate", "Replace", "Extend", "Simplify", "Insulate", "Digitise")
THINGS = ("registers", "depots", "payments", "case handling", "stations", "clinics", "licences", "archives")
GAINS = ("Less time for", "Fewer errors in", "Lower cost of", "More use of", "Shorter wait for", "Less energy for")
KINDS = (("cashable", 35), ("non_cashable", 30), ("quantifiable", 25), ("qualitative", 10))
FREQUENCIES = (("monthly", 60), ("quarterly", 30), ("yearly", 10))
MONTHS_OF = {"monthly": 1, "quarterly": 3, "yearly": 12}
LIVE_STATES = (("operation", 70), ("closed", 20), ("delivery", 10))
COMING_STATES = (("proposal", 30), ("approved", 30), ("delivery", 40))
SHARE_VERIFIED, SHARE_VERIFIED_LATELY, SHARE_CONTESTED, SHARE_CORRECTED = 0.75, 0.3, 0.01, 0.02
SHARE_SILENT, SHARE_LATE_LAST_MONTH = 0.06, 0.35

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Live:
    """A benefit that is measured, as far as its measurements need it."""

    pk: int
    frequency: str
    first: int
    monthly: float
    addressee: int
    is_silent: bool


@dataclass
class Filler:
    """What the rows are made from; ``counts`` says how many went into each table."""

    portfolio: Portfolio
    office: User
    now: datetime
    initiatives: int
    chance: random.Random
    counts: dict[str, int]
    first_entry: int

    @property
    def last(self) -> int:
        """The last month that is over, counted from year nought."""
        return ordinal(self.now.date()) - 1

    def some(self, choices: Iterable[tuple[str, int]]) -> str:
        """One of some words, by their weights."""
        words, weights = zip(*choices, strict=True)
        return str(self.chance.choices(words, weights)[0])


def ordinal(day: date) -> int:
    """A month as a number that counts up by one."""
    return day.year * 12 + day.month - 1


def first_day(month: int) -> date:
    """The first day of a month given by its number."""
    return date(month // 12, month % 12 + 1, 1)


def fill(portfolio: Portfolio, office: User, now: datetime, *, initiatives: int, seed: int = 1) -> dict[str, int]:
    """Fill an empty portfolio; return how many rows each table got."""
    from django.db import connection, transaction

    from openvmo_web.audit.models import AuditEntry

    first_entry = 1 + max(AuditEntry.objects.values_list("pk", flat=True), default=0)
    filler = Filler(portfolio, office, now, initiatives, random.Random(seed), {}, first_entry)
    # One transaction a step: what has no plan yet and what it belongs to go in together.
    with transaction.atomic():
        people = _people(filler)
        objectives = _strategy(filler, people)
    with transaction.atomic():
        live = _work(filler, people, objectives)
    with transaction.atomic():
        _map(filler, people)
    with transaction.atomic():
        _measurements(filler, live)
    with transaction.atomic():
        _operations(filler, live, people)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return filler.counts


def store(filler: Filler, model: type[Model], rows: Iterable[Row]) -> None:
    """Add rows in bulk; what a row leaves out has the default of its field, and keys are given."""
    from django.db import connection

    fields = list(model._meta.concrete_fields)
    columns = ", ".join(f'"{field.column}"' for field in fields)
    table = model._meta.db_table
    ready = _ready(fields)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f'COPY "{table}" ({columns}) FROM STDIN') as copy:
                for row in _counted(filler, table, rows):
                    copy.write_row(ready(row))
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM \"{table}\"))")
        else:
            places = ", ".join(["%s"] * len(fields))
            statement = f'INSERT INTO "{table}" ({columns}) VALUES ({places})'
            for some in batches((ready(row) for row in _counted(filler, table, rows)), BATCH):
                cursor.executemany(statement, some)


def _ready(fields: list[Any]) -> Callable[[Row], list[Any]]:
    """How the values of a row go into the database, in the order of the columns."""
    from django.core.serializers.json import DjangoJSONEncoder
    from django.db import connection
    from django.db.models import JSONField

    def prepared(field: Any, value: Any) -> Any:
        if connection.vendor != "postgresql":
            return field.get_db_prep_save(value, connection)
        if isinstance(field, JSONField):
            return json.dumps(value, cls=DjangoJSONEncoder)
        return value

    names = [field.attname for field in fields]
    defaults = {field.attname: prepared(field, field.get_default()) for field in fields}
    by_name = {field.attname: field for field in fields}

    def values(row: Row) -> list[Any]:
        return [prepared(by_name[name], row[name]) if name in row else defaults[name] for name in names]

    return values


def batches(rows: Iterable[list[Any]], size: int) -> Iterator[list[list[Any]]]:
    """The rows in lists of at most some length."""
    waiting = iter(rows)
    while some := list(islice(waiting, size)):
        yield some


def _counted(filler: Filler, table: str, rows: Iterable[Row]) -> Iterator[Row]:
    for number, row in enumerate(rows, start=1):
        filler.counts[table] = number
        yield row


def _people(filler: Filler) -> range:
    """The keys of those who own, measure and sustain."""
    from openvmo_web.access.models import Assignment, User

    first = filler.office.pk + 1
    people = range(first, first + PEOPLE)
    users = (
        {
            "id": key,
            "email": f"person{key}@example.org",
            "name": f"Person {key}",
            "password": "!",
            "joined_at": filler.now,
        }
        for key in people
    )
    store(filler, User, users)
    taken = Assignment.objects.count()
    roles = (
        {
            "id": taken + number,
            "user_id": key,
            "role": "finance" if number % 20 == 0 else "benefit_owner",
            "portfolio_id": filler.portfolio.pk,
            "granted_at": filler.now,
        }
        for number, key in enumerate(people, start=1)
    )
    store(filler, Assignment, roles)
    return people


def _strategy(filler: Filler, people: range) -> range:
    """The keys of the objectives that benefits serve."""
    from openvmo_web.strategy.models import Measure, Objective, Reading

    tops = range(1, TOP_OBJECTIVES + 1)
    parts = range(tops.stop, tops.stop + TOP_OBJECTIVES * PARTS_OF_EACH)
    objectives = [
        {"id": key, "code": f"O{key}", "name": f"Objective {key}", "weight": 1 / TOP_OBJECTIVES} for key in tops
    ] + [
        {
            "id": key,
            "code": f"O{1 + place // PARTS_OF_EACH}.{1 + place % PARTS_OF_EACH}",
            "name": f"Serve people better in {UNITS[place % 8].lower()} {place}",
            "parent_id": 1 + place // PARTS_OF_EACH,
            "weight": 1 / PARTS_OF_EACH,
            "owner_id": filler.chance.choice(people),
        }
        for place, key in enumerate(parts)
    ]
    store(filler, Objective, objectives)
    measures = range(1, len(parts) * MEASURES_OF_EACH + 1)
    store(
        filler,
        Measure,
        (
            {
                "id": key,
                "objective_id": parts[(key - 1) // MEASURES_OF_EACH],
                "code": f"M{key}",
                "name": f"Days until an answer, kind {key}",
                "unit": "days",
                "direction": "decrease",
                "baseline": Decimal(60),
                "target": Decimal(20),
                "owner_id": filler.chance.choice(people),
            }
            for key in measures
        ),
    )
    store(
        filler,
        Reading,
        (
            {
                "id": 1 + place * READINGS + number,
                "measure_id": key,
                "on": first_day(filler.last - READINGS + number),
                "value": Decimal(60 - number),
                "recorded_at": filler.now,
                "recorded_by_id": filler.office.pk,
            }
            for place, key in enumerate(measures)
            for number in range(READINGS)
        ),
    )
    return parts


@dataclass(frozen=True, slots=True)
class Work:
    """An initiative with its plan, before it is taken apart into rows."""

    key: int
    state: str
    starts: int
    duration: int
    size: float
    versions: int

    @property
    def go_live(self) -> int:
        """The month from which its benefits count."""
        return self.starts + self.duration

    @property
    def is_live(self) -> bool:
        """Whether its benefits are measured."""
        return self.state in ("operation", "closed")


def _work(filler: Filler, people: range, objectives: range) -> list[Live]:
    """Initiatives, plans, benefits, baselines, spending and reviews of the delivery, with the log of it."""
    from openvmo_web.portfolio.models import CostLine, Initiative, Option, Plan, Programme, Risk

    chance, portfolio = filler.chance, filler.portfolio
    programmes = range(1, PROGRAMMES + 1)
    store(
        filler,
        Programme,
        (
            {"id": key, "portfolio_id": portfolio.pk, "code": f"P{key:02}", "name": f"Programme {key}"}
            for key in programmes
        ),
    )
    works = [_one_work(filler, key) for key in range(1, filler.initiatives + 1)]
    plans = [(work, number) for work in works for number in range(1, work.versions + 1)]
    current = {work.key: place for place, (work, _number) in enumerate(plans, start=1)}
    store(
        filler,
        Initiative,
        (
            {
                "id": work.key,
                "portfolio_id": portfolio.pk,
                "programme_id": chance.choice(programmes),
                "code": f"I{work.key:05}",
                "name": f"{chance.choice(VERBS)} {chance.choice(THINGS)} {work.key}",
                "unit": chance.choice(UNITS),
                "category": chance.choice(("construction", "transformation", "service")),
                "state": work.state,
                "lead_name": f"Lead {chance.randrange(400)}",
                "description": "Work of the benchmark, with a sentence as people write it. " * 3,
                "current_plan_id": current[work.key],
                "confidence": chance.choice(("green", "amber", "red", "not_stated")),
            }
            for work in works
        ),
    )
    store(
        filler,
        Plan,
        (
            {
                "id": place,
                "initiative_id": work.key,
                "number": number,
                "recorded_at": filler.now - timedelta(days=400 - 30 * number),
                "recorded_by_id": filler.office.pk,
                "reason": "First plan" if number == 1 else "Forecast",
                "digest": f"{place:064x}",
                "cost_likely": money(work.size),
                "starts": first_day(work.starts),
                "go_live": first_day(work.go_live),
                "annual_benefit_likely": money(work.size * 0.3),
            }
            for place, (work, number) in enumerate(plans, start=1)
        ),
    )
    store(
        filler,
        Option,
        (
            {
                "id": place,
                "plan_id": place,
                "position": 0,
                "code": "plan",
                "name": "As planned",
                "starts": first_day(work.starts),
                "duration": work.duration,
            }
            for place, (work, _number) in enumerate(plans, start=1)
        ),
    )
    store(
        filler,
        CostLine,
        (
            {
                "id": 2 * place - index,
                "option_id": place,
                "position": 1 - index,
                "code": f"C{1 - index}",
                "name": ("Running", "Build")[index],
                "kind": ("opex", "capex")[index],
                "amount_likely": money(work.size / 2),
            }
            for place, (work, _number) in enumerate(plans, start=1)
            for index in (1, 0)
        ),
    )
    store(
        filler,
        Risk,
        (
            {
                "id": place,
                "option_id": place,
                "position": 0,
                "code": "R1",
                "name": "The supplier is late",
                "probability": 0.2,
                "cost_likely": money(work.size / 20),
            }
            for place, (work, _number) in enumerate(plans, start=1)
        ),
    )
    _spending(filler, works)
    return _benefits(filler, works, plans, people, objectives)


def _one_work(filler: Filler, key: int) -> Work:
    chance = filler.chance
    is_live = chance.random() < SHARE_LIVE
    duration = chance.randrange(6, 36)
    go_live = filler.last + (-chance.randint(NEWEST_GO_LIVE, OLDEST_GO_LIVE) if is_live else chance.randint(1, 36))
    state = filler.some(LIVE_STATES if is_live else COMING_STATES)
    size = chance.lognormvariate(14.0, 1.2)
    return Work(key, state, go_live - duration, duration, size, 2 if chance.random() < 0.3 else 1)


def _spending(filler: Filler, works: list[Work]) -> None:
    from openvmo_web.delivery.models import ActualCost, StatusReport

    recorded = {"recorded_at": filler.now - timedelta(days=40), "recorded_by_id": filler.office.pk}
    started = [work for work in works if work.starts <= filler.last]
    months = [
        (work, month) for work in started for month in range(work.starts, min(work.starts + SPENT_MONTHS, filler.last))
    ]
    store(
        filler,
        ActualCost,
        (
            {
                "id": place,
                "initiative_id": work.key,
                "month": first_day(month),
                "amount": money(work.size / SPENT_MONTHS * filler.chance.uniform(0.5, 1.2)),
                "source": "ledger",
                **recorded,
            }
            for place, (work, month) in enumerate(months, start=1)
        ),
    )
    store(
        filler,
        StatusReport,
        (
            {
                "id": place,
                "initiative_id": work.key,
                "as_at": first_day(filler.last),
                "confidence": filler.chance.choice(("green", "amber", "red")),
                "commentary": "On the way, with one concern.",
                **recorded,
            }
            for place, work in enumerate(started, start=1)
        ),
    )


def _benefits(
    filler: Filler, works: list[Work], plans: list[tuple[Work, int]], people: range, objectives: range
) -> list[Live]:
    from openvmo_web.audit.models import AuditEntry, Version
    from openvmo_web.benefits.actions.baselines import PROMISED
    from openvmo_web.benefits.models import Assumption, Baseline, Benefit, Profile

    chance = filler.chance
    rows = [
        _one_benefit(filler, work, position, people, objectives)
        for work in works
        for position in range(BENEFITS_OF_EACH)
    ]
    states = [Benefit(**row).state_values for row in rows]
    store(filler, Benefit, rows)
    yearly = {row["id"]: works[row["initiative_id"] - 1].size * 0.3 * chance.uniform(0.05, 0.4) for row in rows}
    profiles = [
        (place, work, number, _benefit_key(work, position))
        for place, (work, number) in enumerate(plans, start=1)
        for position in range(BENEFITS_OF_EACH)
    ]
    store(
        filler,
        Profile,
        (
            {
                "id": key,
                "option_id": place,
                "benefit_id": benefit,
                "position": (benefit - 1) % BENEFITS_OF_EACH,
                "annual_low": money(yearly[benefit] * 0.7 / number),
                "annual_likely": money(yearly[benefit] / number),
                "annual_high": money(yearly[benefit] * 1.4 / number),
                "ramp_months": 12,
                "duration": 120,
                "decay": 0.05,
            }
            for key, (place, _work, number, benefit) in enumerate(profiles, start=1)
        ),
    )
    promised = [
        (key, benefit)
        for key, (_place, work, number, benefit) in enumerate(profiles, start=1)
        if number == 1 and work.state != "proposal" and chance.random() < 0.55
    ]
    store(
        filler,
        Baseline,
        (
            {
                "id": number,
                "benefit_id": benefit,
                "profile_id": key,
                "number": 1,
                "decision": 1,
                "reason": "Decision 1",
                "measure": {name: plain(states[benefit - 1][name]) for name in PROMISED},
                "recorded_at": filler.now - timedelta(days=300),
                "recorded_by_id": filler.office.pk,
            }
            for number, (key, benefit) in enumerate(promised, start=1)
        ),
    )
    store(
        filler,
        Assumption,
        (
            {
                "id": number,
                "benefit_id": row["id"],
                "text": "Volumes stay as they are.",
                "expires_on": filler.now.date() + timedelta(days=chance.randint(-60, 400)),
            }
            for number, row in enumerate((row for row in rows if row["id"] % 2), start=1)
        ),
    )
    store(
        filler,
        AuditEntry,
        (_entry(filler, filler.first_entry + row["id"], "benefit.add", row["id"], row["name"], 400) for row in rows),
    )
    store(
        filler,
        Version,
        (
            {
                "id": row["id"],
                "kind": "benefits.benefit",
                "key": str(row["id"]),
                "at": filler.now - timedelta(days=400),
                "portfolio_id": filler.portfolio.pk,
                "values": states[row["id"] - 1],
                "entry_id": filler.first_entry + row["id"],
            }
            for row in rows
        ),
    )
    return [
        Live(
            pk=row["id"],
            frequency=row["frequency"],
            first=work.go_live,
            monthly=yearly[row["id"]] / 12,
            addressee=row["measurer_id"] or row["owner_id"] or filler.office.pk,
            is_silent=chance.random() < SHARE_SILENT,
        )
        for row in rows
        for work in (works[row["initiative_id"] - 1],)
        if work.is_live and row["kind"] != "qualitative"
    ]


def _one_benefit(filler: Filler, work: Work, position: int, people: range, objectives: range) -> dict[str, Any]:
    chance = filler.chance
    kind = filler.some(KINDS)
    owner, measurer, sustainer = (_person(chance, people) for _duty in range(3))
    has_measure, is_owned = chance.random() < 0.9, chance.random() < 0.97
    return {
        "id": _benefit_key(work, position),
        "initiative_id": work.key,
        "objective_id": chance.choice(objectives) if chance.random() < 0.92 else None,
        "position": position,
        "code": f"I{work.key:05}-B{position}",
        "name": f"{chance.choice(GAINS)} {chance.choice(THINGS)} {work.key}",
        "kind": kind,
        "is_disbenefit": chance.random() < 0.04,
        "owner_id": owner if is_owned else None,
        "owner_name": f"Person {owner}" if is_owned else "",
        "measurer_id": measurer if chance.random() < 0.5 else None,
        "sustainer_id": sustainer if chance.random() < 0.6 else None,
        "measure": "Hours for a case" if has_measure else "",
        "unit": "hours" if kind == "quantifiable" else "",
        "value_per_unit": Decimal(40) if kind == "quantifiable" and chance.random() < 0.5 else None,
        "description": "What people will see, in a sentence as they write it. " * 2,
        "category": chance.choice(("efficiency", "quality", "income")),
        "priority": chance.randint(1, 5),
        "recipient": chance.choice(UNITS),
        "baseline": Decimal(100) if has_measure else None,
        "target": Decimal(60) if has_measure else None,
        "direction": "decrease" if has_measure else "not_stated",
        "frequency": filler.some(FREQUENCIES),
        "state": chance.choice(("arriving", "sustained")) if work.is_live else "identified",
        "review_months": 12,
    }


def _benefit_key(work: Work, position: int) -> int:
    return 1 + (work.key - 1) * BENEFITS_OF_EACH + position


def _person(chance: random.Random, people: range) -> int:
    """Some people own more than others."""
    return people[int(len(people) * chance.random() ** 1.3)]


def _map(filler: Filler, people: range) -> None:
    """For each initiative an enabler, a change and an outcome that its benefits share."""
    from openvmo_web.maps.models import Claim, Link, Node

    chance, portfolio = filler.chance, filler.portfolio
    kinds = ("enabler", "change", "outcome")
    store(
        filler,
        Node,
        (
            {
                "id": 3 * (key - 1) + place + 1,
                "portfolio_id": portfolio.pk,
                "initiative_id": key,
                "kind": kind,
                "code": f"{kind[0].upper()}{key}",
                "name": f"{kind.capitalize()} of {key}",
                "owner_id": chance.choice(people),
                "state": chance.choice(("planned", "under_way", "in_place")),
                "pool": Decimal(1_000_000) if kind == "outcome" else None,
            }
            for key in range(1, filler.initiatives + 1)
            for place, kind in enumerate(kinds)
        ),
    )
    store(filler, Link, _links(filler))
    store(
        filler,
        Claim,
        (
            {
                "id": benefit,
                "outcome_id": 3 * ((benefit - 1) // BENEFITS_OF_EACH + 1),
                "benefit_id": benefit,
                "share": Decimal("0.15"),
            }
            for benefit in range(1, filler.initiatives * BENEFITS_OF_EACH + 1)
        ),
    )


def _links(filler: Filler) -> Iterator[Row]:
    key = 0
    for initiative in range(filler.initiatives):
        enabler, change, outcome = (3 * initiative + place for place in (1, 2, 3))
        first = initiative * BENEFITS_OF_EACH + 1
        ends: list[dict[str, int]] = [
            {"source_node_id": enabler, "target_node_id": change},
            {"source_node_id": change, "target_node_id": outcome},
            *({"source_node_id": outcome, "target_benefit_id": first + place} for place in range(BENEFITS_OF_EACH)),
        ]
        for end in ends:
            key += 1
            yield {"id": key, "portfolio_id": filler.portfolio.pk, **end}


def _periods(filler: Filler, one: Live) -> Iterator[int]:
    """The months for which a benefit is measured, the oldest first; nothing lately where it has fallen silent."""
    step = MONTHS_OF[one.frequency]
    for month in range(one.first, filler.last + 1):
        if (month + 1) % step == 0 and not (one.is_silent and month > filler.last - 4):
            yield month


def _measurements(filler: Filler, live: list[Live]) -> None:
    """What was reported, corrected, contested and verified, with the log of it."""
    from openvmo_web.audit.models import AuditEntry
    from openvmo_web.benefits.models import Measurement

    logged: list[tuple[int, str, int]] = []
    store(filler, Measurement, _measured(filler, live, logged))
    before = filler.counts["audit_auditentry"]
    first = filler.first_entry + before + 1
    entries = (
        _entry(filler, first + place, action, benefit, f"Benefit {benefit}", days)
        for place, (benefit, action, days) in enumerate(logged)
    )
    store(filler, AuditEntry, entries)
    filler.counts["audit_auditentry"] += before


def _measured(filler: Filler, live: list[Live], logged: list[tuple[int, str, int]]) -> Iterator[Row]:
    chance, key = filler.chance, 0
    verifier = filler.office.pk
    for one in live:
        for month in _periods(filler, one):
            if month == filler.last and chance.random() < SHARE_LATE_LAST_MONTH:
                continue
            days = (filler.last + 1 - month) * 30
            value = money(one.monthly * MONTHS_OF[one.frequency] * chance.gauss(0.95, 0.2))
            rows: list[dict[str, Any]] = [{"value": value}]
            if chance.random() < SHARE_CORRECTED:
                rows.append({"value": money(float(value) * 0.9), "remark": "Counted twice"})
            if chance.random() < SHARE_CONTESTED:
                rows.append(
                    {**rows[-1], "is_contested": True, "recorded_by_id": verifier, "remark": "Not in the books"}
                )
            elif chance.random() < (SHARE_VERIFIED if month < filler.last - 3 else SHARE_VERIFIED_LATELY):
                rows.append({**rows[-1], "is_verified": True, "recorded_by_id": verifier})
            for place, row in enumerate(rows):
                key += 1
                by = row.get("recorded_by_id", one.addressee)
                action = "measurement.verify" if row.get("is_verified") else "measurement.record"
                logged.append((one.pk, action, max(days - 12 - 5 * place, 0)))
                yield {
                    "id": key,
                    "benefit_id": one.pk,
                    "month": first_day(month),
                    "source": "controlling",
                    "reported_by_id": one.addressee,
                    "recorded_at": filler.now - timedelta(days=max(days - 12 - 5 * place, 0)),
                    "recorded_by_id": by,
                    "supersedes_id": key - 1 if place else None,
                    **row,
                }


def _entry(filler: Filler, key: int, action: str, benefit: int, label: str, days: int) -> Row:
    return {
        "id": key,
        "at": filler.now - timedelta(days=days),
        "action": action,
        "actor_key": filler.office.pk,
        "actor_name": filler.office.name,
        "kind": "benefits.benefit",
        "key": str(benefit),
        "label": label,
        "portfolio_id": filler.portfolio.pk,
        "changes": {"value": [None, "1234.000000"]},
    }


def _operations(filler: Filler, live: list[Live], people: range) -> None:
    """What was asked of people, hand-overs and reviews."""
    from openvmo_web.realisation.models import Handover, Request, Review

    chance = filler.chance
    # Read before the rows go in: nothing else can be asked of a connection meanwhile.
    store(filler, Request, _asked(filler, live, _measured_lately(filler)))
    store(
        filler,
        Handover,
        (
            {
                "id": number,
                "benefit_id": one.pk,
                "sustainer_id": _person(chance, people),
                "state": "accepted" if number % 20 else "proposed",
                "proposed_by_id": filler.office.pk,
                "proposed_at": filler.now - timedelta(days=200),
                "answered_by_id": None if number % 20 == 0 else filler.office.pk,
                "answered_at": None if number % 20 == 0 else filler.now - timedelta(days=190),
            }
            for number, one in enumerate(live[::2], start=1)
        ),
    )
    reviews = [(one, days) for one in live for days in (-400, -120, chance.randint(-30, 300))]
    store(
        filler,
        Review,
        (
            {
                "id": number,
                "portfolio_id": filler.portfolio.pk,
                "benefit_id": one.pk,
                "due_on": filler.now.date() + timedelta(days=days),
                "held_on": None if number % 3 == 0 else filler.now.date() + timedelta(days=days),
                "verdict": "" if number % 3 == 0 else "sustained",
                "recorded_by_id": None if number % 3 == 0 else filler.office.pk,
                "recorded_at": None if number % 3 == 0 else filler.now - timedelta(days=-days),
            }
            for number, (one, days) in enumerate(reviews, start=1)
        ),
    )


def _measured_lately(filler: Filler) -> set[tuple[int, date]]:
    """The benefits and months for which something was reported in the last years."""
    from openvmo_web.benefits.models import Measurement

    recent = Measurement.objects.filter(month__gte=first_day(filler.last - ASKED_MONTHS))
    return set(recent.values_list("benefit", "month").iterator(chunk_size=50_000))


def _asked(filler: Filler, live: list[Live], measured: set[tuple[int, date]]) -> Iterator[Row]:
    """A request for each period of the last years; open where nothing was reported."""
    key = 0
    for one in live:
        step = MONTHS_OF[one.frequency]
        for month in range(max(one.first, filler.last - ASKED_MONTHS), filler.last + 1):
            if (month + 1) % step:
                continue
            key += 1
            day = first_day(month + 1)
            is_answered = (one.pk, first_day(month)) in measured
            yield {
                "id": key,
                "portfolio_id": filler.portfolio.pk,
                "benefit_id": one.pk,
                "month": first_day(month),
                "due_on": day + timedelta(days=14),
                "state": "answered" if is_answered else "open",
                "addressee_id": one.addressee,
                "opened_at": filler.now - timedelta(days=(filler.now.date() - day).days),
                "answered_at": filler.now - timedelta(days=max((filler.now.date() - day).days - 9, 0))
                if is_answered
                else None,
            }


def plain(value: object) -> str | bool | None:
    """A value as a baseline keeps it."""
    return value if value is None or isinstance(value, str | bool) else str(value)


def money(value: float) -> Decimal:
    """An amount as it is stored."""
    return Decimal(str(round(value, 2)))
