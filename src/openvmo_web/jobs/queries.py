"""What is read about jobs."""

from datetime import timedelta
from typing import Literal, TypedDict, cast

from django.conf import settings
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from openvmo_web.access.models import User
from openvmo_web.access.permissions import scope_of
from openvmo_web.common.widgets import Progress
from openvmo_web.jobs.models import FINISHED, Job, Status, Worker


class JobState(TypedDict):
    """What a page follows while a job runs."""

    id: int
    status: str
    words: str
    fraction: float
    message: str
    is_finished: bool


def jobs_visible_to(viewer: User) -> QuerySet[Job]:
    """Return the jobs that a person asked for, and those of the portfolios that the person may see."""
    scope = scope_of(viewer, "portfolio.view")
    if scope.everything:
        return Job.objects.all()
    return Job.objects.filter(Q(by=viewer) | Q(portfolio_id__in=sorted(scope.portfolios)))


def states_of(keys: list[int]) -> dict[int, JobState]:
    """Return the states of jobs by their keys."""
    fields = ("pk", "status", "progress", "message", "error")
    return {row[0]: _state(*row) for row in Job.objects.filter(pk__in=keys).values_list(*fields)}


def state_of(job: Job) -> JobState:
    """Return the state of a job."""
    return _state(job.pk, job.status, job.progress, job.message, job.error)


def _state(pk: int, status: str, progress: float, message: str, error: str) -> JobState:
    return {
        "id": pk,
        "status": status,
        "words": str(Status(status).label),
        "fraction": progress,
        "message": error if status == Status.FAILED else message,
        "is_finished": status in FINISHED,
    }


def panel_of(job: Job, *, title: str, done_url: str = "") -> Progress:
    """Return what the progress panel shows of a job.

    Args:
        job: The job.
        title: What is being done, in the words of the page.
        done_url: Where the reader goes when it has succeeded; empty: the page is loaded again.
    """
    message = job.error if job.status == Status.FAILED else job.message
    if job.is_cancel_requested and not job.is_finished:
        message = _("Stopping …")
    return Progress(
        title=title,
        status=cast(Literal["queued", "running", "succeeded", "failed", "cancelled"], job.status),
        message=message,
        fraction=None if job.status == Status.QUEUED else job.progress,
        events_url=reverse("jobs:events", args=[job.pk]),
        cancel_url="" if job.is_cancel_requested else reverse("jobs:cancel", args=[job.pk]),
        done_url=done_url,
    )


def workers_alive() -> int:
    """Return how many worker processes have given a sign of life lately."""
    since = timezone.now() - timedelta(seconds=settings.JOBS_STALE_SECONDS)
    return Worker.objects.filter(heartbeat_at__gte=since).count()
