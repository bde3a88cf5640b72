"""What a worker does for an import: it reads a large file, or writes a large one into the portfolio."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from openvmo_web.access.models import User
from openvmo_web.exchange.actions import import_apply, import_read
from openvmo_web.exchange.models import Import
from openvmo_web.jobs.context import JobContext
from openvmo_web.jobs.registry import task


@task("exchange.read")
def read_task(context: JobContext, *, imported: int) -> dict[str, str]:
    """Read an uploaded file and compare it with the portfolio."""
    context.tick(0.05, _("Reading the file and comparing it with the portfolio …"))
    read = import_read(imported=_import(imported), by=_person(context), at=timezone.now(), fence=context.fence)
    return {"state": read.state}


@task("exchange.apply")
def apply_task(context: JobContext, *, imported: int) -> dict[str, str]:
    """Write a previewed file into the portfolio, all of it or nothing."""
    context.tick(0.05, _("Writing everything in one transaction; nothing is visible before all of it is …"))
    applied = import_apply(imported=_import(imported), by=_person(context), at=timezone.now(), fence=context.fence)
    return {"portfolio": applied.slug}


def _import(key: int) -> Import:
    return Import.objects.select_related("portfolio").get(pk=key)


def _person(context: JobContext) -> User:
    if context.by is None:
        message = "an import is always asked for by a person"
        raise ValueError(message)
    return context.by
