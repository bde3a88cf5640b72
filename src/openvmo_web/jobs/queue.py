"""The queue: every change of a job's state, each one statement or one short transaction.

Jobs live in wall-clock time, so that this room reads the clock itself.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Case, F, Q, When
from django.utils import timezone
from django.utils.translation import gettext as _

from openvmo_web.access.models import User
from openvmo_web.jobs.models import Job, Status, Worker
from openvmo_web.jobs.registry import last_tasks, task_named
from openvmo_web.jobs.rules import retry_delay
from openvmo_web.jobs.wake import wake_workers

FORGET_WORKER_AFTER = timedelta(days=1)


def enqueue(name: str, *, arguments: Mapping[str, Any], by: User | None, portfolio_id: int | None = None) -> Job:
    """Put a job into the queue; it runs after the transaction in which this is called has been committed.

    The caller has asked for the right and records what is done: a job is the how, not the what.

    Args:
        name: A registered task; another one raises ``UnknownTask``.
        arguments: What the task is called with; JSON must be able to hold it.
        by: Who asked for it; None for the system itself.
        portfolio_id: Those who may see this portfolio may see the job.
    """
    at = timezone.now()
    job = Job.objects.create(
        name=name,
        arguments=dict(arguments),
        by=by,
        portfolio_id=portfolio_id,
        max_attempts=task_named(name).max_attempts,
        created_at=at,
        run_after=at,
    )
    wake_workers()
    return job


def claim(worker: str) -> Job | None:
    """Take the oldest job that is ready for a worker; None when there is none.

    What can wait, such as mail to a server that may be away, is taken when nothing else is ready.
    """
    at = timezone.now()
    can_wait = Case(When(name__in=last_tasks(), then=1), default=0)
    ready = Job.objects.filter(status=Status.QUEUED, run_after__lte=at).order_by(can_wait, "run_after", "id")
    # A plain read first: on SQLite the transaction below takes the write lock, which an idle worker must not do.
    if not ready.exists():
        return None
    with transaction.atomic():
        if connection.features.has_select_for_update_skip_locked:
            ready = ready.select_for_update(skip_locked=True)
        job = ready.first()
        if job is not None:
            job.status, job.worker, job.heartbeat_at, job.started_at = Status.RUNNING, worker, at, at
            job.attempt += 1
            job.save(update_fields=["status", "worker", "heartbeat_at", "started_at", "attempt"])
    return job


def beat(job: Job) -> bool:
    """Give a sign of life; return whether this attempt is still the one in force."""
    return _update_in_force(job, heartbeat_at=timezone.now())


def progress(job: Job, fraction: float, message: str) -> bool:
    """Store how far the work is; return whether this attempt is still the one in force."""
    return _update_in_force(job, progress=fraction, message=message[:200], heartbeat_at=timezone.now())


def is_cancel_requested(job: Job) -> bool:
    """Return whether someone has asked to cancel the job."""
    return Job.objects.filter(pk=job.pk, is_cancel_requested=True).exists()


def succeed(job: Job, result: Any) -> bool:
    """Finish a job with its result."""
    return _finish(job, Status.SUCCEEDED, progress=1.0, result=result, error="")


def fail(job: Job, error: str) -> bool:
    """Finish a job with the reason why it failed."""
    return _finish(job, Status.FAILED, error=error)


def stop_cancelled(job: Job) -> bool:
    """Finish a job whose cancellation was asked for."""
    return _finish(job, Status.CANCELLED)


def retry(job: Job, error: str) -> bool:
    """Queue a job again after a transient error, or fail it when it was begun often enough."""
    if job.attempt >= job.max_attempts:
        return fail(job, error)
    run_after = timezone.now() + retry_delay(job.attempt)
    return _update_in_force(job, status=Status.QUEUED, run_after=run_after, error=error, worker="")


def release(job: Job) -> bool:
    """Queue a job again because its worker was asked to stop; this attempt does not count."""
    return _update_in_force(
        job, status=Status.QUEUED, run_after=timezone.now(), worker="", max_attempts=F("max_attempts") + 1
    )


def request_cancel(job: Job, *, at: datetime) -> bool:
    """Cancel a waiting job at once and a running one at its next tick; return whether there was anything to cancel."""
    waiting = Job.objects.filter(pk=job.pk, status=Status.QUEUED)
    if waiting.update(status=Status.CANCELLED, is_cancel_requested=True, finished_at=at):
        return True
    return bool(
        Job.objects.filter(pk=job.pk, status=Status.RUNNING, is_cancel_requested=False).update(is_cancel_requested=True)
    )


def sweep() -> int:
    """Take care of the jobs whose worker died; return how many there were.

    Each is queued again; one that was to be cancelled is cancelled, and one that was begun often enough fails.
    """
    before = timezone.now() - timedelta(seconds=settings.JOBS_STALE_SECONDS)
    lost = list(Job.objects.filter(status=Status.RUNNING, heartbeat_at__lt=before))
    return sum(_take_up(job, before) for job in lost)


def _take_up(job: Job, before: datetime) -> bool:
    reason = _("The worker stopped without a word while it ran this job, in attempt %(attempt)s of %(most)s.") % {
        "attempt": job.attempt,
        "most": job.max_attempts,
    }
    # The worker may have come back since the job was read.
    if not Job.objects.filter(pk=job.pk, attempt=job.attempt, heartbeat_at__lt=before).exists():
        return False
    return stop_cancelled(job) if job.is_cancel_requested else retry(job, reason)


def worker_beat(name: str, started_at: datetime) -> None:
    """Note that a worker process lives."""
    values = {"started_at": started_at, "heartbeat_at": timezone.now()}
    Worker.objects.update_or_create(name=name, defaults=values)


def worker_gone(name: str) -> None:
    """Forget a worker that ends in good order, and those that vanished long ago."""
    Worker.objects.filter(Q(name=name) | Q(heartbeat_at__lt=timezone.now() - FORGET_WORKER_AFTER)).delete()


def _finish(job: Job, status: Status, **fields: Any) -> bool:
    return _update_in_force(job, status=status, finished_at=timezone.now(), **fields)


def _update_in_force(job: Job, **fields: Any) -> bool:
    in_force = Job.objects.filter(pk=job.pk, attempt=job.attempt, status=Status.RUNNING)
    return bool(in_force.update(**fields))
