"""Cells to values and back: tolerant of how people write, strict about what could be meant in two ways."""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from openvmo.engine.quantities import Month
from openvmo.files.schema import FieldKind
from openvmo.files.sheets import Column

Cell = str | float | int | bool | datetime.date | datetime.datetime | datetime.time | datetime.timedelta | None
"""A cell as the readers of workbooks and CSV give it; an empty one is "" or None."""

_LARGEST_EXACT_WHOLE = 2**53
_PLAIN_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_UNSIGNED_NUMBER = re.compile(r"\d+\.?\d*|\.\d+", re.ASCII)
_GROUPED_BY_COMMA = re.compile(r"[1-9]\d{0,2}(,\d{3})+(\.\d*)?", re.ASCII)
_GROUPED_BY_POINT = re.compile(r"[1-9]\d{0,2}(\.\d{3})+(,\d*)?", re.ASCII)
_DECIMAL_COMMA = re.compile(r"\d+,\d+", re.ASCII)
_ONE_GROUP = re.compile(r"[1-9]\d{0,2},\d{3}", re.ASCII)
_CURRENCY = re.compile(r"^[A-Z]{3}\s+|\s+[A-Z]{3}$|[$£€¥₹₽₩₺₪₦₱฿₫]")
_THOUSANDS_SPACES = re.compile(r"(?<=\d)[\s'\u2019](?=\d{3}(?!\d))")
_ISO_MONTH = re.compile(r"(\d{4})-(\d{2})(-\d{2})?([ T].*)?", re.ASCII)
_YES = frozenset({"yes", "true", "y", "1", "x"})
_NO = frozenset({"no", "false", "n", "0"})


class CellError(ValueError):
    """A cell that cannot be read: a stable code, the problem, and the remedy."""

    def __init__(self, code: str, problem: str, remedy: str) -> None:
        """Keep the three texts apart, so that a finding can be made of them."""
        super().__init__(problem)
        self.code = code
        self.problem = problem
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class ColumnValues:
    """A column after reading.

    Args:
        values: one for each cell, None where a cell could not be read.
        errors: position of each cell that could not be read, with the reason.
        adjusted: position, cell and value of the first cell that was read with care, or None.
        adjusted_count: number of cells that were read with care.
    """

    values: Sequence[Any]
    errors: tuple[tuple[int, CellError], ...] = ()
    adjusted: tuple[int, Cell, Any] | None = None
    adjusted_count: int = 0


def read_column(column: Column, cells: Sequence[Cell]) -> ColumnValues:
    """The values of all cells of a column; the common case, cells already of the right kind, costs no work per cell."""
    kinds = set(map(type, cells))
    if _are_values_already(column, kinds, cells):
        return ColumnValues(cells)
    read = _reader_of(column)
    if bool not in kinds:
        return _read_each_kind_once(read, cells)
    return _collected([_attempt(read, cell) for cell in cells], cells)


def read_cell(kind: FieldKind, cell: Cell) -> Any:
    """The value of one cell of a kind that needs no list of words: a text, number, whole number, yes or no, or month.

    Raises:
        CellError: the cell cannot be read, or could be read in two ways.
    """
    value = _READERS[kind](cell)
    return value.value if isinstance(value, _Adjusted) else value


def to_cell(kind: FieldKind, value: Any) -> str | float | int | None:
    """The cell that states a value; None stays empty.

    Whole numbers that a workbook cannot hold exactly become text, which is read back exactly.
    """
    match kind:
        case _ if value is None:
            return None
        case FieldKind.NUMBER:
            return float(value)
        case FieldKind.WHOLE:
            return int(value) if abs(value) <= _LARGEST_EXACT_WHOLE else str(value)
        case FieldKind.YES_NO:
            return "yes" if value else "no"
        case FieldKind.NUMBERS | FieldKind.OUTCOMES:
            return "; ".join(map(_list_text, value))
        case _:
            return str(value)


def _list_text(one: float | tuple[float, float | None]) -> str:
    """One part of a list: a number, or a value with its chance."""
    number, chance = one if isinstance(one, tuple) else (one, None)
    return _digits(number) if chance is None else f"{_digits(number)}: {_digits(chance)}"


def _digits(number: float) -> str:
    """Every digit of a number, without a decimal point that says nothing."""
    return repr(float(number)).removesuffix(".0")


def _are_values_already(column: Column, kinds: set[type], cells: Sequence[Cell]) -> bool:
    if column.kind is FieldKind.TEXT and kinds <= {str}:
        return not (column.is_required or column.field.default) or "" not in cells
    if column.kind is FieldKind.NUMBER and kinds <= {float}:
        return all(map(math.isfinite, cells))  # type: ignore[arg-type]  # every cell is a float here
    return False


class _Memo(dict[Any, Any]):
    """Reads each distinct cell once; a column of a hundred thousand rows has few distinct months or words."""

    def __init__(self, read: Callable[[Cell], Any]) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, cell: Cell) -> Any:
        self[cell] = found = _attempt(self._read, cell)
        return found


@dataclass(frozen=True, slots=True)
class _Adjusted:
    """A value that was read with care from a cell that states it in another way."""

    value: Any


def _attempt(read: Callable[[Cell], Any], cell: Cell) -> Any:
    try:
        return read(cell)
    except CellError as error:
        return error


def _read_each_kind_once(read: Callable[[Cell], Any], cells: Sequence[Cell]) -> ColumnValues:
    memo = _Memo(read)
    found = [memo[cell] for cell in cells]
    if any(isinstance(value, CellError | _Adjusted) for value in memo.values()):
        return _collected(found, cells)
    return ColumnValues(found)


def _collected(found: list[Any], cells: Sequence[Cell]) -> ColumnValues:
    errors = tuple((index, value) for index, value in enumerate(found) if isinstance(value, CellError))
    adjusted = [(index, value.value) for index, value in enumerate(found) if isinstance(value, _Adjusted)]
    for index, _ in errors:
        found[index] = None
    for index, value in adjusted:
        found[index] = value
    first = (adjusted[0][0], cells[adjusted[0][0]], adjusted[0][1]) if adjusted else None
    return ColumnValues(found, errors, first, len(adjusted))


def _reader_of(column: Column) -> Callable[[Cell], Any]:
    """The function that reads one cell of the column, built once."""
    read = _word_reader(column) if column.kind is FieldKind.WORD else _READERS[column.kind]
    default = None if column.is_key or column.part else column.field.default
    is_text = column.kind is FieldKind.TEXT

    def read_cell(cell: Cell) -> Any:
        # Only an empty text is an empty text; in other columns a cell of spaces is empty too.
        if cell is None or cell == "" or (not is_text and isinstance(cell, str) and not cell.strip()):
            # The likely value of an estimate may follow from another column.
            if column.is_required and not column.part:
                remedy = f"Fill in {column.heading}: {column.about}"
                code = "cell.missing"
                raise CellError(code, "A required cell is empty.", remedy)
            return default
        return read(cell)

    return read_cell


def _word_reader(column: Column) -> Callable[[Cell], Any]:
    vocabulary = column.vocabulary
    words = {word.replace("_", ""): word for word in column.words}

    def read_word(cell: Cell) -> Any:
        word = words.get(re.sub(r"[\s_\-/]+", "", str(cell)).casefold())
        if word is None or vocabulary is None:
            code, problem = "cell.word", "This word is not one of those expected."
            raise CellError(code, problem, f"Use one of: {', '.join(column.words)}.")
        return vocabulary(word)

    return read_word


def _read_text(cell: Cell) -> str:
    match cell:
        case str():
            return cell
        case bool():
            return "yes" if cell else "no"
        case float() if cell.is_integer() and abs(cell) < _LARGEST_EXACT_WHOLE:
            return str(int(cell))
        case datetime.datetime() if cell.time() == datetime.time():
            return cell.date().isoformat()
        case datetime.date() | datetime.time():
            return cell.isoformat()
        case _:
            return str(cell)


def _read_number(cell: Cell) -> Any:
    if isinstance(cell, bool) or not isinstance(cell, int | float | str):
        code, problem = "cell.number", "A number is expected here."
        raise CellError(code, problem, "Write the number with digits and a decimal point, such as 1234.5.")
    if not isinstance(cell, str):
        return _finite(float(cell))
    text = cell.strip()
    if _PLAIN_NUMBER.fullmatch(text):
        return _finite(float(text))
    return _Adjusted(_finite(_number_with_signs(text)))


def _finite(number: float) -> float:
    if not math.isfinite(number):
        code, problem = "cell.number", "This number is too large to be stated."
        raise CellError(code, problem, "Write a finite number.")
    return number


def _number_with_signs(text: str) -> float:
    """A number written with currency signs, thousands separators, brackets or a percent sign.

    Raises:
        CellError: it is no number, or could be read in two ways.
    """
    body = _CURRENCY.sub("", text.replace("\u2212", "-")).strip()
    is_percent = body.endswith("%")
    body = body.removesuffix("%").strip()
    is_in_brackets = body.startswith("(") and body.endswith(")")
    is_negative = is_in_brackets or body.startswith("-")
    unsigned = body[1:-1] if is_in_brackets else body.removeprefix("-" if is_negative else "+")
    body = _THOUSANDS_SPACES.sub("", unsigned.strip())
    if _ONE_GROUP.fullmatch(body):
        code, problem = "cell.ambiguous", "The comma may separate thousands or decimals."
        choices = body.replace(",", ""), body.replace(",", ".")
        raise CellError(code, problem, f"Write {choices[0]} or {choices[1]}.")
    number = _unsigned_number(body)
    return (-number if is_negative else number) / (100.0 if is_percent else 1.0)


def _unsigned_number(body: str) -> float:
    if _UNSIGNED_NUMBER.fullmatch(body):
        return float(body)
    if _GROUPED_BY_COMMA.fullmatch(body):
        return float(body.replace(",", ""))
    if _GROUPED_BY_POINT.fullmatch(body):
        return float(body.replace(".", "").replace(",", "."))
    if _DECIMAL_COMMA.fullmatch(body):
        return float(body.replace(",", "."))
    code, problem = "cell.number", "A number is expected here."
    raise CellError(
        code, problem, "Write the number with digits and a decimal point, such as 1234.5, or leave it empty."
    )


def _read_whole(cell: Cell) -> Any:
    if isinstance(cell, str) and re.fullmatch(r"[+-]?\d+", cell.strip(), re.ASCII):
        return int(cell)
    number = cell if isinstance(cell, int) and not isinstance(cell, bool) else _read_number(cell)
    value = number.value if isinstance(number, _Adjusted) else number
    if value != int(value):
        code, problem = "cell.whole", "A whole number is expected here."
        raise CellError(code, problem, "Write a number without decimals.")
    return _Adjusted(int(value)) if isinstance(number, _Adjusted) else int(value)


def _read_yes_no(cell: Cell) -> bool:
    word = str(int(cell)) if isinstance(cell, float) and cell in (0.0, 1.0) else str(cell).strip().casefold()
    if word in _YES:
        return True
    if word in _NO:
        return False
    code, problem = "cell.yes_no", "Yes or no is expected here."
    raise CellError(code, problem, "Write yes or no.")


def _read_month(cell: Cell) -> Month:
    if isinstance(cell, datetime.date):
        return Month.of(cell)
    match = _ISO_MONTH.fullmatch(cell.strip()) if isinstance(cell, str) else None
    if match is not None:
        try:
            return Month(int(match[1]), int(match[2]))
        except ValueError:
            pass
    code, problem = "cell.month", "A month is expected here."
    raise CellError(code, problem, "Write the month like 2026-04, or as a date.")


def _read_date(cell: Cell) -> datetime.date:
    if isinstance(cell, datetime.datetime):
        return cell.date()
    if isinstance(cell, datetime.date):
        return cell
    if isinstance(cell, str):
        try:
            return datetime.datetime.fromisoformat(cell.strip()).date()
        except ValueError:
            pass
    code, problem = "cell.date", "A date is expected here."
    raise CellError(code, problem, "Write the date like 2026-04-30, or as a date.")


def _read_numbers(cell: Cell) -> tuple[float, ...]:
    return tuple(_plain_number(part) for part in _parts(cell))


def _read_outcomes(cell: Cell) -> tuple[tuple[float, float | None], ...]:
    """Values, each with its chance, or None where it stands alone."""
    return tuple(_read_outcome(part) for part in _parts(cell))


def _read_outcome(part: Cell) -> tuple[float, float | None]:
    if not isinstance(part, str) or ":" not in part:
        return _plain_number(part), None
    value, _, chance = part.partition(":")
    return _plain_number(value), _plain_number(chance)


def _parts(cell: Cell) -> list[Cell]:
    """The parts of a list; a cell that is a number by itself is a list of one."""
    return [part for part in re.split(r"[;\n]", cell) if part.strip()] if isinstance(cell, str) else [cell]


def _plain_number(cell: Cell) -> float:
    number = _read_number(cell)
    return float(number.value if isinstance(number, _Adjusted) else number)


_READERS: dict[FieldKind, Callable[[Cell], Any]] = {
    FieldKind.TEXT: _read_text,
    FieldKind.NUMBER: _read_number,
    FieldKind.WHOLE: _read_whole,
    FieldKind.YES_NO: _read_yes_no,
    FieldKind.MONTH: _read_month,
    FieldKind.DATE: _read_date,
    FieldKind.NUMBERS: _read_numbers,
    FieldKind.OUTCOMES: _read_outcomes,
}
