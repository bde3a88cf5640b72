"""A real server with its worker, as a process beside the tests: server-sent events need ASGI."""

from __future__ import annotations

import fcntl
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 60
SETTINGS = "tests.browser.settings"


def environment(folder: Path) -> dict[str, str]:
    """The environment of a program that works on a data folder."""
    paths = os.pathsep.join([str(ROOT / "src"), str(ROOT)])
    return os.environ | {
        "OPENVMO_DATA": str(folder),
        "OPENVMO_DATABASE_URL": "",
        "DJANGO_SETTINGS_MODULE": SETTINGS,
        "PYTHONPATH": paths,
    }


def prepared(common: Path, own: Path) -> Path:
    """A filled data folder for one server; the filling is done once, and copied by all that test side by side."""
    source = common / "organisation"
    with (common / "organisation.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not source.exists():
            unfinished = Path(tempfile.mkdtemp(dir=common))
            command = [sys.executable, "-m", "tests.browser.organisation", str(unfinished)]
            subprocess.run(command, env=environment(unfinished), cwd=ROOT, check=True)
            unfinished.rename(source)
    shutil.copytree(source, own)
    return own


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a data folder on a free port; yields the address."""
    port = _free_port()
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-c", "from openvmo.cli.main import main; raise SystemExit(main())", "serve"]
    with (folder / "server.log").open("w") as log:
        process = subprocess.Popen(
            [*command, "--port", str(port)], env=environment(folder), cwd=ROOT, stdout=log, stderr=log
        )
        try:
            _wait(address, process, folder / "server.log")
            yield address
        finally:
            process.terminate()
            process.wait(timeout=PATIENCE_SECONDS)


def _wait(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{address}/health", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise AssertionError(f"The server did not become well. The end of its log:\n{log.read_text()[-2000:]}")


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
