"""What is written about files: taken in, imported, discarded, given out."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from openvmo.engine import model
from openvmo_web.access.models import User
from openvmo_web.access.permissions import may, require
from openvmo_web.audit.actions import record
from openvmo_web.benefits.actions import benefits_apply, benefits_import, plans_import
from openvmo_web.delivery.actions import actuals_import, milestones_import, statuses_import
from openvmo_web.exchange.analysis import (
    base_digest,
    benefit_findings,
    closed_findings,
    digest_of,
    document_of,
    early_findings,
    file_read,
    finding_row,
    has_own_ids,
    merge_findings,
    pool_findings,
    portfolio_file,
    portfolio_of,
    present_portfolio,
    verified_findings,
)
from openvmo_web.exchange.models import Import
from openvmo_web.exchange.register_sheet import FORMAT, SheetPreview, sheet_preview
from openvmo_web.exchange.rules import (
    address_for,
    as_stored,
    counts_of,
    differences,
    left_alone,
    merged,
    with_known_ids,
)
from openvmo_web.jobs import queue
from openvmo_web.maps.actions import pools_import
from openvmo_web.portfolio.actions import (
    budgets_import,
    correlations_import,
    dependencies_import,
    initiatives_import,
    portfolio_add,
    portfolio_import,
    programmes_import,
)
from openvmo_web.portfolio.changes import refreshed_once
from openvmo_web.portfolio.models import Portfolio
from openvmo_web.portfolio.rules import portfolio_values
from openvmo_web.realisation.actions import measurements_import
from openvmo_web.strategy.actions import objectives_import
from openvmo_web.strategy.queries import objectives_to_change

# A larger file, or one that changes more, is dealt with by a worker while the page shows how far it is.
LARGEST_READ_AT_ONCE = 1_000_000
MOST_CHANGES_AT_ONCE = 2_000
# The page shows so many differences and findings; the counts are always complete.
MOST_KEPT = 5_000


class CannotImport(ValidationError):
    """An import can no longer be dealt with: somebody has done so, or its portfolio has changed since."""


def import_preview(
    *,
    content: bytes,
    file_name: str,
    portfolio: Portfolio | None = None,
    name: str = "",
    slug: str = "",
    format: str = "",
    by: User,
    at: datetime,
) -> Import:
    """Take a file in and find out what it would change: at once, or for a large file by a worker.

    The arguments are those of ``import_take_in``.
    """
    with transaction.atomic():
        imported = import_take_in(
            content=content,
            file_name=file_name,
            portfolio=portfolio,
            name=name,
            slug=slug,
            format=format,
            by=by,
            at=at,
        )
        if len(content) > LARGEST_READ_AT_ONCE:
            _queue(imported, "exchange.read", by)
        else:
            import_read(imported=imported, by=by, at=at)
    return imported


def import_take_in(
    *,
    content: bytes,
    file_name: str,
    portfolio: Portfolio | None = None,
    name: str = "",
    slug: str = "",
    format: str = "",
    by: User,
    at: datetime,
) -> Import:
    """Keep an uploaded file; nothing of the portfolio is touched.

    Args:
        content: The whole file.
        file_name: Its name.
        portfolio: The portfolio that it goes into; None for a new one.
        name: Name of the new portfolio; empty takes that of the file.
        slug: Address of the new portfolio; empty makes one from its name.
        format: ``register_sheet.FORMAT`` for a sheet of the portfolio's benefits; empty recognises the format.
        by: Who uploads it.
        at: When.

    Raises:
        ValidationError: the address of the new portfolio is taken, or a sheet of benefits has no portfolio.
    """
    if format == FORMAT and portfolio is None:
        raise ValidationError({"portfolio": _("A sheet of benefits goes into the register of a portfolio: name it.")})
    _require_target(by, portfolio, format)
    if slug and portfolio is None and Portfolio.objects.filter(slug=slug).exists():
        taken = _("There is a portfolio at this address already: import into it, or choose another one.")
        raise ValidationError({"slug": taken})
    imported = Import(
        portfolio=portfolio,
        name=portfolio.name if portfolio else name,
        slug=portfolio.slug if portfolio else slug,
        file_name=file_name[:255],
        file_digest=hashlib.sha256(content).hexdigest(),
        format=format,
        uploaded_by=by,
        uploaded_at=at,
    )
    with transaction.atomic():
        imported.file.save(f"{imported.file_digest[:16]}.bin", ContentFile(content), save=False)
        imported.save()
        _record(imported, "exchange.import_preview", by, at)
    return imported


def import_read(*, imported: Import, by: User, at: datetime, fence: Callable[[], None] | None = None) -> Import:
    """Read the file of an import and keep what was found in it and what it would change.

    Args:
        imported: The import, not read yet.
        by: Who asked for it.
        at: When.
        fence: Called first in the transaction that keeps the result; a task passes its own.
    """
    _require_target(by, imported.portfolio, imported.format)
    findings = _sheet_read(imported) if imported.format == FORMAT else _file_read(imported, by, at)
    is_refused = any(finding.severity is model.Severity.ERROR for finding in findings)
    imported.findings = [finding_row(finding) for finding in _gravest(findings)]
    imported.counts |= {"findings": {str(severity): _number(findings, severity) for severity in model.Severity}}
    imported.state = "refused" if is_refused else "previewed"
    with transaction.atomic():
        if fence:
            fence()
        imported.save()
        _record(imported, "exchange.import_read", by, at)
    return imported


def import_confirm(*, imported: Import, by: User, at: datetime) -> Import:
    """Import a previewed file: at once, or by a worker when it changes much."""
    _check_open(imported)
    _require_target(by, imported.portfolio, imported.format)
    if _size(imported) <= MOST_CHANGES_AT_ONCE:
        return import_apply(imported=imported, by=by, at=at)
    with transaction.atomic():
        _queue(imported, "exchange.apply", by)
    return imported


def import_apply(*, imported: Import, by: User, at: datetime, fence: Callable[[], None] | None = None) -> Import:
    """Write everything that a previewed file says, or nothing at all.

    Raises:
        CannotImport: the import was dealt with already, or the portfolio has changed since the preview.
        Refused: the person may not import here, or may not make one of the changes.
    """
    gesture = uuid4()
    with transaction.atomic():
        if fence:
            fence()
        imported = Import.objects.select_for_update(of=("self",)).select_related("portfolio").get(pk=imported.pk)
        _check_open(imported)
        _require_target(by, imported.portfolio, imported.format)
        if imported.format == FORMAT:
            _sheet_apply(imported, by, at, gesture)
        else:
            _file_apply(imported, by, at, gesture)
        imported.state, imported.applied_at = "applied", at
        imported.save()
        _record(imported, "exchange.import_apply", by, at, gesture)
    return imported


def import_discard(*, imported: Import, by: User, at: datetime) -> Import:
    """Put a previewed file aside for good; nothing of it was imported."""
    _require_target(by, imported.portfolio, imported.format)
    with transaction.atomic():
        imported = Import.objects.select_for_update(of=("self",)).select_related("portfolio").get(pk=imported.pk)
        _check_open(imported)
        imported.state = "discarded"
        imported.save(update_fields=["state"])
        _record(imported, "exchange.import_discard", by, at)
    return imported


def records_import(
    *,
    portfolio: Portfolio,
    stated: model.Portfolio,
    reason: str,
    by: User,
    at: datetime,
    gesture: UUID | None = None,
    is_new: bool = False,
) -> None:
    """Bring everything that a portfolio of records says into the rows, from what others point at to what points.

    Nothing is taken away: what the rows hold and the records do not is left alone.

    Args:
        portfolio: The portfolio that it goes into.
        stated: The records.
        reason: Why plans change, kept with their new versions.
        by: Who does it.
        at: When.
        gesture: Shared by all audit entries.
        is_new: Whether the portfolio comes into being with the records: it takes over what they say was verified.
    """
    require(by, "portfolio.import", portfolio_id=portfolio.pk)
    who: dict[str, Any] = {"by": by, "at": at, "gesture": gesture}
    with transaction.atomic(), refreshed_once(at):
        objectives = objectives_import(objectives=stated.objectives, **who)
        portfolio_import(portfolio=portfolio, stated=stated, objectives=objectives, **who)
        served = {row.code: row for row in portfolio.objectives.all()}
        programmes = programmes_import(portfolio=portfolio, programmes=stated.programmes, **who)
        initiatives = initiatives_import(
            portfolio=portfolio, initiatives=stated.initiatives, programmes=programmes, **who
        )
        within: dict[str, Any] = {
            "portfolio": portfolio,
            "stated": stated.initiatives,
            "initiatives": initiatives,
            **who,
        }
        benefits = benefits_import(objectives=served, **within)
        plans_import(benefits=benefits, reason=reason, **within)
        measurements_import(benefits=benefits, is_new=is_new, **within)
        milestones_import(**within)
        statuses_import(**within)
        actuals_import(**within)
        dependencies_import(portfolio=portfolio, dependencies=stated.dependencies, initiatives=initiatives, **who)
        correlations_import(portfolio=portfolio, correlations=stated.correlations, initiatives=initiatives, **who)
        pools_import(portfolio=portfolio, stated=stated, initiatives=initiatives, benefits=benefits, **who)
        budgets_import(portfolio=portfolio, budgets=stated.budgets, **who)
        record(action="exchange.records_import", on=portfolio, portfolio_id=portfolio.pk, note=reason, **who)


def portfolio_export(*, portfolio: Portfolio, format: str, by: User, at: datetime) -> tuple[str, bytes, str]:
    """Give a whole portfolio out as a file; return its name, its content and its media type.

    Args:
        portfolio: The portfolio.
        format: The name of a format that can be written; another one raises ``KeyError``.
        by: Who asks for it.
        at: When.
    """
    require(by, "portfolio.export", portfolio_id=portfolio.pk)
    exported = portfolio_file(portfolio, format, at)
    changes = {"file": (None, exported[0]), "sha256": (None, hashlib.sha256(exported[1]).hexdigest())}
    record(by=by, at=at, action="exchange.export", on=portfolio, portfolio_id=portfolio.pk, changes=changes)
    return exported


def _file_read(imported: Import, by: User, at: datetime) -> list[model.Finding]:
    """Read a file that states a portfolio, and fill in what it would change."""
    reading = file_read(_content_of(imported), imported.file_name)
    imported.format = reading.format
    found = [] if reading.portfolio is None else _preview(imported, reading.portfolio, by, at)
    return [*reading.findings, *found]


def _file_apply(imported: Import, by: User, at: datetime, gesture: UUID) -> None:
    if base_digest(imported.portfolio, at) != imported.base_digest:
        raise _changed_since()
    stated = portfolio_of(imported.document)
    portfolio = imported.portfolio or _new_portfolio(imported, stated, by, at, gesture)
    reason = _("Import of %(file)s") % {"file": imported.file_name}
    is_new = imported.portfolio is None
    records_import(portfolio=portfolio, stated=stated, reason=reason, by=by, at=at, gesture=gesture, is_new=is_new)
    imported.portfolio, imported.slug, imported.name = portfolio, portfolio.slug, portfolio.name


def _sheet_read(imported: Import) -> list[model.Finding]:
    """Read a sheet of benefits, and fill in what it would change."""
    preview = _sheet_preview(imported)
    imported.changes = [change.as_dict() for change in preview.changes[:MOST_KEPT]]
    imported.counts = counts_of(preview.changes)
    imported.base_digest = preview.digest
    return list(preview.findings)


def _sheet_apply(imported: Import, by: User, at: datetime, gesture: UUID) -> None:
    """Write what the sheet says if it still says the same: it is read once more, beside the register of now."""
    preview = _sheet_preview(imported)
    if preview.is_refused or preview.digest != imported.base_digest:
        raise _changed_since()
    assert imported.portfolio is not None  # noqa: S101 - a sheet is of a portfolio's register
    benefits_apply(portfolio=imported.portfolio, wanted=preview.wanted, by=by, at=at, gesture=gesture)


def _sheet_preview(imported: Import) -> SheetPreview:
    assert imported.portfolio is not None  # noqa: S101 - a sheet is of a portfolio's register
    return sheet_preview(imported.portfolio, _content_of(imported), imported.file_name)


def _content_of(imported: Import) -> bytes:
    with imported.file.open("rb") as file:
        content: bytes = file.read()
    return content


def _changed_since() -> CannotImport:
    return CannotImport(
        _("The portfolio has changed since this file was looked at. Nothing was imported: upload it again.")
    )


def _preview(imported: Import, stated: model.Portfolio, by: User, at: datetime) -> list[model.Finding]:
    """Fill in what the file would change; return what was found on comparing it with the portfolio."""
    if imported.portfolio is None:
        stated = replace(stated, name=imported.name or stated.name)
        imported.name = stated.name
        imported.slug = imported.slug or address_for(
            stated.name, lambda slug: Portfolio.objects.filter(slug=slug).exists()
        )
    else:
        # The name of a portfolio is the organisation's own; a file does not rename it.
        stated = replace(stated, name=imported.portfolio.name)
    present = present_portfolio(imported.portfolio, stated, at)
    found_by_name: list[model.Finding] = []
    if not has_own_ids(imported.format):
        stated, matched = with_known_ids(present, stated)
        found_by_name = _name_findings(matched)
    after = merged(present, stated)
    changes = list(differences(present, after))
    imported.document = document_of(as_stored(stated))
    imported.base_digest = digest_of(present) if imported.portfolio else ""
    imported.changes = [change.as_dict() for change in changes[:MOST_KEPT]]
    imported.counts = counts_of(changes)
    imported.left_alone = left_alone(present, stated)
    return [
        *found_by_name,
        *merge_findings(present, stated, after),
        *benefit_findings(imported.portfolio, stated),
        *pool_findings(imported.portfolio, stated),
        *closed_findings(imported.portfolio, present, stated),
        *early_findings(present, stated, at),
        *verified_findings(imported.portfolio, present, as_stored(stated), by),
        *_strategy_findings(stated, by),
    ]


def _name_findings(matched: int) -> list[model.Finding]:
    if not matched:
        return []
    problem = ngettext(
        "%(count)d initiative was found by its name and keeps the id that the portfolio uses.",
        "%(count)d initiatives were found by their names and keep the ids that the portfolio uses.",
        matched,
    ) % {"count": matched}
    remedy = _("Look through the changes before you confirm: the same name is taken to mean the same work.")
    return [model.Finding(model.Severity.NOTE, "import.same_name", problem, remedy, sheet="Initiatives")]


def _strategy_findings(stated: model.Portfolio, by: User) -> list[model.Finding]:
    if may(by, "strategy.change") or not objectives_to_change(stated.objectives):
        return []
    problem = _(
        "The file changes objectives, which belong to the whole organisation, and you may not change the strategy."
    )
    remedy = _("Ask somebody who may to import it, or remove the sheet of objectives from the file.")
    return [model.Finding(model.Severity.ERROR, "import.strategy", problem, remedy, sheet="Objectives")]


def _new_portfolio(imported: Import, stated: model.Portfolio, by: User, at: datetime, gesture: Any) -> Portfolio:
    return portfolio_add(slug=imported.slug, **portfolio_values(stated), by=by, at=at, gesture=gesture)


def _require_target(by: User, portfolio: Portfolio | None, format: str) -> None:
    """A sheet of benefits changes the register and nothing else: it asks for the right to do that."""
    if portfolio is None:
        require(by, "portfolio.add")
    elif format == FORMAT:
        require(by, "benefit.change", portfolio_id=portfolio.pk)
    else:
        require(by, "portfolio.import", portfolio_id=portfolio.pk)


def _check_open(imported: Import) -> None:
    if imported.state != "previewed":
        state = imported.get_state_display()
        raise CannotImport(_("This import is no longer open: %(state)s. Upload the file again.") % {"state": state})


def _queue(imported: Import, task: str, by: User) -> None:
    portfolio_id = imported.portfolio.pk if imported.portfolio else None
    imported.job = queue.enqueue(task, arguments={"imported": imported.pk}, by=by, portfolio_id=portfolio_id)
    imported.save(update_fields=["job"])


def _record(imported: Import, action: str, by: User, at: datetime, gesture: Any = None) -> None:
    portfolio = imported.portfolio
    counted = {name: effects for name, effects in imported.counts.items() if name != "findings"}
    changes = {name: (None, sum(effects.values())) for name, effects in counted.items()}
    portfolio_id = portfolio.pk if portfolio else None
    record(by=by, at=at, action=action, on=imported, portfolio_id=portfolio_id, changes=changes, gesture=gesture)


def _size(imported: Import) -> int:
    return sum(sum(effects.values()) for name, effects in imported.counts.items() if name != "findings")


def _gravest(findings: list[model.Finding]) -> list[model.Finding]:
    """The findings that are kept: errors first, each once, in the order of the file."""
    order = {severity: number for number, severity in enumerate(model.Severity)}
    return sorted(dict.fromkeys(findings), key=lambda finding: order[finding.severity])[:MOST_KEPT]


def _number(findings: list[model.Finding], severity: model.Severity) -> int:
    return sum(finding.severity is severity for finding in dict.fromkeys(findings))
