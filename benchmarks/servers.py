"""Databases of the server: SQLite in a temporary folder, and a private PostgreSQL that waits for its disk."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tools.postgres import find_binaries, private_server

if TYPE_CHECKING:
    from openvmo_web.access.models import User

EMAIL = "office@example.org"
PASSWORD = "benchmark-only-password"


def databases() -> Iterator[tuple[str, dict[str, str]]]:
    """Each database by name, with the environment variables under which the server finds it empty.

    PostgreSQL is left out, visibly, where its programs are not installed.
    """
    with _data() as variables:
        yield "SQLite", variables
    binaries = find_binaries()
    if binaries is None:
        print("PostgreSQL is left out: no initdb and postgres were found (set OPENVMO_POSTGRES_BIN).")
        return
    with _data() as variables, private_server(binaries, durable=True) as url:
        yield "PostgreSQL", {**variables, "OPENVMO_DATABASE_URL": url}


@contextmanager
def _data() -> Iterator[dict[str, str]]:
    with tempfile.TemporaryDirectory(prefix="openvmo-benchmark-", ignore_cleanup_errors=True) as folder:
        yield {
            "OPENVMO_DATA": str(Path(folder) / "data"),
            "OPENVMO_DATABASE_URL": "",
            "OPENVMO_LOG_LEVEL": "WARNING",
            "DJANGO_SETTINGS_MODULE": "openvmo_web.config.settings",
        }


def office() -> User:
    """Set the server up in this process and return somebody who may do everything, made at the first call."""
    from openvmo_web.config.start import migrate_database, prepare

    prepare()
    migrate_database()
    from django.utils import timezone

    from openvmo_web.access.models import Assignment, User

    now = timezone.now()
    user, is_new = User.objects.get_or_create(email=EMAIL, defaults={"name": "Portfolio office", "joined_at": now})
    if is_new:
        user.set_password(PASSWORD)
        user.save()
        for role in ("administrator", "executive", "portfolio_manager"):
            Assignment.objects.create(user=user, role=role, granted_at=now)
    return user
