"""The server as a process: it answers, streams, stops, and leaves nothing behind."""

import http.client
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from tests.web.processes import eventually, surroundings

from openvmo_web.access.models import User
from openvmo_web.config.commands.serve import listen
from openvmo_web.jobs import queue
from openvmo_web.jobs.queue import claim, enqueue
from openvmo_web.jobs.registry import task

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name != "posix", reason="signals as on POSIX systems")]

SERVE = """
import argparse, sys
from openvmo_web.config.commands import serve
parser = argparse.ArgumentParser()
serve.add_arguments(parser)
sys.exit(serve.run(parser.parse_args()))
"""


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def ask(port: int, path: str, **headers: str) -> tuple[int, bytes]:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=20)) as connection:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read()


def is_well(port: int) -> bool:
    try:
        return ask(port, "/health")[0] == 200
    except OSError:
        return False


def answers(port: int) -> bool:
    try:
        return ask(port, "/health")[0] in (200, 503)
    except OSError:
        return False


@contextmanager
def server(*arguments: str, **environment: str) -> Iterator[tuple["subprocess.Popen[bytes]", int]]:
    """Start a server on a free port; it is gone at the end whatever happens."""
    port = free_port()
    command = [sys.executable, "-c", SERVE, "--port", str(port), *arguments]
    process = subprocess.Popen(command, env=environment)
    try:
        yield process, port
    finally:
        process.kill()
        process.wait()


def worker_pids(data: Path) -> list[int]:
    with closing(sqlite3.connect(data / "openvmo.sqlite3")) as connection:
        return [int(name.split(":")[1]) for (name,) in connection.execute("SELECT name FROM jobs_worker")]


def is_running(pid: int) -> bool:
    """Return whether a process runs; one that has ended and waits to be noticed does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.skipif(not Path("/proc").exists(), reason="looks for processes in /proc")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_it_leaves_no_process_behind(tmp_path: Path, number: signal.Signals) -> None:
    environment = surroundings(OPENVMO_DATA=str(tmp_path), OPENVMO_DATABASE_URL="")
    with server("--workers", "2", **environment) as (process, port):
        eventually(lambda: is_well(port), "the server and its workers to be well")
        eventually(lambda: len(worker_pids(tmp_path)) == 2, "both workers to show that they live")
        pids = worker_pids(tmp_path)
        process.send_signal(number)
        code = process.wait(timeout=30)
        assert code == (0 if number != signal.SIGKILL else -signal.SIGKILL)
        eventually(lambda: not any(map(is_running, pids)), "the workers to end")


def test_it_starts_a_dead_worker_again(tmp_path: Path) -> None:
    environment = surroundings(OPENVMO_DATA=str(tmp_path), OPENVMO_DATABASE_URL="")
    with server(**environment) as (_process, port):
        eventually(lambda: is_well(port), "the server and its worker to be well")
        (first,) = worker_pids(tmp_path)
        os.kill(first, signal.SIGKILL)
        eventually(lambda: set(worker_pids(tmp_path)) - {first} != set(), "another worker to start")


def test_it_says_which_port_is_taken_and_what_to_do() -> None:
    with closing(socket.socket()) as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(SystemExit) as caught:
            listen("127.0.0.1", port)
    assert str(caught.value) == (
        f"openvmo: cannot listen on port {port} of 127.0.0.1: Address already in use.\n"
        f"Stop the program that uses it, or choose another one: openvmo serve --port {port + 1}"
    )


@pytest.mark.django_db(transaction=True)
def test_it_streams_the_progress_of_a_job(owner: User, signed_in: Callable[[User], Client]) -> None:
    task("test.streamed")(lambda context: None)
    enqueue("test.streamed", arguments={}, by=owner)
    job = claim("a")
    assert job is not None
    cookie = signed_in(owner).cookies[settings.SESSION_COOKIE_NAME].value
    with server("--no-worker", **surroundings()) as (process, port):
        eventually(lambda: answers(port), "the server to answer")
        assert ask(port, f"/jobs/{job.pk}/events")[0] == 302
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        connection.request(
            "GET", f"/jobs/{job.pk}/events", headers={"Cookie": f"{settings.SESSION_COOKIE_NAME}={cookie}"}
        )
        answer = connection.getresponse()
        assert (answer.status, answer.headers["Content-Type"]) == (200, "text/event-stream")
        assert next_state(answer) == ("running", 0.0, "")
        queue.progress(job, 0.5, "Half way")
        assert next_state(answer) == ("running", 0.5, "Half way")
        queue.succeed(job, None)
        assert next_state(answer) == ("succeeded", 1.0, "Half way")
        assert answer.read().strip() == b""
        # A stream that is still open does not keep the server from stopping.
        connection.request(
            "GET", f"/jobs/{job.pk}/events", headers={"Cookie": f"{settings.SESSION_COOKIE_NAME}={cookie}"}
        )
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0
        connection.close()


def next_state(answer: http.client.HTTPResponse) -> tuple[str, float, str]:
    """Read the stream up to the next state."""
    for line in answer:
        if line.startswith(b"data: "):
            state = json.loads(line[6:])
            return state["status"], state["fraction"], state["message"]
    raise AssertionError("The stream ended.")
