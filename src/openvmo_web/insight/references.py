"""The published reference classes as a page shows them: one row for each figure, with its source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from openvmo.engine.reference import Statement, published_statements, reference_classes

OUTER = (0.1, 0.9)


@dataclass(frozen=True, slots=True)
class ReferenceFigure:
    """How one dimension of a class turned out against plan; shares of the plan, 0.3 is 30 % above it.

    Args:
        id: of the class, as an initiative names it.
        name: of the class.
        dimension: cost, duration or benefit.
        mean: expected outcome less plan.
        p10: one outcome in ten is below; None when only a mean was published.
        p50: the middle; None when only a mean was published.
        p90: one outcome in ten is above; None when only a mean was published.
        cases: number of finished works; None when the source does not say.
        year: of publication; None when the source does not say.
        source: who published it.
        url: where.
        note: what a reader must know.
        is_confirmed: whether the figure was read in its source.
        used: number of initiatives of this class that the viewer may see.
    """

    id: str
    name: str
    dimension: str
    mean: float
    p10: float | None
    p50: float | None
    p90: float | None
    cases: int | None
    year: int | None
    source: str
    url: str
    note: str
    is_confirmed: bool
    used: int


def figures_of(used: Mapping[str, int]) -> list[ReferenceFigure]:
    """Return every published figure; `used` says how many initiatives name each class."""
    return list(_figures(used))


def _figures(used: Mapping[str, int]) -> Iterator[ReferenceFigure]:
    for known in reference_classes().values():
        for dimension, rate in known.rates.items():
            levels = (OUTER[0], 0.5, OUTER[1])
            p10, p50, p90 = (rate.shape.quantile(level) - 1 if rate.shape.has_spread else None for level in levels)
            yield ReferenceFigure(
                id=known.id,
                name=known.name,
                dimension=str(dimension),
                mean=rate.shape.mean - 1,
                p10=p10,
                p50=p50,
                p90=p90,
                cases=rate.sample,
                year=rate.year,
                source=rate.source,
                url=rate.url,
                note=rate.note,
                is_confirmed=rate.is_confirmed,
                used=used.get(known.id, 0),
            )


def own_classes(used: Mapping[str, int]) -> dict[str, int]:
    """Return the classes that initiatives name and nobody has published, with how many name each."""
    return {key: count for key, count in sorted(used.items()) if key and key not in reference_classes()}


def statements() -> tuple[Statement, ...]:
    """Return what was published on how work turns out, and is no figure of a class."""
    return published_statements()


def fits(figure: ReferenceFigure, *, search: str, dimension: str, use: str) -> bool:
    """Return whether a figure passes the filters of the page; an empty one lets all pass."""
    wanted = search.casefold().strip()
    texts = (figure.id, figure.name, figure.source, figure.note)
    return (
        any(wanted in text.casefold() for text in texts)
        and dimension in ("", figure.dimension)
        and (use != "used" or figure.used > 0)
        and (use != "spread" or figure.p50 is not None)
    )
