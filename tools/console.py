"""Say what is being done: numbered steps, elapsed seconds, and one moving line on a terminal."""

from __future__ import annotations

import os
import shutil
import sys
import time
from pathlib import Path

QUIET_SECONDS = 10.0
"""Where there is no terminal, a moving note becomes a plain line, at most this often."""


def say(text: str = "") -> None:
    """Print a line at once; a reader who has gone away (closed terminal, closed pipe) is no error."""
    try:
        print(text, flush=True)
    except OSError:
        # Whoever closed the terminal still expects the clean-up after this line.
        sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - it stays open until the end


def box(*lines: str) -> None:
    """Print lines in a frame that stands out among log lines."""
    width = max(len(line) for line in lines)
    rule = "+" + "-" * (width + 2) + "+"
    say("\n".join([rule, *(f"| {line:<{width}} |" for line in lines), rule]))


class Steps:
    """Numbered steps with the seconds that each took."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.number = 0
        self.began = time.monotonic()
        self._last_note = 0.0
        self._moving = sys.stdout.isatty()

    def begin(self, title: str) -> None:
        """Announce the next step."""
        self.number += 1
        self.began = self._last_note = time.monotonic()
        say(f"[{self.number}/{self.total}] {title}")

    def note(self, text: str) -> None:
        """Show where the step stands: rewritten in place on a terminal, now and then elsewhere."""
        now = time.monotonic()
        if self._moving:
            width = shutil.get_terminal_size().columns - 1
            _write("\r" + self._line(text, now)[:width].ljust(width))
        elif now - self._last_note >= QUIET_SECONDS:
            self._last_note = now
            say(self._line(text, now))

    def end(self, text: str = "done") -> None:
        """Close the step with its duration."""
        if self._moving:
            _write("\r" + " " * (shutil.get_terminal_size().columns - 1) + "\r")
        say(self._line(text, time.monotonic()))

    def _line(self, text: str, now: float) -> str:
        return f"      {now - self.began:4.0f} s  {text}"


def _write(text: str) -> None:
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except OSError:
        say()
