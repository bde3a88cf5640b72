"""The front door: its refusals carry remedies, and stopping it leaves no process behind."""

from __future__ import annotations

import ast
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tools import browsers, environment, postgres, testing
from tools.console import Steps
from tools.demo import check_port, clear, demo
from tools.environment import Environment, Stamp
from tools.front_door import split
from tools.postgres import free_port
from tools.problems import Problem
from tools.processes import Interrupted, Running, Signals, family, running, start, stop, wait
from tools.remedies import explain
from tools.testing import Missing, Outcome, Part, absent, read_report, run_parts, table

ROOT = Path(__file__).resolve().parent.parent.parent
posix = pytest.mark.skipif(os.name != "posix", reason="signals of POSIX systems")


def run(*words: str, seconds: float = 60, **variables: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "run.py", *words]
    return subprocess.run(
        command, cwd=ROOT, env={**os.environ, **variables}, capture_output=True, text=True, timeout=seconds, check=False
    )


def eventually(true: Callable[[], object], seconds: float = 15) -> bool:
    deadline = time.monotonic() + seconds
    while not true() and time.monotonic() < deadline:
        time.sleep(0.05)
    return bool(true())


@contextmanager
def listener() -> Iterator[int]:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield int(server.getsockname()[1])


class TestOldPython:
    def test_it_parses_on_old_pythons(self) -> None:
        ast.parse((ROOT / "run.py").read_text(encoding="utf-8"), feature_version=(3, 8))

    def test_it_names_the_remedy_and_nothing_else(self) -> None:
        pretend = "import runpy, sys; sys.version_info = (3, 8, 10); runpy.run_path('run.py', run_name='__main__')"
        done = subprocess.run([sys.executable, "-c", pretend], cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 1
        assert done.stderr.startswith("OpenVMO needs Python 3.11 or newer; this is Python 3.8.10.\n")
        assert "Start again with it" in done.stderr or "Install a newer Python" in done.stderr


class TestArguments:
    def test_it_refuses_an_impossible_port(self) -> None:
        done = run("demo", "--port", "99999")
        assert done.returncode == 2
        assert "99999 is no port; give a number from 1 to 65535" in done.stderr

    def test_it_passes_on_what_follows_the_two_hyphens(self) -> None:
        assert split(["test", "--", "-k", "npv"]) == (["test"], ["-k", "npv"])
        assert split(["demo"]) == (["demo"], [])


class TestDemoRefusals:
    def test_it_refuses_a_taken_port_before_any_set_up(self) -> None:
        with listener() as port:
            done = run("demo", "--port", str(port))
        assert done.returncode == 1
        assert f"Port {port} of this computer is taken" in done.stdout
        assert "python3 run.py demo --port " in done.stdout
        assert "Setting up" not in done.stdout

    def test_it_accepts_a_free_port(self) -> None:
        check_port(free_port())

    def test_it_clears_only_its_own_data(self, tmp_path: Path) -> None:
        (tmp_path / "thesis.docx").touch()
        with pytest.raises(Problem, match="does not delete it"):
            clear(tmp_path)
        assert (tmp_path / "thesis.docx").exists()

    def test_it_clears_old_demo_data(self, tmp_path: Path) -> None:
        (tmp_path / "openvmo.sqlite3").touch()
        clear(tmp_path)
        assert not tmp_path.exists()


@posix
class TestDemo:
    def test_it_announces_the_page_once_and_stops_all_of_it(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        program = tmp_path / "openvmo"
        program.write_text(f"#!{sys.executable}\n{SERVER}", encoding="utf-8")
        program.chmod(0o755)
        monkeypatch.setattr(_Here, "script", lambda self, name: tmp_path / name)
        monkeypatch.setattr("tools.demo.prepare", lambda kind, signals: _Here(ROOT))
        port = free_port()
        status = demo(port=port, data=tmp_path / "data", fresh=False, signals=InterruptedLater(4))
        shown = capsys.readouterr().out
        assert status == 0
        assert shown.count(f"OpenVMO answers at http://127.0.0.1:{port}/") == 1
        assert shown.endswith("Stopped (SIGTERM); no process is left.\n")
        check_port(port)

    def test_it_says_what_to_do_when_the_server_ends_by_itself(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        program = tmp_path / "openvmo"
        program.write_text("#!/bin/sh\nexit 3\n", encoding="utf-8")
        program.chmod(0o755)
        monkeypatch.setattr(_Here, "script", lambda self, name: tmp_path / name)
        monkeypatch.setattr("tools.demo.prepare", lambda kind, signals: _Here(ROOT))
        with pytest.raises(Problem, match="ended by itself with status 3"):
            demo(port=free_port(), data=tmp_path / "data", fresh=False, signals=Signals())


class TestSetUpRefusals:
    def test_it_names_the_package_when_venv_is_missing(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        find_spec = environment.importlib.util.find_spec
        monkeypatch.setattr(
            environment.importlib.util, "find_spec", lambda name: None if name == "ensurepip" else find_spec(name)
        )
        with pytest.raises(Problem) as caught:
            environment.prepare("run", Signals(), root=checkout(tmp_path))
        assert "without its module ensurepip" in caught.value.what
        assert "apt-get install python3-venv" in caught.value.remedy

    @posix
    def test_it_says_when_the_folder_cannot_be_written(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        # Root may write anywhere, so the answer of the operating system is replaced rather than the folder's mode.
        monkeypatch.setattr(environment.os, "access", lambda place, mode: False)
        with pytest.raises(Problem, match=f"no permission to write to {re.escape(str(tmp_path))}"):
            environment.prepare("run", Signals(), root=checkout(tmp_path))

    def test_it_says_when_the_disk_is_full(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        full = shutil.disk_usage(tmp_path)._replace(free=5_000_000)
        monkeypatch.setattr(environment.shutil, "disk_usage", lambda place: full)
        with pytest.raises(Problem, match="needs about 1000 MB, 5 MB are free"):
            environment.prepare("run", Signals(), root=checkout(tmp_path))

    def test_it_refuses_a_file_in_the_place_of_the_environment(self, tmp_path: Path) -> None:
        (checkout(tmp_path) / ".venv").touch()
        with pytest.raises(Problem, match="is a file"):
            environment.prepare("run", Signals(), root=tmp_path)

    def test_it_names_the_network_when_the_index_does_not_answer(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in [name for name in os.environ if name.upper().startswith(("PIP_", "HTTP"))]:
            monkeypatch.delenv(name)
        settings = {
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_INDEX_URL": f"http://127.0.0.1:{free_port()}/",
            "PIP_RETRIES": "1",
        }
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        with pytest.raises(Problem) as caught:
            environment.prepare("run", Signals(), root=checkout(tmp_path))
        assert caught.value.what == "Installing the Python packages failed. The package index cannot be reached."
        assert "HTTPS_PROXY" in caught.value.remedy
        assert Environment(tmp_path).unfinished.exists()

    @pytest.mark.parametrize(
        ("line", "sentence"),
        [
            ("OSError: [Errno 28] No space left on device", "The disk is full."),
            ("ERROR: No matching distribution found for numpy==9", "does not offer a package"),
            ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM", "not the one that OpenVMO was tested with"),
            ("npm error code ENOTFOUND", "cannot be reached"),
            ("SSLError(SSLCertVerificationError(1, 'CERTIFICATE_VERIFY_FAILED'))", "does not trust"),
            ("PermissionError: [Errno 13] Permission denied: '/x'", "cannot be written"),
        ],
    )
    def test_it_recognises_why_an_installer_failed(self, line: str, sentence: str) -> None:
        assert sentence in explain("Installing", ["Collecting numpy", line], "log").what

    def test_it_shows_the_last_words_of_an_unknown_failure(self) -> None:
        problem = explain("Building", ["src/app.ts: unknown word", "note: not pip", "  ╰─> no"], "log")
        assert problem.what.endswith("src/app.ts: unknown word")


class TestSetUp:
    def test_it_makes_a_half_made_environment_anew(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        place = Environment(checkout(tmp_path))
        place.folder.mkdir()
        place.unfinished.touch()
        (place.folder / "half").touch()
        assert not environment._usable(place, stamp(tmp_path))
        assert not place.folder.exists()
        assert "The last set-up did not finish" in capsys.readouterr().out

    def test_it_does_nothing_the_second_time(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        place = made(tmp_path)
        assert environment.prepare("run", Signals(), root=tmp_path) == place
        assert capsys.readouterr().out == ""

    def test_it_sets_up_again_after_a_change(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        made(tmp_path)
        stages: list[str] = []
        monkeypatch.setattr(environment, "_install_requirements", lambda *rest: stages.append("requirements"))
        monkeypatch.setattr(environment, "_install", lambda *rest: stages.append("package"))
        (tmp_path / "pyproject.toml").write_text("[project]", encoding="utf-8")
        environment.prepare("run", Signals(), root=tmp_path)
        assert stages == ["package"]
        (tmp_path / "requirements/run.txt").write_text("numpy==2", encoding="utf-8")
        environment.prepare("run", Signals(), root=tmp_path)
        assert stages == ["package", "requirements", "package"]

    def test_it_runs_the_demo_in_an_environment_made_for_tests(self, tmp_path: Path) -> None:
        place = made(tmp_path, "test")
        assert environment.prepare("run", Signals(), root=tmp_path) == place

    def test_it_has_all_run_packages_among_the_test_packages(self) -> None:
        pinned = [
            set(re.findall(r"^\S+==\S+", (ROOT / "requirements" / name).read_text(encoding="utf-8"), re.MULTILINE))
            for name in ("run.txt", "test.txt")
        ]
        assert pinned[0] <= pinned[1]

    def test_it_condenses_what_pip_prints(
        self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("tools.console.QUIET_SECONDS", 0)
        hear = environment._pip_progress(2, Steps(1))
        hear("Collecting numpy==2.4 (from -r requirements/run.txt (line 3))")
        hear("  irrelevant")
        assert capsys.readouterr().out.endswith("1 of 2: numpy\n")


@posix
class TestStopping:
    def test_it_leaves_no_process_behind(self, tmp_path: Path) -> None:
        program = start([sys.executable, "-c", GRANDPARENT], folder=tmp_path, environment=os.environ)
        assert eventually(lambda: len(family(program.pid, running())) == len(("parent", "child", "child elsewhere")))
        members = set(family(program.pid, running()))
        stop(program, grace=1)
        assert eventually(lambda: not members & set(running()))
        assert program.returncode == -signal.SIGTERM

    @pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
    def test_it_forwards_the_signal_that_it_got(self, tmp_path: Path, name: str) -> None:
        number = getattr(signal, name)
        outer = subprocess.Popen([sys.executable, "-c", OUTER, str(tmp_path)], cwd=ROOT)
        assert eventually(lambda: (tmp_path / "ready").exists())
        members = set(family(outer.pid, running()))
        assert len(members) == 2
        outer.send_signal(number)
        assert outer.wait(20) == 128 + number
        assert (tmp_path / "got").read_text(encoding="utf-8") == name
        assert not members & set(running())

    def test_it_finds_children_in_other_groups(self) -> None:
        rows = [
            Running(1, 0, 1, "a"),
            Running(5, 1, 5, "b"),
            Running(6, 5, 6, "c"),
            Running(7, 6, 6, "d"),
            Running(8, 1, 5, "e"),
        ]
        assert [one.pid for one in family(5, rows)] == [5, 6, 7, 8]

    def test_it_ends_all_parts_of_a_test_run(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("tools.processes.GRACE_SECONDS", 0.5)
        parts = [Part(name, "static", ("python", "-c", GRANDPARENT), suite=False) for name in ("one", "two")]
        before = set(running())
        with pytest.raises(Interrupted):
            run_parts(parts, here(), tmp_path, InterruptedLater(1.5))
        assert eventually(lambda: not [one for one in set(running()) - before if one.parent == os.getpid()])

    def test_it_returns_the_status_of_a_program_that_ends(self, tmp_path: Path) -> None:
        program = start([sys.executable, "-c", "raise SystemExit(7)"], folder=tmp_path, environment=os.environ)
        assert wait(program, Signals()) == 7


class TestTable:
    def test_it_ends_with_the_sum_of_all_parts(self) -> None:
        outcomes = [Outcome("unit", 10, 0, 2, 3.0, ("no data", "no data")), Outcome("mypy", 0, 1, 0, 1.0)]
        lines = table(outcomes).splitlines()
        assert lines[2] == "unit  passed       10       0        2      3.0"
        assert lines[-2:] == ["skipped: no data (2 times)", "10 passed, 1 failed, 2 skipped"]

    def test_it_reads_the_counts_of_a_suite(self, tmp_path: Path) -> None:
        report = tmp_path / "report.xml"
        report.write_text(REPORT, encoding="utf-8")
        assert read_report(report) == Outcome("", 2, 2, 1, reasons=("no data",))

    def test_it_runs_parts_and_prints_the_output_of_a_failed_one(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        good = Part("good", "static", ("python", "-c", "print('quiet')"), suite=False)
        bad = Part("bad", "static", ("python", "-c", "raise SystemExit('loud')"), suite=False)
        dead = Part("dead", "unit", ("python", "-c", "raise SystemExit(3)"), slots=2)
        outcomes = {
            one.name: (one.passed, one.failed) for one in run_parts([good, bad, dead], here(), tmp_path, Signals())
        }
        assert outcomes == {"good": (1, 0), "bad": (0, 1), "dead": (0, 1)}
        shown = capsys.readouterr().out
        assert "loud" in shown
        assert "quiet" not in shown

    def test_it_skips_a_missing_part_unless_it_is_required(self, capsys: pytest.CaptureFixture[str]) -> None:
        missing = Missing("browser", "no browser found", browsers.REMEDY, required=False)
        assert absent(missing).skipped == 1
        assert "skipped  browser: no browser found." in capsys.readouterr().out
        assert absent(Missing("browser", "no browser found", browsers.REMEDY, required=True)).failed == 1

    def test_it_covers_every_folder_of_tests(self) -> None:
        words = {word for part in testing.unit_parts(()) for word in part.command if word.startswith("tests/")}
        folders = {f"tests/{one.name}" for one in (ROOT / "tests").iterdir() if any(one.glob("**/test_*.py"))}
        assert folders - words <= {"tests/web", "tests/browser"}


class TestFinding:
    def test_it_finds_the_named_browser_first(self) -> None:
        assert browsers.find_browser({"OPENVMO_CHROMIUM": sys.executable}) == sys.executable

    def test_it_does_not_replace_a_named_browser_that_is_missing(self) -> None:
        assert browsers.find_browser({"OPENVMO_CHROMIUM": "/nowhere/chromium", "PATH": os.defpath}) is None

    def test_it_finds_postgresql_only_with_both_programs(self, tmp_path: Path) -> None:
        assert postgres.find_binaries({"OPENVMO_POSTGRES_BIN": str(tmp_path)}) is None

    def test_it_runs_a_private_server_and_removes_it(self) -> None:
        binaries = postgres.find_binaries()
        if binaries is None:
            pytest.skip("no PostgreSQL found; " + postgres.REMEDY.replace("\n", " "))
        psycopg = pytest.importorskip("psycopg")
        with postgres.private_server(binaries) as address:
            with psycopg.connect(address) as connection:
                row = connection.execute(
                    "select current_user, usesuper from pg_user where usename = current_user"
                ).fetchone()
            assert row == ("openvmo", False)
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(address, connect_timeout=2)


class InterruptedLater(Signals):
    """Signals of which one comes after some seconds."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.due = time.monotonic() + seconds

    def check(self) -> None:
        if time.monotonic() > self.due:
            raise Interrupted(signal.SIGTERM)


def here() -> Environment:
    """An environment whose ``python`` is the one that runs this test."""
    return Environment(ROOT) if Environment(ROOT).python.exists() else _Here(ROOT)


class _Here(Environment):
    def script(self, name: str) -> Path:
        return Path(sys.executable).parent / name


def checkout(folder: Path) -> Path:
    """The least that a set-up reads."""
    (folder / "requirements").mkdir()
    for name in ("run.txt", "test.txt"):
        (folder / "requirements" / name).write_text(
            "absent-package==1 --hash=sha256:" + "0" * 64 + "\n", encoding="utf-8"
        )
    (folder / "pyproject.toml").touch()
    return folder


def stamp(folder: Path, kind: str = "run") -> Stamp:
    return environment._wanted(folder, kind)


def made(folder: Path, kind: str = "run") -> Environment:
    """A checkout that looks set up."""
    place = Environment(checkout(folder))
    dist = folder / "src/openvmo_web/common/static/common/dist"
    dist.mkdir(parents=True)
    (dist / "openvmo.js").touch()
    place.python.parent.mkdir(parents=True)
    place.python.touch()
    environment._write_stamp(place, stamp(folder, kind))
    return place


GRANDPARENT = """
import signal, subprocess, sys, time
inner = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)"
# One child in the same group, one that has left it, as browsers do; both ignore the polite signal.
subprocess.Popen([sys.executable, "-c", inner])
subprocess.Popen([sys.executable, "-c", inner], start_new_session=True)
time.sleep(60)
"""

SERVER = """
import http.server, sys

class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/health" else 404)
        self.end_headers()

    def log_message(self, *words):
        pass

http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[sys.argv.index("--port") + 1])), Page).serve_forever()
"""

OUTER = """
import os, sys
from pathlib import Path
from tools.processes import Interrupted, Signals, start, wait
inner = '''
import signal, sys, time
from pathlib import Path
def note(number, frame):
    Path("got").write_text(signal.Signals(number).name)
    sys.exit(0)
for name in ("SIGINT", "SIGTERM", "SIGHUP"):
    signal.signal(getattr(signal, name), note)
Path("ready").touch()
time.sleep(60)
'''
with Signals() as signals:
    try:
        wait(start([sys.executable, "-c", inner], folder=Path(sys.argv[1]), environment=os.environ), signals)
    except Interrupted as interrupted:
        sys.exit(128 + interrupted.number)
"""

REPORT = """<testsuites><testsuite>
<testcase name="a"/>
<testcase name="b"><failure message="no">text</failure></testcase>
<testcase name="c"><error message="no">text</error></testcase>
<testcase name="d"><skipped type="pytest.skip" message="no data"/></testcase>
<testcase name="e"><skipped type="pytest.xfail" message="known"/></testcase>
</testsuite></testsuites>"""
