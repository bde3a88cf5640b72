"""How fast a workbook is read, against the plain reader; and how fast the server takes it in."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from python_calamine import CalamineWorkbook

from benchmarks.measure import apart, timed
from benchmarks.portfolios import FULL, portfolio
from benchmarks.report import Figure, say
from benchmarks.servers import databases, office
from openvmo.files import read_with_findings, write_portfolio

if TYPE_CHECKING:
    from openvmo_web.portfolio.models import Portfolio

ROUNDS = 5


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000, help="rows of the workbook (default: 100000)")
    parser.add_argument("--no-server", action="store_true", help="read only, and leave the server out")
    arguments = parser.parse_args()
    initiatives = max(1, arguments.rows // FULL.rows)
    rows = initiatives * FULL.rows
    with tempfile.TemporaryDirectory(prefix="openvmo-benchmark-") as folder:
        workbook = Path(folder) / "benchmark.xlsx"
        write_portfolio(portfolio(initiatives), workbook)
        say(f"Import of a workbook with {rows:,} rows", "python-calamine iterates all cells.", reading(workbook))
        if not arguments.no_server:
            for name, variables in databases():
                figures = apart(taking_in, variables, workbook, rows)
                say(f"The server takes it in, {name}", "reading the file, without the server.", figures)


def reading(workbook: Path) -> list[Figure]:
    """Our reader and the plain one in turn, so that other load of the machine meets both."""
    pairs = [
        (timed(lambda: cells_of(workbook), rounds=1), timed(lambda: portfolio_in(workbook), rounds=1))
        for _ in range(ROUNDS)
    ]
    plain, ours = min(pairs, key=lambda pair: pair[1].median + pair[0].median)
    ratios = sorted(ours.median / plain.median for plain, ours in pairs)
    return [
        Figure("processor time, best round", ours.median, "s", plain.median, most_ratio=3.0),
        Figure("clock time, same round", ours.median_wall, "s", plain.median_wall),
        Figure("ratio, middle of the rounds", ratios[len(ratios) // 2], "x", most=3.0),
    ]


def taking_in(workbook: Path, rows: int) -> list[Figure]:
    """Preview and apply the workbook through the actions of the server."""
    by = office()
    from django.utils import timezone

    from openvmo_web.exchange.actions import import_apply, import_preview, import_read

    content = workbook.read_bytes()
    plain = timed(lambda: portfolio_in(workbook), rounds=1)
    imported = import_preview(content=content, file_name=workbook.name, by=by, at=timezone.now())
    preview = timed(lambda: import_read(imported=imported, by=by, at=timezone.now()), rounds=1)
    apply = timed(lambda: import_apply(imported=imported, by=by, at=timezone.now()), rounds=1)
    again = import_preview(content=content, file_name=workbook.name, portfolio=_stored(), by=by, at=timezone.now())
    repeated = timed(lambda: import_read(imported=again, by=by, at=timezone.now()), rounds=1)
    return [
        Figure("preview", preview.median, "s", plain.median),
        Figure("preview, clock", preview.median_wall, "s", plain.median_wall),
        Figure("apply", apply.median, "s", plain.median),
        Figure("apply, clock", apply.median_wall, "s", plain.median_wall),
        Figure("preview and apply, clock", rows / (preview.median_wall + apply.median_wall), "rows/s"),
        Figure("preview of the same file again, which changes nothing", repeated.median, "s", plain.median),
        Figure("differences found then", len(again.changes), "", most=0),
    ]


def portfolio_in(workbook: Path) -> None:
    """Read the workbook as a portfolio with findings."""
    if read_with_findings(workbook).portfolio is None:
        raise SystemExit("The benchmark's own workbook was refused.")


def cells_of(workbook: Path) -> int:
    """Iterate all cells of all sheets with the plain reader."""
    with CalamineWorkbook.from_path(str(workbook)) as opened:
        return sum(
            sum(1 for _ in row) for name in opened.sheet_names for row in opened.get_sheet_by_name(name).iter_rows()
        )


def _stored() -> Portfolio:
    from openvmo_web.portfolio.models import Portfolio

    return Portfolio.objects.get()


if __name__ == "__main__":
    main()
