"""The entry of `openvmo`: finds the command, runs it, and turns every failure into one sentence."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from openvmo import __version__
from openvmo.cli.failures import CommandError, explained
from openvmo.cli.registry import Command, commands

_INTERRUPTED = 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    Args:
        argv: the words after `openvmo`; None takes those of the process.

    Returns:
        The exit status: 0 all is well, 1 something was found or failed, 2 the command was not understood.
    """
    words = list(sys.argv[1:] if argv is None else argv)
    try:
        return _run(words)
    except SystemExit as stop:
        return _status_of(stop)
    except KeyboardInterrupt:
        print("openvmo: stopped", file=sys.stderr)
        return _INTERRUPTED
    except BrokenPipeError:
        # The reader has closed the pipe, as `head` does: nothing more can be said, and nothing is wrong.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        if "--debug" in words:
            raise
        print(f"openvmo: {explained(error)}", file=sys.stderr)
        return error.status if isinstance(error, CommandError) else 1


def _run(words: list[str]) -> int:
    known = commands()
    called = known.get(next((word for word in words if not word.startswith("-")), ""))
    parser = _parser(known, called)
    arguments = parser.parse_args(words)
    if called is None:
        parser.print_help()
        return 2
    return called.load().run(arguments)


def _parser(known: dict[str, Command], called: Command | None) -> argparse.ArgumentParser:
    """The parser of all commands, with the arguments of the one that is called; the others' modules stay unloaded."""
    parser = argparse.ArgumentParser(
        prog="openvmo",
        description="OpenVMO: choose the work of highest value, and see whether the value arrives.",
        epilog="Run 'openvmo COMMAND --help' for the arguments of a command.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"openvmo {__version__}")
    subparsers = parser.add_subparsers(title="commands", metavar="COMMAND")
    for command in known.values():
        about = command.help
        description = f"{about[:1].upper()}{about[1:]}."
        inner = subparsers.add_parser(command.name, help=about, description=description, allow_abbrev=False)
        inner.add_argument("--debug", action="store_true", help="show the traceback of a failure")
        if command is called:
            command.load().add_arguments(inner)
    return parser


def _status_of(stop: SystemExit) -> int:
    """The exit status; a text, as Python has it, is printed and means failure."""
    if stop.code is None or isinstance(stop.code, int):
        return stop.code or 0
    print(stop.code, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
