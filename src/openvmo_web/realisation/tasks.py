"""What is done every morning: measurements asked for, standings worked out, reviews planned, people told.

Each step is a job of its own and may be begun twice: what was done is not done again.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time, timedelta

from django.conf import settings
from django.db import OperationalError, transaction
from django.utils import timezone, translation

from openvmo_web.access.models import User
from openvmo_web.common.mail import MailUnreachable, mail_send
from openvmo_web.jobs.context import JobContext
from openvmo_web.jobs.queue import enqueue
from openvmo_web.jobs.registry import daily, task
from openvmo_web.jobs.schedule import is_begun
from openvmo_web.portfolio.models import Portfolio
from openvmo_web.realisation.actions.digests import digest_keep
from openvmo_web.realisation.actions.requests import requests_open
from openvmo_web.realisation.actions.reviews import reviews_plan_all
from openvmo_web.realisation.analysis import standings_refresh_all
from openvmo_web.realisation.digest import language_of, letter_to, mail_of
from openvmo_web.realisation.models import Digest

Outcome = dict[str, str | int]

EARLY = time(5)
MORNING = time(6)
# 5, 10, 20 … seconds and then every five minutes: a mail server may be away for an hour.
MAIL_ATTEMPTS = 18


@task("realisation.requests")
def requests_task(context: JobContext, *, day: str) -> Outcome:
    """Ask for the measurements of the periods that have ended."""
    opened = sum(requests_open(portfolio=one, at=timezone.now()) for one in _portfolios(context))
    return {"day": day, "requests": opened}


@task("realisation.standings")
def standings_task(context: JobContext, *, day: str) -> Outcome:
    """Work out where each benefit stands: a month may have passed."""
    found = list(_portfolios(context))
    for portfolio in found:
        standings_refresh_all(portfolio.pk, timezone.now())
    return {"day": day, "portfolios": len(found)}


@task("realisation.reviews")
def reviews_task(context: JobContext, *, day: str) -> Outcome:
    """Plan the next review of each benefit in operation that has none."""
    context.tick(0.0)
    return {"day": day, "reviews": reviews_plan_all(at=timezone.now())}


@task("realisation.digests")
def digests_task(context: JobContext, *, day: str) -> Outcome:
    """Queue an e-mail for each person to whom something is to be told today."""
    if not settings.OPENVMO_REMINDS_BY_EMAIL:
        return {"day": day, "mails": 0}
    on = date.fromisoformat(day)
    told = [person for person in _readers(context, on) if _has_news(person, on)]
    with transaction.atomic():
        context.fence()
        for person in told:
            enqueue("realisation.digest", arguments={"person": person.pk, "day": day}, by=None)
    return {"day": day, "mails": len(told)}


@task("realisation.digest", max_attempts=MAIL_ATTEMPTS, retry_for=(MailUnreachable, OperationalError), is_last=True)
def digest_task(context: JobContext, *, person: int, day: str) -> dict[str, int]:
    """Tell a person what waits, by one e-mail a day.

    The mail goes out first and is noted when the server has taken it: no transaction stays open while a server far away
    thinks. If this process dies between the two, the mail goes out once more, under the same Message-ID.
    """
    reader = User.objects.get(pk=person)
    on = date.fromisoformat(day)
    if not reader.is_active or reader.digest == "never" or Digest.objects.filter(user=reader, day=on).exists():
        return {"items": 0}
    context.tick(0.0)
    with translation.override(language_of(reader)):
        letter = letter_to(reader, on, timezone.now())
        if letter is None:
            return {"items": 0}
        mail_send(mail_of(letter))
    digest_keep(person=reader, day=on, items=letter.count, requests=letter.requests, at=timezone.now())
    return {"items": letter.count}


def _portfolios(context: JobContext) -> Iterator[Portfolio]:
    found = list(Portfolio.objects.order_by("pk"))
    for number, portfolio in enumerate(found):
        context.tick(number / len(found), portfolio.name)
        yield portfolio


def _readers(context: JobContext, day: date) -> Iterator[User]:
    """The people who may be told something on a day: the weekly ones by the first run of the week."""
    monday = day - timedelta(days=day.weekday())
    is_first_of_week = not is_begun("realisation.digests", since=monday, before=day)
    wanted = ("daily", "weekly") if is_first_of_week else ("daily",)
    told = Digest.objects.filter(day=day).values("user")
    people = list(User.objects.filter(is_active=True, digest__in=wanted).exclude(pk__in=told).order_by("pk"))
    for number, person in enumerate(people):
        context.tick(number / len(people))
        yield person


def _has_news(person: User, day: date) -> bool:
    return letter_to(person, day, timezone.now()) is not None


daily("realisation.requests", at=EARLY)
daily("realisation.standings", at=EARLY, after=("realisation.requests",))
daily("realisation.reviews", at=EARLY)
daily("realisation.digests", at=MORNING, after=("realisation.standings", "realisation.reviews"))
