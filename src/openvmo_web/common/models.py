"""Abstract bases of every stored thing."""

from typing import Any, NoReturn, TypeVar

from django.db import models
from django.utils.translation import gettext as _


M = TypeVar("M", bound=models.Model, covariant=True)


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


class AppendOnlyError(TypeError):
    """A row of an append-only table was about to be changed or deleted."""


def refuse_change(table: str) -> NoReturn:
    """Raise the error that says why a row may not change."""
    raise AppendOnlyError(
        _("Rows of %(table)s are never changed or deleted: add a row that supersedes the old one.") % {"table": table}
    )


class AppendOnlyQuerySet(models.QuerySet[M]):
    """A query that reads and adds, and refuses the rest before the database has to."""

    def update(self, **kwargs: Any) -> NoReturn:
        refuse_change(self.model._meta.db_table)

    def delete(self) -> NoReturn:
        refuse_change(self.model._meta.db_table)

    def bulk_update(self, *args: Any, **kwargs: Any) -> NoReturn:
        refuse_change(self.model._meta.db_table)


class AppendOnly(Record):
    """A record that is added and never changed.

    The table needs ``append_only("<table>")`` in a migration too: the database then refuses what passes this class by.
    """

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            refuse_change(self._meta.db_table)
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        refuse_change(self._meta.db_table)
