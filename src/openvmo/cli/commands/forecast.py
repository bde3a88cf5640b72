"""`openvmo forecast FILE`: what each option may be worth, how surely, and when."""

from __future__ import annotations

import argparse
from typing import Any

from openvmo.cli import inputs
from openvmo.cli.analyses import analysed, print_findings, title_of
from openvmo.cli.output import say, say_json, width
from openvmo.cli.tables import Column, table
from openvmo.cli.wording import money, ratio, share

NAME = "forecast"
HELP = "forecast what each option may be worth"

_TOTALS = (
    ("npv", "Net present value"),
    ("benefit_pv", "Benefits, present value"),
    ("cost_pv", "Costs, present value"),
    ("cost", "Costs, undiscounted"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    inputs.add_file_arguments(parser)
    inputs.add_analysis_arguments(parser)
    inputs.add_json_argument(parser)


def run(arguments: argparse.Namespace) -> int:
    """Forecast and print."""
    document = analysed("forecast", arguments, inputs.analysis_parameters(arguments)).document
    if arguments.json:
        say_json(document)
    else:
        _print(document)
    return 0


def _print(document: dict[str, Any]) -> None:
    totals, currency = document["totals"], document["portfolio"]["currency"]
    say(title_of(document))
    say()
    say("All current plans together")
    say(_totals_table(totals, currency))
    say(
        f"Probability of loss {share(totals['probability_of_loss'])}, benefit-cost ratio {ratio(totals['bcr'])}; "
        f"{currency} {money(totals['sunk'])} is spent already and in none of these figures."
    )
    say()
    say("Each option")
    say(_alternatives_table(document["alternatives"], currency))
    print_findings(document["findings"])


def _totals_table(totals: dict[str, Any], currency: str) -> str:
    columns = [Column(f"{currency}"), *(Column(heading, is_number=True) for heading in ("Mean", "P10", "P50", "P90"))]
    rows = [[words, *(money(totals[name][key]) for key in ("mean", "p10", "p50", "p90"))] for name, words in _TOTALS]
    return table(columns, rows, width=width())


def _alternatives_table(alternatives: list[dict[str, Any]], currency: str) -> str:
    columns = [
        Column("Initiative", is_flexible=True),
        Column("Name", is_flexible=True, least=20),
        Column("Option", is_flexible=True, least=8),
        Column(f"NPV mean ({currency})", is_number=True, is_flexible=True, least=10),
        Column("P10", is_number=True),
        Column("P90", is_number=True),
        Column("Loss", is_number=True),
        Column(f"Cost P50 ({currency})", is_number=True, is_flexible=True, least=10),
        Column("as planned", is_number=True),
        Column("Go-live P50"),
        Column("as planned"),
    ]
    return table(columns, [_row(alternative) for alternative in alternatives], width=width())


def _row(alternative: dict[str, Any]) -> list[str]:
    npv = alternative["npv"]
    return [
        alternative["initiative"],
        alternative["initiative_name"],
        alternative["option_name"] or alternative["option"],
        money(npv["mean"]),
        money(npv["p10"]),
        money(npv["p90"]),
        share(alternative["probability_of_loss"]),
        money(alternative["cost"]["p50"]),
        money(alternative["inside"]["cost"]["p50"]),
        alternative["go_live"]["p50"],
        alternative["go_live"]["planned"],
    ]
