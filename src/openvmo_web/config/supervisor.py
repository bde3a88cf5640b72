"""Keeps worker processes running, and leaves none behind."""

import subprocess
import sys
import threading
import time
from contextlib import suppress

import structlog

LOOK_EVERY_SECONDS = 0.5
FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 30.0
# One second more than a worker gives to the job at hand.
PATIENCE_SECONDS = 12.0
WORKER_COMMAND = (sys.executable, "-m", "openvmo_web.config.commands.worker", "--until-input-closes")

log = structlog.get_logger(__name__)


class Supervisor:
    """Starts worker processes, starts those again that die, and stops all of them.

    Each worker holds the reading end of a pipe of which only this process holds the other end. When this process ends,
    even by ``kill -9``, the pipe closes and the worker stops.
    """

    def __init__(self, count: int) -> None:
        self.count = count
        self._processes: list[subprocess.Popen[bytes]] = []
        self._stop = threading.Event()
        self._watch = threading.Thread(target=self._keep_running, name="supervisor", daemon=True)

    def start(self) -> None:
        """Start the workers and watch over them."""
        self._processes = [self._spawn() for _number in range(self.count)]
        self._watch.start()

    def stop(self) -> None:
        """Ask the workers to stop, wait until they have, and kill those that have not."""
        self._stop.set()
        self._watch.join()
        for process in self._processes:
            self._close_input(process)
        end = time.monotonic() + PATIENCE_SECONDS
        for process in self._processes:
            try:
                process.wait(timeout=max(end - time.monotonic(), 0.1))
            except subprocess.TimeoutExpired:
                log.warning("a worker did not stop and is killed", pid=process.pid)
                process.kill()
                process.wait()

    def wait(self, stop: threading.Event) -> None:
        """Wait until asked to stop."""
        while not stop.wait(LOOK_EVERY_SECONDS):
            pass

    def _keep_running(self) -> None:
        pause = FIRST_PAUSE_SECONDS
        while not self._stop.wait(LOOK_EVERY_SECONDS):
            for number, process in enumerate(self._processes):
                if process.poll() is None:
                    continue
                log.warning("a worker ended unexpectedly and is started again", code=process.returncode, pause=pause)
                self._close_input(process)
                if self._stop.wait(pause):
                    return
                pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
                self._processes[number] = self._spawn()

    @staticmethod
    def _spawn() -> subprocess.Popen[bytes]:
        return subprocess.Popen(WORKER_COMMAND, stdin=subprocess.PIPE)  # noqa: S603  our own program

    @staticmethod
    def _close_input(process: subprocess.Popen[bytes]) -> None:
        if process.stdin is not None:
            with suppress(OSError):
                process.stdin.close()
