"""A run that can be kept, and computed again to see whether it still holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from itertools import islice, zip_longest
from typing import Any

from openvmo import __version__
from openvmo.analysis.canonical import digest, portfolio_digest
from openvmo.analysis.documents import Json
from openvmo.analysis.run import AnalysisResult, Progress, run_analysis
from openvmo.engine.model import Portfolio
from openvmo.files.json_file import portfolio_from_json, portfolio_to_json

FORMAT_NAME = "openvmo-run"
VERSION = 1
_MOST_DIFFERENCES = 20
_NEEDED = ("kind", "parameters", "portfolio", "document", "digest")
_MISSING = "nothing"


class RecordError(ValueError):
    """A file or record is no run that can be computed again; the message says why."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One place at which a computation differs from the record.

    Args:
        place: where in the document, such as "totals.npv.mean".
        recorded: the value in the record.
        computed: the value found now.
    """

    place: str
    recorded: Any
    computed: Any

    def __str__(self) -> str:
        """Name the place and both values."""
        return f"{self.place}: recorded {self.recorded}, computed {self.computed}"


@dataclass(frozen=True, slots=True)
class Comparison:
    """Whether a run still holds.

    Args:
        agrees: the record is whole, and every number came out the same to the last digit.
        differences: the first twenty places that differ.
        engine_version: version of OpenVMO that computed again.
        recorded_version: version of OpenVMO that made the record.
    """

    agrees: bool
    differences: tuple[Difference, ...]
    engine_version: str
    recorded_version: str


def run_record(portfolio: Portfolio, result: AnalysisResult) -> Json:
    """A run with its inputs, as JSON can hold it; `recompute` takes it back."""
    return {
        "format": FORMAT_NAME,
        "version": VERSION,
        "kind": result.kind,
        "engine_version": result.engine_version,
        "seed": result.seed,
        "parameters": result.parameters,
        "portfolio": portfolio_to_json(portfolio),
        "portfolio_digest": result.portfolio_digest,
        "document": result.document,
        "digest": result.digest,
    }


def recompute(
    record: Mapping[str, Any], *, progress: Progress | None = None, executor: Executor | None = None
) -> Comparison:
    """Compute a recorded run again from its own inputs and compare every number.

    Args:
        record: at least kind, parameters, portfolio (as JSON), document and digest; portfolio_digest is compared when
            given.
        progress: as in `run_analysis`.
        executor: as in `run_analysis`.

    Returns:
        The comparison. The version of the engine may differ; the numbers may not.

    Raises:
        RecordError: the record lacks a part.
        PortfolioError, ParameterError, InfeasibleError: its inputs cannot be analysed.
    """
    missing = [name for name in _NEEDED if name not in record]
    if missing:
        message = f"this is no record of a run: it lacks {', '.join(missing)}; save one with --save"
        raise RecordError(message)
    portfolio = portfolio_from_json(record["portfolio"])
    result = run_analysis(record["kind"], portfolio, record["parameters"], progress=progress, executor=executor)
    found = [*_seals(record, portfolio), *_differences(_numbers(record["document"]), _numbers(result.document))]
    return Comparison(
        agrees=not found,
        differences=tuple(found[:_MOST_DIFFERENCES]),
        engine_version=__version__,
        recorded_version=str(record["document"].get("engine_version", "")),
    )


def _seals(record: Mapping[str, Any], portfolio: Portfolio) -> Iterator[Difference]:
    """Digests that no longer fit what they were made for: the record was changed."""
    for place, recorded, computed in (
        ("digest", record["digest"], digest(record["document"])),
        ("portfolio_digest", record.get("portfolio_digest"), portfolio_digest(portfolio)),
    ):
        if recorded is not None and recorded != computed:
            yield Difference(place, recorded, computed)


def _numbers(document: Mapping[str, Any]) -> Json:
    return {name: value for name, value in document.items() if name != "engine_version"}


def _differences(recorded: Any, computed: Any) -> list[Difference]:
    return list(islice(_walk("", recorded, computed), _MOST_DIFFERENCES))


def _walk(place: str, recorded: Any, computed: Any) -> Iterator[Difference]:
    if isinstance(recorded, Mapping) and isinstance(computed, Mapping):
        for name in sorted({*recorded, *computed}):
            inner = f"{place}.{name}" if place else name
            yield from _walk(inner, recorded.get(name, _MISSING), computed.get(name, _MISSING))
    elif isinstance(recorded, list) and isinstance(computed, list):
        pairs = zip_longest(recorded, computed, fillvalue=_MISSING)
        for number, (before, now) in enumerate(pairs):
            yield from _walk(f"{place}[{number}]", before, now)
    elif recorded != computed:
        yield Difference(place, recorded, computed)
