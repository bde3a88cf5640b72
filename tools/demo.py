"""``run.py demo``: serve the example organisation from this checkout until somebody stops it."""

from __future__ import annotations

import shutil
import signal
import socket
import time
import urllib.error
import urllib.request
from pathlib import Path

from tools.console import box, say
from tools.environment import ROOT, prepare
from tools.postgres import free_port
from tools.problems import Problem
from tools.processes import Interrupted, Program, Signals, start, wait

HOST = "127.0.0.1"
DATABASE = "openvmo.sqlite3"
PAUSE_SECONDS = 0.25


def demo(*, port: int, data: Path, fresh: bool, signals: Signals) -> int:
    """Set up, serve, and say when the page answers; returns the status for the shell."""
    began = time.monotonic()
    check_port(port)
    if fresh:
        clear(data)
    environment = prepare("run", signals)
    check_port(port)
    program = start(
        [environment.script("openvmo"), "demo", "--data", data, "--port", str(port)],
        folder=ROOT,
        environment=environment.variables(),
    )
    herald = Herald(port, time.monotonic(), began)
    try:
        status = wait(program, signals, meanwhile=lambda: herald.look(program))
    except Interrupted as interrupted:
        say(f"Stopped ({signal.Signals(interrupted.number).name}); no process is left.")
        return 0 if herald.answered else 128 + interrupted.number
    if status != 0:
        raise Problem(
            f"The demo ended by itself with status {status}; its last lines stand above.",
            f"With a new data folder it starts from nothing: python3 run.py demo --fresh --data {data}",
        )
    return 0


class Herald:
    """Announces, once, that the page answers."""

    def __init__(self, port: int, started: float, began: float) -> None:
        self.address = f"http://{HOST}:{port}/"
        self.started = started
        self.began = began
        self.answered = False
        self._next_look = 0.0

    def look(self, program: Program) -> None:
        """Ask the server, now and then, whether it is up; print the address the first time that it is."""
        now = time.monotonic()
        if self.answered or now < self._next_look or program.poll() is not None:
            return
        self._next_look = now + PAUSE_SECONDS
        if answers(f"{self.address}health"):
            self.answered = True
            waited = time.monotonic()
            box(
                f"OpenVMO answers at {self.address}",
                f"{waited - self.started:.1f} s after the set-up, {waited - self.began:.0f} s in all. Ctrl+C stops it.",
            )


def answers(url: str) -> bool:
    """Whether a page of this computer answers with success; a proxy is never asked."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=1.0) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def check_port(port: int) -> None:
    """Raise ``Problem`` when something already listens on the port, with a port that is free."""
    with socket.socket() as probe:
        if probe.connect_ex((HOST, port)) != 0:
            return
    raise Problem(
        f"Port {port} of this computer is taken by another program (perhaps another OpenVMO).",
        f"Stop that program, or use another port: python3 run.py demo --port {free_port()}",
    )


def clear(data: Path) -> None:
    """Remove a data folder of OpenVMO; refuses any other folder, so that a wrong name costs nothing."""
    if not data.exists() or not any(data.iterdir()):
        return
    if not (data / DATABASE).exists():
        raise Problem(
            f"{data} holds no OpenVMO data (no {DATABASE}), so --fresh does not delete it.",
            "Name the data folder of a demo with --data, or delete the folder yourself.",
        )
    say(f"Deleting the demo's data in {data}.")
    shutil.rmtree(data)
