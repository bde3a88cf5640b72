"""What is written about evidence: the files that show what a month brought."""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import PurePath
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from openvmo.engine.quantities import Month
from openvmo_web.access.models import User
from openvmo_web.audit.actions import record
from openvmo_web.benefits.holders import require_for
from openvmo_web.benefits.models import Benefit, Evidence
from openvmo_web.realisation.files import evidence_refusal, media_type_of
from openvmo_web.realisation.refusals import month_refusal


def evidence_add(
    *, benefit: Benefit, month: Month, name: str, content: bytes, remark: str = "", by: User, at: datetime
) -> Evidence:
    """File a document or a picture that shows what a month brought.

    The file is kept under a name of our own and is only ever given out as a download.

    Args:
        benefit: The benefit, with its initiative and portfolio.
        month: The month that it is about.
        name: The name of the file.
        content: What is in it.
        remark: What it shows.
        by: Who files it.
        at: When.

    Raises:
        ValidationError: the file is empty, too large or of another kind than those that are taken, its month is
            closed, or exactly this file is filed there already.
    """
    require_for(by, "measurement.add", benefit)
    portfolio = benefit.initiative.portfolio
    wrong_file = evidence_refusal(name, content)
    if wrong_file:
        raise ValidationError(wrong_file)
    wrong_month = month_refusal(benefit, month, portfolio.closed_until)
    if wrong_month:
        raise ValidationError(wrong_month.sentence)
    digest = hashlib.sha256(content).hexdigest()
    if Evidence.objects.filter(benefit=benefit, month=month.first_day, digest=digest).exists():
        raise ValidationError(_("Exactly this file is filed for this month already."))
    evidence = Evidence(
        benefit=benefit,
        month=month.first_day,
        file=ContentFile(content, name=f"{uuid4().hex}{PurePath(name).suffix.lower()}"),
        name=PurePath(name).name,
        media_type=media_type_of(name),
        size=len(content),
        digest=digest,
        remark=remark.strip(),
        recorded_by=by,
        recorded_at=at,
    )
    try:
        with transaction.atomic():
            evidence.save()
            changes = {f"{month}": (None, evidence.name)}
            record(by=by, at=at, action="evidence.add", on=benefit, portfolio_id=portfolio.pk, changes=changes)
    except Exception:
        # The database forgets the row, the disk would keep the file.
        if evidence.file.name:
            evidence.file.storage.delete(evidence.file.name)
        raise
    return evidence
