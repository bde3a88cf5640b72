"""The register as files: what a page shows, and the sheet of benefits that comes back after editing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpResponse

from openvmo.files.cells import to_cell
from openvmo.files.sheets import SHEET_BY_NAME, Column
from openvmo_web.benefits.analysis import benefit_record
from openvmo_web.benefits.checks import label_of_field
from openvmo_web.benefits.models import Benefit
from openvmo_web.benefits.register import Shows
from openvmo_web.benefits.tables import value_of
from openvmo_web.common.export import MEDIA_TYPES, ExportColumn, xlsx_bytes
from openvmo_web.common.fields import label_of
from openvmo_web.portfolio.models import Portfolio

FORMATS = ("csv", "xlsx")
SHEET = SHEET_BY_NAME["benefits"]


def register_export_columns(portfolio: Portfolio, columns: Sequence[Shows]) -> list[ExportColumn]:
    """Return the headings of the register as a file, money with its unit."""
    money = f"{portfolio.currency}, {portfolio.price_base} prices"
    first = [ExportColumn(label_of_field("code")), ExportColumn(label_of_field("name"))]
    return [*first, *(ExportColumn(str(one.label), money if one.kind == "money" else "") for one in columns)]


def register_export_row(benefit: Benefit, columns: Sequence[Shows]) -> list[Any]:
    """Return one benefit as a row of a file, in the order of the headings."""
    return [benefit.code, benefit.name, *(_plain(one, value_of(one, benefit)) for one in columns)]


def workbook_response(name: str, benefits: Iterable[Benefit]) -> HttpResponse:
    """Return all fields of benefits as the sheet Benefits of the native workbook: edited, it can be imported again."""
    headings = [ExportColumn(column.heading) for column in SHEET.all_columns]
    content = xlsx_bytes({SHEET.name: (headings, (_sheet_row(benefit) for benefit in benefits))})
    disposition = f'attachment; filename="{name}-editing.xlsx"'
    return HttpResponse(content, content_type=MEDIA_TYPES["xlsx"], headers={"Content-Disposition": disposition})


def _sheet_row(benefit: Benefit) -> list[Any]:
    record = benefit_record(benefit)
    return [benefit.initiative.code, *(_cell(record, column) for column in SHEET.columns)]


def _cell(record: Any, column: Column) -> Any:
    return to_cell(column.kind, getattr(record, column.field.name))


def _plain(shows: Shows, value: Any) -> Any:
    return value if shows.labels is None or value is None else label_of(shows.labels, value)
