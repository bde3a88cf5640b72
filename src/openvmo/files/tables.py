"""A portfolio as tables, one a sheet, and tables as a portfolio; what the workbook and the CSV folder share."""

from __future__ import annotations

import collections
import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from openvmo.engine.model import Finding, Portfolio, PortfolioError
from openvmo.engine.quantities import Estimate
from openvmo.files.cells import Cell, CellError, read_column, to_cell
from openvmo.files.currencies import foreign_currency
from openvmo.files.estimates import ESTIMATE_PARTS, estimate_of_parts, stated_part
from openvmo.files.reading import FindingMaker, Reading, finding_error, finding_note, finding_warning
from openvmo.files.schema import WRITTEN_AS_TEXT, Field, FieldKind
from openvmo.files.sheets import SHEET_BY_NAME, SHEETS, Column, Sheet, children_of, key_of, normalised

Key = tuple[str, ...]

# Control characters that no workbook can hold, lone surrogates, and the two code points that XML excludes.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
LONGEST_TEXT = 32_767  # characters in one cell of a workbook
_MOST_FINDINGS = 1_000  # of one kind in one column; the rest is counted


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet or CSV file as it was found.

    Args:
        name: its name in the file.
        rows: its rows from row 1, all of the same width.
    """

    name: str
    rows: Sequence[Sequence[Cell]]


def rows_of(portfolio: Portfolio, sheet: Sheet) -> Iterator[tuple[str | float | int | None, ...]]:
    """The rows under the headings of a sheet, in the portfolio's order."""
    for key, record in _records_of(portfolio, sheet):
        yield key + tuple(_cell_of(record, column) for column in sheet.columns)


def unwritable(portfolio: Portfolio) -> tuple[Finding, ...]:
    """Why sheets cannot state this portfolio exactly; empty when they can.

    Rows are told apart by their ids and those of the records above, so ids must be there and be unique.
    """
    return tuple(finding for sheet in SHEETS for finding in _unwritable_in(portfolio, sheet))


def portfolio_from_tables(tables: Iterable[Table], file: str, format_name: str) -> Reading:
    """The portfolio that tables state, with every problem as a finding located by sheet, row and column."""
    findings: list[Finding] = []
    found = _tables_by_sheet(tables, file, findings)
    if "Portfolio" not in found:
        problem, remedy = "The sheet Portfolio is missing.", "Add it; the template shows its columns."
        findings.append(finding_error("sheet.missing", problem, remedy, file=file, sheet="Portfolio"))
    currency = _currency_in(found.get("Portfolio"), file)
    bodies = {sheet.name: _Body.read(sheet, found.get(sheet.name), file, currency) for sheet in SHEETS}
    for body in bodies.values():
        findings.extend(body.findings)
    for sheet in SHEETS:
        findings.extend(_orphans(bodies, sheet))
    findings.extend(_count_findings(bodies["Portfolio"], found.get("Portfolio")))
    if any(finding.severity == "error" for finding in findings):
        return Reading(None, tuple(findings), format_name)
    portfolio, problems = _built(bodies)
    return Reading(portfolio, (*findings, *problems), format_name, _RowFinder(bodies))


@dataclass(frozen=True, slots=True)
class StatedRow:
    """A row of one sheet.

    Args:
        number: its row in the file.
        key: the ids of the records above, outermost first.
        values: what its columns state, by field; fields without a column are left out.
    """

    number: int
    key: Key
    values: Mapping[str, Any]


def rows_from_tables(tables: Iterable[Table], sheet: Sheet, file: str) -> tuple[list[StatedRow], list[Finding]]:
    """The rows of one sheet by itself, without the records above them, and every problem as a finding.

    Rows are given only when no error stands in the findings.
    """
    findings: list[Finding] = []
    found = _tables_by_sheet(tables, file, findings)
    if sheet.name not in found:
        problem, remedy = f"The sheet {sheet.name} is missing.", "Add it, or correct the name of the sheet."
        return [], [*findings, finding_error("sheet.missing", problem, remedy, file=file, sheet=sheet.name)]
    body = _Body.read(sheet, found[sheet.name], file)
    findings.extend(body.findings)
    if _has_ids(sheet) and body.values:
        findings.extend(_repeated_rows(body))
    if any(finding.severity == "error" for finding in findings):
        return [], findings
    names = tuple(body.values)
    columns = zip(body.rows, body.keys, zip(*body.values.values(), strict=True), strict=True)
    return [StatedRow(row, key, dict(zip(names, values, strict=True))) for row, key, values in columns], findings


def _records_of(portfolio: Portfolio, sheet: Sheet) -> Iterator[tuple[Key, Any]]:
    """The records of a sheet, each with the key of the record above it."""
    if sheet.holder is None:
        yield (), portfolio
        return
    for key, holder in _records_of(portfolio, sheet.holder):
        own = () if sheet.holder.record is Portfolio else (*key, key_of(holder))
        for record in getattr(holder, sheet.held_in):
            yield own, record


def _cell_of(record: Any, column: Column) -> str | float | int | None:
    value = getattr(record, column.field.name)
    if column.part and value is not None:
        value = stated_part(value, column.part)
    return to_cell(column.kind, value)


def _unwritable_in(portfolio: Portfolio, sheet: Sheet) -> Iterator[Finding]:
    texts = [(index, column) for index, column in enumerate(sheet.all_columns) if column.kind in WRITTEN_AS_TEXT]
    for number, row in enumerate(rows_of(portfolio, sheet), start=2):
        for index, column in texts:
            problem = _unwritable_text(str(row[index] or ""), column)
            if problem is not None:
                yield finding_error(
                    "text.unwritable",
                    *problem,
                    sheet=sheet.name,
                    row=number,
                    column=column.heading,
                    value=repr(row[index])[:80],
                )
    if _has_ids(sheet):
        yield from _repeated(sheet, _records_of(portfolio, sheet))


def _has_ids(sheet: Sheet) -> bool:
    """Whether rows of the sheet are told apart by an id under the record above."""
    return sheet.holder is not None and any(stated.name == "id" for stated in sheet.plain_fields)


def _unwritable_text(text: str, column: Column) -> tuple[str, str] | None:
    """Problem and remedy for a text that a cell cannot hold, or None."""
    if not text and column.is_required:
        return "A required text is empty.", "Give it a text."
    if not text and column.field.default and not column.part:
        return "An empty text would be read back as its default.", "Give it a text."
    if _UNWRITABLE.search(text):
        return "The text holds control characters that a cell cannot hold.", "Remove them."
    if len(text) > LONGEST_TEXT:
        return f"The text has more than {LONGEST_TEXT} characters.", "Shorten it, or use the JSON format."
    return None


def _repeated(sheet: Sheet, records: Iterable[tuple[Key, Any]]) -> Iterator[Finding]:
    counts = collections.Counter((*key, key_of(record)) for key, record in records)
    for key, count in counts.items():
        if count > 1:
            problem = f"{count} records share this id, so their rows could not be told apart."
            yield finding_error(
                "id.repeated", problem, "Give each its own id.", sheet=sheet.name, value=" / ".join(key)
            )


def _tables_by_sheet(tables: Iterable[Table], file: str, findings: list[Finding]) -> dict[str, Table]:
    found: dict[str, Table] = {}
    for table in tables:
        sheet = SHEET_BY_NAME.get(normalised(table.name))
        if sheet is None:
            problem, remedy = "This sheet is not known and was not read.", "Remove it, or correct its name."
            findings.append(finding_warning("sheet.unknown", problem, remedy, file=file, sheet=table.name))
        elif sheet.name in found:
            problem, remedy = f"There are two sheets for {sheet.name}.", "Move the rows into one of them."
            findings.append(finding_error("sheet.repeated", problem, remedy, file=file, sheet=table.name))
        else:
            found[sheet.name] = table
    return found


@dataclass(slots=True)
class _Body:
    """The rows of one sheet after reading: values by field, the key of the record above, and the row numbers."""

    sheet: Sheet
    file: str
    rows: Sequence[int] = ()
    keys: Sequence[Key] = ()
    values: dict[str, Sequence[Any]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    currency: str = ""

    @classmethod
    def read(cls, sheet: Sheet, table: Table | None, file: str, currency: str = "") -> _Body:
        """The body of a table; an absent or empty table has no rows.

        Args:
            sheet: the kind of sheet.
            table: the table as it was found.
            file: name of the file.
            currency: the currency that its amounts must have; "" when it is not known.
        """
        body = cls(sheet, file, currency=currency)
        filled = [] if table is None else [index for index, row in enumerate(table.rows) if _is_filled(row)]
        if table is None or not filled:
            return body
        places = body._places(table.rows[filled[0]], filled[0] + 1)
        body.rows = [index + 1 for index in filled[1:]]
        if body.rows and not body.findings_stop():
            rows = table.rows if len(filled) == len(table.rows) else [table.rows[index] for index in filled]
            columns = list(zip(*rows, strict=True))
            body._fill({column: columns[place][1:] for column, place in places.items()})
        return body

    def findings_stop(self) -> bool:
        """Whether an error stands among the findings."""
        return any(finding.severity == "error" for finding in self.findings)

    def identities(self) -> list[Key]:
        """The key of each record for the records nested in it."""
        if self.sheet.holder is None:
            return [()] * len(self.rows)
        return [(*key, str(own)) for key, own in zip(self.keys, self.values["id"], strict=True)]

    def _places(self, headings: Sequence[Cell], row: int) -> dict[Column, int]:
        """The position of each known column."""
        known = {normalised(column.field.name): column for column in self.sheet.columns if column.part == "likely"}
        known |= {normalised(column.heading): column for column in self.sheet.all_columns}
        places: dict[Column, int] = {}
        for position, heading in enumerate(headings):
            column = known.get(normalised(heading))
            if column in places:
                trouble = CellError("column.repeated", "This heading stands twice.", "Keep one of the two columns.")
                self._report_heading(finding_error, trouble, row, heading)
            elif column is not None:
                places[column] = position
            elif heading not in ("", None):
                problem = "This column is not known and was not read."
                trouble = CellError("column.unknown", problem, self._suggestion(str(heading)))
                self._report_heading(finding_warning, trouble, row, heading)
        for column in self.sheet.all_columns:
            if column.is_required and column not in places and self._is_needed(column, places):
                remedy = f"Add the column {column.heading}: {column.about}"
                trouble = CellError("column.missing", "A required column is missing.", remedy)
                self._report_heading(finding_error, trouble, row, column.heading)
        return places

    def _is_needed(self, column: Column, places: Mapping[Column, int]) -> bool:
        """Whether a missing column matters; the likely one does for an optional estimate that has a low or high."""
        return column.field.is_required or any(place.field is column.field for place in places)

    def _suggestion(self, heading: str) -> str:
        headings = [column.heading for column in self.sheet.all_columns]
        close = difflib.get_close_matches(heading.casefold(), headings, n=1)
        wanted = f"Did you mean {close[0]}?" if close else "Correct the heading."
        return f"{wanted} Otherwise it may stay."

    def _report_heading(self, make: FindingMaker, trouble: CellError, row: int, heading: Cell) -> None:
        place = {"file": self.file, "sheet": self.sheet.name, "row": row, "column": str(heading)}
        self.findings.append(make(trouble.code, trouble.problem, trouble.remedy, **place))

    def _fill(self, cells: Mapping[Column, Sequence[Cell]]) -> None:
        read = {column: self._read(column, of_column) for column, of_column in cells.items()}
        names = [read[column] for column in self.sheet.keys]
        self.keys = list(zip(*names, strict=True)) if names else [()] * len(self.rows)
        for stated in self.sheet.plain_fields:
            columns = {
                column.part: read[column] for column in self.sheet.columns if column.field is stated and column in read
            }
            if stated.kind is FieldKind.ESTIMATE and columns:
                self.values[stated.name] = self._estimates(stated, columns)
            elif columns:
                self.values[stated.name] = columns[""]

    def _read(self, column: Column, cells: Sequence[Cell]) -> Sequence[Any]:
        found = read_column(column, cells)
        if column.kind is FieldKind.NUMBER and self.currency:
            self._refuse_foreign(column, cells)
        for index, error in found.errors[:_MOST_FINDINGS]:
            self._report(error, index, column.heading, cells[index])
        if len(found.errors) > _MOST_FINDINGS:
            problem = f"{len(found.errors) - _MOST_FINDINGS} more cells of this column cannot be read."
            trouble = CellError("cell.more", problem, "Correct them in the same way as those named before.")
            self._report(trouble, None, column.heading, "")
        if found.adjusted is not None:
            index, cell, value = found.adjusted
            count = found.adjusted_count
            problem = f"{count} cell(s) of this column are written with signs; the first was read as {value!r}."
            trouble = CellError("cell.adjusted", problem, "Check that this is what was meant.")
            self.findings.append(self.finding(finding_note, trouble, index, column.heading, cell))
        return found.values

    def _refuse_foreign(self, column: Column, cells: Sequence[Cell]) -> None:
        """Report amounts that are written in another currency than the portfolio's."""
        for index, cell in enumerate(cells):
            other = foreign_currency(cell, self.currency) if isinstance(cell, str) else ""
            if other:
                problem = f"This amount is in {other}, but the portfolio is in {self.currency}."
                remedy = f"Convert it to {self.currency} at a rate that you can name, and write the number alone."
                self._report(CellError("cell.currency", problem, remedy), index, column.heading, cell)

    def _estimates(self, stated: Field, columns: Mapping[str, Sequence[Any]]) -> list[Any]:
        """The estimates of a field from its columns; a missing column is empty."""
        empty = [None] * len(self.rows)
        parts = zip(*(columns.get(part, empty) for part in ESTIMATE_PARTS), strict=True)
        return [
            self._estimate(stated, dict(zip(ESTIMATE_PARTS, values, strict=True)), index)
            for index, values in enumerate(parts)
        ]

    def _estimate(self, stated: Field, parts: Mapping[str, Any], index: int) -> Estimate | None:
        """The estimate that the cells of a row state; the default where they are empty, None after a finding."""
        if parts["likely"] is None and not parts["outcomes"]:
            return self._without_likely(stated, parts, index)
        try:
            return estimate_of_parts(parts)
        except ValueError as problem:
            remedy = "Correct the cells of this estimate: low, likely, high, family, tail or outcomes."
            trouble = CellError("estimate.invalid", f"{_sentence(problem)}.", remedy)
            self._report(trouble, index, stated.name, f"{parts['low']}, {parts['likely']}, {parts['high']}")
            return None

    def _without_likely(self, stated: Field, parts: Mapping[str, Any], index: int) -> Estimate | None:
        """The default of an estimate whose cells are empty; a finding where it must be there or has other parts."""
        heading = f"{stated.name}_likely"
        if stated.is_required:
            trouble = CellError("cell.missing", "A required cell is empty.", f"Fill in {heading}: {stated.about}")
        elif any(value is not None for value in parts.values()):
            problem = "Other parts of this estimate are given without a likely value."
            trouble = CellError("estimate.incomplete", problem, "Fill in the likely value, or clear the others.")
        else:
            default: Estimate | None = stated.default
            return default
        self._report(trouble, index, heading, "")
        return None

    def _report(self, trouble: CellError, index: int | None, column: str, cell: Cell) -> None:
        self.findings.append(self.finding(finding_error, trouble, index, column, cell))

    def finding(self, make: FindingMaker, trouble: CellError, index: int | None, column: str, cell: Cell) -> Finding:
        """A finding about a cell of a row, by the position of the row among those that were read."""
        return make(
            trouble.code,
            trouble.problem,
            trouble.remedy,
            file=self.file,
            sheet=self.sheet.name,
            row=None if index is None else self.rows[index],
            column=column,
            value="" if cell is None else str(cell)[:200],
        )


def _currency_in(table: Table | None, file: str) -> str:
    """The currency that the sheet Portfolio states; "" when it states none that can be read."""
    stated = _Body.read(SHEET_BY_NAME["portfolio"], table, file).values.get("currency", ())
    return str(stated[0]) if len(stated) == 1 and stated[0] else ""


def _is_filled(row: Sequence[Cell]) -> bool:
    return any(map(_is_cell_filled, row))


def _is_cell_filled(cell: Cell) -> bool:
    return not cell.isspace() and cell != "" if isinstance(cell, str) else cell is not None


def _count_findings(body: _Body, table: Table | None) -> Iterator[Finding]:
    """The portfolio sheet has exactly one row."""
    if table is not None and len(body.rows) != 1 and not body.findings_stop():
        row = body.rows[1] if body.rows else 2
        problem, remedy = f"The sheet has {len(body.rows)} rows under its headings.", "Give exactly one row."
        yield finding_error("portfolio.count", problem, remedy, file=body.file, sheet="Portfolio", row=row)


def _orphans(bodies: Mapping[str, _Body], sheet: Sheet) -> Iterator[Finding]:
    """Rows that name a record above that is not there, and ids that stand twice where rows are named by them."""
    body = bodies[sheet.name]
    if _has_ids(sheet) and body.values:
        yield from _repeated_rows(body)
    if not sheet.keys or sheet.holder is None or not body.keys:
        return
    holders = bodies[sheet.holder.name]
    if holders.findings_stop() and not holders.values:
        return  # its headings are wrong, so every row here would be reported for nothing
    known = set(holders.identities()) if holders.values else set()
    for index, key in enumerate(body.keys):
        if key not in known and None not in key:
            name = sheet.keys[-1].heading
            problem = f"There is no {name} with this id in the sheet {sheet.holder.name}."
            near = difflib.get_close_matches(
                key[-1], [other[-1] for other in known if other[:-1] == key[:-1]][:2_000], n=1
            )
            remedy = (
                f"Did you mean {near[0]!r}?" if near else f"Add it to the sheet {sheet.holder.name}, or correct the id."
            )
            yield body.finding(finding_error, CellError("id.unknown", problem, remedy), index, name, " / ".join(key))


def _repeated_rows(body: _Body) -> Iterator[Finding]:
    identities = body.identities()
    first: dict[Key, int] = {}
    for index, key in enumerate(identities):
        if first.setdefault(key, index) != index and None not in key:
            problem = f"This id stands in row {body.rows[first[key]]} already."
            trouble = CellError("id.repeated", problem, "Give each row its own id.")
            yield body.finding(finding_error, trouble, index, "id", " / ".join(key))


def _built(bodies: Mapping[str, _Body]) -> tuple[Portfolio | None, tuple[Finding, ...]]:
    """The portfolio, built from the innermost records outwards; findings where a record refuses its values."""
    findings: list[Finding] = []
    groups: dict[str, dict[Key, tuple[Any, ...]]] = {}
    for sheet in sorted(SHEETS, key=_depth, reverse=True):
        groups[sheet.name] = _grouped(bodies[sheet.name], groups, findings)
    if findings:
        return None, tuple(findings)
    (portfolio,) = groups["Portfolio"][()]
    return portfolio, ()


def _depth(sheet: Sheet) -> int:
    return 0 if sheet.holder is None else 1 + _depth(sheet.holder)


def _grouped(
    body: _Body, groups: Mapping[str, Mapping[Key, tuple[Any, ...]]], findings: list[Finding]
) -> dict[Key, tuple[Any, ...]]:
    """The records of a body by the key of the record above."""
    columns: dict[str, Sequence[Any]] = dict(body.values)
    children = children_of(body.sheet)
    if children and body.rows:
        identities = body.identities()
        for child in children:
            columns[child.held_in] = [groups[child.name].get(key, ()) for key in identities]
    lists: collections.defaultdict[Key, list[Any]] = collections.defaultdict(list)
    record, names = body.sheet.record, tuple(columns)
    for index, (key, values) in enumerate(zip(body.keys, zip(*columns.values(), strict=True), strict=True)):
        try:
            lists[key].append(record(**dict(zip(names, values, strict=True))))
        except PortfolioError as problem:
            findings.extend(problem.findings)
        except ValueError as problem:
            trouble = CellError("row.invalid", f"{str(problem).capitalize()}.", "Correct the row.")
            findings.append(body.finding(finding_error, trouble, index, "", ""))
    return {key: tuple(records) for key, records in lists.items()}


class _RowFinder:
    """Finds the rows in which a column has a value; worked out only when a finding needs it."""

    def __init__(self, bodies: Mapping[str, _Body]) -> None:
        self._bodies = bodies
        self._known: dict[tuple[str, str], dict[str, list[int]]] = {}

    def __call__(self, sheet: str, column: str, value: str) -> tuple[int, ...]:
        if (sheet, column) not in self._known:
            self._known[sheet, column] = self._rows_by_value(sheet, column)
        return tuple(self._known[sheet, column].get(value, ()))

    def _rows_by_value(self, sheet: str, column: str) -> dict[str, list[int]]:
        body = self._bodies.get(sheet)
        rows: dict[str, list[int]] = {}
        if body is not None and column in body.values:
            for value, row in zip(body.values[column], body.rows, strict=True):
                for text in _texts_of(value):
                    rows.setdefault(text, []).append(row)
        return rows


def _texts_of(value: Any) -> set[str]:
    """The texts under which a finding may name a value."""
    if not isinstance(value, Estimate):
        return {str(value)}
    return {str(number) for number in (value.low, value.likely, value.high) if number is not None}


def _sentence(problem: ValueError) -> str:
    """The text of an error with a capital letter at its start; names and abbreviations in it stay as they are."""
    text = str(problem)
    return text[:1].upper() + text[1:]
