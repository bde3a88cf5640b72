"""Files of whole portfolios meet closed months."""

from __future__ import annotations

from datetime import datetime, timedelta

from openvmo.engine.quantities import Month
from openvmo_web.access.models import User
from openvmo_web.benefits.models import Benefit, Measurement
from openvmo_web.exchange.actions import import_preview, portfolio_export
from openvmo_web.portfolio.models import Portfolio
from openvmo_web.realisation.actions import measurement_record, period_close


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
