"""The plain values that the components of the design system show. The tags in ``templatetags/vmo.py`` render them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

Tone = Literal["neutral", "info", "accent", "positive", "caution", "critical"]
Severity = Literal["error", "warning", "info"]

# Each tone has an icon, so that a colour never speaks alone.
TONE_ICONS: Mapping[Tone, str] = {
    "neutral": "circle",
    "info": "info",
    "accent": "flag",
    "positive": "check-circle",
    "caution": "alert",
    "critical": "critical",
}
SEVERITY_TONES: Mapping[Severity, Tone] = {"error": "critical", "warning": "caution", "info": "info"}


@dataclass(frozen=True)
class NavigationItem:
    """One destination in the navigation; ``active`` marks where the reader is, ``count`` what waits there."""

    label: str
    url: str
    icon: str
    active: bool = False
    count: int | None = None


@dataclass(frozen=True)
class NavigationSection:
    """Destinations that belong together, under a heading; an empty heading shows none."""

    label: str
    items: Sequence[NavigationItem] = ()


@dataclass(frozen=True)
class Breadcrumb:
    """One step of the way from the home page to the present page; the present page itself is not listed."""

    label: str
    url: str


@dataclass(frozen=True)
class Status:
    """A state in a word, with the tone that it has for the reader."""

    label: str
    tone: Tone = "neutral"
    icon: str = ""

    @property
    def symbol(self) -> str:
        """The icon beside the word."""
        return self.icon or TONE_ICONS[self.tone]


@dataclass(frozen=True)
class Finding:
    """Something to correct or to know: where it is, what it is, and what to do about it."""

    severity: Severity
    where: str
    what: str
    remedy: str = ""


@dataclass(frozen=True)
class Tab:
    """One of several views of the same thing, each with its own address."""

    label: str
    url: str
    active: bool = False
    count: int | None = None


@dataclass(frozen=True)
class Change:
    """One field before and after."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class TimelineEntry:
    """Something that happened: when, who, and what changed."""

    at: datetime
    actor: str
    sentence: str
    changes: Sequence[Change] = ()
    note: str = ""
    icon: str = "circle"
    url: str = ""


@dataclass(frozen=True)
class Fact:
    """A labelled value; ``url`` leads to where it comes from."""

    label: str
    value: Any
    url: str = ""
    hint: str = ""


@dataclass(frozen=True)
class Progress:
    """Long work as its panel shows it.

    ``fraction`` is between 0 and 1, or None while it is not known. ``events_url`` streams the state, ``cancel_url``
    takes the wish to stop, ``done_url`` is where the reader goes when the work has succeeded.
    """

    title: str
    status: Literal["queued", "running", "succeeded", "failed", "cancelled"]
    message: str = ""
    fraction: float | None = None
    events_url: str = ""
    cancel_url: str = ""
    done_url: str = ""

    @property
    def is_finished(self) -> bool:
        """Whether nothing more will happen."""
        return self.status in ("succeeded", "failed", "cancelled")


class Switchable(Protocol):
    """A portfolio, as far as the portfolio switcher needs to know it."""

    name: str
    slug: str


@dataclass(frozen=True)
class FilterChip:
    """A filter in force: what it says, and the address of the list without it."""

    label: str
    value: str
    remove_url: str = field(default="")
