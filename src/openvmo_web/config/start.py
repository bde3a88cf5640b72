"""How a command of the server begins: settings, database, and a remedy instead of a traceback."""

import os

import django
from django.core.exceptions import ImproperlyConfigured


def prepare() -> None:
    """Set Django up; end the program with a sentence when the settings are wrong."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openvmo_web.config.settings")
    try:
        django.setup()
    except ImproperlyConfigured as error:
        raise SystemExit(f"openvmo: {error}") from error


def migrate_database() -> None:
    """Bring the database up to this version; end the program with a sentence when it cannot be reached."""
    from django.core.management import call_command
    from django.db import DatabaseError, connections

    try:
        call_command("migrate", interactive=False, verbosity=0)
        call_command("createcachetable", verbosity=0)
    except DatabaseError as error:
        reason = str(error).strip().splitlines()[0]
        raise SystemExit(
            f"openvmo: the database cannot be used: {reason}\n"
            "Check that it runs, and that OPENVMO_DATABASE_URL or OPENVMO_DATA name the right one."
        ) from error
    finally:
        connections.close_all()
