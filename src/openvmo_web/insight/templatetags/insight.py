"""What the templates of this room draw themselves."""

from django import template
from django.utils.safestring import SafeString

from openvmo_web.insight.results import Interval
from openvmo_web.insight.tables import interval_bar

register = template.Library()


@register.simple_tag
def interval(drawn: Interval) -> SafeString:
    """Draw a range as a bar; its figures stand beside it as text."""
    return interval_bar(drawn)
