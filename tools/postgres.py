"""A private, throw-away PostgreSQL server for tests and benchmarks.

It listens on a free port of 127.0.0.1, keeps its data in a temporary folder, never runs as root, and is gone
with its data when the ``with`` block ends.
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tools.problems import Problem

REMEDY = (
    "Install PostgreSQL (Debian, Ubuntu: sudo apt-get install postgresql),\n"
    "or set OPENVMO_POSTGRES_BIN to the folder that holds initdb and postgres."
)
START_SECONDS = 60.0
USERS = ("postgres", "nobody")
"""PostgreSQL refuses to run as root; root lends the server to the first of these users that exists."""


def find_binaries(environment: Mapping[str, str] = os.environ) -> Path | None:
    """The folder with ``initdb`` and ``postgres``: OPENVMO_POSTGRES_BIN, PATH, or where packages put it."""
    named = environment.get("OPENVMO_POSTGRES_BIN")
    if named:
        return _holding(Path(named))
    on_path = shutil.which("initdb", path=environment.get("PATH"))
    packaged = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version, reverse=True)
    places = [
        *([Path(on_path).resolve().parent] if on_path else []),
        *packaged,
        Path("/opt/homebrew/opt/postgresql/bin"),
    ]
    return next((folder for folder in map(_holding, places) if folder), None)


@contextmanager
def private_server(binaries: Path, *, durable: bool = False) -> Iterator[str]:
    """Run a server and give the URL of an empty database whose owner may create others, but is no superuser.

    With ``durable=False`` the server does not wait for the disk, which only a test may do; benchmarks ask for
    ``durable=True``. Raises ``Problem`` with the server's last words when it does not start.
    """
    folder = Path(tempfile.mkdtemp(prefix="openvmo-postgres-"))
    user = _lend(folder)
    try:
        password = secrets.token_hex(16)
        _create(binaries, folder, user, password)
        port = free_port()
        server = _start(binaries, folder, user, port, durable=durable)
        try:
            _await_ready(folder, server)
            yield f"postgresql://openvmo:{password}@127.0.0.1:{port}/openvmo"
        finally:
            _stop(server)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def free_port() -> int:
    """A port of 127.0.0.1 that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _holding(folder: Path) -> Path | None:
    suffix = ".exe" if sys.platform == "win32" else ""
    return folder if all((folder / f"{name}{suffix}").exists() for name in ("initdb", "postgres")) else None


def _version(folder: Path) -> float:
    name = folder.parent.name
    return float(name) if name.replace(".", "", 1).isdigit() else 0.0


def _lend(folder: Path) -> dict[str, Any]:
    """The keyword arguments that start a program as a user that is not root, who then owns the folder."""
    if sys.platform == "win32" or os.geteuid() != 0:
        return {}
    import pwd

    names = {entry.pw_name for entry in pwd.getpwall()}
    name = next((user for user in USERS if user in names), None)
    if name is None:
        raise Problem(
            "PostgreSQL cannot run as root, and there is no other user to run it.", "Start again as a plain user."
        )
    entry = pwd.getpwnam(name)
    os.chown(folder, entry.pw_uid, entry.pw_gid)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def _create(binaries: Path, folder: Path, user: Mapping[str, Any], password: str) -> None:
    locale = "C.UTF-8" if sys.platform == "linux" else "C"
    access = ["-U", "postgres", "--auth-local=reject", "--auth-host=scram-sha-256"]
    _run([binaries / "initdb", "-D", folder / "data", *access, "--encoding=UTF8", f"--locale={locale}"], folder, user)
    # Single-user mode needs no client program and no superuser password.
    statements = (
        f"create role openvmo login createdb password '{password}';\ncreate database openvmo owner openvmo;\n".encode()
    )
    _run([binaries / "postgres", "--single", "-D", folder / "data", "postgres"], folder, user, statements)


def _run(command: Sequence[str | Path], folder: Path, user: Mapping[str, Any], text: bytes = b"") -> None:
    done = subprocess.run(
        [str(word) for word in command],
        input=text,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd=folder,
        start_new_session=True,
        check=False,
        **user,
    )
    if done.returncode != 0:
        raise Problem(f"{Path(command[0]).name} failed:\n{done.stdout.decode(errors='replace')[-2000:]}", REMEDY)


def _start(
    binaries: Path, folder: Path, user: Mapping[str, Any], port: int, *, durable: bool
) -> subprocess.Popen[bytes]:
    settings = ["listen_addresses=127.0.0.1", f"port={port}", f"unix_socket_directories={folder}"]
    if not durable:
        settings += ["fsync=off", "synchronous_commit=off", "full_page_writes=off"]
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(
            [
                str(binaries / "postgres"),
                "-D",
                str(folder / "data"),
                *(word for one in settings for word in ("-c", one)),
            ],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=folder,
            start_new_session=True,
            **user,
        )


def _await_ready(folder: Path, server: subprocess.Popen[bytes]) -> None:
    state = folder / "data" / "postmaster.pid"
    deadline = time.monotonic() + START_SECONDS
    while server.poll() is None and time.monotonic() < deadline:
        # The server itself writes "ready" into the last line of this file once it takes connections.
        if state.exists() and state.read_text(encoding="utf-8", errors="replace").strip().endswith("ready"):
            return
        time.sleep(0.05)
    words = (folder / "log").read_text(encoding="utf-8", errors="replace")[-2000:]
    raise Problem(f"PostgreSQL did not start:\n{words}", REMEDY)


def _stop(server: subprocess.Popen[bytes]) -> None:
    """End the server at once but in order: SIGINT closes connections and writes a last checkpoint."""
    if server.poll() is None:
        server.send_signal(signal.SIGTERM if sys.platform == "win32" else signal.SIGINT)
        try:
            server.wait(30)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
