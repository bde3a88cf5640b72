"""What people do to jobs."""

from datetime import datetime

from django.db import transaction

from openvmo_web.access.models import User
from openvmo_web.access.permissions import require
from openvmo_web.audit.actions import record
from openvmo_web.jobs.models import Job
from openvmo_web.jobs.queue import request_cancel


def job_cancel(*, job: Job, by: User, at: datetime) -> Job:
    """Cancel a job: one's own always, that of another with the right; one that is finished stays as it is."""
    if job.by_id != by.pk:
        require(by, "run.cancel", portfolio_id=job.portfolio_id)
    with transaction.atomic():
        if request_cancel(job, at=at):
            record(by=by, at=at, action="jobs.cancel", on=job, portfolio_id=job.portfolio_id)
    job.refresh_from_db()
    return job
