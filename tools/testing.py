"""``run.py test``: all static checks and tests, side by side where that is safe, with one table at the end."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import time
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

from tools import browsers, postgres
from tools.console import say
from tools.environment import ROOT, Environment, prepare
from tools.processes import TICK_SECONDS, Interrupted, Program, Signals, start, stop

GROUPS = ("static", "unit", "web", "browser")
SLOTS = 2
"""How much runs side by side: two ordinary parts, or one that spreads over the processors itself."""
WORKERS = max(2, min(8, os.cpu_count() or 2))
NOTHING_COLLECTED = 5
REMINDER_SECONDS = 60.0
OWN_SUITES = ("web", "browser")
CHECKED = ("src", "tools", "run.py")


@dataclass(frozen=True)
class Part:
    """One program to run: its name in the table, its group, and how many slots it fills."""

    name: str
    group: str
    command: tuple[str, ...]
    slots: int = 1
    variables: Mapping[str, str] = field(default_factory=dict)
    suite: bool = True


@dataclass(frozen=True)
class Missing:
    """A part that cannot run here, and how to make it run."""

    name: str
    what: str
    remedy: str
    required: bool


@dataclass(frozen=True)
class Outcome:
    """What came of a part."""

    name: str
    passed: int
    failed: int
    skipped: int
    seconds: float = 0.0
    reasons: tuple[str, ...] = ()

    @property
    def word(self) -> str:
        """The part's result for the table."""
        return "FAILED" if self.failed else "passed" if self.passed else "skipped"


def test(*, only: Sequence[str], arguments: Sequence[str], signals: Signals) -> int:
    """Set up, run the chosen groups of parts, print one table; returns the status for the shell."""
    groups = only or GROUPS
    environment = prepare("test", signals)
    required = {word.strip() for word in os.environ.get("OPENVMO_REQUIRE", "").split(",") if word.strip()}
    with ExitStack() as stack:
        reports = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="openvmo-test-")))
        parts = [*static_parts(), *unit_parts(arguments), *web_parts(arguments)]
        missing: list[Missing] = []
        if "web" in groups:
            binaries = postgres.find_binaries()
            if binaries:
                say(f"Starting a private PostgreSQL server from {binaries}.")
                address = stack.enter_context(postgres.private_server(binaries))
                parts += web_parts(arguments, database=address)
            else:
                missing.append(
                    Missing("web on PostgreSQL", "no PostgreSQL found", postgres.REMEDY, "postgres" in required)
                )
        if "browser" in groups:
            browser = browsers.find_browser()
            if browser:
                parts += browser_parts(arguments, browser)
            else:
                missing.append(Missing("browser", "no browser found", browsers.REMEDY, "browser" in required))
        chosen = [part for part in parts if part.group in groups]
        outcomes = [*run_parts(chosen, environment, reports, signals), *map(absent, missing)]
    say(table(outcomes))
    return 1 if any(outcome.failed for outcome in outcomes) else 0


def static_parts() -> list[Part]:
    """The checks that read the code without running it."""
    commands = {
        "ruff check": ("ruff", "check", "."),
        "ruff format": ("ruff", "format", "--check", "."),
        "import contracts": ("lint-imports",),
        "mypy": ("mypy", "--strict", *CHECKED),
    }
    return [Part(name, "static", command, suite=False) for name, command in commands.items()]


def unit_parts(arguments: Sequence[str]) -> list[Part]:
    """Every folder of tests that is no suite of its own, so that a new folder is never forgotten."""
    folders = sorted(
        folder.relative_to(ROOT).as_posix()
        for folder in (ROOT / "tests").iterdir()
        if folder.name not in OWN_SUITES and any(folder.glob("**/test_*.py"))
    )
    return [Part("unit", "unit", ("python", "-m", "pytest", "-q", "-p", "no:playwright", *folders, *arguments))]


def web_parts(arguments: Sequence[str], *, database: str = "") -> list[Part]:
    """The tests of the web application on one database: SQLite, or a PostgreSQL server at ``database``."""
    command = (
        "python",
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:playwright",
        "-n",
        str(WORKERS),
        "--dist",
        "loadfile",
        "tests/web",
        *arguments,
    )
    name = "web on PostgreSQL" if database else "web on SQLite"
    return [Part(name, "web", command, slots=SLOTS, variables={"OPENVMO_TEST_DATABASE_URL": database})]


def browser_parts(arguments: Sequence[str], browser: str) -> list[Part]:
    """The journeys through the pages in a real browser."""
    # Playwright's own event loop makes Django refuse database calls from tests; they are safe there.
    variables = {"OPENVMO_CHROMIUM": browser, "DJANGO_ALLOW_ASYNC_UNSAFE": "true"}
    command = ("python", "-m", "pytest", "-q", "-n", str(WORKERS), "--dist", "worksteal", "tests/browser", *arguments)
    return [Part("browser", "browser", command, slots=SLOTS, variables=variables)]


@dataclass
class Attempt:
    """A part that runs now."""

    part: Part
    program: Program
    report: Path
    output: Path
    began: float
    told: float


def run_parts(parts: Sequence[Part], environment: Environment, reports: Path, signals: Signals) -> list[Outcome]:
    """Run parts in order, as many at once as there are slots; a stop signal ends all of them."""
    waiting = list(parts)
    active: list[Attempt] = []
    outcomes: list[Outcome] = []
    try:
        while waiting or active:
            signals.check()
            while waiting and sum(one.part.slots for one in active) + waiting[0].slots <= SLOTS:
                active.append(_begin(waiting.pop(0), environment, reports / str(len(waiting))))
            for attempt in [one for one in active if one.program.poll() is not None]:
                active.remove(attempt)
                outcomes.append(_finish(attempt))
            _remind(active)
            time.sleep(TICK_SECONDS)
    except BaseException as error:
        politely = error.number if isinstance(error, Interrupted) else signal.SIGINT
        stop(*(attempt.program for attempt in active), politely=politely)
        raise
    return outcomes


def absent(missing: Missing) -> Outcome:
    """Say that a part did not run and how to change that: a failure where it is required, else a skip."""
    word = "FAILED " if missing.required else "skipped"
    indented = missing.remedy.replace("\n", "\n         ")
    say(f"{word}  {missing.name}: {missing.what}.\n         {indented}")
    reason = f"{missing.name}: {missing.what}"
    return Outcome(missing.name, 0, int(missing.required), int(not missing.required), reasons=(reason,))


def table(outcomes: Sequence[Outcome]) -> str:
    """All parts with their counts, why tests were skipped, and the sum as the last line."""
    width = max((len(outcome.name) for outcome in outcomes), default=0)
    head = f"{'part':<{width}}  result   passed  failed  skipped  seconds"
    rows = [
        f"{one.name:<{width}}  {one.word:<7}  {one.passed:6}  {one.failed:6}  {one.skipped:7}  {one.seconds:7.1f}"
        for one in outcomes
    ]
    reasons = Counter(reason for outcome in outcomes for reason in outcome.reasons)
    skips = [
        f"skipped: {reason}" + (f" ({count} times)" if count > 1 else "") for reason, count in sorted(reasons.items())
    ]
    passed, failed, skipped = (sum(getattr(one, name) for one in outcomes) for name in ("passed", "failed", "skipped"))
    return "\n".join(["", head, *rows, *skips, f"{passed} passed, {failed} failed, {skipped} skipped"])


def read_report(report: Path) -> Outcome:
    """The counts and skip reasons of a JUnit file; a test that is expected to fail counts as passed.

    Raises OSError or ``xml.etree.ElementTree.ParseError`` when the run died before it wrote the file.
    """
    cases = ET.parse(report).getroot().findall(".//testcase")
    skips = [skip for case in cases for skip in case.findall("skipped") if skip.get("type") != "pytest.xfail"]
    failed = sum(case.find("failure") is not None or case.find("error") is not None for case in cases)
    reasons = tuple(skip.get("message", "") for skip in skips)
    return Outcome("", len(cases) - failed - len(skips), failed, len(skips), reasons=reasons)


def _begin(part: Part, environment: Environment, base: Path) -> Attempt:
    report, output = base.with_suffix(".xml"), base.with_suffix(".log")
    words = (*part.command, f"--junitxml={report}") if part.suite else part.command
    program, *rest = words
    say(f"started  {part.name}")
    with output.open("wb") as stream:
        running = start(
            [environment.script(program), *rest],
            folder=ROOT,
            environment={**environment.variables(), **part.variables},
            output=stream,
        )
    now = time.monotonic()
    return Attempt(part, running, report, output, now, now)


def _finish(attempt: Attempt) -> Outcome:
    """Count what a finished part did; print all that it said when something failed."""
    seconds = time.monotonic() - attempt.began
    status = attempt.program.returncode
    outcome = replace(_count(attempt, status), name=attempt.part.name, seconds=seconds)
    if outcome.failed:
        words = attempt.output.read_text(encoding="utf-8", errors="replace").rstrip()
        command = subprocess.list2cmdline(attempt.part.command)
        say(f"\n----- {outcome.name} failed: {command}\n{words}\n----- end of {outcome.name}\n")
    say(f"{outcome.word:<7}  {outcome.name}, {seconds:.0f} s")
    return outcome


def _count(attempt: Attempt, status: int) -> Outcome:
    if not attempt.part.suite:
        return Outcome("", int(status == 0), int(status != 0), 0)
    try:
        counted = read_report(attempt.report)
    except (OSError, ET.ParseError):
        return Outcome("", 0, 1, 0)
    chose_nothing = status == NOTHING_COLLECTED and any(word in attempt.part.command for word in ("-k", "-m"))
    # A suite can fail without a failed test: a warning at the end, a lost worker.
    wrong = status != 0 and not counted.failed and not chose_nothing
    return replace(counted, failed=1) if wrong else counted


def _remind(active: Iterable[Attempt]) -> None:
    now = time.monotonic()
    for attempt in active:
        if now - attempt.told >= REMINDER_SECONDS:
            attempt.told = now
            say(f"running  {attempt.part.name}, {now - attempt.began:.0f} s so far")
