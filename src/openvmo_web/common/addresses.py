"""Parts of addresses beyond those that Django knows."""

from django.urls import register_converter
from django.urls.converters import StringConverter


class CodeConverter(StringConverter):
    """The code of a record: any text, also with a slash, which codes of other systems often have."""

    regex = "[^\\x00]+"


def register() -> None:
    """Make the parts known to all addresses."""
    register_converter(CodeConverter, "code")
