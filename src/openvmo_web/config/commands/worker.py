"""``openvmo worker``: runs forecasts, choices and imports in the background."""

import argparse
import os
import sys
import threading

from openvmo_web.config.signals import stop_on_signals
from openvmo_web.config.start import prepare
from openvmo_web.config.supervisor import Supervisor

NAME = "worker"
HELP = "run background work (forecasts, choices, imports) until stopped"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    parser.add_argument("--count", type=int, default=1, metavar="N", help="how many worker processes (default: 1)")
    parser.add_argument("--until-input-closes", action="store_true", help=argparse.SUPPRESS)


def run(arguments: argparse.Namespace) -> int:
    """Run one worker in this process, or several in processes of their own."""
    if arguments.count < 1:
        raise SystemExit(f"openvmo: --count is {arguments.count}: at least one worker is needed.")
    prepare()
    stop = stop_on_signals()
    if arguments.count > 1:
        supervisor = Supervisor(arguments.count)
        supervisor.start()
        try:
            supervisor.wait(stop)
        finally:
            supervisor.stop()
        return 0
    # Models can be imported only after the set-up.
    from openvmo_web.jobs.worker import Worker

    if arguments.until_input_closes:
        threading.Thread(target=_stop_when_input_closes, args=(stop,), daemon=True).start()
    Worker(stop).run()
    return 0


def _stop_when_input_closes(stop: threading.Event) -> None:
    """Stop when the process that started this one has ended, however it ended."""
    # Not sys.stdin: its lock would be held for good when the interpreter shuts down.
    while os.read(0, 1024):
        pass
    stop.set()


if __name__ == "__main__":
    _parser = argparse.ArgumentParser(prog="openvmo worker", description=HELP)
    add_arguments(_parser)
    sys.exit(run(_parser.parse_args()))
