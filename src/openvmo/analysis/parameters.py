"""What each analysis may be told: defaults, limits, and refusals that say what to do."""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from openvmo.engine.forecast import Loadings
from openvmo.engine.reference import DocumentError, document_of_table, table_of_document

_YEAR = re.compile(r"[1-9][0-9]{3}")
_LONGEST_SHOWN = 80


@dataclass(frozen=True, slots=True)
class ParameterProblem:
    """What is wrong with one parameter.

    Args:
        parameter: its name.
        problem: a sentence that says what is wrong.
        remedy: a sentence that says what to do.
    """

    parameter: str
    problem: str
    remedy: str

    def __str__(self) -> str:
        """Name the parameter, what is wrong, and what to do."""
        return f"{self.parameter}: {self.problem} {self.remedy}"


class ParameterError(ValueError):
    """The parameters cannot be used; `problems` lists every reason."""

    def __init__(self, problems: Iterable[ParameterProblem]) -> None:
        """Keep the problems and say them all."""
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


@dataclass(frozen=True, slots=True)
class Parameter:
    """One thing that an analysis may be told.

    Args:
        name: its name in documents and on the command line.
        about: one sentence that says what it means.
        default: value when none is given.
        read: gives the value in its stored form; raises ValueError with the accepted form.
    """

    name: str
    about: str
    default: Any
    read: Callable[[Any], Any]


def complete_parameters(kind: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """All parameters of an analysis, with defaults where none was given.

    Args:
        kind: "forecast" or "choose".
        given: values by name.

    Raises:
        ParameterError: the kind or a name is unknown, or a value cannot be used.

    >>> complete_parameters("forecast", {"trials": 500})["trials"]
    500
    """
    if kind not in PARAMETERS:
        known = ", ".join(PARAMETERS)
        raise ParameterError([ParameterProblem("kind", f"There is no analysis {kind!r}.", f"Use one of: {known}.")])
    parameters = {parameter.name: parameter for parameter in PARAMETERS[kind]}
    problems = [
        ParameterProblem(name, f"The {kind} analysis has no such parameter.", f"It takes: {', '.join(parameters)}.")
        for name in given
        if name not in parameters
    ]
    values: dict[str, Any] = {}
    for name, parameter in parameters.items():
        try:
            values[name] = parameter.read(given.get(name, parameter.default))
        except ValueError as error:
            problems.append(ParameterProblem(name, f"{_shortened(given[name])} cannot be used.", f"Give {error}."))
    if problems:
        raise ParameterError(problems)
    return values


def _shortened(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}..."


def _whole(lowest: int, highest: int) -> Callable[[Any], int]:
    def read(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not lowest <= value <= highest:
            message = f"a whole number from {lowest:,} to {highest:,}"
            raise ValueError(message)
        return value

    return read


def _number(lowest: float, highest: float) -> Callable[[Any], float]:
    def read(value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not lowest <= value <= highest:
            message = f"a number from {lowest:g} to {highest:g}"
            raise ValueError(message)
        return float(value)

    return read


def _number_or_none(lowest: float, highest: float) -> Callable[[Any], float | None]:
    number = _number(lowest, highest)

    def read(value: Any) -> float | None:
        return None if value is None else number(value)

    return read


def _yes_or_no(value: Any) -> bool:
    if value is True or value is False:
        return bool(value)
    message = "true or false"
    raise ValueError(message)


def _ids(value: Any) -> list[str]:
    ids = [] if isinstance(value, str) or not isinstance(value, Iterable) else list(value)
    if (not ids and value not in ([], ())) or not all(isinstance(name, str) for name in ids):
        message = "a list of ids of initiatives"
        raise ValueError(message)
    return sorted(set(ids))


def _budgets(value: Any) -> dict[str, float] | None:
    """Amounts by year, or one amount under "each_year", or a share under "share_of_demand"; None stays None."""
    if value is None:
        return None
    message = 'amounts by year such as {"2027": 30e9}, {"each_year": 30e9}, or {"share_of_demand": 0.6}'
    if not isinstance(value, Mapping) or not value:
        raise ValueError(message)
    amounts = {str(key): amount for key, amount in value.items()}
    is_rule = len(amounts) == 1 and next(iter(amounts)) in {"each_year", "share_of_demand"}
    is_by_year = all(_YEAR.fullmatch(key) for key in amounts)
    if not (is_rule or is_by_year) or not all(_is_amount(amount) for amount in amounts.values()):
        raise ValueError(message)
    return {key: float(amounts[key]) for key in sorted(amounts)}


def _is_amount(value: Any) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and math.isfinite(value) and value >= 0


def _one_of(*words: str) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if value not in words:
            message = " or ".join(words)
            raise ValueError(message)
        return str(value)

    return read


def _loadings(value: Any) -> dict[str, float] | None:
    """Weights of the common factors, those that are not named as by default; None stays None."""
    if value is None:
        return None
    message = (
        'weights such as {"portfolio": 0.3, "theme": 0.2, "programme": 0.4}, none negative, whose squares add up to '
        "at most 1"
    )
    if not isinstance(value, Mapping) or not all(_is_amount(weight) for weight in value.values()):
        raise ValueError(message)
    try:
        return dataclasses.asdict(Loadings(**{str(name): float(weight) for name, weight in value.items()}))
    except (TypeError, ValueError) as error:
        raise ValueError(message) from error


def _references(value: Any) -> list[dict[str, Any]] | None:
    """Reference classes in the one form in which they are stored; None stays None."""
    if value is None:
        return None
    try:
        return document_of_table(table_of_document(value))
    except DocumentError as error:
        message = (
            f"the classes of a file that 'openvmo calibrate' wrote; at {error.place}: {error.problem} {error.remedy}"
        )
        raise ValueError(message.rstrip(".")) from error


_FORECAST = (
    Parameter("trials", "Number of simulated futures.", 10_000, _whole(100, 1_000_000)),
    Parameter("seed", "Seed of the random draws.", 1, _whole(0, 2**63 - 1)),
    Parameter(
        "sampling",
        "How futures are drawn: balanced spreads them evenly, plain draws each by itself.",
        "balanced",
        _one_of("balanced", "plain"),
    ),
    Parameter(
        "precision",
        "Standard error of the mean NPV, as a share of it, up to which the futures are doubled; null takes just "
        "these trials.",
        None,
        _number_or_none(0.0001, 0.5),
    ),
    Parameter(
        "loadings",
        "Weights of what initiatives have in common: portfolio, theme and programme; null takes the defaults.",
        None,
        _loadings,
    ),
    Parameter("outside_view", "Whether reference classes correct the plans.", default=True, read=_yes_or_no),
    Parameter(
        "references",
        "Reference classes of one's own, which go before published ones of the same id; null takes the published ones.",
        None,
        _references,
    ),
    Parameter(
        "assumed_bcr",
        "Benefit-cost ratio assumed for initiatives that state no financial benefit; null assumes none.",
        None,
        _number_or_none(0, 100),
    ),
    Parameter("benefit_years", "Years over which an assumed benefit lasts.", 10, _whole(1, 100)),
)
_CHOICE = (
    Parameter("budgets", "Money available in each financial year; null takes the portfolio's budgets.", None, _budgets),
    Parameter("mandatory", "Ids of initiatives that must be taken.", (), _ids),
    Parameter("forbidden", "Ids of initiatives that must not be taken.", (), _ids),
    Parameter("time_limit", "Seconds after which the best portfolio found so far counts.", 30.0, _number(0.1, 86_400)),
)
PARAMETERS: dict[str, tuple[Parameter, ...]] = {"forecast": _FORECAST, "choose": (*_FORECAST, *_CHOICE)}
