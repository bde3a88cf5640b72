"""Tables of text: aligned, as wide as the terminal, wrapped where they must be."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

_GAP = "  "


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    Args:
        heading: with the unit, such as "Cost (GBP)".
        is_number: numbers stand to the right.
        is_flexible: gives up width, and wraps its text, when the terminal is narrow.
        least: fewest characters that a flexible column keeps.
    """

    heading: str
    is_number: bool = False
    is_flexible: bool = False
    least: int = 16


def table(columns: Sequence[Column], rows: Sequence[Sequence[str]], *, width: int) -> str:
    """Lay out a table.

    Args:
        columns: its columns.
        rows: one text for each column.
        width: characters a line may have; flexible columns share what the others leave.

    >>> print(table([Column("Name"), Column("Cost (GBP)", is_number=True)], [["Bridge", "1.2m"]], width=40))
    Name    Cost (GBP)
    ------  ----------
    Bridge        1.2m
    """
    natural = [max(len(cell) for cell in cells) for cells in zip([c.heading for c in columns], *rows, strict=True)]
    widths = _fitted(columns, natural, width - len(_GAP) * (len(columns) - 1))
    head = _lines([column.heading for column in columns], columns, widths)
    rule = _GAP.join("-" * size for size in widths)
    body = [line for row in rows for line in _lines(row, columns, widths)]
    return "\n".join([*head, rule, *body])


def _fitted(columns: Sequence[Column], natural: Sequence[int], room: int) -> list[int]:
    """Widths of the columns: the natural ones, of which the widest flexible ones give way until all fit."""
    widths = list(natural)
    least = [
        min(size, column.least) if column.is_flexible else size for column, size in zip(columns, natural, strict=True)
    ]
    while sum(widths) > room:
        spare = [size - limit for size, limit in zip(widths, least, strict=True)]
        if max(spare, default=0) == 0:
            break
        widest = max((size, index) for index, size in enumerate(widths) if spare[index] > 0)[1]
        widths[widest] -= 1
    return widths


def _lines(cells: Sequence[str], columns: Sequence[Column], widths: Sequence[int]) -> list[str]:
    wrapped = [_wrapped(cell, size) for cell, size in zip(cells, widths, strict=True)]
    height = max(len(lines) for lines in wrapped)
    padded = [lines + [""] * (height - len(lines)) for lines in wrapped]
    return [
        _GAP.join(
            text.rjust(size) if column.is_number else text.ljust(size)
            for text, column, size in zip(line, columns, widths, strict=True)
        ).rstrip()
        for line in zip(*padded, strict=True)
    ]


def _wrapped(cell: str, size: int) -> list[str]:
    return textwrap.wrap(cell, size) or [""]
