"""`openvmo forecast FILE`: what each option may be worth, how surely, and when."""

from __future__ import annotations

import argparse
from typing import Any

from openvmo.cli import inputs
from openvmo.cli.analyses import analysed, print_findings, title_of
from openvmo.cli.output import say, say_json, width
from openvmo.cli.tables import Column, table
from openvmo.cli.wording import NOTHING, financial_year, fine_share, money, ratio, share

NAME = "forecast"
HELP = "forecast what each option may be worth"

_TOTALS = (
    ("npv", "Net present value"),
    ("benefit_pv", "Benefits, present value"),
    ("cost_pv", "Costs, present value"),
    ("cost", "Costs, undiscounted"),
)

_PROBABILITIES = (
    ("npv_positive", "Worth more than it costs"),
    ("cost_within_plan", "Costs no more than planned"),
    ("benefit_reaches_plan", "Brings at least what is planned"),
    ("all_budgets", "Keeps the budget of every year"),
)
_SAMPLING = {"balanced": "balanced sets", "plain": "plain, independent draws"}
_COMMON = "What work has in common"
_KINDS = {
    "slip": "Delay",
    "cost": "Cost",
    "benefit": "Benefit",
    "risk": "Whether it happens",
    "risk cost": "Cost of the event",
    "risk slip": "Delay by the event",
    "reference": "How such work turns out",
}
MOST_SHOWN = 8


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
    say(_precision(document["precision"]))
    say()
    say("All current plans together")
    say(_totals_table(totals, currency))
    say(
        f"Probability of loss {share(totals['probability_of_loss'])}, benefit-cost ratio {ratio(totals['bcr'])}; "
        f"{currency} {money(totals['sunk'])} is spent already and in none of these figures."
    )
    _part("How likely it is", _probabilities_table(document["probabilities"]))
    if any(row["budget"] is not None for row in document["budgets"]):
        _part("Costs against budgets", _budgets_table(document["budgets"], document["portfolio"]))
    if document["parameters"]["outside_view"] and any(row["reference_class"] for row in document["alternatives"]):
        _part("Expected values, inside against outside view", _views_table(document["alternatives"], currency))
    _part("Each option", _alternatives_table(document["alternatives"], currency))
    if document["drivers"]:
        _part("What drives the net present value most", _drivers_table(document["drivers"], currency))
    if document["information"]:
        _part("What it would be worth to know beforehand", _information_table(document["information"], currency))
    print_findings(document["findings"])


def _part(heading: str, content: str) -> None:
    say()
    say(heading)
    say(content)


def _precision(precision: dict[str, Any]) -> str:
    """How surely the mean is known, and whether that is as good as was asked."""
    asked, reached = precision["asked"], precision["reached"]
    known = f"Futures drawn in {_SAMPLING[precision['sampling']]}; standard error of the mean NPV {fine_share(reached)}"
    if asked is None or reached is None:
        return f"{known}."
    return f"{known}, asked {fine_share(asked)}{'' if reached <= asked else ': not reached'}."


def _totals_table(totals: dict[str, Any], currency: str) -> str:
    headings = ("Mean", "Std. error", "P10", "P50", "P90")
    columns = [Column(f"{currency}"), *(Column(heading, is_number=True) for heading in headings)]
    keys = ("mean", "standard_error", "p10", "p50", "p90")
    rows = [[words, *(money(totals[name][key]) for key in keys)] for name, words in _TOTALS]
    return table(columns, rows, width=width())


def _probabilities_table(probabilities: dict[str, Any]) -> str:
    columns = [Column("Outcome"), Column("Probability", is_number=True), Column("Std. error", is_number=True)]
    rows = [
        [words, share(found["share"]), fine_share(found["standard_error"])]
        for name, words in _PROBABILITIES
        if (found := probabilities[name]) is not None
    ]
    return table(columns, rows, width=width())


def _budgets_table(budgets: list[dict[str, Any]], portfolio: dict[str, Any]) -> str:
    columns = [
        Column("Year"),
        *(
            Column(f"{heading} ({portfolio['currency']})", is_number=True)
            for heading in ("Budget", "Cost mean", "Cost P90")
        ),
        Column("Within budget", is_number=True),
    ]
    rows = [
        [
            financial_year(row["year"], portfolio["fiscal_year_start"]),
            *(money(amount) for amount in (row["budget"], row["cost"]["mean"], row["cost"]["p90"])),
            share(row["within_budget"]["share"]),
        ]
        for row in budgets
        if row["budget"] is not None
    ]
    return table(columns, rows, width=width())


def _views_table(alternatives: list[dict[str, Any]], currency: str) -> str:
    """Means of all current plans together: expected values add up, whatever they have in common."""
    current = [alternative for alternative in alternatives if alternative["is_current"]]
    columns = [
        Column(currency),
        *(Column(heading, is_number=True) for heading in ("Plans as stated", "As such plans turn out", "Difference")),
    ]
    rows = []
    for name, words in (("npv", "Net present value"), ("cost", "Costs, undiscounted")):
        inside = sum(alternative["inside"][name]["mean"] for alternative in current)
        outside = sum(alternative[name]["mean"] for alternative in current)
        rows.append([words, money(inside), money(outside), money(outside - inside)])
    return table(columns, rows, width=width())


def _drivers_table(drivers: list[dict[str, Any]], currency: str) -> str:
    columns = [
        Column("Initiative", is_flexible=True),
        Column("Input", is_flexible=True, least=20),
        Column("Share of variance", is_number=True, is_flexible=True, least=10),
        Column(f"NPV when low ({currency})", is_number=True, is_flexible=True, least=10),
        Column("when high", is_number=True),
    ]
    rows = [
        [
            row["initiative"] or NOTHING,
            _input(row),
            share(row["share_of_variance"]),
            money(row["low"]),
            money(row["high"]),
        ]
        for row in drivers[:MOST_SHOWN]
    ]
    return table(columns, rows, width=width())


def _information_table(information: list[dict[str, Any]], currency: str) -> str:
    columns = [
        Column("Initiative", is_flexible=True),
        Column("Input", is_flexible=True, least=20),
        Column(f"Worth ({currency})", is_number=True),
        Column("Std. error", is_number=True),
    ]
    rows = [
        [row["initiative"], _input(row), money(row["evpi"]), money(row["standard_error"])]
        for row in information[:MOST_SHOWN]
    ]
    return table(columns, rows, width=width())


def _input(row: dict[str, Any]) -> str:
    """What an input is, in words: its kind, and its name where it has one."""
    if row["kind"] == "factor":
        return _COMMON if row["input"] == "portfolio" else f"{_COMMON}: {row['input']}"
    kind = _KINDS.get(row["kind"], row["kind"])
    return f"{kind}: {row['input']}" if row["input"] else kind


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
