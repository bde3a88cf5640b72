"""Promises: renewed with a reason by who may set baselines, beside those of before, which nobody changes."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client
from tests.web.benefits.test_forecasts import LATER
from tests.web.conftest import person

from openvmo.engine.quantities import Month
from openvmo_web.access.models import Assignment, User
from openvmo_web.access.permissions import Refused
from openvmo_web.audit.models import AuditEntry
from openvmo_web.audit.queries import trail
from openvmo_web.benefits.actions import (
    baseline_adopt,
    benefit_change,
    benefit_validate,
    forecast_record,
    promise_renew,
)
from openvmo_web.benefits.models import Baseline, Benefit
from openvmo_web.portfolio.models import Initiative, Portfolio
from openvmo_web.realisation.actions import measurement_record

MEASURE = {
    "unit": "days",
    "measure": "Days to decide a claim",
    "accrual": "level",
    "direction": "decrease",
    "baseline": Decimal(30),
    "target": Decimal(18),
    "target_date": date(2027, 3, 31),
}
BETTER: dict[str, Any] = {"target": Decimal(20), "target_date": date(2027, 9, 30)}
REASON = "The law came later"


@pytest.fixture
def benefit(portfolio: Portfolio, owner: User, now: datetime) -> Benefit:
    """A benefit of a funded initiative, which nobody has promised yet."""
    Initiative.objects.filter(code="ALPHA").update(state="delivery")
    row = Benefit.objects.select_related("initiative__portfolio", "initiative__current_plan").get(code="ALPHA-B")
    return benefit_change(benefit=row, by=owner, at=now, **MEASURE)


@pytest.fixture
def promised(benefit: Benefit, portfolio: Portfolio, executive: User, now: datetime) -> Benefit:
    """The benefit with its first baseline."""
    baseline_adopt(portfolio=portfolio, benefits=[benefit], reason="Funded in 2024", by=executive, at=now)
    return benefit


def refused(act: Callable[[], object]) -> dict[str, list[str]]:
    """What a renewal that is refused says, by field; nothing was changed."""
    before = [*Benefit.objects.order_by("pk").values()], Baseline.objects.count(), AuditEntry.objects.count()
    with pytest.raises(ValidationError) as refusal:
        act()
    assert before == ([*Benefit.objects.order_by("pk").values()], Baseline.objects.count(), AuditEntry.objects.count())
    return refusal.value.message_dict if hasattr(refusal.value, "error_dict") else {"": refusal.value.messages}


def renew(benefit: Benefit, by: User, at: datetime, reason: str = REASON, **values: Any) -> Baseline:
    return promise_renew(benefit=benefit, values=values, reason=reason, by=by, at=at)


def test_a_renewed_promise_stands_beside_the_first_one(
    promised: Benefit, owner: User, executive: User, now: datetime
) -> None:
    forecast_record(benefit=promised, profile=LATER, reason="Late", by=owner, at=now)
    later = now + timedelta(days=1)
    made = renew(promised, executive, later, **BETTER)
    rows = list(Baseline.objects.filter(benefit=promised).select_related("profile__option__plan"))
    assert rows[1] == made
    assert [(row.number, row.decision, row.reason, row.profile.option.plan.number) for row in rows] == [
        (1, None, "Funded in 2024", 1),
        (2, None, REASON, 2),
    ]
    assert [(row.measure["target"], row.measure["target_date"], row.measure["unit"]) for row in rows] == [
        ("18.000000", "2027-03-31", "days"),
        ("20.000000", "2027-09-30", "days"),
    ]
    promised.refresh_from_db()
    assert (promised.target, promised.target_date) == (20, date(2027, 9, 30))
    newest = trail(owner, promised).first()
    assert newest is not None
    assert (newest.action, newest.note, newest.at, newest.changes) == (
        "promise.renew",
        REASON,
        later,
        {
            "target": ["18.000000", "20"],
            "target_date": ["2027-03-31", "2027-09-30"],
            "baseline_version": [1, 2],
        },
    )


def test_what_finance_has_vouched_for_is_open_again(
    promised: Benefit, portfolio: Portfolio, executive: User, now: datetime
) -> None:
    finance = person("fiona@example.org", "Fiona Finance", "finance", portfolio.pk)
    benefit_validate(benefit=promised, by=finance, at=now)
    assert promised.validated_at is not None
    renew(promised, executive, now, target_date=date(2027, 9, 30))
    promised.refresh_from_db()
    assert (promised.validated_at, promised.validated_by) == (None, None)


@pytest.mark.parametrize(
    ("values", "field", "told"),
    [
        ({"target": Decimal(31)}, "target", "The measure should fall, so the target has to be below the baseline."),
        ({"baseline": None}, "baseline", "needs the baseline from which it moves"),
        ({"kind": "splendid"}, "kind", "not a valid choice"),
        ({"name": "Fewer days"}, "name", "Name is not part of the promise: change the benefit itself."),
        ({"target": Decimal(18)}, "__all__", "Nothing of the promise is different. State what changes."),
    ],
)
def test_what_cannot_be_promised_is_refused(
    promised: Benefit, executive: User, now: datetime, values: dict[str, Any], field: str, told: str
) -> None:
    problems = refused(lambda: renew(promised, executive, now, **values))
    assert list(problems) == [field]
    assert told in problems[field][0]


@pytest.mark.parametrize(("name", "value"), [("unit", "weeks"), ("accrual", "flow")])
def test_figures_keep_their_meaning(
    promised: Benefit, owner: User, executive: User, now: datetime, name: str, value: str
) -> None:
    measurement_record(benefit=promised, month=Month(2026, 2), value=27.0, by=owner, at=now)
    problems = refused(lambda: renew(promised, executive, now, **{name: value}))
    assert list(problems) == [name]
    assert "the benefit has been measured, and its figures would mean something else" in problems[name][0]


def test_the_unit_changes_while_nothing_is_measured(promised: Benefit, executive: User, now: datetime) -> None:
    assert renew(promised, executive, now, unit="weeks").measure["unit"] == "weeks"


def test_it_needs_a_reason_a_baseline_and_a_plan(benefit: Benefit, executive: User, now: datetime) -> None:
    assert refused(lambda: renew(benefit, executive, now, reason=" ", **BETTER)) == {
        "reason": ["Say why the promise changes."]
    }
    assert refused(lambda: renew(benefit, executive, now, **BETTER)) == {
        "": ["There is no baseline yet, so nothing is promised: change the benefit itself."]
    }
    baseline_adopt(
        portfolio=benefit.initiative.portfolio, benefits=[benefit], reason="Funded in 2024", by=executive, at=now
    )
    Initiative.objects.filter(code="ALPHA").update(current_plan=None)
    assert refused(lambda: renew(benefit, executive, now, **BETTER)) == {
        "": ["The plan in force does not say how “Less paper” arrives: record a forecast first."]
    }


def test_only_who_sets_baselines_renews_and_never_for_a_benefit_of_ones_own(
    promised: Benefit, owner: User, executive: User, now: datetime
) -> None:
    with pytest.raises(Refused, match="Set baselines outside a funding decision"):
        renew(promised, owner, now, **BETTER)
    benefit_change(benefit=promised, owner=executive, by=owner, at=now)
    assert refused(lambda: renew(promised, executive, now, **BETTER)) == {
        "": ["You are accountable for this benefit: another person has to renew its promise."]
    }


def test_the_database_keeps_the_earlier_promise(promised: Benefit, executive: User, now: datetime) -> None:
    renew(promised, executive, now, **BETTER)
    statement = "UPDATE benefits_baseline SET number = 9 WHERE number = 1"
    with pytest.raises(IntegrityError, match="never changed or deleted"), transaction.atomic():
        connection.cursor().execute(statement)
    assert list(Baseline.objects.values_list("number", flat=True)) == [1, 2]


@pytest.fixture
def stated(promised: Benefit) -> dict[str, str]:
    """The form as a browser sends it back unchanged, with a reason."""
    told = {name: str(getattr(promised, name) or "") for name in MEASURE}
    return {**told, "kind": promised.kind, "value_per_unit": "", "baseline_date": "", "reason": REASON}


def test_the_form_renews_and_the_page_shows_both_targets(
    promised: Benefit, executive: User, signed_in: Callable[[User], Client], stated: dict[str, str]
) -> None:
    browser, address = signed_in(executive), promised.get_absolute_url()
    assert f'href="{address}promise/"' in browser.get(address).content.decode()
    same = browser.post(f"{address}promise/", stated)
    assert same.status_code == 422
    assert "Nothing of the promise is different" in same.content.decode()
    answer = browser.post(f"{address}promise/", stated | {"target": "20", "target_date": "2027-09-30"})
    assert answer.headers["location"] == address
    page = browser.get(address)
    newest = page.context["page"].versions[0]
    assert (newest.title, newest.is_in_force) == ("Baseline 2", True)
    assert [(change.label, change.before, change.after) for change in newest.changes] == [
        ("Target", "18", "20"),
        ("Target to be reached on", "31 Mar 2027", "30 Sept 2027"),
    ]
    assert "Baseline 1 promised: 18, by 31 Mar 2027" in page.content.decode()
    assert "The promise is renewed: baseline 2 holds." in page.content.decode()


def test_the_form_says_why_nothing_can_be_renewed(
    promised: Benefit, owner: User, executive: User, now: datetime, signed_in: Callable[[User], Client]
) -> None:
    benefit_change(benefit=promised, owner=executive, by=owner, at=now)
    browser, address = signed_in(executive), promised.get_absolute_url()
    assert f'href="{address}promise/"' not in browser.get(address).content.decode()
    page = browser.get(f"{address}promise/").content.decode()
    assert "another person has to renew its promise" in page


def test_the_change_form_says_who_renews(
    promised: Benefit, owner: User, executive: User, signed_in: Callable[[User], Client]
) -> None:
    address = promised.get_absolute_url()
    page = signed_in(owner).get(f"{address}change/").content.decode()
    assert f"The promise can be renewed, with a reason, by: {executive.name}." in page
    assert f"{address}promise/" not in page


def test_the_change_form_leads_to_the_renewal(
    promised: Benefit, portfolio: Portfolio, now: datetime, signed_in: Callable[[User], Client]
) -> None:
    both = person("both@example.org", "Bo Both", "portfolio_manager", portfolio.pk)
    Assignment.objects.create(user=both, role="executive", portfolio_id=portfolio.pk, granted_at=now)
    address = promised.get_absolute_url()
    assert f'href="{address}promise/"' in signed_in(both).get(f"{address}change/").content.decode()
