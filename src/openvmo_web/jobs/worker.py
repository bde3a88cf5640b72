"""The worker: takes one job after the other, and shows all the while that it lives."""

import json
import os
import socket
import threading
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

import structlog
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import DatabaseError, InterfaceError, connection
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from openvmo_web.jobs import queue
from openvmo_web.jobs.context import Cancelled, Interrupted, JobContext, Lost
from openvmo_web.jobs.models import Job
from openvmo_web.jobs.registry import UnknownTask, task_named
from openvmo_web.jobs.schedule import enqueue_due
from openvmo_web.jobs.wake import wait_for_work

POLL_SECONDS = 1.0
PAUSE_AFTER_TROUBLE_SECONDS = 1.0
LOOK_AT_SCHEDULE_EVERY_SECONDS = 30.0
WRITE_TRIES = 10
# A task that ticks stops within a second; one in the middle of a long calculation is given this long.
GRACE_SECONDS = 8.0

log = structlog.get_logger(__name__)


class Worker:
    """Runs jobs until it is asked to stop.

    Args:
        stop: Set by whoever wants the worker to end; the job at hand goes back into the queue.
    """

    def __init__(self, stop: threading.Event | None = None) -> None:
        self.stop = stop or threading.Event()
        self.name = f"{socket.gethostname()[:50]}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
        self._started_at = timezone.now()
        self._at_hand: tuple[Job, JobContext] | None = None
        self._next_look_at_schedule = 0.0

    def run(self) -> None:
        """Work until asked to stop."""
        log.info("worker started", worker=self.name)
        pulse = threading.Thread(target=self._pulse, name="pulse", daemon=True)
        pulse.start()
        while not self.stop.is_set():
            try:
                self._look_at_schedule()
                if not self.run_next():
                    wait_for_work(POLL_SECONDS)
            except (DatabaseError, InterfaceError):
                # The database is locked or away for a moment: a worker outlives that.
                log.warning("database trouble in the worker", worker=self.name, exc_info=True)
                connection.close()
                self.stop.wait(PAUSE_AFTER_TROUBLE_SECONDS)
        pulse.join(timeout=GRACE_SECONDS)
        with suppress(DatabaseError, InterfaceError):
            queue.worker_gone(self.name)
        log.info("worker stopped", worker=self.name)

    def _look_at_schedule(self) -> None:
        if time.monotonic() < self._next_look_at_schedule:
            return
        self._next_look_at_schedule = time.monotonic() + LOOK_AT_SCHEDULE_EVERY_SECONDS
        for job in enqueue_due(timezone.now()):
            log.info("daily task queued", job=job.pk, task=job.name, day=job.arguments["day"])

    def run_next(self) -> bool:
        """Take up lost jobs and run the next one; return whether there was one."""
        queue.sweep()
        job = queue.claim(self.name)
        if job is None:
            return False
        self._run(job)
        return True

    def run_until_idle(self) -> int:
        """Run all jobs that are ready in this process, and return how many they were."""
        count = 0
        while self.run_next():
            count += 1
        return count

    def _run(self, job: Job) -> None:
        context = JobContext(job, stop=self.stop)
        self._at_hand = (job, context)
        started = time.monotonic()
        log.info("job started", job=job.pk, task=job.name, attempt=job.attempt)
        language = job.by.language if job.by and job.by.language else settings.LANGUAGE_CODE
        try:
            with translation.override(language):
                outcome = run_task(job, context)
                is_in_force = _insist(outcome.write)
        finally:
            self._at_hand = None
        seconds = round(time.monotonic() - started, 3)
        log.info("job ended", job=job.pk, task=job.name, outcome=outcome.name, in_force=is_in_force, seconds=seconds)

    def _pulse(self) -> None:
        """Beat for the worker and for the job at hand, in a thread of its own: a long calculation need not."""
        try:
            while not self.stop.wait(settings.JOBS_BEAT_SECONDS if self._has_beaten() else PAUSE_AFTER_TROUBLE_SECONDS):
                pass
            self._see_the_job_off()
        finally:
            connection.close()

    def _has_beaten(self) -> bool:
        try:
            queue.worker_beat(self.name, self._started_at)
            if self._at_hand is not None:
                job, context = self._at_hand
                if not queue.beat(job):
                    context.is_lost.set()
        except (DatabaseError, InterfaceError):
            log.warning("a sign of life could not be written", worker=self.name, exc_info=True)
            connection.close()
            return False
        return True

    def _see_the_job_off(self) -> None:
        """Give the job at hand a little time; if it does not hear, put it back into the queue and end the process."""
        end = time.monotonic() + GRACE_SECONDS
        while self._at_hand is not None and time.monotonic() < end:
            time.sleep(0.05)
        if self._at_hand is not None:
            job, _context = self._at_hand
            log.warning("job interrupted in the middle", job=job.pk, task=job.name)
            with suppress(DatabaseError, InterfaceError):
                queue.release(job)
                queue.worker_gone(self.name)
            os._exit(0)


@dataclass(frozen=True)
class Outcome:
    """How a task ended, and what is to be written about it."""

    name: str
    write: Callable[[], bool]


def run_task(job: Job, context: JobContext) -> Outcome:  # noqa: PLR0911  one ending a line
    """Run the task of a job and return how it ended."""
    try:
        task = task_named(job.name)
    except UnknownTask as error:
        return Outcome("failed", partial(queue.fail, job, str(error)))
    try:
        result = task.function(context, **job.arguments)
        json.dumps(result, cls=DjangoJSONEncoder)
    except Cancelled:
        return Outcome("cancelled", partial(queue.stop_cancelled, job))
    except Interrupted:
        return Outcome("interrupted", partial(queue.release, job))
    except Lost:
        return Outcome("lost", partial(queue.beat, job))
    except task.retry_for as error:
        log.warning("job failed for now", job=job.pk, task=job.name, exc_info=True)
        return Outcome("to be retried", partial(queue.retry, job, reason_of(error)))
    except Exception as error:
        log.warning("job failed", job=job.pk, task=job.name, exc_info=True)
        return Outcome("failed", partial(queue.fail, job, reason_of(error)))
    return Outcome("succeeded", partial(queue.succeed, job, result))


def reason_of(error: Exception) -> str:
    """Return what a person reads about an error: its own sentence, or its name when it has none."""
    return str(error) or _("The work ended with the error %(name)s.") % {"name": type(error).__name__}


def _insist(write: Callable[[], bool]) -> bool:
    """Write the outcome of a job, again and again while the database is busy: the work must not be done twice."""
    for _try in range(WRITE_TRIES - 1):
        try:
            return write()
        except (DatabaseError, InterfaceError):
            log.warning("the outcome of a job could not be written", exc_info=True)
            connection.close()
            time.sleep(PAUSE_AFTER_TROUBLE_SECONDS)
    return write()
