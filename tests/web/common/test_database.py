"""The guards that the database itself keeps."""

from collections.abc import Iterator

import pytest
from django.db import IntegrityError, connection, transaction
from tests.web.conftest import NOW

from openvmo_web.audit.models import AuditEntry
from openvmo_web.common.database import append_only, frozen_when, restore_guards
from openvmo_web.common.models import AppendOnlyError


@pytest.fixture
def entry(db: None) -> AuditEntry:
    return AuditEntry.objects.create(
        at=NOW, action="access.user_create", actor_name="Ada", kind="access.user", key="1", label="A"
    )


@pytest.mark.parametrize("statement", ["UPDATE audit_auditentry SET note = 'x'", "DELETE FROM audit_auditentry"])
def test_it_refuses_to_change_an_append_only_table(entry: AuditEntry, statement: str) -> None:
    message = "Rows of audit_auditentry are never changed or deleted: add a row that supersedes the old one."
    with pytest.raises(IntegrityError, match=message), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    entry.refresh_from_db()
    assert entry.note == ""


def test_it_refuses_in_the_model_before_the_database_has_to(entry: AuditEntry) -> None:
    with pytest.raises(AppendOnlyError, match="Rows of audit_auditentry are never changed or deleted"):
        entry.save()
    with pytest.raises(AppendOnlyError):
        entry.delete()
    with pytest.raises(AppendOnlyError):
        AuditEntry.objects.update(note="x")
    with pytest.raises(AppendOnlyError):
        AuditEntry.objects.all().delete()
    with pytest.raises(AppendOnlyError):
        AuditEntry.objects.bulk_update([entry], ["note"])


@pytest.fixture
def decisions(db: None) -> Iterator[None]:
    guard = frozen_when("test_decision", "OLD.state <> 'it''s open'")
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE test_decision (id integer PRIMARY KEY, state varchar(20))")
        for statement in guard.create_statements(connection.vendor):
            cursor.execute(statement)
        cursor.execute("INSERT INTO test_decision VALUES (1, 'it''s open'), (2, 'decided')")
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE test_decision")


def states() -> list[tuple[int, str]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, state FROM test_decision ORDER BY id")
        return list(cursor.fetchall())


@pytest.mark.parametrize(
    "statement", ["UPDATE test_decision SET state = 'x' WHERE id = 2", "DELETE FROM test_decision WHERE id = 2"]
)
def test_it_freezes_rows_for_which_the_condition_holds(decisions: None, statement: str) -> None:
    refused = pytest.raises(IntegrityError, match="This row of test_decision is frozen")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert states() == [(1, "it's open"), (2, "decided")]


def test_it_leaves_other_rows_free(decisions: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE test_decision SET state = 'decided' WHERE id = 1")
    assert states() == [(1, "decided"), (2, "decided")]


def test_it_sets_the_guards_again_after_a_table_was_built_anew(entry: AuditEntry) -> None:
    with connection.cursor() as cursor:
        for statement in append_only("audit_auditentry").drop_statements(connection.vendor):
            cursor.execute(statement)
    restore_guards(using="default")
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_auditentry")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", [1, 2])
def test_it_does_not_hinder_the_clean_up_of_tests(turn: int) -> None:
    assert AuditEntry.objects.count() == 0
    AuditEntry.objects.create(at=NOW, action="a", actor_name="Ada", kind="k", key=str(turn), label="A")
    with pytest.raises(IntegrityError), connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_auditentry")
