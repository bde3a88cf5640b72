"""How every list is searched."""

from __future__ import annotations

from django.db.models import CharField, F, Q, Value
from django.db.models.functions import Concat
from django.db.models.lookups import IContains

# Between two fields, so that no word is found across them.
_BETWEEN = Value("\n")


def words_in(text: str | None, *paths: str) -> Q:
    """Return the condition under which each word of a text occurs in one of some fields.

    Args:
        text: What somebody looks for; nothing finds everything.
        paths: The fields, as a query gets to them.
    """
    # One look at the fields together: a database would else raise each of them to capitals once more for each word.
    place = Concat(*(part for path in paths for part in (F(path), _BETWEEN)), output_field=CharField())
    found = Q()
    for word in (text or "").split():
        found &= Q(IContains(place, word))
    return found
