"""Read the arguments, run the command, and say every problem with its remedy."""

from __future__ import annotations

import argparse
import errno
from collections.abc import Sequence
from pathlib import Path

from tools.console import say
from tools.demo import demo
from tools.environment import ROOT
from tools.problems import Problem
from tools.processes import Interrupted, Signals
from tools.remedies import explain
from tools.testing import GROUPS, test


def main(arguments: Sequence[str]) -> int:
    """Run one command; returns its status: 0 good, 1 failed, 2 wrong arguments, 128 + n stopped by signal n."""
    ours, passed_on = split(arguments)
    chosen = parser().parse_args(ours)
    with Signals() as signals:
        try:
            if chosen.command == "demo":
                return demo(port=chosen.port, data=chosen.data.resolve(), fresh=chosen.fresh, signals=signals)
            groups = [group for several in chosen.only for group in several]
            return test(only=groups, arguments=passed_on, signals=signals)
        except Interrupted as interrupted:
            say(f"Stopped ({interrupted}); no process is left. The next start picks up from here.")
            return 128 + interrupted.number
        except Problem as problem:
            return _tell(problem)
        except OSError as error:
            if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM, errno.EROFS):
                raise
            return _tell(explain("The command", [str(error), "Permission denied"], f"The system said: {error}"))


def split(arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    """Our arguments, and those after ``--``, which are for pytest.

    >>> split(["test", "--only", "unit", "--", "-k", "npv"])
    (['test', '--only', 'unit'], ['-k', 'npv'])
    """
    words = list(arguments)
    where = words.index("--") if "--" in words else len(words)
    return words[:where], words[where + 1 :]


def parser() -> argparse.ArgumentParser:
    """The two commands and their options."""
    top = argparse.ArgumentParser(
        prog="run.py", description="Set up OpenVMO in this folder, and run its demo or its tests.", allow_abbrev=False
    )
    commands = top.add_subparsers(dest="command", required=True)
    show = commands.add_parser("demo", help="serve an example organisation on this computer", allow_abbrev=False)
    show.add_argument("--port", type=_port, default=8000, help="port of 127.0.0.1 (default 8000)")
    show.add_argument("--data", type=Path, default=ROOT / ".demo", help="folder for the demo's data (default .demo)")
    show.add_argument("--fresh", action="store_true", help="delete the demo's data first")
    check = commands.add_parser(
        "test", help="run all checks and tests", epilog="What follows -- is passed to pytest.", allow_abbrev=False
    )
    check.add_argument(
        "--only", nargs="+", action="append", choices=GROUPS, default=[], help="run only these groups (default all)"
    )
    return top


def _port(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text} is no port; give a number from 1 to 65535")
    return int(text)


def _tell(problem: Problem) -> int:
    say(f"\nProblem: {problem.what}\n\nWhat to do:\n  " + problem.remedy.replace("\n", "\n  "))
    return 1
