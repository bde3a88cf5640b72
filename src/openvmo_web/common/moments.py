"""The moment as of which a page is read."""

from __future__ import annotations

from datetime import date, datetime, time

from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

FIRST_DAY = date(1970, 1, 1)


def moment_asked(request: HttpRequest) -> tuple[datetime, date | None]:
    """Return now, or the end of the day given as ``?on=2026-03-31`` with that day.

    Raises:
        Http404: what is given is no day, or one of which nothing is known.
    """
    text = request.GET.get("on", "")
    if not text:
        return timezone.now(), None
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise Http404(_("“%(text)s” is not a day: write it like 2026-03-31.") % {"text": text}) from error
    return moment_of(day), day


def moment_of(day: date | None) -> datetime:
    """Return the moment as of which something is read: the end of a day, or now without one.

    Raises:
        Http404: nothing is known of that day.
    """
    if day is None:
        return timezone.now()
    if not FIRST_DAY <= day <= timezone.localdate():
        raise Http404(_("Nothing is known of %(text)s: give a day from 1970 until today.") % {"text": day.isoformat()})
    return end_of(day)


def end_of(day: date) -> datetime:
    """Return the last moment of a day."""
    return timezone.make_aware(datetime.combine(day, time.max))
