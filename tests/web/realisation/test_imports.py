"""Files of whole portfolios meet closed months, months to come, and the rule that nobody verifies his own figure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from tests.web.conftest import person

from openvmo.engine import model
from openvmo.engine.quantities import Month
from openvmo.files import to_bytes
from openvmo_web.access.models import Assignment, User
from openvmo_web.access.permissions import Refused
from openvmo_web.benefits.models import Benefit, Measurement
from openvmo_web.exchange.actions import import_apply, import_preview, portfolio_export, records_import
from openvmo_web.exchange.models import Import
from openvmo_web.insight.analysis import portfolio_as_known
from openvmo_web.portfolio.models import Portfolio
from openvmo_web.realisation.actions import measurement_record, period_close
from openvmo_web.realisation.refusals import CannotReport

JANUARY = model.Measurement(benefit="ALPHA-B", month=Month(2026, 1), value=90.0, source="Ledger", is_verified=True)


def stating(portfolio: Portfolio, at: datetime, *told: model.Measurement) -> model.Portfolio:
    """The portfolio as it stands, with other measurements of its first initiative."""
    known = portfolio_as_known(portfolio, at)
    first, *rest = known.initiatives
    return replace(known, initiatives=(replace(first, measurements=told), *rest))


def taken_in(stated: model.Portfolio, portfolio: Portfolio, *, by: User, at: datetime) -> Import:
    content = to_bytes(stated, "json")
    return import_preview(content=content, file_name="p.json", portfolio=portfolio, by=by, at=at)


def manager_who_verifies(portfolio: Portfolio) -> User:
    user = person("vera@example.org", "Vera Verifier", "portfolio_manager", portfolio.pk)
    Assignment.objects.create(user=user, role="finance", portfolio_id=portfolio.pk, granted_at=user.joined_at)
    return user


def errors_of(imported: Import) -> list[tuple[str, str, str]]:
    return [(one["code"], one["column"], one["value"]) for one in imported.findings if one["severity"] == "error"]


def test_a_file_that_changes_a_closed_month_is_refused_with_its_place(
    benefit: Benefit, portfolio: Portfolio, owner: User, measurer: User, finance: User, now: datetime
) -> None:
    measurement_record(benefit=benefit, month=Month(2026, 1), value=90, by=measurer, at=now)
    period_close(portfolio=portfolio, until=Month(2026, 1), by=finance, at=now)
    later = now + timedelta(hours=1)
    _name, content, _type = portfolio_export(portfolio=portfolio, format="json", by=owner, at=later)
    same = import_preview(content=content, file_name="p.json", portfolio=portfolio, by=owner, at=later)
    assert [one["code"] for one in same.findings if one["severity"] == "error"] == []
    changed = content.replace(b'"value":90.0', b'"value":91.0').replace(b'"value": 90.0', b'"value": 91.0')
    assert changed != content
    refused = import_preview(content=changed, file_name="p.json", portfolio=portfolio, by=owner, at=later)
    errors = [(one["code"], one["sheet"], one["value"]) for one in refused.findings if one["severity"] == "error"]
    assert (refused.state, errors) == (
        "refused",
        [("import.closed_month", "Measurements", "ALPHA ALPHA-B 2026-01: 91")],
    )
    assert Measurement.objects.count() == 1


def test_nobody_verifies_ones_own_figure_by_a_file(
    benefit: Benefit, portfolio: Portfolio, owner: User, now: datetime
) -> None:
    stated = stating(portfolio, now, JANUARY)
    refused = import_preview(
        content=to_bytes(stated, "json"), file_name="p.json", portfolio=portfolio, by=owner, at=now
    )
    told = [("import.self_verified", "is_verified", "ALPHA ALPHA-B 2026-01: 90")]
    assert (refused.state, errors_of(refused)) == ("refused", told)
    with pytest.raises(Refused, match="Verify measurements"):
        records_import(portfolio=portfolio, stated=stated, reason="", by=owner, at=now)
    both = manager_who_verifies(portfolio)
    with pytest.raises(ValidationError, match="another person has to verify it"):
        records_import(portfolio=portfolio, stated=stated, reason="", by=both, at=now)
    assert Measurement.objects.count() == 0


def test_a_file_verifies_what_another_person_reported(
    benefit: Benefit, portfolio: Portfolio, owner: User, measurer: User, now: datetime
) -> None:
    measurement_record(benefit=benefit, month=Month(2026, 1), value=90, source="Ledger", by=measurer, at=now)
    stated = stating(portfolio, now, JANUARY)
    assert errors_of(taken_in(stated, portfolio, by=owner, at=now)) != []
    both = manager_who_verifies(portfolio)
    imported = taken_in(stated, portfolio, by=both, at=now)
    assert errors_of(imported) == []
    import_apply(imported=imported, by=both, at=now)
    row = Measurement.objects.get(superseded_by=None)
    assert (row.value, row.is_verified, row.reported_by, row.recorded_by) == (Decimal(90), True, measurer, both)
    # The same file says nothing new to whoever may not verify.
    assert errors_of(taken_in(stated, portfolio, by=owner, at=now)) == []


def test_a_new_portfolio_takes_over_what_was_verified(benefit: Benefit, portfolio: Portfolio, now: datetime) -> None:
    founder = person("greta@example.org", "Greta Founder", "portfolio_manager")
    content = to_bytes(stating(portfolio, now, JANUARY), "json")
    imported = import_preview(content=content, file_name="p.json", name="Copy", by=founder, at=now)
    assert [one["code"] for one in imported.findings if one["sheet"] == "Measurements"] == ["import.verified"]
    import_apply(imported=imported, by=founder, at=now)
    assert Measurement.objects.get().is_verified


def test_a_month_that_has_not_begun_is_refused_with_its_place(
    benefit: Benefit, portfolio: Portfolio, owner: User, now: datetime
) -> None:
    stated = stating(portfolio, now, replace(JANUARY, month=Month(2026, 4), is_verified=False))
    refused = import_preview(
        content=to_bytes(stated, "json"), file_name="p.json", portfolio=portfolio, by=owner, at=now
    )
    told = [("import.future_month", "month", "ALPHA ALPHA-B 2026-04: 90")]
    assert (refused.state, errors_of(refused)) == ("refused", told)
    with pytest.raises(CannotReport, match="April 2026 has not begun yet"):
        records_import(portfolio=portfolio, stated=stated, reason="", by=owner, at=now)
    assert Measurement.objects.count() == 0
