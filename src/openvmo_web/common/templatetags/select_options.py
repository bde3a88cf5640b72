"""The options of a choice, written in one pass: a template for each of hundreds takes most of a filter's time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

# As Django's widgets give them: the name of the group, its options, and its place.
Groups = Iterable[tuple[str | None, Iterable[Mapping[str, Any]], int]]


@register.simple_tag
def select_options(groups: Groups) -> SafeString:
    """Write the options of a widget: ``{% select_options widget.optgroups %}``, as Django's own templates do."""
    return mark_safe("".join(_group(name, options) for name, options, _place in groups))  # noqa: S308 - all is escaped


def _group(name: str | None, options: Iterable[Mapping[str, Any]]) -> str:
    written = "".join(_option(option) for option in options)
    return f'<optgroup label="{escape(name)}">{written}</optgroup>' if name else written


def _option(option: Mapping[str, Any]) -> str:
    attributes = "".join(_attribute(name, value) for name, value in option["attrs"].items() if value is not False)
    return f'<option value="{escape(str(option["value"]))}"{attributes}>{escape(option["label"])}</option>'


def _attribute(name: str, value: object) -> str:
    return f" {name}" if value is True else f' {name}="{escape(str(value))}"'
