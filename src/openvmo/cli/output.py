"""Where output goes: results, notes, progress; and what the terminal can show."""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TextIO

_SECONDS_BETWEEN_TICKS = 0.1
_BAR = 20
_STYLES = {"bold": "1", "dim": "2", "red": "31", "yellow": "33", "green": "32"}


def say(text: str = "") -> None:
    """Print a part of the result."""
    print(text)


def note(text: str) -> None:
    """Print what is not the result itself, on the standard error."""
    print(text, file=sys.stderr)


def say_json(value: Any) -> None:
    """Print a result as JSON."""
    print(json.dumps(value, ensure_ascii=False, allow_nan=False, indent=2))


def width() -> int:
    """Columns of the terminal; wide when the output goes elsewhere, so that a file or program gets whole lines."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else int(os.environ.get("COLUMNS", "160"))


def styled(text: str, style: str, stream: TextIO | None = None) -> str:
    """The text in bold, dim or a colour where the terminal shows it and the user has not refused (NO_COLOR)."""
    shown_on = sys.stdout if stream is None else stream
    is_plain = not shown_on.isatty() or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return text if is_plain else f"\033[{_STYLES[style]}m{text}\033[0m"


@contextmanager
def progress_shown(*, is_wanted: bool = False) -> Iterator[Callable[[float, str], None] | None]:
    """A progress bar on the standard error for as long as the block lasts.

    Elsewhere than on a terminal there is a line for every tenth part where progress is wanted, and else None.
    """
    if not sys.stderr.isatty():
        yield _lines() if is_wanted else None
        return
    last = 0.0

    def tick(fraction: float, message: str) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= _SECONDS_BETWEEN_TICKS or fraction >= 1:
            last = now
            _draw(fraction, message)

    try:
        yield tick
    finally:
        print("\r\033[K", end="", file=sys.stderr, flush=True)


def _lines() -> Callable[[float, str], None]:
    told = -1

    def tick(fraction: float, message: str) -> None:
        nonlocal told
        if (tenth := int(fraction * 10)) > told:
            told = tenth
            note(f"{fraction:4.0%} {message}")

    return tick


def _draw(fraction: float, message: str) -> None:
    full = round(_BAR * min(1.0, max(0.0, fraction)))
    line = f"[{'#' * full}{'.' * (_BAR - full)}] {fraction:4.0%} {message}"
    columns = shutil.get_terminal_size().columns
    print(f"\r\033[K{line[: columns - 1]}", end="", file=sys.stderr, flush=True)
