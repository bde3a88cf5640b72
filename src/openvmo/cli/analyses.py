"""What the commands that run an analysis share: the run itself, its title and its findings."""

from __future__ import annotations

import argparse
import textwrap
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from openvmo.analysis import AnalysisResult, run_analysis, run_record
from openvmo.cli.findings import summary_of
from openvmo.cli.inputs import read_portfolio, refuse_to_overwrite, save_json
from openvmo.cli.output import note, progress_shown, say, styled, width
from openvmo.cli.wording import counted
from openvmo.compute import executor

_WIDEST_TEXT = 120


def analysed(kind: str, arguments: argparse.Namespace, parameters: Mapping[str, Any]) -> AnalysisResult:
    """Run an analysis on the file that the command names, and save the run if that is wanted."""
    if arguments.save is not None:
        refuse_to_overwrite(arguments.save, is_forced=True)
    portfolio = read_portfolio(arguments)
    if arguments.horizon is not None:
        portfolio = replace(portfolio, horizon=arguments.horizon)
    with executor(arguments.workers) as pool, progress_shown(is_wanted=arguments.progress) as progress:
        result = run_analysis(kind, portfolio, parameters, progress=progress, executor=pool)
    if arguments.save is not None:
        save_json(run_record(portfolio, result), arguments.save)
        note(f"Saved the run as {arguments.save}; 'openvmo verify {arguments.save}' computes it again.")
    return result


def title_of(document: Mapping[str, Any]) -> str:
    """Which portfolio, in which money, from how many futures."""
    portfolio, parameters = document["portfolio"], document["parameters"]
    view = _view(parameters)
    facts = (
        f"{portfolio['currency']} in prices of {portfolio['price_base']}, valued at {portfolio['start']}, "
        f"{portfolio['discount_rate']:.2%} a year over {counted(portfolio['horizon'], 'month')}; "
        f"{counted(document['precision']['trials'], 'trial')}, seed {parameters['seed']}, {view}"
    )
    return f"{styled(portfolio['name'], 'bold')}\n{facts}"


def _view(parameters: Mapping[str, Any]) -> str:
    if not parameters["outside_view"]:
        return "plans as stated"
    own = parameters["references"] or ()
    return f"with {len(own)} own and the published reference classes" if own else "with published reference classes"


def print_findings(findings: list[dict[str, Any]]) -> None:
    """One line for each kind of finding."""
    if not findings:
        return
    say()
    say("What to know about these figures")
    for line in summary_of(findings):
        say(textwrap.fill(line, min(width(), _WIDEST_TEXT), initial_indent="- ", subsequent_indent="  "))
