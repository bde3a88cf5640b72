"""Conditions that checks of the model share, each a finding where it does not hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from graphlib import CycleError, TopologicalSorter

from openvmo.engine.model.findings import Finding, Severity
from openvmo.engine.quantities import Estimate

MOST_MONTHS = 1_200
# Between the low and the high value of a positive estimate; beyond it the tail is beyond all sense.
_WIDEST_RATIO = 1e6


def unique(records: Iterable[object], sheet: str, whose: str = "") -> Iterator[Finding]:
    """Records have ids, each once."""
    ids = [str(getattr(record, "id", "")) for record in records]
    if "" in ids:
        yield error("id.missing", f"A row{whose} has no id.", "Give every row a short, unique name.", sheet, "id", "")
    yield from repeated([value for value in ids if value], sheet, "id", whose)


def repeated(values: Iterable[str], sheet: str, column: str, whose: str = "") -> Iterator[Finding]:
    """No value stands twice."""
    for value, count in Counter(values).items():
        if count > 1:
            yield error(
                f"{column}.repeated",
                f"{value}{whose} stands there {count} times.",
                "Keep one row, or give the others another name.",
                sheet,
                column,
                value,
            )


def is_known(value: str, known: Iterable[str], sheet: str, column: str, what: str) -> Iterator[Finding]:
    """A value names a record that is there."""
    if value not in known:
        yield error(
            f"{column}.unknown",
            f"There is no {what} called {value!r}.",
            "Correct the name, or add the missing row.",
            sheet,
            column,
            value,
        )


def is_share(value: float, what: str, sheet: str, column: str) -> Iterator[Finding]:
    """A value lies between 0 and 1."""
    if not 0 <= value <= 1:
        yield error(
            f"{column}.not_a_share", f"{what} is not between 0 and 1.", "Write 20 % as 0.2.", sheet, column, value
        )


def at_most_a_century(months: float, what: str, column: str, sheet: str = "Options") -> Iterator[Finding]:
    """Months are not mistyped beyond a hundred years."""
    if months > MOST_MONTHS:
        yield error(
            f"{column}.too_large",
            f"{what} is more than a hundred years.",
            "State it in months.",
            sheet,
            column,
            months,
        )


def is_not_too_wide(estimate: Estimate, what: str, sheet: str, column: str) -> Iterator[Finding]:
    """The tails of a positive estimate stay within all sense."""
    low, high = estimate.low, estimate.high
    if low is not None and high is not None and low > 0 and high / low > _WIDEST_RATIO:
        yield error(
            f"{column}.too_wide",
            f"{what} has a high value more than a million times its low one.",
            "Check the units of both; write a low value of 0 if it may be nothing.",
            sheet,
            column,
            f"{low} to {high}",
        )


def at_least(value: float, least: float, what: str, sheet: str, column: str) -> Iterator[Finding]:
    """A value is not below the least possible one."""
    if value < least:
        yield error(f"{column}.too_small", f"{what} is below {least}.", f"Write {least} or more.", sheet, column, value)


def no_circle(predecessors: dict[str, set[str]], sheet: str, column: str, what: str) -> Iterator[Finding]:
    """No record leads back to itself."""
    try:
        TopologicalSorter(predecessors).prepare()
    except CycleError as circle:
        # From the first name on, so that the same circle is always told in the same words.
        names = circle.args[1][:-1]
        start = names.index(min(names))
        path = " - ".join([*names[start:], *names[: start + 1]])
        yield error(
            f"{column}.circle",
            f"There is an {what} in a circle: {path}.",
            "Remove one of these links.",
            sheet,
            column,
            names[start],
        )


def error(code: str, problem: str, remedy: str, sheet: str, column: str, value: object) -> Finding:
    """An error about a column of a sheet."""
    return Finding(Severity.ERROR, code, problem, remedy, sheet=sheet, column=column, value=str(value))


def warning(code: str, problem: str, remedy: str, sheet: str, column: str, value: object) -> Finding:
    """A warning about a column of a sheet."""
    return Finding(Severity.WARNING, code, problem, remedy, sheet=sheet, column=column, value=str(value))
