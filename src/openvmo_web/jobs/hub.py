"""Tells all open pages how their jobs stand: one reader of the database for a whole process.

A stream must never hold a database connection: a few viewers would use up the pool and freeze the site. So each stream
waits on a queue, and one task for each event loop reads the states of all jobs that are being watched.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from weakref import WeakKeyDictionary

import structlog
from asgiref.sync import sync_to_async
from django.db import DatabaseError, InterfaceError

from openvmo_web.common.database import give_connection_back
from openvmo_web.jobs.queries import JobState, states_of

READ_EVERY_SECONDS = 0.3
log = structlog.get_logger(__name__)
Mailbox = asyncio.Queue[JobState | None]


def read(keys: list[int]) -> dict[int, JobState]:
    """Read the states of jobs and give the connection back."""
    try:
        return states_of(keys)
    finally:
        give_connection_back()


class Hub:
    """Hands the news about jobs to those who watch them, within one event loop."""

    def __init__(self) -> None:
        self._mailboxes: defaultdict[int, set[Mailbox]] = defaultdict(set)
        self._last: dict[int, JobState] = {}
        self._reader: asyncio.Task[None] | None = None
        self._is_closed = False

    @asynccontextmanager
    async def watch(self, key: int) -> AsyncIterator[Mailbox]:
        """Give a mailbox for the news about one job; None in it means that no more will come."""
        mailbox: Mailbox = asyncio.Queue()
        if self._is_closed:
            mailbox.put_nowait(None)
        self._mailboxes[key].add(mailbox)
        self._last.pop(key, None)
        if self._reader is None or self._reader.done():
            self._reader = asyncio.create_task(self._read_on())
        try:
            yield mailbox
        finally:
            self._mailboxes[key].discard(mailbox)
            if not self._mailboxes[key]:
                del self._mailboxes[key]
                self._last.pop(key, None)

    def close(self) -> None:
        """End all streams: the server stops."""
        self._is_closed = True
        for mailboxes in self._mailboxes.values():
            for mailbox in mailboxes:
                mailbox.put_nowait(None)

    async def _read_on(self) -> None:
        while self._mailboxes and not self._is_closed:
            try:
                states = await sync_to_async(read, thread_sensitive=False)(list(self._mailboxes))
            except (DatabaseError, InterfaceError):
                log.warning("the states of jobs could not be read", exc_info=True)
            else:
                self._hand_out(states)
            await asyncio.sleep(READ_EVERY_SECONDS)

    def _hand_out(self, states: dict[int, JobState]) -> None:
        for key, state in states.items():
            if self._last.get(key) != state and key in self._mailboxes:
                self._last[key] = state
                for mailbox in self._mailboxes[key]:
                    mailbox.put_nowait(state)


_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


def current_hub() -> Hub:
    """Return the hub of the running event loop."""
    return _hubs.setdefault(asyncio.get_running_loop(), Hub())
