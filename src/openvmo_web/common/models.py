"""Abstract bases of every stored thing."""

from collections.abc import Mapping
from typing import Any, NoReturn, Self, TypeVar

from django.db import models
from django.utils.translation import gettext as _

M_co = TypeVar("M_co", bound=models.Model, covariant=True)


class Record(models.Model):
    """A stored thing with an address in the audit log: ``record_kind`` and ``record_key``."""

    id = models.BigAutoField(primary_key=True)

    class Meta:
        abstract = True

    @property
    def record_kind(self) -> str:
        """Return the kind of thing, for example ``portfolio.initiative``."""
        return self._meta.label_lower

    @property
    def record_key(self) -> str:
        """Return the key of this thing among its kind."""
        return str(self.pk)


class Versioned(Record):
    """A record whose every state stays readable: whatever is recorded about it keeps the state that it then has."""

    class Meta:
        abstract = True

    @property
    def state_values(self) -> dict[str, Any]:
        """Return the stored value of each field by its name, without the key; of another record its key."""
        return {field.name: getattr(self, field.attname) for field in self._meta.concrete_fields if field.name != "id"}

    @classmethod
    def of_state(cls, key: str | int, values: Mapping[str, Any]) -> Self:
        """Return the record with a key as it was in a state, to be read and never saved.

        A field that did not exist yet has its default.
        """
        fields = [field for field in cls._meta.concrete_fields if field.name in values]
        row = cls(**{field.attname: field.to_python(values[field.name]) for field in fields})
        row.pk = int(key)
        row._state.adding = False
        return row


class AppendOnlyError(TypeError):
    """A row of an append-only table was about to be changed or deleted."""


def refuse_change(table: str) -> NoReturn:
    """Raise the error that says why a row may not change."""
    raise AppendOnlyError(
        _("Rows of %(table)s are never changed or deleted: add a row that supersedes the old one.") % {"table": table}
    )


class RefusesChange:
    """What a query over append-only rows refuses before the database has to; it reads and adds."""

    model: Any

    def update(self, **_kwargs: Any) -> NoReturn:
        """Refuse: rows are never changed."""
        refuse_change(self.model._meta.db_table)

    def delete(self) -> NoReturn:
        """Refuse: rows are never deleted."""
        refuse_change(self.model._meta.db_table)

    def bulk_update(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        """Refuse: rows are never changed."""
        refuse_change(self.model._meta.db_table)


class AppendOnlyQuerySet(RefusesChange, models.QuerySet[M_co]):
    """A query over append-only rows."""


AppendOnlyManager = models.Manager.from_queryset(AppendOnlyQuerySet)


class Appended(Record):
    """A record that is added and never changed, whatever its manager.

    The table needs ``append_only("<table>")`` in a migration too: the database then refuses what passes this class by.
    """

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Add the row; refuse to change it afterwards."""
        if not self._state.adding:
            refuse_change(self._meta.db_table)
        super().save(*args, **kwargs)

    def delete(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        """Refuse: rows are never deleted."""
        refuse_change(self._meta.db_table)


class AppendOnly(Appended):
    """A record that is added and never changed."""

    objects = AppendOnlyManager()

    class Meta:
        abstract = True
