"""`openvmo choose FILE --budget ...`: the best portfolio under yearly budgets, and why."""

from __future__ import annotations

import argparse
from typing import Any

from openvmo.cli import inputs
from openvmo.cli.analyses import analysed, print_findings, title_of
from openvmo.cli.output import say, say_json, width
from openvmo.cli.tables import Column, table
from openvmo.cli.wording import counted, financial_year, money, share

NAME = "choose"
HELP = "choose the best portfolio under yearly budgets, and say why"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    inputs.add_file_arguments(parser)
    parser.add_argument(
        "--budget",
        action="append",
        metavar="BUDGET",
        help="2026=30bn for one year (repeat for more), 30bn for each year, or 60%% of what all plans together would "
        "cost each year; without it the portfolio's own budgets count",
    )
    parser.add_argument(
        "--mandatory", action="append", default=[], metavar="ID", help="an initiative that must be taken"
    )
    parser.add_argument(
        "--forbid", action="append", default=[], metavar="ID", help="an initiative that must not be taken"
    )
    parser.add_argument(
        "--time-limit", type=float, default=30.0, metavar="SECONDS", help="longest search (default: 30 seconds)"
    )
    inputs.add_analysis_arguments(parser)
    inputs.add_json_argument(parser)


def run(arguments: argparse.Namespace) -> int:
    """Choose and print."""
    parameters = {
        **inputs.analysis_parameters(arguments),
        "budgets": inputs.parse_budgets(arguments.budget),
        "mandatory": arguments.mandatory,
        "forbidden": arguments.forbid,
        "time_limit": arguments.time_limit,
    }
    document = analysed("choose", arguments, parameters).document
    if arguments.json:
        say_json(document)
    else:
        _print(document)
    return 0


def _print(document: dict[str, Any]) -> None:
    currency = document["portfolio"]["currency"]
    chosen = [row for row in document["initiatives"] if row["is_in"]]
    left_out = [row for row in document["initiatives"] if not row["is_in"]]
    say(title_of(document))
    say()
    for line in _headline(document, len(chosen)):
        say(line)
    if document["budget"]:
        say()
        say(_budget_table(document["budget"], document["portfolio"]))
    for heading, rows in ((f"Chosen ({len(chosen)})", chosen), (f"Left out ({len(left_out)})", left_out)):
        if rows:
            say()
            say(heading)
            say(_initiative_table(rows, currency))
    print_findings(document["findings"])


def _headline(document: dict[str, Any], chosen: int) -> list[str]:
    currency, npv = document["portfolio"]["currency"], document["npv"]
    proof = (
        "proved to be the best"
        if document["status"] == "optimal"
        else f"at most {share(document['gap'])} from the best"
    )
    total = counted(len(document["initiatives"]), "initiative")
    return [
        f"Take {chosen} of {total}: worth {currency} {money(document['value'])}, {proof}.",
        (
            f"Net present value {currency} {money(npv['p10'])} to {money(npv['p90'])} in eight of ten futures; "
            f"probability of loss {share(document['probability_of_loss'])}."
        ),
    ]


def _budget_table(rows: list[dict[str, Any]], portfolio: dict[str, Any]) -> str:
    first_month = portfolio["fiscal_year_start"]
    headings = ("Available", "All plans", "Chosen", "Left over", "Value of 1 more")
    columns = [Column(f"Year ({portfolio['currency']})"), *(Column(heading, is_number=True) for heading in headings)]
    cells = [
        [
            financial_year(row["year"], first_month),
            *(money(row[name]) for name in ("available", "demand", "used", "slack")),
            f"{row['shadow_price']:.2f}",
        ]
        for row in rows
    ]
    return table(columns, cells, width=width())


def _initiative_table(rows: list[dict[str, Any]], currency: str) -> str:
    columns = [
        Column("Initiative", is_flexible=True),
        Column("Name", is_flexible=True, least=20),
        Column("Option", is_flexible=True, least=8),
        Column(f"Value ({currency})", is_number=True),
        Column(f"Cost ({currency})", is_number=True),
        Column("Why", is_flexible=True, least=30),
    ]
    in_order = sorted(rows, key=lambda row: -(row["value"] or 0.0))
    cells = [
        [
            row["initiative"],
            row["initiative_name"],
            row["option_name"] or row["option"] or "",
            money(row["value"]),
            money(row["cost"]),
            row["reason"],
        ]
        for row in in_order
    ]
    return table(columns, cells, width=width())
