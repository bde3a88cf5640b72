"""What waits for a person, in plain values that the page "My tasks" and the e-mail show alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from django.utils.translation import gettext_lazy as _

Kind = Literal["measure", "contested", "verify", "handover", "review", "assumption", "decay"]

# In the order in which a person reads them, each with its heading and with what a click does.
HEADINGS = {
    "measure": _("Measurements to give"),
    "contested": _("Your measurements that somebody contests"),
    "verify": _("Measurements to verify"),
    "handover": _("Benefits offered to you to sustain"),
    "review": _("Reviews to hold"),
    "assumption": _("Assumptions to check"),
    "decay": _("Benefits that fade away"),
}
GESTURES = {
    "measure": _("Give the value"),
    "contested": _("Look at it"),
    "verify": _("Verify"),
    "handover": _("Answer"),
    "review": _("Record the review"),
    "assumption": _("Check it"),
    "decay": _("See the benefit"),
}


@dataclass(frozen=True)
class Item:
    """One thing that waits.

    Attributes:
        title: What it is about, mostly a benefit.
        detail: What exactly, such as the month.
        place: Where it belongs: the initiative and the portfolio.
        url: Where it is done, from the root of the server.
        since: When it began to wait.
        due_on: When it is to be done; None when no day was set.
        is_late: Whether that day is past.
        request: The key of the request for a measurement; None for all others.
    """

    title: str
    detail: str
    place: str
    url: str
    since: datetime
    due_on: date | None = None
    is_late: bool = False
    request: int | None = None


@dataclass(frozen=True)
class Group:
    """The things of one kind that wait: the most urgent ones, and how many there are in all."""

    kind: Kind
    items: Sequence[Item]
    count: int

    @property
    def heading(self) -> str:
        """What they are."""
        return str(HEADINGS[self.kind])

    @property
    def gesture(self) -> str:
        """What a click on one of them does."""
        return str(GESTURES[self.kind])

    @property
    def more(self) -> int:
        """How many are not listed."""
        return self.count - len(self.items)
