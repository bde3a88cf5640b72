"""What migrations of rooms need of the log."""

from typing import Any

from django.db.migrations import RunPython
from django.db.models import BigIntegerField, CharField, Exists, F, OuterRef, Subquery, Value
from django.db.models.functions import Cast
from django.utils import timezone

BATCH = 2_000


def first_states(app: str, model: str, *, portfolio_path: str = "") -> RunPython:
    """Return the migration operation after which each record of a kind has a state to look back to.

    A record that was there before states were kept gets the state that it has at the migration, from the moment of its
    oldest entry in the log on; without an entry from now on. One that has a state keeps it alone.

    Args:
        app: The label of the room.
        model: The name of the model, for example ``Benefit``.
        portfolio_path: How one gets from a record to the key of its portfolio; empty for records of the organisation.
    """

    def keep(apps: Any, _schema_editor: Any) -> None:
        rows, versions = apps.get_model(app, model), apps.get_model("audit", "Version")
        of_this_kind = {"kind": rows._meta.label_lower, "key": Cast(OuterRef("pk"), CharField())}
        entries = apps.get_model("audit", "AuditEntry").objects.filter(**of_this_kind).order_by("at", "id")
        stateless = rows.objects.filter(~Exists(versions.objects.filter(**of_this_kind))).order_by("pk")
        found = stateless.annotate(
            known_since=Subquery(entries.values("at")[:1]),
            in_portfolio=F(portfolio_path) if portfolio_path else Value(None, output_field=BigIntegerField()),
        )
        now = timezone.now()
        fields = [field for field in rows._meta.concrete_fields if field.name != "id"]
        versions.objects.bulk_create(
            [
                versions(
                    kind=rows._meta.label_lower,
                    key=str(row.pk),
                    at=row.known_since or now,
                    portfolio_id=row.in_portfolio,
                    values={field.name: getattr(row, field.attname) for field in fields},
                )
                for row in found.iterator(chunk_size=BATCH)
            ],
            batch_size=BATCH,
        )

    return RunPython(keep, RunPython.noop)
