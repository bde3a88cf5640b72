"""Tells the rooms above when a benefit begins to fade away, and when it recovers.

A room registers in its ``ready``::

    register_decay_listener(decay_signalled)    # decay_signalled(benefits, is_decaying=True, at=...)

Whoever works out where benefits stand announces the changes, within the transaction that writes them.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Protocol


class DecayListener(Protocol):
    """What is told about benefits that begin or cease to fade away."""

    def __call__(self, benefits: Collection[int], *, is_decaying: bool, at: datetime) -> None:
        """Hear of benefits, by key, and of what has begun: the decay, or its end."""
        ...


_listeners: list[DecayListener] = []


def register_decay_listener(listener: DecayListener) -> None:
    """Register who is told; registering it twice changes nothing."""
    if listener not in _listeners:
        _listeners.append(listener)


def announce_decay(*, begun: Collection[int], ended: Collection[int], at: datetime) -> None:
    """Tell every listener which benefits began to fade away, and which ceased to; silent when there are none."""
    for listener in _listeners:
        if begun:
            listener(begun, is_decaying=True, at=at)
        if ended:
            listener(ended, is_decaying=False, at=at)
