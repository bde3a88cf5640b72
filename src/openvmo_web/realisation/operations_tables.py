"""The calendar of reviews as a list."""

from __future__ import annotations

from datetime import date
from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from openvmo_web.common.tables import FormatColumn, ListTable, with_note
from openvmo_web.common.templatetags.vmo import status
from openvmo_web.common.widgets import Status, Tone
from openvmo_web.realisation import words
from openvmo_web.realisation.models import Review

VERDICT_TONES: dict[str, Tone] = {
    "sustained": "positive",
    "at_risk": "caution",
    "lost": "critical",
    "retire": "neutral",
}


def verdict_status(verdict: str) -> Status:
    """Return a verdict in words."""
    return Status(str(words.REVIEW_VERDICTS[verdict]), VERDICT_TONES[verdict])


def review_status(review: Review, today: date) -> Status:
    """Return where a review stands: its verdict when it was held, else whether it is late."""
    if review.held_on is not None:
        return verdict_status(review.verdict)
    if review.due_on < today:
        return Status(gettext("Late"), "critical", "clock")
    return Status(gettext("To be held"), "info", "calendar")


class ReviewTable(ListTable):
    """Reviews, each with its benefit and who answers for it."""

    caption = _("Reviews")
    empty_help = _("Try another search, or clear the filters.")

    due_on = FormatColumn(verbose_name=_("Due"), format="day")
    benefit = tables.Column(verbose_name=_("Benefit"), order_by="benefit__name")
    answers = tables.Column(verbose_name=_("Who answers for it"), empty_values=(), orderable=False)
    state = tables.Column(verbose_name=_("State"), empty_values=(), orderable=False)
    held_on = FormatColumn(verbose_name=_("Held"), format="day")
    remark = tables.Column(
        verbose_name=_("What was found and agreed"), orderable=False, attrs={"td": {"class": "wide"}}
    )

    class Meta(ListTable.Meta):
        empty_text = _("No review found")

    def __init__(self, *args: Any, today: date, **options: Any) -> None:
        """Build the table.

        Args:
            args: as django-tables2 takes them.
            today: the present day, from which a review is late.
            options: as django-tables2 takes them.
        """
        super().__init__(*args, **options)
        self._today = today

    def render_benefit(self, record: Review) -> SafeString:
        """The benefit, with the way to the review, and where it belongs."""
        initiative = record.benefit.initiative
        address = reverse("realisation:review", args=[initiative.portfolio.slug, record.pk])
        link = format_html('<a href="{}">{}</a>', address, record.benefit.name)
        return with_note(link, "{}", initiative.name)

    def render_answers(self, record: Review) -> str:
        """The sustainer, before the hand-over the owner."""
        benefit = record.benefit
        return benefit.sustainer_name or benefit.owner_name

    def render_state(self, record: Review) -> SafeString:
        """Where the review stands."""
        return status(review_status(record, self._today))
