"""The worker, in this process."""

import threading
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from openvmo_web.jobs import queue
from openvmo_web.jobs.context import Cancelled, JobContext, Lost
from openvmo_web.jobs.models import Job, Status
from openvmo_web.jobs.queue import claim, enqueue
from openvmo_web.jobs.registry import task
from openvmo_web.jobs.worker import Worker

pytestmark = pytest.mark.django_db


def test_it_runs_what_is_queued(tasks: list[Any]) -> None:
    job = enqueue("test.add", arguments={"left": 2, "right": 3}, by=None)
    assert Worker().run_until_idle() == 1
    job.refresh_from_db()
    assert (job.status, job.result, job.progress, job.message) == (Status.SUCCEEDED, {"sum": 5}, 1.0, "Half way")
    assert tasks == [(2, 3)]


def test_it_repeats_a_transient_error_and_gives_up_in_the_end(tasks: list[Any]) -> None:
    job = enqueue("test.stumble", arguments={}, by=None)
    worker = Worker()
    worker.run_until_idle()
    job.refresh_from_db()
    assert (job.status, job.error) == (Status.QUEUED, "database is locked")
    Job.objects.update(run_after=timezone.now())
    worker.run_until_idle()
    job.refresh_from_db()
    assert (job.status, job.attempt, job.error) == (Status.FAILED, 2, "database is locked")
    assert tasks == [1, 2]


def test_it_fails_at_once_when_another_attempt_would_not_help() -> None:
    job = enqueue("test.break", arguments={}, by=None)
    assert Worker().run_until_idle() == 1
    job.refresh_from_db()
    assert (job.status, job.attempt) == (Status.FAILED, 1)
    assert job.error == "The budget of 2027 is missing: add it to the portfolio."


def test_it_fails_a_result_that_json_cannot_hold() -> None:
    job = enqueue("test.mumble", arguments={}, by=None)
    Worker().run_until_idle()
    job.refresh_from_db()
    assert (job.status, job.error) == (Status.FAILED, "Object of type object is not JSON serializable")


def test_it_fails_a_job_whose_task_is_gone() -> None:
    job = enqueue("test.add", arguments={}, by=None)
    Job.objects.update(name="test.gone")
    Worker().run_until_idle()
    job.refresh_from_db()
    assert job.status == Status.FAILED
    assert job.error.startswith("No app has registered the task 'test.gone'")


def test_it_stops_a_running_job_at_the_next_tick(tasks: list[Any]) -> None:
    @task("test.cancelled")
    def cancelled(context: JobContext) -> None:
        queue.request_cancel(Job.objects.get(pk=context.job_id), at=timezone.now())
        context.tick(0.1)
        tasks.append("went on")

    job = enqueue("test.cancelled", arguments={}, by=None)
    Worker().run_until_idle()
    job.refresh_from_db()
    assert (job.status, tasks) == (Status.CANCELLED, [])


def test_it_puts_the_job_back_when_the_worker_is_to_stop(tasks: list[Any]) -> None:
    stop = threading.Event()

    @task("test.interrupted")
    def interrupted(context: JobContext) -> None:
        stop.set()
        context.tick(0.1)
        tasks.append("went on")

    job = enqueue("test.interrupted", arguments={}, by=None)
    Worker(stop).run_next()
    job.refresh_from_db()
    assert (job.status, tasks) == (Status.QUEUED, [])


def running_job() -> tuple[Job, JobContext]:
    enqueue("test.add", arguments={"left": 1, "right": 1}, by=None)
    job = claim("a")
    assert job is not None
    return job, JobContext(job)


def test_it_keeps_the_share_between_nothing_and_all() -> None:
    job, context = running_job()
    context.tick(7.5)
    job.refresh_from_db()
    assert job.progress == 1.0


def test_it_writes_at_most_four_times_a_second(django_assert_num_queries: Any) -> None:
    _job, context = running_job()
    with django_assert_num_queries(2):
        for step in range(100):
            context.tick(step / 100)


def test_it_lets_the_attempt_in_force_write_its_result() -> None:
    _job, context = running_job()
    with transaction.atomic():
        context.fence()


def test_it_fences_off_an_attempt_that_was_given_up() -> None:
    job, context = running_job()
    Job.objects.filter(pk=job.pk).update(attempt=2)
    with pytest.raises(Lost), transaction.atomic():
        context.fence()


def test_it_fences_off_a_cancelled_job() -> None:
    job, context = running_job()
    queue.request_cancel(job, at=timezone.now())
    with pytest.raises(Cancelled), transaction.atomic():
        context.fence()
