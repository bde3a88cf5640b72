"""Prove the README's first command as a newcomer runs it.

A copy of this checkout, with nothing built, is set up and served by ``run.py demo``; a plain client signs in through
the real form and finds the example portfolio; a stop signal then leaves neither a process nor the port behind.
"""

from __future__ import annotations

import http.cookiejar
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import IO

from tools.demo import answers, check_port
from tools.environment import ROOT
from tools.postgres import free_port
from tools.problems import Problem
from tools.processes import Running, family, running, start, stop

SET_UP_SECONDS = 600.0
SERVE_SECONDS = 60.0
STOP_SECONDS = 30.0


class Failure(Exception):
    """The demo did not do what the README says."""


def main() -> int:
    """Run the proof; print one line for each thing proved, and the sum as the last line."""
    proved = 0
    try:
        with tempfile.TemporaryDirectory(prefix="openvmo-demo-") as folder:
            for sentence in prove(copy_checkout(Path(folder) / "openvmo")):
                proved += 1
                print(f"proved   {sentence}", flush=True)
    except (Failure, OSError) as error:
        print(f"FAILED   {error}\n{proved} passed, 1 failed, 0 skipped", flush=True)
        return 1
    print(f"{proved} passed, 0 failed, 0 skipped", flush=True)
    return 0


def copy_checkout(target: Path) -> Path:
    """All files that git knows or would add, as a fresh clone would have them."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode().split("\0")
    for name in filter(None, names):
        source = ROOT / name
        if source.is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            (target / name).write_bytes(source.read_bytes())
    return target


def prove(checkout: Path) -> list[str]:
    """The sentences proved; raises ``Failure`` with the demo's output at the first that is not true."""
    port = free_port()
    heard: list[str] = []
    began = time.monotonic()
    command = [sys.executable, "run.py", "demo", "--port", str(port), "--data", "fresh"]
    program = start(command, folder=checkout, environment=os.environ, output=subprocess.PIPE)
    reader = threading.Thread(target=listen, args=(program.stdout, heard), daemon=True)
    reader.start()
    try:
        until(lambda: answers(f"http://127.0.0.1:{port}/health"), SET_UP_SECONDS, program, heard, "the server answers")
        up = time.monotonic()
        proved = [f"set up from nothing and answering after {up - began:.0f} s"]
        until(lambda: login_in(heard) is not None, SERVE_SECONDS, program, heard, "a login is printed")
        email, password = login_in(heard) or ("", "")
        portfolio = sign_in(f"http://127.0.0.1:{port}", email, password, heard)
        proved.append(f"signed in with the printed login and found the portfolio {portfolio!r}")
        members = family(program.pid, running())
        if len(members) < 3:
            raise Failure(f"expected the command, a server and a worker, found {len(members)} processes")
        program.send_signal(signal.SIGTERM)
        leave(members, port, heard)
        proved.append(f"stopped by SIGTERM: {len(members)} processes gone, port {port} free")
        if program.wait() != 0:
            raise Failure(f"the stopped demo ended with status {program.returncode}\n{tail(heard)}")
        return proved
    finally:
        stop(program)


def until(
    true: Callable[[], bool], seconds: float, program: subprocess.Popen[bytes], heard: list[str], what: str
) -> None:
    """Wait until something is true; raises ``Failure`` when the demo ends or the time is over first."""
    deadline = time.monotonic() + seconds
    while not true():
        if program.poll() is not None or time.monotonic() > deadline:
            raise Failure(f"{what}: not within {seconds:.0f} s\n{tail(heard)}")
        time.sleep(0.2)


def login_in(heard: list[str]) -> tuple[str, str] | None:
    """The e-mail address and password that the demo printed; None while it has not."""
    text = "\n".join(heard)
    email = re.search(r"[\w.+-]+@[\w.-]+\w", text)
    password = re.search(r"[Pp]assword:?\s+(\S+)", text)
    return (email[0], password[1]) if email and password else None


def sign_in(site: str, email: str, password: str, heard: list[str]) -> str:
    """Sign in through the form; returns the name of the portfolio whose page comes next."""
    jar = http.cookiejar.CookieJar()
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(jar))
    page = opener.open(f"{site}/accounts/login/", timeout=20).read().decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    if not token:
        raise Failure(f"the sign-in page has no form\n{page[:2000]}")
    fields = {"csrfmiddlewaretoken": token[1], "login": email, "password": password}
    request = urllib.request.Request(
        f"{site}/accounts/login/",
        urllib.parse.urlencode(fields).encode(),
        {"Referer": f"{site}/accounts/login/"},
    )
    home = opener.open(request, timeout=20)
    address = home.geturl()
    title = re.search(r"<h1[^>]*>(.*?)</h1>", home.read().decode(), re.DOTALL)
    if "/accounts/" in address or not title:
        raise Failure(f"signing in led to {address}, not to the home page\n{tail(heard)}")
    if "/p/" not in address:
        raise Failure(f"the home page {address} is not the page of a portfolio")
    return re.sub(r"<[^>]+>|\s+", " ", title[1]).strip()


def leave(members: list[Running], port: int, heard: list[str]) -> None:
    """Wait until none of the processes runs and the port is free."""
    deadline = time.monotonic() + STOP_SECONDS
    while left := set(members) & set(running()):
        if time.monotonic() > deadline:
            raise Failure(
                f"still running {STOP_SECONDS:.0f} s after SIGTERM: {sorted(one.pid for one in left)}\n{tail(heard)}"
            )
        time.sleep(0.2)
    try:
        check_port(port)
    except Problem as problem:
        raise Failure(problem.what) from problem


def listen(stream: IO[bytes], heard: list[str]) -> None:
    """Keep the demo's output and pass it on."""
    for line in stream:
        heard.append(line.decode("utf-8", errors="replace").rstrip())
        print(f"  | {heard[-1]}", flush=True)


def tail(heard: list[str]) -> str:
    """The last lines of the demo's output."""
    return "\n".join(heard[-30:])


if __name__ == "__main__":
    sys.exit(main())
