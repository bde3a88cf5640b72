"""History: what a benefit was known to say equals a replay of the audit trail, whatever was done to it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.web.conftest import NOW, STANDING_PORTFOLIO_ID, person
from tests.web.small_portfolio import portfolio_make

from openvmo.engine import model
from openvmo.engine.quantities import Estimate, Month
from openvmo_web.access.models import User
from openvmo_web.audit.models import AuditEntry
from openvmo_web.audit.queries import states_known
from openvmo_web.benefits.actions import (
    assumption_add,
    assumption_change,
    baseline_adopt,
    benefit_add,
    benefit_change,
    forecast_record,
    promise_renew,
)
from openvmo_web.benefits.models import Assumption, Benefit, Measurement, Profile
from openvmo_web.benefits.profile_queries import forecast_known
from openvmo_web.common.models import Versioned
from openvmo_web.portfolio.models import Initiative, Portfolio
from openvmo_web.realisation.actions import measurement_record, measurement_verify

CASES = 15
MOST_STEPS = 8
# The entries that say how a record's own fields changed; others tell of what belongs to it.
OF_THE_RECORD = ("benefit.add", "benefit.change", "promise.renew", "assumption.add", "assumption.change")

TEXTS = st.sampled_from(["", "Less paper", "Fewer calls", "Days to decide a claim"])
AMOUNTS = st.none() | st.decimals(min_value=0, max_value=10**6, places=3)
DAYS = st.none() | st.dates(min_value=date(2026, 1, 1), max_value=date(2030, 1, 1))
CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "description": TEXTS,
        "observable": TEXTS,
        "cost_to_realise": AMOUNTS,
        "target_date": DAYS,
        "priority": st.none() | st.integers(min_value=1, max_value=5),
        "is_intangible": st.booleans(),
        "owner": st.sampled_from(["nobody", "olga", "fiona"]),
        "review_months": st.none() | st.integers(min_value=1, max_value=24),
    },
)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), CHANGES),
        st.tuples(st.just("change"), CHANGES),
        st.tuples(st.just("forecast"), st.integers(min_value=1, max_value=100)),
        st.tuples(st.just("adopt"), st.none()),
        st.tuples(st.just("renew"), st.tuples(AMOUNTS, DAYS)),
        st.tuples(st.just("measure"), st.integers(min_value=0, max_value=20)),
        st.tuples(st.just("verify"), st.none()),
        st.tuples(st.just("assume"), TEXTS.filter(bool)),
        st.tuples(st.just("check"), st.sampled_from(["open", "holds", "failed"])),
    ),
    min_size=1,
    max_size=MOST_STEPS,
)


@pytest.mark.django_db
@settings(max_examples=CASES, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(steps=STEPS)
def test_what_was_known_is_a_replay_of_the_trail(steps: list[tuple[str, Any]]) -> None:
    """At every moment the state as known, the replayed trail and the state that was seen then are the same."""
    point = transaction.savepoint()
    try:
        story = Story()
        seen = []
        for place, (name, value) in enumerate(steps):
            at = NOW + timedelta(hours=place)
            story.act(name, value, at)
            seen.append((at, live_states(), forecasts()))
        for at, states, expected in seen:
            assert known_states(at, states) == states
            assert replayed_states(at, states) == {key: readable(key[0], state) for key, state in states.items()}
            assert {
                row.pk: forecast_key(forecast_known(row, at)) for row in Benefit.objects.filter(pk__in=expected)
            } == (expected)
    finally:
        transaction.savepoint_rollback(point)


class Story:
    """A portfolio with an owner and a finance partner, to which random things are done."""

    def __init__(self) -> None:
        """Set the scene; ALPHA was funded long ago."""
        self.people: dict[str, User | None] = {
            "nobody": None,
            "olga": person("olga@example.org", "Olga Owner", "portfolio_manager"),
            "fiona": person("fiona@example.org", "Fiona Finance", "finance"),
        }
        self.eva = person("eva@example.org", "Eva Executive", "executive")
        self.portfolio: Portfolio = portfolio_make(STANDING_PORTFOLIO_ID, by=self.olga, at=NOW)
        Initiative.objects.filter(code="ALPHA").update(state="delivery")

    @property
    def olga(self) -> User:
        """Who manages the portfolio."""
        olga = self.people["olga"]
        assert olga is not None
        return olga

    @property
    def benefit(self) -> Benefit:
        """The benefit to which things are done: the newest of ALPHA."""
        related = Benefit.objects.select_related("initiative__portfolio", "initiative__current_plan")
        return related.filter(initiative__code="ALPHA").order_by("pk")[0]

    def act(self, name: str, value: Any, at: datetime) -> None:
        """Do one thing; what is refused as things stand changes nothing."""
        try:
            with transaction.atomic():
                getattr(self, name)(value, at)
        except ValidationError:
            pass

    def add(self, values: dict[str, Any], at: datetime) -> None:
        """Add another benefit."""
        code = f"B{Benefit.objects.count()}"
        initiative = self.benefit.initiative
        benefit_add(
            initiative=initiative, code=code, name=code, kind="cashable", by=self.olga, at=at, **self.stated(values)
        )

    def change(self, values: dict[str, Any], at: datetime) -> None:
        """Change some fields."""
        benefit_change(benefit=self.benefit, by=self.olga, at=at, **self.stated(values))

    def forecast(self, annual: int, at: datetime) -> None:
        """Record a forecast."""
        profile = model.Profile(benefit=self.benefit.code, annual=Estimate(float(annual)))
        forecast_record(benefit=self.benefit, profile=profile, reason="Seen anew", by=self.olga, at=at)

    def adopt(self, _nothing: None, at: datetime) -> None:
        """Set the baseline, once."""
        baseline_adopt(portfolio=self.portfolio, benefits=[self.benefit], reason="Old", by=self.eva, at=at)

    def renew(self, target: tuple[Decimal | None, date | None], at: datetime) -> None:
        """Promise another target."""
        values = dict(zip(("target", "target_date"), target, strict=True))
        promise_renew(benefit=self.benefit, values=values, reason="Seen anew", by=self.eva, at=at)

    def measure(self, value: int, at: datetime) -> None:
        """Report the first month that is over."""
        measurement_record(benefit=self.benefit, month=Month(2026, 1), value=float(value), by=self.olga, at=at)

    def verify(self, _nothing: None, at: datetime) -> None:
        """Verify what was measured last."""
        fiona = self.people["fiona"]
        assert fiona is not None
        for row in Measurement.objects.filter(superseded_by=None).select_related("benefit__initiative__portfolio"):
            measurement_verify(measurement=row, by=fiona, at=at)

    def assume(self, text: str, at: datetime) -> None:
        """Note an assumption."""
        assumption_add(benefit=self.benefit, text=text, by=self.olga, at=at)

    def check(self, state: str, at: datetime) -> None:
        """Say of all assumptions whether they hold."""
        for row in Assumption.objects.select_related("benefit__initiative"):
            assumption_change(assumption=row, state=state, by=self.olga, at=at)

    def stated(self, values: dict[str, Any]) -> dict[str, Any]:
        """Values with people instead of their names."""
        return {name: self.people[value] if name == "owner" else value for name, value in values.items()}


Key = tuple[type[Versioned], str]


def live_states() -> dict[Key, dict[str, Any]]:
    """The states of all benefits and assumptions as they stand."""
    return {
        (kind, row.record_key): plain(kind, row.state_values)
        for kind in (Benefit, Assumption)
        for row in kind.objects.all()
    }


def known_states(at: datetime, keys: Iterable[Key]) -> dict[Key, dict[str, Any]]:
    """The states of some records as they were known at a moment."""
    listed = list(keys)
    return {
        (kind, key): plain(kind, values)
        for kind in (Benefit, Assumption)
        for key, values in states_known(
            kind._meta.label_lower, [key for of_kind, key in listed if of_kind is kind], at
        ).items()
    }


def replayed_states(at: datetime, keys: Iterable[Key]) -> dict[Key, dict[str, Any]]:
    """The states of some records that the trail until a moment tells, in words as it tells them."""
    states = {}
    for kind, key in keys:
        entries = AuditEntry.objects.filter(kind=kind._meta.label_lower, key=key, at__lte=at, action__in=OF_THE_RECORD)
        told = {field.name: field.get_default() for field in stored(kind)}
        for entry in entries.order_by("at", "pk"):
            told.update({name: after for name, (_before, after) in entry.changes.items()})
        states[kind, key] = {field.name: worded(field, told[field.name]) for field in stored(kind)}
    return states


def readable(kind: type[Versioned], state: dict[str, Any]) -> dict[str, Any]:
    """A state in which people and other records stand by their names, as in the trail."""
    return {
        field.name: str(field.related_model._default_manager.get(pk=state[field.name]))  # type: ignore[union-attr]
        if field.is_relation and state[field.name] is not None
        else state[field.name]
        for field in stored(kind)
    }


def stored(kind: type[Versioned]) -> list[Any]:
    """The fields that a state holds."""
    return [field for field in kind._meta.concrete_fields if field.name != "id"]


def plain(kind: type[Versioned], values: dict[str, Any]) -> dict[str, Any]:
    """Values as their columns have them, whether they come from a row or from text."""
    return {field.name: comparable(field.to_python(values[field.name])) for field in stored(kind)}


def worded(field: Any, value: Any) -> Any:
    """A value of the trail: of another record it is the name, else what the column makes of the text."""
    return value if field.is_relation else comparable(field.to_python(value))


def comparable(value: Any) -> Any:
    """Amounts are equal whatever zeros they end with."""
    return value.normalize() if isinstance(value, Decimal) else value


def forecasts() -> dict[int, Any]:
    """The forecasts in force, by benefit; None where the plan does not name it."""
    rows = Profile.objects.filter(option__position=0, option__plan__current_of__isnull=False)
    found = {row.benefit_id: forecast_key(row) for row in rows}
    return {key: found.get(key) for key in Benefit.objects.values_list("pk", flat=True)}


def forecast_key(row: Profile | None) -> int | None:
    """What tells one forecast from another."""
    return row and row.pk
