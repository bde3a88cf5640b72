"""How an idle worker learns at once that there is work: no broker, only the database."""

import time

from django.db import OperationalError, connection

CHANNEL = "openvmo_jobs"
GLANCE_SECONDS = 0.1


def wake_workers() -> None:
    """Tell waiting workers about a new job, when the present transaction is committed.

    On SQLite there is nothing to say: a worker sees that the file has changed.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"NOTIFY {CHANNEL}")


def wait_for_work(seconds: float) -> None:
    """Wait until there may be work, or until the time is over."""
    if connection.vendor == "postgresql":
        _listen(seconds)
    else:
        _watch_file(seconds)


def _listen(seconds: float) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"LISTEN {CHANNEL}")
    raw = connection.connection
    for _notification in raw.notifies(timeout=seconds, stop_after=1):
        pass


def _watch_file(seconds: float) -> None:
    end = time.monotonic() + seconds
    seen = _data_version()
    while time.monotonic() < end and _data_version() == seen:
        time.sleep(GLANCE_SECONDS)


def _data_version() -> int:
    """Return SQLite's counter of the changes that other connections have made."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA data_version")
        row = cursor.fetchone()
    if row is None:
        raise OperationalError("SQLite does not tell its data version.")
    return int(row[0])
