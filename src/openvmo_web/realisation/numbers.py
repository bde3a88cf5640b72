"""Numbers as people type them: first as their language writes them, then in any way that can only mean one number."""

from __future__ import annotations

import re

from babel.numbers import NumberFormatError, parse_decimal
from django.utils.translation import gettext as _

from openvmo.files.cells import CellError, read_cell
from openvmo.files.schema import FieldKind
from openvmo_web.realisation.rules import is_measurable

_SPACES = re.compile(r"[\s\u00a0\u202f]+")


def number_of(text: str, locale: str) -> float:
    """Return the number that a text states.

    Args:
        text: As it was typed or pasted, such as "1,250.50" or "1250,5".
        locale: The language of the reader, as Babel names it; it decides what a comma means where both are possible.

    Raises:
        CellError: the text is no number, or could be read in two ways.

    >>> number_of("1,250.50", "en_GB"), number_of("1250,5", "en_GB"), number_of("1.250,5", "de")
    (1250.5, 1250.5, 1250.5)
    """
    plain = _SPACES.sub("", text.strip()).replace("\u2212", "-")
    if "%" in plain:
        raise CellError("cell.percent", _("The sign % can be read in two ways."), _("Write the number without it."))
    try:
        value = float(parse_decimal(plain, locale=locale, strict=True))
    except NumberFormatError:
        value = read_cell(FieldKind.NUMBER, text)
    if not is_measurable(value):
        raise CellError("cell.number", _("A number is expected here."), _("Write it with digits, such as 1250.5."))
    return value
