"""Changes of the register: what is recorded, and what is refused with nothing changed."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.web.conftest import person

from openvmo.engine import model
from openvmo_web.access.models import SavedView, User
from openvmo_web.access.permissions import Refused
from openvmo_web.audit.models import AuditEntry
from openvmo_web.audit.queries import states_known, trail
from openvmo_web.benefits.actions import (
    CannotChange,
    assumption_add,
    assumption_change,
    benefit_add,
    benefit_change,
    benefit_retire,
    benefit_validate,
    benefits_change,
    benefits_import,
)
from openvmo_web.benefits.history import BENEFIT
from openvmo_web.benefits.models import Assumption, Baseline, Benefit, Profile, Standing
from openvmo_web.portfolio.models import Initiative, Portfolio
from openvmo_web.strategy.models import Measure, Objective

ALL = ("ALPHA-B", "BETA-B", "DELTA-B", "GAMMA-B")


def benefits() -> list[Benefit]:
    """All benefits of the standing portfolio, by code."""
    rows = Benefit.objects.select_related("initiative", "owner", "measurer", "sustainer", "strategic_measure")
    return list(rows.order_by("code"))


@pytest.fixture
def benefit(portfolio: Portfolio) -> Benefit:
    return benefits()[0]


@pytest.fixture
def alpha(benefit: Benefit) -> Initiative:
    return benefit.initiative


@pytest.fixture
def ben(portfolio: Portfolio) -> User:
    """Owns benefits of the standing portfolio."""
    return person("ben@example.org", "Ben Benefit", "benefit_owner", portfolio.pk)


@pytest.fixture
def finance(portfolio: Portfolio) -> User:
    return person("fiona@example.org", "Fiona Finance", "finance", portfolio.pk)


@pytest.fixture
def baseline(benefit: Benefit, owner: User, now: datetime) -> Baseline:
    """What decision 12 promised of the benefit."""
    return Baseline.objects.create(
        benefit=benefit,
        profile=Profile.objects.get(benefit=benefit),
        number=1,
        decision=12,
        reason="Funded",
        measure={},
        recorded_at=now,
        recorded_by=owner,
    )


def stored(benefit: Benefit) -> dict[str, Any]:
    return Benefit.objects.get(pk=benefit.pk).state_values


def refused(act: Callable[[], object]) -> dict[str, list[str]]:
    """What an action that is refused says, by field; nothing was recorded."""
    entries, rows = AuditEntry.objects.count(), [one.state_values for one in benefits()]
    with pytest.raises(ValidationError) as refusal:
        act()
    assert AuditEntry.objects.count() == entries
    assert [one.state_values for one in benefits()] == rows
    return refusal.value.message_dict if hasattr(refusal.value, "error_dict") else {"": refusal.value.messages}


def test_a_new_benefit_is_recorded_with_all_that_it_says(
    alpha: Initiative, ben: User, owner: User, now: datetime
) -> None:
    added = benefit_add(
        initiative=alpha,
        name="Fewer letters",
        kind="quantifiable",
        unit="letters",
        target=Decimal(5),
        owner=ben,
        by=owner,
        at=now,
    )
    assert (added.code, added.position, added.owner_name) == ("ALPHA-B2", 1, "Ben Benefit")
    (entry,) = trail(owner, added)
    assert entry.changes["name"] == [None, "Fewer letters"]
    assert entry.changes["owner"] == [None, "Ben Benefit"]
    assert set(entry.changes) == {
        "initiative",
        "position",
        "code",
        "name",
        "kind",
        "unit",
        "target",
        "owner",
        "owner_name",
    }
    assert Standing.objects.get(benefit=added).doam == 0


def test_a_code_stands_once(alpha: Initiative, owner: User, now: datetime) -> None:
    problems = refused(
        lambda: benefit_add(initiative=alpha, name="Fewer", kind="cashable", code="ALPHA-B", by=owner, at=now)
    )
    assert list(problems) == ["code"]


def test_what_another_person_has_changed_since_is_kept_in_each_state(
    benefit: Benefit, ben: User, finance: User, owner: User, executive: User, now: datetime
) -> None:
    read_before = [benefits()[0] for _time in range(4)]
    benefit_change(benefit=benefit, category="Paper", owner=ben, by=owner, at=now)
    benefit_change(benefit=read_before[0], description="Fewer sheets", by=owner, at=now)
    assert read_before[0].state_values == stored(benefit)
    benefits_change(benefits=read_before[1:2], values={"term": "short"}, by=owner, at=now)
    benefit_validate(benefit=read_before[2], by=finance, at=now)
    benefit_retire(benefit=read_before[3], reason="Came by itself", by=owner, at=now)
    known = Benefit.of_state(benefit.pk, states_known(BENEFIT, [benefit.record_key], now)[benefit.record_key])
    assert known.state_values == stored(benefit)
    assert (known.category, known.description, known.term, known.validated_by_id) == (
        "Paper",
        "Fewer sheets",
        "short",
        finance.pk,
    )


def test_what_forbids_an_action_is_looked_for_in_what_is_stored(
    benefit: Benefit, finance: User, owner: User, now: datetime
) -> None:
    read_before = benefits()[0]
    benefit_change(benefit=benefit, owner=finance, by=owner, at=now)
    own = refused(lambda: benefit_validate(benefit=read_before, by=finance, at=now))
    assert own[""] == ["You are accountable for this benefit: another person has to validate it."]
    read_before = benefits()[0]
    benefit_retire(benefit=benefit, reason="Came by itself", by=owner, at=now)
    assert refused(lambda: benefit_retire(benefit=read_before, reason="Mine", by=owner, at=now)) == {
        "": ["This benefit is retired already."]
    }


def test_only_what_differs_is_recorded(benefit: Benefit, owner: User, now: datetime) -> None:
    benefit_change(benefit=benefit, name="Less paper", category="Paper", by=owner, at=now)
    newest = trail(owner, benefit).first()
    assert newest is not None
    assert newest.changes == {"category": ["", "Paper"]}
    entries = AuditEntry.objects.count()
    benefit_change(benefit=benefit, category="Paper", by=owner, at=now)
    assert AuditEntry.objects.count() == entries


def test_person_and_name_go_together(benefit: Benefit, ben: User, owner: User, now: datetime) -> None:
    benefit_change(benefit=benefit, owner=ben, by=owner, at=now)
    assert (benefit.owner, benefit.owner_name) == (ben, "Ben Benefit")
    benefit_change(benefit=benefit, owner_name="Somebody else", by=owner, at=now)
    assert (benefit.owner, benefit.owner_name) == (None, "Somebody else")
    benefit_change(benefit=benefit, owner=ben, by=owner, at=now)
    benefit_change(benefit=benefit, owner=None, by=owner, at=now)
    assert (benefit.owner, benefit.owner_name) == (None, "")


def test_who_has_no_account_stays_when_no_account_is_chosen(benefit: Benefit, owner: User, now: datetime) -> None:
    benefit_change(benefit=benefit, owner_name="Lea", by=owner, at=now)
    benefit_change(benefit=benefit, owner=None, by=owner, at=now)
    assert (benefit.owner, benefit.owner_name) == (None, "Lea")
    benefits_change(benefits=[benefit], values={"owner": None, "owner_name": ""}, by=owner, at=now)
    assert stored(benefit)["owner_name"] == ""


def test_a_retired_benefit_does_not_call_back_who_has_left(
    benefit: Benefit, ben: User, owner: User, now: datetime
) -> None:
    benefit_change(benefit=benefit, owner=ben, by=owner, at=now)
    benefit_retire(benefit=benefit, reason="Came by itself", by=owner, at=now)
    User.objects.filter(pk=ben.pk).update(is_active=False)
    benefit.refresh_from_db()
    problems = refused(lambda: benefit_change(benefit=benefit, state="identified", by=owner, at=now))
    assert problems == {"owner": ["Ben Benefit is no longer active. Choose somebody who is."]}
    benefit_change(benefit=benefit, state="identified", owner=owner, by=owner, at=now)
    assert (benefit.state, benefit.owner) == ("identified", owner)


def test_a_person_who_left_is_refused(benefit: Benefit, ben: User, owner: User, now: datetime) -> None:
    ben.is_active = False
    ben.save()
    problems = refused(lambda: benefit_change(benefit=benefit, owner=ben, by=owner, at=now))
    assert problems == {"owner": ["Ben Benefit is no longer active. Choose somebody who is."]}


def test_who_cannot_see_the_portfolio_is_refused(benefit: Benefit, stranger: User, owner: User, now: datetime) -> None:
    problems = refused(lambda: benefit_change(benefit=benefit, measurer=stranger, by=owner, at=now))
    assert list(problems) == ["measurer"]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"accrual": "level"}, "baseline"),
        ({"direction": "increase", "baseline": Decimal(2), "target": Decimal(1)}, "target"),
        ({"priority": 6}, "priority"),
        ({"name": ""}, "name"),
        ({"kind": "magic"}, "kind"),
        ({"state": "sustained"}, "state"),
        ({"state": "retired"}, "state"),
        ({"state": "agreed"}, "state"),
    ],
)
def test_it_refuses_at_the_field(
    benefit: Benefit, owner: User, now: datetime, values: dict[str, Any], field: str
) -> None:
    assert field in refused(lambda: benefit_change(benefit=benefit, by=owner, at=now, **values))
    assert benefit.state_values == stored(benefit)


def test_an_old_gap_keeps_nobody_from_his_work(benefit: Benefit, ben: User, owner: User, now: datetime) -> None:
    Benefit.objects.filter(pk=benefit.pk).update(accrual="level")
    benefit.refresh_from_db()
    benefit_change(benefit=benefit, owner=ben, by=owner, at=now)
    assert benefit.owner == ben


def test_a_measure_in_another_unit_is_refused(benefit: Benefit, owner: User, now: datetime) -> None:
    objective = Objective.objects.create(code="O1", name="Quick answers")
    measure = Measure.objects.create(objective=objective, code="M1", name="Days", unit="days")
    problems = refused(lambda: benefit_change(benefit=benefit, strategic_measure=measure, by=owner, at=now))
    assert problems == {
        "strategic_measure": ["The strategic measure counts in days, the benefit in money: they cannot be added up."]
    }


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("kind", "non_cashable"),
        ("is_disbenefit", True),
        ("value_per_unit", Decimal(3)),
        ("unit", "letters"),
        ("measure", "Letters"),
        ("direction", "increase"),
        ("baseline", Decimal(1)),
        ("baseline_date", date(2026, 1, 1)),
        ("target", Decimal(9)),
        ("target_date", date(2027, 1, 1)),
    ],
)
def test_a_baseline_freezes_what_it_promised(
    benefit: Benefit, baseline: Baseline, owner: User, now: datetime, field: str, value: object
) -> None:
    problems = refused(lambda: benefit_change(benefit=benefit, by=owner, at=now, **{field: value}))
    assert "decision 12" in problems[field][0]
    assert "only renewing the promise" in problems[field][0]
    benefit_change(benefit=benefit, name="Less paper used", by=owner, at=now)


def test_many_change_in_one_gesture(portfolio: Portfolio, ben: User, owner: User, now: datetime) -> None:
    before = AuditEntry.objects.count()
    changed = benefits_change(benefits=benefits(), values={"owner": ben, "due_days": 20}, by=owner, at=now, note="New")
    assert [one.code for one in changed] == list(ALL)
    assert {(one.owner_name, one.due_days) for one in benefits()} == {("Ben Benefit", 20)}
    entries = AuditEntry.objects.order_by("-pk")[:4]
    assert AuditEntry.objects.count() == before + 4
    assert len({entry.gesture for entry in entries}) == 1
    assert entries[0].gesture is not None
    assert {entry.note for entry in entries} == {"New"}
    assert benefits_change(benefits=benefits(), values={"due_days": 20}, by=owner, at=now) == []


def test_one_that_cannot_change_keeps_all_as_they_are(
    portfolio: Portfolio, baseline: Baseline, owner: User, now: datetime
) -> None:
    problems = refused(lambda: benefits_change(benefits=benefits(), values={"unit": "letters"}, by=owner, at=now))
    assert problems[""] == [
        "ALPHA-B Less paper: The baseline of decision 12 promises Unit: only renewing the promise changes that."
    ]


def test_many_make_as_many_queries_as_few(portfolio: Portfolio, owner: User, now: datetime) -> None:
    def queries(rows: list[Benefit], days: int) -> int:
        with CaptureQueriesContext(connection) as made:
            benefits_change(benefits=rows, values={"due_days": days}, by=owner, at=now)
        return len(made)

    assert queries(benefits(), 31) == queries(benefits()[:2], 32)


def test_a_benefit_is_retired_with_a_reason(benefit: Benefit, owner: User, now: datetime) -> None:
    assert list(refused(lambda: benefit_retire(benefit=benefit, reason=" ", by=owner, at=now))) == ["reason"]
    benefit_retire(benefit=benefit, reason="Came by itself", by=owner, at=now)
    newest = trail(owner, benefit).first()
    assert newest is not None
    assert (newest.action, newest.changes, newest.note) == (
        "benefit.retire",
        {"state": ["identified", "retired"]},
        "Came by itself",
    )
    refused(lambda: benefit_retire(benefit=benefit, reason="Again", by=owner, at=now))


def test_finance_validates_what_is_not_its_own(benefit: Benefit, finance: User, owner: User, now: datetime) -> None:
    benefit_change(benefit=benefit, owner=finance, by=owner, at=now)
    own = refused(lambda: benefit_validate(benefit=benefit, by=finance, at=now))
    assert own[""] == ["You are accountable for this benefit: another person has to validate it."]
    benefit_change(benefit=benefit, owner=None, by=owner, at=now)
    benefit_validate(benefit=benefit, by=finance, at=now)
    assert (benefit.validated_at, benefit.validated_by) == (now, finance)
    refused(lambda: benefit_validate(benefit=benefit, by=finance, at=now))


def test_what_finance_vouched_for_is_open_again_once_it_changes(
    benefit: Benefit, finance: User, owner: User, now: datetime
) -> None:
    benefit_validate(benefit=benefit, by=finance, at=now)
    benefit_change(benefit=benefit, category="Paper", by=owner, at=now)
    assert benefit.validated_at == now
    benefit_change(benefit=benefit, kind="non_cashable", by=owner, at=now)
    assert (benefit.validated_at, benefit.validated_by) == (None, None)


def test_who_may_only_look_changes_nothing(
    benefit: Benefit, alpha: Initiative, member: User, finance: User, now: datetime
) -> None:
    entries = AuditEntry.objects.count()
    for act in (
        lambda: benefit_add(initiative=alpha, name="Fewer", kind="cashable", by=member, at=now),
        lambda: benefit_change(benefit=benefit, name="Mine", by=member, at=now),
        lambda: benefits_change(benefits=[benefit], values={"name": "Mine"}, by=finance, at=now),
        lambda: benefit_retire(benefit=benefit, reason="Why", by=member, at=now),
        lambda: benefit_validate(benefit=benefit, by=member, at=now),
        lambda: assumption_add(benefit=benefit, text="Paper stays dear", by=member, at=now),
    ):
        with pytest.raises(Refused):
            act()
    assert AuditEntry.objects.count() == entries


def test_assumptions_are_noted_and_settled(benefit: Benefit, owner: User, now: datetime) -> None:
    noted = assumption_add(benefit=benefit, text="Paper stays dear", expires_on=date(2026, 9, 1), by=owner, at=now)
    assumption_change(assumption=noted, state="failed", remark="It fell", by=owner, at=now)
    assert [entry.changes for entry in trail(owner, noted)] == [
        {"state": ["open", "failed"], "remark": ["", "It fell"]},
        {"benefit": [None, "Less paper"], "text": [None, "Paper stays dear"], "expires_on": [None, "2026-09-01"]},
    ]
    entries = AuditEntry.objects.count()
    with pytest.raises(ValidationError):
        assumption_change(assumption=noted, state="perhaps", by=owner, at=now)
    noted.refresh_from_db()
    assert (noted.state, AuditEntry.objects.count()) == ("failed", entries)


def test_an_owner_checks_what_the_own_benefits_rest_on_and_no_others(
    benefit: Benefit, ben: User, owner: User, now: datetime
) -> None:
    noted = assumption_add(benefit=benefit, text="Paper stays dear", by=owner, at=now)
    other = assumption_add(benefit=benefits()[1], text="Paper stays dear", by=owner, at=now)
    with pytest.raises(Refused, match="Note and check what all benefits rest on"):
        assumption_change(assumption=noted, state="holds", by=ben, at=now)
    benefit_change(benefit=benefit, owner=ben, by=owner, at=now)
    assumption_change(assumption=noted, state="holds", by=ben, at=now)
    assert assumption_add(benefit=benefit, text="Letters are read", by=ben, at=now).benefit == benefit
    with pytest.raises(Refused):
        assumption_change(assumption=other, state="holds", by=ben, at=now)
    assert [Assumption.objects.get(pk=one.pk).state for one in (noted, other)] == ["holds", "open"]


def test_an_assumption_keeps_what_another_person_has_said_of_it(benefit: Benefit, owner: User, now: datetime) -> None:
    noted = assumption_add(benefit=benefit, text="Paper stays dear", by=owner, at=now)
    read_before = Assumption.objects.get(pk=noted.pk)
    assumption_change(assumption=noted, remark="Asked the printer", by=owner, at=now)
    assumption_change(assumption=read_before, state="holds", by=owner, at=now)
    known = states_known(noted._meta.label_lower, [noted.record_key], now)[noted.record_key]
    assert (known["remark"], known["state"]) == ("Asked the printer", "holds")


def _imported(portfolio: Portfolio, stated: model.Benefit, by: User, at: datetime) -> Benefit:
    alpha = Initiative.objects.get(portfolio=portfolio, code="ALPHA")
    told = model.Initiative(id="ALPHA", name=alpha.name, benefits=(stated,))
    rows = benefits_import(
        portfolio=portfolio, stated=[told], initiatives={"ALPHA": alpha}, objectives={}, by=by, at=at
    )
    return rows[(alpha.pk, stated.id)]


def test_an_import_links_the_people_whom_it_names(portfolio: Portfolio, ben: User, owner: User, now: datetime) -> None:
    stated = model.Benefit(
        id="B9", name="Fewer", kind=model.BenefitClass.CASHABLE, owner="BEN@example.org", measurer="Ben Benefit"
    )
    row = _imported(portfolio, stated, owner, now)
    assert (row.owner, row.owner_name, row.measurer) == (ben, "Ben Benefit", ben)


def test_an_import_guesses_nobody(portfolio: Portfolio, ben: User, owner: User, now: datetime) -> None:
    person("ben2@example.org", "Ben Benefit")
    stated = model.Benefit(
        id="B9", name="Fewer", kind=model.BenefitClass.CASHABLE, owner="Ben Benefit", sustainer="Unknown"
    )
    row = _imported(portfolio, stated, owner, now)
    assert (row.owner, row.owner_name, row.sustainer) == (None, "Ben Benefit", None)


def test_an_import_links_nobody_who_cannot_see_the_portfolio(
    portfolio: Portfolio, stranger: User, owner: User, now: datetime
) -> None:
    stated = model.Benefit(id="B9", name="Fewer", kind=model.BenefitClass.CASHABLE, owner="Stan Stranger")
    row = _imported(portfolio, stated, owner, now)
    assert (row.owner, row.owner_name) == (None, "Stan Stranger")


def test_an_import_opens_what_finance_vouched_for_and_works_out_where_benefits_stand(
    benefit: Benefit, portfolio: Portfolio, finance: User, owner: User, now: datetime
) -> None:
    benefit_validate(benefit=benefit, by=finance, at=now)
    told = model.Benefit(
        id="ALPHA-B",
        name="Less paper",
        kind=model.BenefitClass.CASHABLE,
        unit="letters",
        value_per_unit=2.0,
        observable="Empty trays",
    )
    before = AuditEntry.objects.count()
    row = _imported(portfolio, told, owner, now)
    assert (row.unit, row.validated_at, row.validated_by) == ("letters", None, None)
    assert stored(row) == row.state_values
    assert AuditEntry.objects.count() == before + 1
    assert Standing.objects.get(benefit=row).doam == 1


def test_an_import_is_refused_what_contradicts_itself(portfolio: Portfolio, owner: User, now: datetime) -> None:
    falling = model.Benefit(
        id="B9",
        name="Fewer",
        kind=model.BenefitClass.CASHABLE,
        direction=model.kinds.Direction.DECREASE,
        baseline=5.0,
        target=7.0,
    )
    problems = refused(lambda: _imported(portfolio, falling, owner, now))
    assert problems[""] == ["B9 Fewer: The measure should fall, so the target has to be below the baseline."]


def test_an_import_obeys_the_baseline(portfolio: Portfolio, baseline: Baseline, owner: User, now: datetime) -> None:
    stated = model.Benefit(
        id="ALPHA-B", name="Less paper", kind=model.BenefitClass.CASHABLE, unit="letters", target=7.0
    )
    with pytest.raises(CannotChange, match="decision 12 promises Unit"):
        _imported(portfolio, stated, owner, now)
    assert (baseline.benefit.unit, SavedView.objects.count()) == ("", 0)
