"""Lifts the guards of the database for as long as a test's leavings are swept out."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def guards_lifted() -> Iterator[None]:
    """Drop all triggers on SQLite and set them again.

    PostgreSQL empties its tables by TRUNCATE, which fires no row trigger; SQLite by DELETE, which the guards refuse.
    """
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        triggers = cursor.fetchall()
        for name, _sql in triggers:
            cursor.execute(f'DROP TRIGGER "{name}"')
        yield
        for name, sql in triggers:
            cursor.execute(f'DROP TRIGGER IF EXISTS "{name}"')
            cursor.execute(sql)
