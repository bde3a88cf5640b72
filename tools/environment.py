"""Make ``.venv`` in the checkout and keep it right: what is needed, nothing twice.

A stamp in ``.venv`` names what it was made from. While a set-up runs a second file says so; a set-up that finds
that file was interrupted before, so it starts from nothing, because a half-installed package looks installed.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import IO

from tools.console import Steps, say
from tools.problems import Problem
from tools.processes import Signals, start, wait
from tools.remedies import explain

ROOT = Path(__file__).resolve().parent.parent
NEEDED_BYTES = 1_000_000_000
READER_SECONDS = 5.0
LOCKED_BYTE = 2**30
KINDS = ("run", "test")
"""Requirement files, each with all packages of the one before."""


@dataclass(frozen=True)
class Stamp:
    """What an environment was made from."""

    root: str
    python: str
    kind: str
    requirements: str
    package: str


@dataclass(frozen=True)
class Environment:
    """A virtual environment in a checkout."""

    root: Path

    @property
    def folder(self) -> Path:
        """The folder of the environment."""
        return self.root / ".venv"

    @property
    def python(self) -> Path:
        """Its Python."""
        return self.script("python")

    @property
    def unfinished(self) -> Path:
        """The file that is there while a set-up runs, and after one that was interrupted."""
        return self.folder / "openvmo-setup-unfinished"

    @property
    def stamp(self) -> Path:
        """The file that says what the environment was made from."""
        return self.folder / "openvmo-setup.json"

    @property
    def log(self) -> Path:
        """All that the installers printed."""
        return self.folder / "openvmo-setup.log"

    def script(self, name: str) -> Path:
        """The path of a program of the environment."""
        return self.folder / ("Scripts" if os.name == "nt" else "bin") / (f"{name}.exe" if os.name == "nt" else name)

    def variables(self) -> dict[str, str]:
        """The environment variables for its programs: this one first on the path, no foreign Python settings."""
        foreign = {"PYTHONHOME", "PYTHONPATH", "PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PIP_REQUIRE_HASHES"}
        kept = {name: value for name, value in os.environ.items() if name not in foreign}
        path = os.pathsep.join([str(self.python.parent), kept.get("PATH", os.defpath)])
        ours = {"VIRTUAL_ENV": str(self.folder), "PATH": path, "PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1"}
        quiet = {
            "PIP_NO_INPUT": "1",
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "PIP_PROGRESS_BAR": "off",
            "PIP_NO_COLOR": "1",
        }
        return {**kept, **ours, **quiet}


def prepare(kind: str, signals: Signals, *, root: Path = ROOT) -> Environment:
    """Bring the environment to what ``kind`` ("run" or "test") needs, saying each step; quick when nothing changed."""
    environment = Environment(root)
    with _alone(environment, signals):
        present = _present(environment)
        # An environment made for the tests also runs the demo, and stays one for the tests.
        wanted = _wanted(root, "test" if present and present.kind == "test" else kind)
        if present == wanted and built(root):
            return environment
        _check_surroundings(environment)
        _set_up(environment, wanted, present, signals, anew=not _usable(environment, wanted))
    return environment


def built(root: Path) -> bool:
    """Whether the front end has been built into the checkout."""
    return any((root / "src/openvmo_web/common/static/common/dist").glob("*"))


def digest(root: Path, paths: Sequence[Path]) -> str:
    """One SHA-256 over names and contents, whatever the order in which the files were found."""
    total = hashlib.sha256()
    for path in sorted(paths):
        content = path.read_bytes()
        total.update(f"{path.relative_to(root).as_posix()}\0{len(content)}\0".encode() + content)
    return total.hexdigest()


def _wanted(root: Path, kind: str) -> Stamp:
    version = f"{sys.implementation.name} {sys.version_info.major}.{sys.version_info.minor}"
    lists = [root / "requirements" / f"{name}.txt" for name in KINDS[: KINDS.index(kind) + 1]]
    return Stamp(str(root), version, kind, digest(root, lists), digest(root, _package_sources(root)))


def _package_sources(root: Path) -> list[Path]:
    """All files whose change makes another installation: what is packaged, by which hook, from which front end."""
    named = [
        root / name
        for name in ("pyproject.toml", "hatch_build.py", "package.json", "package-lock.json", "tsconfig.json")
    ]
    common = root / "src/openvmo_web/common"
    return [path for path in [*named, *common.glob("*.json"), *(common / "frontend").rglob("*")] if path.is_file()]


def _present(environment: Environment) -> Stamp | None:
    if environment.unfinished.exists() or not environment.python.exists():
        return None
    try:
        return Stamp(**json.loads(environment.stamp.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _check_surroundings(environment: Environment) -> None:
    """Find out what would make the set-up fail later, and say it now."""
    root = environment.root
    if environment.folder.exists() and not environment.folder.is_dir():
        raise Problem(
            f"{environment.folder} is a file; OpenVMO needs a folder there.", "Move the file away and start again."
        )
    for place in (root, environment.folder):
        if place.exists() and not os.access(place, os.W_OK):
            raise Problem(
                f"There is no permission to write to {place}.",
                "Make the folder yours (chown), or get OpenVMO into a folder of your own, and start again.",
            )
    free = shutil.disk_usage(root).free
    if not environment.python.exists() and free < NEEDED_BYTES:
        raise Problem(
            f"The disk is full: the set-up needs about {NEEDED_BYTES // 10**6} MB, {free // 10**6} MB are free.",
            f"Free some space where {root} lies, and start again.",
        )
    missing = [name for name in ("venv", "ensurepip") if importlib.util.find_spec(name) is None]
    if missing:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        raise Problem(
            f"This Python ({sys.executable}) comes without its module {' and '.join(missing)}.",
            f"Debian, Ubuntu: sudo apt-get install python3-venv (or python{version}-venv)\n"
            "Elsewhere: install Python from https://www.python.org/downloads/. Then start again.",
        )


def _usable(environment: Environment, wanted: Stamp) -> bool:
    """Whether the existing folder can be built upon; removes it when it cannot."""
    if not environment.folder.exists():
        return False
    present = _present(environment)
    if present and (present.root, present.python) == (wanted.root, wanted.python):
        return True
    if not present and not environment.unfinished.exists() and _works(environment):
        return True
    if environment.unfinished.exists():
        say("The last set-up did not finish; .venv is made anew.")
    else:
        say(".venv belongs to another Python or another place, or is broken; it is made anew.")
    try:
        shutil.rmtree(environment.folder)
    except OSError as error:
        raise Problem(
            f"The old .venv cannot be removed: {error}.",
            "Stop what still uses it, delete the folder .venv, and start again.",
        ) from error
    return False


def _works(environment: Environment) -> bool:
    """Whether an environment that somebody else made has pip and this version of Python."""
    question = f"import pip, sys; sys.exit(sys.version_info[:2] != {tuple(sys.version_info[:2])})"
    try:
        return subprocess.run([environment.python, "-c", question], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def _set_up(environment: Environment, wanted: Stamp, present: Stamp | None, signals: Signals, *, anew: bool) -> None:
    stages: list[tuple[str, Callable[[Steps], None]]] = []
    if anew:
        stages.append(("Making the Python environment .venv", lambda steps: _make(environment, steps, signals)))
    if anew or present is None or (present.kind, present.requirements) != (wanted.kind, wanted.requirements):
        count = _count(environment.root / "requirements" / f"{wanted.kind}.txt")
        title = f"Installing about {count} Python packages"
        stages.append((title, lambda steps: _install_requirements(environment, wanted, count, steps, signals)))
    stages.append(
        ("Building the front end and installing OpenVMO", lambda steps: _install(environment, steps, signals))
    )
    say(f"Setting up OpenVMO in {environment.root}; only the first time takes minutes.")
    steps = Steps(len(stages))
    for title, stage in stages:
        steps.begin(title)
        stage(steps)
        steps.end()
    _write_stamp(environment, wanted)


def _write_stamp(environment: Environment, stamp: Stamp) -> None:
    environment.stamp.write_text(json.dumps(asdict(stamp), indent=2), encoding="utf-8")
    environment.unfinished.unlink(missing_ok=True)


def _make(environment: Environment, steps: Steps, signals: Signals) -> None:
    environment.folder.mkdir()
    environment.unfinished.touch()
    # From within a virtual environment the new one is made of the Python behind it, which will still be there later.
    base = getattr(sys, "_base_executable", None) or sys.executable
    _carry_out("Making .venv", [base, "-m", "venv", environment.folder], environment, signals, steps.note)


def _install_requirements(environment: Environment, wanted: Stamp, count: int, steps: Steps, signals: Signals) -> None:
    environment.unfinished.touch()
    lists = environment.root / "requirements" / f"{wanted.kind}.txt"
    command: list[str | Path] = [environment.python, "-m", "pip", "install", "--require-hashes", "-r", lists]
    _carry_out("Installing the Python packages", command, environment, signals, _pip_progress(count, steps))
    # From here on an interrupted set-up goes on after this step.
    _write_stamp(environment, replace(wanted, package=""))


def _install(environment: Environment, steps: Steps, signals: Signals) -> None:
    how = ["--verbose", "--no-build-isolation", "--no-deps", "-e", "."]
    command: list[str | Path] = [environment.python, "-m", "pip", "install", *how]
    _carry_out("Building and installing OpenVMO", command, environment, signals, lambda line: steps.note(line.strip()))


def _carry_out(
    doing: str, command: Sequence[str | Path], environment: Environment, signals: Signals, hear: Callable[[str], None]
) -> None:
    """Run an installer, passing each line on; its failure becomes a ``Problem`` with a remedy."""
    program = start(command, folder=environment.root, environment=environment.variables(), output=subprocess.PIPE)
    heard: list[str] = []
    reader = threading.Thread(target=_collect, args=(program.stdout, heard), daemon=True)
    reader.start()
    told = 0

    def pass_on() -> None:
        nonlocal told
        for line in heard[told:]:
            hear(line)
            told += 1

    status = wait(program, signals, meanwhile=pass_on)
    reader.join(READER_SECONDS)
    with environment.log.open("a", encoding="utf-8") as log:
        log.write("\n".join([f"$ {' '.join(map(str, command))}", *heard, f"status {status}", ""]))
    if status != 0:
        raise explain(doing, heard, f"The whole output: {environment.log}")


def _collect(stream: IO[bytes], lines: list[str]) -> None:
    with stream:
        lines.extend(line.decode("utf-8", errors="replace").rstrip() for line in stream)


def _count(lists: Path) -> int:
    return len(re.findall(r"^[A-Za-z0-9][^ =]*==", lists.read_text(encoding="utf-8"), flags=re.MULTILINE))


def _pip_progress(count: int, steps: Steps) -> Callable[[str], None]:
    """Condense what pip prints to one line: how many packages have been fetched, and which one now."""
    seen = 0

    def hear(line: str) -> None:
        nonlocal seen
        line = line.strip()
        if found := re.match(r"Collecting ([A-Za-z0-9_.\[\]-]+)", line):
            seen += 1
            steps.note(f"{min(seen, count)} of {count}: {found[1]}")
        elif "Retrying (Retry" in line:
            steps.note("the package index does not answer; trying again")
        elif line.startswith("Installing collected packages"):
            steps.note(f"unpacking {seen} packages")
        elif line.startswith("Downloading"):
            steps.note(f"{min(seen, count)} of {count}: {line[:70]}")

    return hear


@contextmanager
def _alone(environment: Environment, signals: Signals) -> Iterator[None]:
    """Let only one set-up work on a checkout at a time; the second one waits and then finds the work done."""
    with (environment.root / "pyproject.toml").open("rb") as file:
        if not _lock(file):
            say("Another command is setting up this folder; waiting for it.")
            while not _lock(file):
                signals.check()
                threading.Event().wait(0.5)
        yield


def _lock(file: IO[bytes]) -> bool:
    """Try to take a lock that the operating system gives back when this process ends, however it ends."""
    try:
        if sys.platform == "win32":
            import msvcrt

            # Windows keeps others from reading what is locked, so the lock lies far behind the end of the file.
            file.seek(LOCKED_BYTE)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
