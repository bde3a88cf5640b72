"""A portfolio as one JSON document: nested as the records are, exact in every number."""

from __future__ import annotations

import datetime
import json
import math
from collections.abc import Callable, Mapping
from typing import Any

from openvmo.engine.model import Finding, Portfolio, PortfolioError
from openvmo.engine.quantities import Estimate, Family, Month
from openvmo.files.estimates import ESTIMATE_PARTS, estimate_of_parts, stated_part
from openvmo.files.reading import Reading, finding_error, finding_warning
from openvmo.files.schema import Field, FieldKind, fields_of

FORMAT_NAME = "openvmo-portfolio"
VERSION = 1

JsonValue = Any  # a value that JSON can hold; checked one by one while reading


def portfolio_to_json(portfolio: Portfolio) -> dict[str, JsonValue]:
    """The portfolio as a JSON document.

    Months are written as 2026-04, dates as 2026-04-30, words as in the glossary, an estimate as low, likely and high.
    Equal portfolios give equal documents, whatever mix of whole and decimal numbers they were built from.

    Raises:
        ValueError: a number is not finite.

    >>> from openvmo.engine.model import Portfolio
    >>> document = portfolio_to_json(Portfolio(currency="GBP", price_base=2026, start=Month(2026, 4)))
    >>> document["format"], document["portfolio"]["start"]
    ('openvmo-portfolio', '2026-04')
    """
    return {"format": FORMAT_NAME, "version": VERSION, "portfolio": _record_to_json(portfolio)}


def portfolio_from_json(document: Mapping[str, JsonValue]) -> Portfolio:
    """The portfolio that a JSON document states; the inverse of `portfolio_to_json`.

    Raises:
        PortfolioError: something is missing, unknown or of the wrong kind; its findings list every problem.
    """
    reading = _read_document(document)
    if reading.portfolio is None:
        raise PortfolioError(reading.findings)
    return reading.portfolio


def recognise(content: bytes, name: str) -> bool:
    """Whether the content is a JSON object, by its first character, or claims to be JSON by its name."""
    return content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{" or name.lower().endswith(".json")


def read(content: bytes, name: str) -> Reading:
    """Read a JSON portfolio, with every problem as a finding."""
    try:
        document = json.loads(content.decode("utf-8-sig"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as problem:
        finding = finding_error(
            "json.invalid",
            f"This is not valid JSON: {problem}.",
            "Export the portfolio again, or mend the file.",
            file=name,
        )
        return Reading(None, (finding,), "json")
    return _read_document(document, name)


def write(portfolio: Portfolio) -> bytes:
    """The bytes of a JSON file for the portfolio.

    Raises:
        ValueError: a number is not finite.
    """
    return (json.dumps(portfolio_to_json(portfolio), ensure_ascii=False, allow_nan=False, indent=1) + "\n").encode()


def _refuse_constant(word: str) -> float:
    message = f"{word} is not a number that a portfolio can hold"
    raise ValueError(message)


def _record_to_json(record: Any) -> dict[str, JsonValue]:
    return {field.name: _value_to_json(field, getattr(record, field.name)) for field in fields_of(type(record))}


def _value_to_json(field: Field, value: Any) -> JsonValue:
    match field.kind:
        case _ if value is None:
            return None
        case FieldKind.NUMBER:
            return _finite(field, value)
        case FieldKind.ESTIMATE:
            return _estimate_to_json(field, value)
        case FieldKind.MONTH | FieldKind.DATE | FieldKind.WORD:
            return str(value)
        case FieldKind.RECORDS | FieldKind.NUMBERS:
            return [_record_to_json(one) if field.holds else _finite(field, one) for one in value]
        case _:
            return value


def _estimate_to_json(field: Field, estimate: Estimate) -> JsonValue:
    """Low, likely and high; family, tail and outcomes only where they are not what their absence means."""
    parts = {"low": estimate.low, "likely": estimate.likely, "high": estimate.high}
    document: dict[str, JsonValue] = {
        part: None if number is None else _finite(field, number) for part, number in parts.items()
    }
    shape = {part: stated_part(estimate, part) for part in ESTIMATE_PARTS[len(parts) :]}
    return document | {part: _shape_to_json(value) for part, value in shape.items() if value is not None}


def _shape_to_json(value: Any) -> JsonValue:
    """A family as its word, a tail as a number, outcomes as pairs, or as values when all are equally likely."""
    if isinstance(value, tuple):
        return [number if chance is None else [number, chance] for number, chance in value]
    return str(value) if isinstance(value, Family) else float(value)


def _finite(field: Field, number: float) -> float:
    if not math.isfinite(number):
        message = f"{field.name} must be a finite number, not {number}"
        raise ValueError(message)
    return float(number)


def _read_document(document: JsonValue, name: str = "") -> Reading:
    findings = _heading_findings(document, name)
    if findings:
        return Reading(None, findings, "json")
    reader = _Reader(name)
    portfolio = reader.record(Portfolio, document["portfolio"], "portfolio")
    return Reading(portfolio, tuple(reader.findings), "json")


def _heading_findings(document: JsonValue, name: str) -> tuple[Finding, ...]:
    """What is wrong with the document before its portfolio is looked at."""
    if not isinstance(document, Mapping) or document.get("format") != FORMAT_NAME or "portfolio" not in document:
        problem = f'This JSON is not a portfolio: it needs "format": "{FORMAT_NAME}" and "portfolio".'
        return (
            finding_error("json.format", problem, "Export a portfolio to JSON to see the expected form.", file=name),
        )
    if document.get("version") != VERSION:
        problem = f"This program reads version {VERSION} of the portfolio format."
        remedy = "Use the program that wrote the file, or a newer release of this one."
        return (
            finding_error(
                "json.version", problem, remedy, file=name, column="version", value=str(document.get("version"))
            ),
        )
    return ()


class _Reader:
    """Turns JSON values into records and remembers every problem with its place."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.findings: list[Finding] = []
        self.errors = 0

    def record(self, kind: type[Any], document: JsonValue, place: str) -> Any:
        """The record that an object states, or None when it has a problem."""
        if not isinstance(document, Mapping):
            self._error("json.kind", "An object in braces is expected here.", place, "", document)
            return None
        before = self.errors
        fields = fields_of(kind)
        self._warn_unknown(document, {field.name for field in fields}, place)
        values = {
            field.name: self._value(field, document[field.name], place) for field in fields if field.name in document
        }
        for field in fields:
            if field.is_required and field.name not in document:
                self._error("json.missing", "A required value is missing.", place, field.name, "")
        if self.errors > before:
            return None
        return self._made(kind, values, place)

    def _made(self, kind: type[Any], values: dict[str, Any], place: str) -> Any:
        try:
            return kind(**values)
        except PortfolioError as problem:
            self.errors += 1
            self.findings.extend(problem.findings)
        except ValueError as problem:
            self._error("json.value", f"The record cannot stand: {problem}.", place, "", "")
        return None

    def _value(self, field: Field, value: JsonValue, place: str) -> Any:
        if field.kind is FieldKind.RECORDS:
            return self._records(field, value, place)
        if value is None and field.default is None and not field.is_required:
            return None
        try:
            return _CONVERTERS[field.kind](field, value)
        except (ValueError, TypeError, OverflowError) as problem:
            self._error("json.value", f"{str(problem).capitalize()}.", place, field.name, value)
            return None

    def _records(self, field: Field, value: JsonValue, place: str) -> tuple[Any, ...]:
        if not isinstance(value, list) or field.holds is None:
            self._error("json.kind", "A list is expected here.", place, field.name, value)
            return ()
        records = [self.record(field.holds, item, f"{place}.{field.name}[{index}]") for index, item in enumerate(value)]
        return tuple(record for record in records if record is not None)

    def _warn_unknown(self, document: Mapping[str, JsonValue], known: set[str], place: str) -> None:
        for name in document:
            if name not in known:
                problem, remedy = "This entry is not known and was not read.", "Remove it, or correct its name."
                self.findings.append(
                    finding_warning("json.unknown", problem, remedy, file=self.file, sheet=place, column=str(name))
                )

    def _error(self, code: str, problem: str, place: str, column: str, value: JsonValue) -> None:
        remedy = "Correct the entry; the guide to the native workbook lists what each field holds."
        shown = str(value)[:200]
        self.errors += 1
        self.findings.append(
            finding_error(code, problem, remedy, file=self.file, sheet=place, column=column, value=shown)
        )


def _to_text(_field: Field, value: JsonValue) -> str:
    if not isinstance(value, str):
        message = "a text is expected"
        raise TypeError(message)
    return value


def _to_number(_field: Field, value: JsonValue) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        message = "a finite number is expected"
        raise TypeError(message)
    return float(value)


def _to_whole(_field: Field, value: JsonValue) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float) or value != int(value):
        message = "a whole number is expected"
        raise TypeError(message)
    return int(value)


def _to_yes_no(_field: Field, value: JsonValue) -> bool:
    if not isinstance(value, bool):
        message = "true or false is expected"
        raise TypeError(message)
    return value


def _to_word(field: Field, value: JsonValue) -> Any:
    if field.holds is None or value not in field.words:
        message = f"one of these words is expected: {', '.join(field.words)}"
        raise ValueError(message)
    return field.holds(value)


def _to_estimate(field: Field, value: JsonValue) -> Estimate:
    if not isinstance(value, Mapping):
        return Estimate(_to_number(field, value))
    if not set(value) <= set(ESTIMATE_PARTS) or ("likely" not in value and "outcomes" not in value):
        message = "an estimate is a number, or needs likely or outcomes, and may have low, high, family and tail"
        raise TypeError(message)
    return estimate_of_parts({part: _estimate_part(field, part, stated) for part, stated in value.items()})


def _estimate_part(field: Field, part: str, value: JsonValue) -> Any:
    if value is None:
        return None
    if part == "outcomes":
        return tuple(_outcome(field, one) for one in _to_list(value))
    if part == "family":
        return _family(value)
    return _to_number(field, value)


def _outcome(field: Field, value: JsonValue) -> tuple[float, float | None]:
    if not isinstance(value, list):
        return _to_number(field, value), None
    if len(value) != 2:
        message = "an outcome is a number, or a list of a number and its chance"
        raise TypeError(message)
    return _to_number(field, value[0]), _to_number(field, value[1])


def _family(value: JsonValue) -> Family:
    words = [str(family) for family in Family]
    if value not in words:
        message = f"one of these families is expected: {', '.join(words)}"
        raise ValueError(message)
    return Family(value)


def _to_list(value: JsonValue) -> list[JsonValue]:
    if not isinstance(value, list):
        message = "a list is expected"
        raise TypeError(message)
    return value


_CONVERTERS: dict[FieldKind, Callable[[Field, JsonValue], Any]] = {
    FieldKind.TEXT: _to_text,
    FieldKind.NUMBER: _to_number,
    FieldKind.WHOLE: _to_whole,
    FieldKind.YES_NO: _to_yes_no,
    FieldKind.WORD: _to_word,
    FieldKind.ESTIMATE: _to_estimate,
    FieldKind.NUMBERS: lambda field, value: tuple(_to_number(field, number) for number in _to_list(value)),
    FieldKind.MONTH: lambda field, value: Month.parse(_to_text(field, value)),
    FieldKind.DATE: lambda field, value: datetime.date.fromisoformat(_to_text(field, value)),
}
