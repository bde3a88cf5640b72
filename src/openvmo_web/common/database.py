"""Promises that the database itself keeps: tables that only grow, rows that are frozen.

Both are operations for migrations::

    operations = [
        migrations.CreateModel(...),
        append_only("audit_auditentry"),
        frozen_when("governance_decision", "OLD.state <> 'proposed'"),
    ]

A refused statement raises ``django.db.IntegrityError`` with the sentence of the guard, on SQLite and on PostgreSQL.
"""

from collections.abc import Iterator

from django.db import connection, connections
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

EVENTS = ("UPDATE", "DELETE")

POSTGRESQL_FUNCTION = """
CREATE OR REPLACE FUNCTION openvmo_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'integrity_constraint_violation';
END $$
"""


class Guard(Operation):
    """A pair of triggers that refuse to change or delete the rows of a table.

    Args:
        table: The name of the table in the database.
        condition: SQL over ``OLD``; rows for which it holds are refused. Empty: all rows.
        message: What the refused caller reads.
    """

    reversible = True
    elidable = False

    def __init__(self, table: str, condition: str, message: str) -> None:
        self.table = table
        self.condition = condition
        self.message = message

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Leave the models as they are: a guard concerns the table only."""

    def database_forwards(
        self, _app_label: str, schema_editor: BaseDatabaseSchemaEditor, _from: ProjectState, _to: ProjectState
    ) -> None:
        """Set the guard."""
        for statement in self.create_statements(schema_editor.connection.vendor):
            schema_editor.execute(statement, params=None)

    def database_backwards(
        self, _app_label: str, schema_editor: BaseDatabaseSchemaEditor, _from: ProjectState, _to: ProjectState
    ) -> None:
        """Lift the guard."""
        for statement in self.drop_statements(schema_editor.connection.vendor):
            schema_editor.execute(statement, params=None)

    def describe(self) -> str:
        """Return what a list of operations says."""
        return f"Guard the rows of {self.table}"

    @property
    def migration_name_fragment(self) -> str:
        """What the name of a migration with this operation says."""
        return f"guard_{self.table}"

    def trigger_names(self) -> list[str]:
        """Return the names of the triggers, one for each kind of statement."""
        return [f"{self.table}_guard_{event.lower()}" for event in EVENTS]

    def create_statements(self, vendor: str) -> Iterator[str]:
        """Yield the statements that set the guard; setting it twice does no harm."""
        yield from self.drop_statements(vendor)
        if vendor == "postgresql":
            yield POSTGRESQL_FUNCTION
        when = f"WHEN ({self.condition}) " if self.condition else ""
        message = "'" + self.message.replace("'", "''") + "'"
        body = (
            f"EXECUTE FUNCTION openvmo_refuse({message})"
            if vendor == "postgresql"
            else f"BEGIN SELECT RAISE(ABORT, {message}); END"
        )
        for event, name in zip(EVENTS, self.trigger_names(), strict=True):
            yield f'CREATE TRIGGER "{name}" BEFORE {event} ON "{self.table}" FOR EACH ROW {when}{body}'

    def drop_statements(self, vendor: str) -> Iterator[str]:
        """Yield the statements that lift the guard."""
        for name in self.trigger_names():
            yield f'DROP TRIGGER IF EXISTS "{name}"' + (f' ON "{self.table}"' if vendor == "postgresql" else "")


def append_only(table: str) -> Guard:
    """Return the migration operation after which the rows of a table are never changed or deleted.

    Args:
        table: The name of the table in the database, for example ``audit_auditentry``.
    """
    return Guard(table, "", f"Rows of {table} are never changed or deleted: add a row that supersedes the old one.")


def frozen_when(table: str, condition: str) -> Guard:
    """Return the migration operation after which some rows of a table can no longer be changed or deleted.

    Args:
        table: The name of the table in the database.
        condition: SQL over ``OLD`` that both databases understand, for example ``OLD.state <> 'proposed'``.
    """
    return Guard(table, condition, f"This row of {table} is frozen: it can no longer be changed or deleted.")


def restore_guards(*, using: str, **_signal: object) -> None:
    """Set all guards again after a migration.

    On SQLite Django alters a table by building a new one, and the triggers of the old table vanish with it.
    """
    database = connections[using]
    loader = MigrationLoader(database)
    guards = [
        operation
        for key in loader.applied_migrations
        if key in loader.disk_migrations
        for operation in loader.disk_migrations[key].operations
        if isinstance(operation, Guard)
    ]
    tables = set(database.introspection.table_names())
    with database.cursor() as cursor:
        for guard in guards:
            if guard.table in tables:
                for statement in guard.create_statements(database.vendor):
                    cursor.execute(statement)


def give_connection_back() -> None:
    """Close this thread's connection, or return it to the pool, unless a transaction around the caller needs it."""
    if not connection.in_atomic_block:
        connection.close()
