"""The e-mail that tells a person what waits: when it is worth sending, and how it reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import ngettext

from openvmo_web.access.models import User
from openvmo_web.realisation.operations_queries import last_digest_of, requests_to, waiting_for
from openvmo_web.realisation.rules_operations import is_news, is_reminder_due
from openvmo_web.realisation.waiting import Group


@dataclass(frozen=True)
class Letter:
    """What a person is told.

    Attributes:
        person: Who.
        day: For which day.
        groups: What waits; of the requests for measurements only those of which the person is reminded.
        requests: The requests of which the person is reminded, listed or not.
    """

    person: User
    day: date
    groups: Sequence[Group]
    requests: Sequence[int]

    @property
    def count(self) -> int:
        """How many things wait."""
        return sum(group.count for group in self.groups)


def letter_to(person: User, day: date, at: datetime) -> Letter | None:
    """Return what a person is told on a day; None when nothing waits, or nothing that is worth another e-mail.

    Call it with the person's language active.
    """
    today = timezone.localdate(at)
    reminded = _requests_to_remind_of(person, today)
    groups = waiting_for(person, at)
    last = last_digest_of(person)
    told_on = last.day if last else None
    others = [item for group in groups if group.kind != "measure" for item in group.items]
    if not reminded and not any(is_news(timezone.localdate(item.since), told_on, today) for item in others):
        return None
    listed = [_only_reminded(group, frozenset(reminded)) if group.kind == "measure" else group for group in groups]
    return Letter(person, day, [group for group in listed if group.count], reminded)


def mail_of(letter: Letter) -> EmailMultiAlternatives:
    """Return the letter as a mail, in the active language: as plain text, with the same as HTML beside it."""
    preferences = address_of(reverse("access:notifications"))
    subject = subject_of(letter)
    values = {
        "letter": letter,
        "subject": subject,
        "server": settings.OPENVMO_URL,
        "tasks": address_of(reverse("realisation:tasks")),
        "preferences": preferences,
    }
    mail = EmailMultiAlternatives(
        subject=subject,
        body=render_to_string("realisation/digest.txt", values),
        to=[letter.person.email],
        headers={
            "Auto-Submitted": "auto-generated",
            "List-Unsubscribe": f"<{preferences}>",
            # The same for each attempt, so that a mail that was taken twice is shown once.
            "Message-ID": f"<digest-{letter.person.pk}-{letter.day.isoformat()}@{_sender_domain()}>",
        },
    )
    mail.attach_alternative(render_to_string("realisation/digest.html", values), "text/html")
    return mail


def subject_of(letter: Letter) -> str:
    """Return the subject in the active language."""
    return ngettext(
        "OpenVMO: %(count)d thing waits for you", "OpenVMO: %(count)d things wait for you", letter.count
    ) % {"count": letter.count}


def language_of(person: User) -> str:
    """Return the language in which a person is written to."""
    return person.language or str(translation.to_language(settings.LANGUAGE_CODE))


def address_of(path: str) -> str:
    """Return the whole address of a page, as an e-mail needs it."""
    return f"{settings.OPENVMO_URL}{path}"


def _sender_domain() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"


def _requests_to_remind_of(person: User, today: date) -> list[int]:
    rows = requests_to(person).values_list("pk", "reminded_at", "benefit__remind_days")
    return [
        pk
        for pk, reminded_at, every in rows
        if is_reminder_due(timezone.localdate(reminded_at) if reminded_at else None, every, today)
    ]


def _only_reminded(group: Group, reminded: frozenset[int]) -> Group:
    """The requests of which the person is reminded; all that wait stay counted, for the line below the list."""
    return replace(group, items=[item for item in group.items if item.request in reminded])
