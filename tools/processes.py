"""Start programs, forward signals to them, and leave no process behind.

Signals are noted by a handler and acted on by whoever waits, so that no exception appears between two lines
that belong together. A stopped program gets its own signal first; what is left of its family after a grace
time is killed, also when it moved to another process group, as browsers do.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType, TracebackType
from typing import IO, Any, Self

GRACE_SECONDS = 15.0
TICK_SECONDS = 0.1
FORWARDED = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")

Program = subprocess.Popen[bytes]


class Interrupted(Exception):
    """A signal asked this run to stop."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.number = number


class Signals:
    """Notes the first stop signal while the ``with`` block runs; ``check`` raises it."""

    def __init__(self) -> None:
        self.received: int | None = None
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Self:
        for name in FORWARDED:
            number = getattr(signal, name, None)
            if number is not None:
                self._before[number] = signal.signal(number, self._note)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _note(self, number: int, frame: FrameType | None) -> None:
        if self.received is None:
            self.received = number

    def check(self) -> None:
        """Raise ``Interrupted`` when a stop signal has come."""
        if self.received is not None:
            raise Interrupted(self.received)


@dataclass(frozen=True)
class Running:
    """One process of this computer; ``started`` tells it from a later one with the same number."""

    pid: int
    parent: int
    group: int
    started: str


def start(
    command: Sequence[str | Path],
    *,
    folder: Path,
    environment: Mapping[str, str],
    output: IO[bytes] | int | None = None,
) -> Program:
    """Start a program in a process group of its own, without standard input."""
    return subprocess.Popen(
        [str(word) for word in command],
        cwd=folder,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT if output is not None else None,
        start_new_session=True,
        creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
    )


def wait(program: Program, signals: Signals, *, meanwhile: Callable[[], None] = lambda: None) -> int:
    """Wait for a program and return its status; stop it, with its family, when a signal or an error comes."""
    try:
        while (status := program.poll()) is None:
            signals.check()
            meanwhile()
            time.sleep(TICK_SECONDS)
    except BaseException as error:
        stop(program, politely=error.number if isinstance(error, Interrupted) else signal.SIGTERM)
        raise
    return status


def stop(*programs: Program, politely: int = signal.SIGTERM, grace: float | None = None) -> None:
    """Ask programs to stop, and kill what is left of their families after ``grace`` seconds."""
    patience = GRACE_SECONDS if grace is None else grace
    if sys.platform == "win32":
        for program in programs:
            _stop_on_windows(program, patience)
        return
    known = _families(programs, running())
    for program in programs:
        if program.poll() is None:
            program.send_signal(politely)
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        now = running()
        # Who has lost its parent is found no more by descent, so those seen before are kept while they run.
        known = (known & set(now)) | _families(programs, now)
        if not known and all(program.poll() is not None for program in programs):
            return
        time.sleep(TICK_SECONDS)
    _kill(known)
    for program in programs:
        program.wait()


def family(pid: int, processes: Iterable[Running]) -> list[Running]:
    """The process, all its descendants, and all members of its process group."""
    everyone = list(processes)
    inside = {one.pid for one in everyone if pid in (one.pid, one.group)}
    grew = True
    while grew:
        children = {one.pid for one in everyone if one.parent in inside} - inside
        inside |= children
        grew = bool(children)
    return [one for one in everyone if one.pid in inside]


def _families(programs: Iterable[Program], processes: list[Running]) -> set[Running]:
    return {one for program in programs for one in family(program.pid, processes)}


def running() -> list[Running]:
    """All processes of this computer that are not just waiting to be reaped."""
    if Path("/proc/self/stat").exists():
        return [one for one in map(_from_proc, Path("/proc").glob("[0-9]*/stat")) if one]
    listing = subprocess.run(
        ["ps", "-A", "-o", "pid=,ppid=,pgid=,stat=,lstart="], capture_output=True, text=True, check=True
    ).stdout
    rows = [line.split(None, 4) for line in listing.splitlines()]
    return [Running(int(row[0]), int(row[1]), int(row[2]), row[4]) for row in rows if not row[3].startswith("Z")]


def _from_proc(stat: Path) -> Running | None:
    try:
        text = stat.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    # The program's name stands in brackets and may itself hold spaces and brackets.
    state, parent, group, *rest = text.rpartition(")")[2].split()
    return None if state in "ZX" else Running(int(stat.parent.name), int(parent), int(group), rest[16])


def _kill(processes: Iterable[Running]) -> None:
    for one in set(processes) & set(running()):
        try:
            os.kill(one.pid, signal.SIGKILL)
        except ProcessLookupError:
            continue


def _stop_on_windows(program: Program, grace: float) -> None:
    if program.poll() is None:
        os.kill(program.pid, getattr(signal, "CTRL_BREAK_EVENT", signal.SIGTERM))
        try:
            program.wait(grace)
        except subprocess.TimeoutExpired:
            subprocess.run(["taskkill", "/PID", str(program.pid), "/T", "/F"], capture_output=True, check=False)
            program.wait()
