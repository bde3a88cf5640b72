"""What is written about the e-mails that tell people what waits for them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction
from django.db.models import F

from openvmo_web.access.models import User
from openvmo_web.audit.actions import record
from openvmo_web.realisation.models import Digest, Request


def digest_keep(*, person: User, day: date, items: int, requests: Collection[int], at: datetime) -> Digest:
    """Keep that a person was told by e-mail what waits for him; the system does so when the server took the mail.

    Args:
        person: Who was told.
        day: For which day; a second one for it is refused by the database.
        items: How many things waited.
        requests: The requests for measurements of which the mail reminded.
        at: When the mail was handed over.
    """
    with transaction.atomic():
        digest: Digest = Digest.objects.create(user=person, day=day, items=items, sent_at=at)
        reminded = Request.objects.filter(pk__in=requests)
        reminded.update(reminded_at=at, reminders=F("reminders") + 1)
        record(by=None, at=at, action="digest.send", on=digest, changes={"items": (None, items)})
    return digest
