"""Files in and out of a portfolio: all or nothing, and the second time nothing."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from tests.web.conftest import person

from openvmo.engine import model
from openvmo.engine.quantities import Month
from openvmo.files import read_bytes, to_bytes
from openvmo_web.access.models import User
from openvmo_web.access.permissions import Refused
from openvmo_web.audit.models import AuditEntry
from openvmo_web.audit.queries import trail
from openvmo_web.benefits.models import Benefit, Measurement
from openvmo_web.exchange import actions
from openvmo_web.exchange.actions import (
    import_apply,
    import_confirm,
    import_discard,
    import_preview,
    portfolio_export,
)
from openvmo_web.exchange.models import Import
from openvmo_web.insight.analysis import portfolio_as_known
from openvmo_web.jobs.worker import Worker
from openvmo_web.portfolio.actions import initiative_change
from openvmo_web.portfolio.models import Initiative, Plan, Portfolio
from openvmo_web.realisation.actions import measurement_verify
from openvmo_web.strategy.models import Measure, Objective


@pytest.fixture(autouse=True)
def uploads(tmp_path: Path, settings: object) -> None:
    """Keep uploaded files in a folder of the test."""
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]


@pytest.fixture
def known(portfolio: Portfolio, now: datetime) -> model.Portfolio:
    """The standing portfolio as the engine takes it."""
    return portfolio_as_known(portfolio, now)


Upload = Callable[..., Import]


@pytest.fixture
def upload(portfolio: Portfolio, owner: User, now: datetime) -> Upload:
    """Takes a portfolio in as a file: ``upload(stated)``."""

    def take_in(
        stated: model.Portfolio, *, by: User = owner, into: Portfolio | None = portfolio, **given: str
    ) -> Import:
        content = to_bytes(stated, "json")
        return import_preview(content=content, file_name="plan.json", portfolio=into, by=by, at=now, **given)

    return take_in


def with_first(known: model.Portfolio, **fields: object) -> model.Portfolio:
    first, *rest = known.initiatives
    return replace(known, initiatives=(replace(first, **fields), *rest))  # type: ignore[arg-type]


def dearer(known: model.Portfolio) -> model.Portfolio:
    """The portfolio with a first initiative that takes three months more."""
    option = known.initiatives[0].options[0]
    return with_first(known, options=(replace(option, duration=option.duration + 3),))


def test_a_preview_changes_nothing(upload: Upload, known: model.Portfolio, portfolio: Portfolio, now: datetime) -> None:
    imported = upload(dearer(known))
    assert (imported.state, imported.format) == ("previewed", "json")
    assert imported.counts["plan"] == {"add": 0, "change": 1}
    assert imported.changes == [
        {
            "effect": "change",
            "record": "plan",
            "key": "ALPHA",
            "name": "Initiative ALPHA",
            "field": "plan · duration",
            "before": "12",
            "after": "15",
        }
    ]
    assert portfolio_as_known(portfolio, now) == known


def test_it_imports_what_it_showed(
    upload: Upload, known: model.Portfolio, portfolio: Portfolio, owner: User, now: datetime
) -> None:
    imported = import_apply(imported=upload(dearer(known)), by=owner, at=now)
    assert (imported.state, imported.applied_at) == ("applied", now)
    assert portfolio_as_known(portfolio, now) == dearer(known)
    assert list(Plan.objects.filter(initiative__code="ALPHA").values_list("number", "reason")) == [
        (1, "First plan"),
        (2, "Import of plan.json"),
    ]
    actions_of_it = list(AuditEntry.objects.filter(at=now).order_by("id").values_list("action", flat=True))
    assert actions_of_it[-3:] == ["plan.record", "exchange.records_import", "exchange.import_apply"]
    assert next(entry.action for entry in trail(owner, imported)) == "exchange.import_apply"


def test_the_second_time_nothing_would_change(
    upload: Upload, known: model.Portfolio, owner: User, now: datetime
) -> None:
    import_apply(imported=upload(dearer(known)), by=owner, at=now)
    rows = Plan.objects.count()
    again = upload(dearer(known))
    assert (again.changes, set(again.counts)) == ([], {"findings"})
    entries = AuditEntry.objects.exclude(action__startswith="exchange.").count()
    import_apply(imported=again, by=owner, at=now)
    assert (Plan.objects.count(), AuditEntry.objects.exclude(action__startswith="exchange.").count()) == (rows, entries)


def test_what_the_file_does_not_mention_is_left_alone(
    upload: Upload, known: model.Portfolio, portfolio: Portfolio, owner: User, now: datetime
) -> None:
    stated = replace(known, initiatives=known.initiatives[:1])
    imported = upload(stated)
    assert [one["key"] for one in imported.left_alone] == ["BETA", "GAMMA", "DELTA"]
    import_apply(imported=imported, by=owner, at=now)
    assert portfolio_as_known(portfolio, now) == known


def test_a_portfolio_that_changed_since_is_not_overwritten(
    upload: Upload, known: model.Portfolio, owner: User, now: datetime
) -> None:
    imported = upload(dearer(known))
    beta = initiative_change(initiative=Initiative.objects.get(code="BETA"), name="Changed meanwhile", by=owner, at=now)
    with pytest.raises(ValidationError, match="has changed since this file was looked at"):
        import_apply(imported=imported, by=owner, at=now)
    beta.refresh_from_db()
    assert (beta.name, Plan.objects.filter(number=2).count()) == ("Changed meanwhile", 0)


def test_a_new_portfolio_takes_name_and_address(
    upload: Upload, known: model.Portfolio, administrator: User, now: datetime
) -> None:
    imported = upload(known, by=administrator, into=None, name="Copy of the agency")
    assert (imported.slug, imported.base_digest) == ("copy-of-the-agency", "")
    imported = import_apply(imported=imported, by=administrator, at=now)
    assert imported.portfolio is not None
    assert portfolio_as_known(imported.portfolio, now) == replace(
        known, id="copy-of-the-agency", name="Copy of the agency"
    )


def test_an_address_that_is_taken_is_refused(upload: Upload, known: model.Portfolio, administrator: User) -> None:
    with pytest.raises(ValidationError, match="at this address already"):
        upload(known, by=administrator, into=None, slug="agency")
    assert Import.objects.count() == 0


def test_the_manager_of_one_portfolio_makes_no_other(upload: Upload, known: model.Portfolio) -> None:
    with pytest.raises(Refused, match="Add portfolios"):
        upload(known, into=None)
    assert Import.objects.count() == 0


def test_who_may_only_look_imports_nothing(upload: Upload, known: model.Portfolio, member: User, now: datetime) -> None:
    with pytest.raises(Refused, match="Import data"):
        upload(known, by=member)
    imported = upload(dearer(known))
    with pytest.raises(Refused):
        import_confirm(imported=imported, by=member, at=now)
    with pytest.raises(Refused):
        import_discard(imported=imported, by=member, at=now)
    assert Import.objects.get().state == "previewed"
    assert Plan.objects.filter(number=2).count() == 0


def test_objectives_need_the_right_to_change_the_strategy(
    upload: Upload, known: model.Portfolio, executive: User
) -> None:
    imported = upload(replace(known, objectives=(model.Objective(id="O", name="Sooner"),)))
    assert imported.state == "refused"
    assert [finding["code"] for finding in imported.findings if finding["severity"] == "error"] == ["import.strategy"]


def test_another_currency_is_refused(upload: Upload, known: model.Portfolio) -> None:
    imported = upload(replace(known, currency="EUR"))
    assert imported.state == "refused"
    assert imported.findings[0]["code"] == "import.currency"
    assert imported.findings[0]["problem"] == "The file is in EUR, the portfolio in GBP."


def test_a_text_that_does_not_fit_is_a_finding(upload: Upload, known: model.Portfolio) -> None:
    imported = upload(with_first(known, unit="x" * 201))
    assert imported.state == "refused"
    (finding,) = [finding for finding in imported.findings if finding["severity"] == "error"]
    assert (finding["code"], finding["sheet"], finding["column"]) == ("import.text_too_long", "Initiatives", "unit")


def test_what_contradicts_what_the_register_says_of_a_benefit_is_a_finding(
    upload: Upload, known: model.Portfolio
) -> None:
    objective = Objective.objects.create(code="O1", name="Quick answers")
    measure = Measure.objects.create(objective=objective, code="M1", name="Money saved")
    Benefit.objects.filter(code="ALPHA-B").update(strategic_measure=measure)
    (benefit,) = known.initiatives[0].benefits
    imported = upload(with_first(known, benefits=(replace(benefit, unit="letters", value_per_unit=2.0),)))
    assert imported.state == "refused"
    assert [(one["code"], one["sheet"], one["problem"]) for one in imported.findings if one["severity"] == "error"] == [
        (
            "import.benefit",
            "Benefits",
            "The strategic measure counts in money, the benefit in letters: they cannot be added up.",
        )
    ]


def test_a_file_that_is_none_is_refused_with_its_findings(portfolio: Portfolio, owner: User, now: datetime) -> None:
    imported = import_preview(content=b"\x00nothing", file_name="a.bin", portfolio=portfolio, by=owner, at=now)
    assert (imported.state, imported.changes) == ("refused", [])
    assert imported.findings[0]["remedy"]
    with pytest.raises(ValidationError, match="no longer open: Not importable"):
        import_confirm(imported=imported, by=owner, at=now)


def test_a_discarded_import_stays_so(upload: Upload, known: model.Portfolio, owner: User, now: datetime) -> None:
    imported = import_discard(imported=upload(dearer(known)), by=owner, at=now)
    with pytest.raises(ValidationError, match="no longer open: Discarded"):
        import_apply(imported=imported, by=owner, at=now)
    assert next(entry.action for entry in trail(owner, imported)) == "exchange.import_discard"


def test_the_database_keeps_what_became_of_a_file(
    upload: Upload, known: model.Portfolio, owner: User, now: datetime
) -> None:
    imported = import_discard(imported=upload(known), by=owner, at=now)
    with pytest.raises(IntegrityError, match="frozen"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE exchange_import SET state = 'previewed' WHERE id = %s", [imported.pk])


@pytest.mark.django_db(transaction=True)
def test_a_worker_reads_and_imports_what_is_large(
    upload: Upload,
    known: model.Portfolio,
    portfolio: Portfolio,
    owner: User,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(actions, "LARGEST_READ_AT_ONCE", 10)
    monkeypatch.setattr(actions, "MOST_CHANGES_AT_ONCE", 0)
    imported = upload(dearer(known))
    assert (imported.state, imported.job is not None) == ("reading", True)
    Worker().run_until_idle()
    imported.refresh_from_db()
    assert imported.state == "previewed"
    imported = import_confirm(imported=imported, by=owner, at=now)
    assert imported.state == "previewed"
    Worker().run_until_idle()
    imported.refresh_from_db()
    assert imported.state == "applied"
    assert Plan.objects.filter(initiative__portfolio=portfolio, number=2).count() == 1


def test_it_keeps_verification_while_the_figure_is_the_same(
    upload: Upload, known: model.Portfolio, portfolio: Portfolio, owner: User, now: datetime
) -> None:
    told = model.Measurement(benefit="ALPHA-B", month=Month(2026, 1), value=5.0, source="Ledger", is_verified=True)
    reported = with_first(known, measurements=(replace(told, is_verified=False),))
    import_apply(imported=upload(reported), by=owner, at=now)
    finance = person("fiona@example.org", "Fiona Finance", "finance", portfolio.pk)
    measurement_verify(measurement=Measurement.objects.get(), by=finance, at=now)
    later = now + timedelta(days=1)
    again = upload(with_first(known, measurements=(replace(told, is_verified=False),)))
    assert again.changes == []
    assert portfolio_as_known(portfolio, later).initiatives[0].measurements == (told,)


@pytest.mark.parametrize(
    ("format", "suffix"), [("json", ".json"), ("native_workbook", ".xlsx"), ("csv_folder", ".zip")]
)
def test_an_export_reads_back_the_same(
    portfolio: Portfolio, known: model.Portfolio, owner: User, now: datetime, format: str, suffix: str
) -> None:
    name, content, _media_type = portfolio_export(portfolio=portfolio, format=format, by=owner, at=now)
    assert name == f"agency{suffix}"
    assert read_bytes(content, name).portfolio == known
    entry = trail(owner, portfolio).first()
    assert entry is not None
    assert (entry.action, entry.changes["file"]) == ("exchange.export", [None, name])


def test_who_may_only_look_exports_nothing(portfolio: Portfolio, member: User, now: datetime) -> None:
    entries = AuditEntry.objects.count()
    with pytest.raises(Refused, match="Export the portfolio"):
        portfolio_export(portfolio=portfolio, format="json", by=member, at=now)
    assert AuditEntry.objects.count() == entries
