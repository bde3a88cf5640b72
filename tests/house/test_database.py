"""What is stored agrees with what the code says."""

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection

from openvmo_web.common.models import Appended

pytestmark = pytest.mark.django_db


def test_it_needs_no_further_migration() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_it_guards_every_append_only_table() -> None:
    """The class refuses what passes through the models; the database must refuse the rest."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        else:
            cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")
        triggers = {name for (name,) in cursor.fetchall()}
    tables = [model._meta.db_table for model in apps.get_models() if issubclass(model, Appended)]
    assert [table for table in tables if not {f"{table}_guard_update", f"{table}_guard_delete"} <= triggers] == []
    assert "audit_auditentry" in tables
