"""Turns the signals that end a program into an event."""

import signal
import threading
from types import FrameType

ENDING = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK") if hasattr(signal, name))


def stop_on_signals() -> threading.Event:
    """Return an event that is set when this process is asked to end; a second signal ends it at once."""
    stop = threading.Event()

    def on_signal(number: int, _frame: FrameType | None) -> None:
        if stop.is_set():
            signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)
        stop.set()

    for number in ENDING:
        signal.signal(number, on_signal)
    return stop
