"""OpenVMO as a program of its own: started, waited for, and stopped without leaving anything behind."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tools.demo import answers
from tools.postgres import free_port
from tools.processes import start, stop

ROOT = Path(__file__).parents[1]
START_SECONDS = 120.0
LOOK_SECONDS = 0.05
# The command as a module, so that it runs from any environment in which the package can be imported.
COMMAND = (sys.executable, "-m", "openvmo.cli.main")


@contextmanager
def serving(variables: Mapping[str, str]) -> Iterator[str]:
    """The address of a server that runs while the block does, on a free port."""
    port = free_port()
    with running(["serve", "--port", str(port)], variables, f"http://127.0.0.1:{port}/health"):
        yield f"http://127.0.0.1:{port}"


@contextmanager
def running(arguments: list[str], variables: Mapping[str, str], page: str) -> Iterator[float]:
    """Run a command of OpenVMO; gives the seconds from the start of its process to the first answer of a page."""
    began = time.perf_counter()
    program = start(
        [*COMMAND, *arguments], folder=ROOT, environment={**os.environ, **variables}, output=subprocess.DEVNULL
    )
    try:
        while not answers(page):
            if program.poll() is not None:
                raise SystemExit(f"openvmo {' '.join(arguments)} ended with status {program.returncode}.")
            if time.perf_counter() - began > START_SECONDS:
                raise SystemExit(f"openvmo {' '.join(arguments)} did not answer within {START_SECONDS:.0f} s.")
            time.sleep(LOOK_SECONDS)
        yield time.perf_counter() - began
    finally:
        stop(program)
