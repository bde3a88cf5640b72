"""Seconds from starting the demo, with its data already loaded, to a page that answers; and set-up from nothing."""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tools.demo import answers
from tools.postgres import free_port
from tools.processes import start, stop

from benchmarks.measure import timed
from benchmarks.programs import ROOT, running
from benchmarks.report import Figure, say

ROUNDS = 3
MOST_SECONDS = 5.0
MOST_SETUP_SECONDS = 240.0


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--setup", action="store_true", help="also set up from nothing in a clone (minutes, network)")
    arguments = parser.parse_args()
    say("Start of the demo", "the interpreter imports Django and does nothing else.", started())
    if arguments.setup:
        say("Set-up from nothing, from a clone to a page that answers", "none.", [set_up()])


def started() -> list[Figure]:
    """The first start, which loads the example, and later ones."""
    empty = timed(lambda: subprocess.run([sys.executable, "-c", "import django.core.management"], check=True), rounds=5)
    with tempfile.TemporaryDirectory(prefix="openvmo-benchmark-") as folder:
        data = Path(folder) / "data"
        first = demo_seconds(data)
        later = [demo_seconds(data) for _ in range(ROUNDS)]
    return [
        Figure("first start, loads the example", first, "s", empty.median_wall),
        Figure(
            "later start, middle of the rounds", statistics.median(later), "s", empty.median_wall, most=MOST_SECONDS
        ),
        Figure("later start, best round", min(later), "s", empty.median_wall),
    ]


def demo_seconds(data: Path) -> float:
    """Start the demo on a data folder, wait for its sign-in page, stop it."""
    port = free_port()
    arguments = ["demo", "--data", str(data), "--port", str(port)]
    with running(arguments, {}, f"http://127.0.0.1:{port}/accounts/login/") as seconds:
        return seconds


def set_up() -> Figure:
    """Clone this checkout as committed and run its first command until a page answers."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="openvmo-benchmark-") as folder:
        clone = Path(folder) / "openvmo"
        began = time.perf_counter()
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
        program = start([sys.executable, "run.py", "demo", "--port", str(port)], folder=clone, environment=os.environ)
        try:
            while program.poll() is None and not answers(f"http://127.0.0.1:{port}/accounts/login/"):
                time.sleep(0.5)
            if program.poll() is not None:
                raise SystemExit(f"The demo of the clone ended with status {program.returncode}.")
            seconds = time.perf_counter() - began
        finally:
            stop(program)
    return Figure("from clone to page", seconds, "s", most=MOST_SETUP_SECONDS)


if __name__ == "__main__":
    main()
