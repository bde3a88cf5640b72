"""What a running task knows about its job and says about its progress."""

import threading
import time

from openvmo_web.access.models import User
from openvmo_web.jobs import queue
from openvmo_web.jobs.models import Job, Status

LEAST_SECONDS_BETWEEN_TICKS = 0.25


class Stopped(Exception):
    """The task is to end now; let it pass."""


class Cancelled(Stopped):
    """Someone has cancelled the job."""


class Interrupted(Stopped):
    """The worker process is asked to end; the job goes back into the queue."""


class Lost(Stopped):
    """The job was given to another worker, because this one was silent for too long."""


class JobContext:
    """A running task's view of its job.

    Attributes:
        job_id: The key of the job.
        by: Who asked for it; None for the system itself.
        portfolio_id: The portfolio that it concerns, or None.
        attempt: 1 for the first attempt.
    """

    def __init__(self, job: Job, *, stop: threading.Event | None = None) -> None:
        self._job = job
        self._stop = stop or threading.Event()
        self._next_tick = 0.0
        self.is_lost = threading.Event()
        self.job_id: int = job.pk
        self.by: User | None = job.by
        self.portfolio_id: int | None = job.portfolio_id
        self.attempt: int = job.attempt

    def tick(self, fraction: float, message: str = "") -> None:
        """Say how far the work is; call it often and outside of transactions.

        Args:
            fraction: From 0 to 1; values outside are moved to the nearer end.
            message: What is being done, for the person who waits.

        Raises:
            Stopped: The task is to end now.
        """
        if self._stop.is_set():
            raise Interrupted
        if self.is_lost.is_set():
            raise Lost
        if time.monotonic() < self._next_tick:
            return
        self._next_tick = time.monotonic() + LEAST_SECONDS_BETWEEN_TICKS
        if queue.is_cancel_requested(self._job):
            raise Cancelled
        if not queue.progress(self._job, min(max(fraction, 0.0), 1.0), message):
            raise Lost

    def fence(self) -> None:
        """Make sure that this attempt is the one in force, until the present transaction ends.

        Call it first in the transaction that writes the result.

        Raises:
            Stopped: The job was cancelled or given to another worker: nothing may be written.
        """
        row = (
            Job.objects.select_for_update()
            .filter(pk=self.job_id)
            .values_list("attempt", "status", "is_cancel_requested")
        )
        attempt, status, is_cancel_requested = row.get()
        if attempt != self.attempt or status != Status.RUNNING:
            raise Lost
        if is_cancel_requested:
            raise Cancelled
