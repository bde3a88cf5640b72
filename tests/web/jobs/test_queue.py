"""The queue: who gets a job, and what becomes of it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from openvmo_web.access.models import User
from openvmo_web.jobs import queue
from openvmo_web.jobs.models import Job, Status
from openvmo_web.jobs.queue import claim, enqueue, sweep
from openvmo_web.jobs.registry import UnknownTask

pytestmark = pytest.mark.django_db


def add(by: User | None = None) -> Job:
    return enqueue("test.add", arguments={"left": 2, "right": 3}, by=by)


def silent(job: Job, seconds: int = 60) -> None:
    """Let the worker of a job have been silent for a while."""
    Job.objects.filter(pk=job.pk).update(heartbeat_at=timezone.now() - timedelta(seconds=seconds))


def test_it_refuses_a_task_that_nobody_registered() -> None:
    with pytest.raises(UnknownTask, match=r"'test\.nothing'"):
        enqueue("test.nothing", arguments={}, by=None)
    assert Job.objects.count() == 0


def test_it_gives_the_oldest_job_first() -> None:
    first, second = add(), add()
    assert [claim("a"), claim("b"), claim("c")] == [first, second, None]


def test_it_takes_mail_when_nothing_else_is_ready() -> None:
    mail = enqueue("realisation.digest", arguments={"person": 1, "day": "2026-03-02"}, by=None)
    first, second = add(), add()
    assert [claim("a"), claim("b"), claim("c"), claim("d")] == [first, second, mail, None]


def test_it_notes_the_worker_and_the_attempt() -> None:
    add()
    job = claim("a")
    assert job is not None
    assert (job.status, job.worker, job.attempt) == (Status.RUNNING, "a", 1)


def test_it_keeps_a_job_until_its_time() -> None:
    job = add()
    Job.objects.filter(pk=job.pk).update(run_after=timezone.now() + timedelta(minutes=1))
    assert claim("a") is None


def test_it_leaves_a_living_worker_alone() -> None:
    add()
    claim("a")
    assert sweep() == 0


def test_it_queues_the_job_of_a_dead_worker_again() -> None:
    job = add()
    claim("a")
    silent(job)
    assert sweep() == 1
    job.refresh_from_db()
    assert (job.status, job.worker, job.attempt) == (Status.QUEUED, "", 1)
    assert job.error == "The worker stopped without a word while it ran this job, in attempt 1 of 3."
    assert timedelta(seconds=4) < job.run_after - timezone.now() <= timedelta(seconds=5)


def test_it_fails_a_job_whose_workers_die_too_often() -> None:
    job = add()
    Job.objects.filter(pk=job.pk).update(attempt=2)
    claim("a")
    silent(job)
    assert sweep() == 1
    job.refresh_from_db()
    assert job.status == Status.FAILED
    assert job.error == "The worker stopped without a word while it ran this job, in attempt 3 of 3."
    assert job.finished_at is not None


def test_it_cancels_a_job_whose_worker_died_when_that_was_asked_for() -> None:
    job = add()
    claim("a")
    assert queue.request_cancel(job, at=timezone.now())
    silent(job)
    sweep()
    job.refresh_from_db()
    assert job.status == Status.CANCELLED


def test_it_keeps_out_the_writes_of_a_worker_that_comes_back_late() -> None:
    job = add()
    late = claim("a")
    assert late is not None
    silent(job)
    sweep()
    Job.objects.update(run_after=timezone.now())
    current = claim("b")
    assert current is not None
    assert current.attempt == 2
    assert (queue.beat(late), queue.progress(late, 0.9, "late"), queue.succeed(late, 1), queue.release(late)) == (
        False,
    ) * 4
    assert queue.succeed(current, 2)
    job.refresh_from_db()
    assert (job.status, job.result, job.progress, job.message) == (Status.SUCCEEDED, 2, 1.0, "")


def test_it_cancels_a_waiting_job_at_once() -> None:
    job = add()
    assert queue.request_cancel(job, at=timezone.now())
    assert claim("a") is None
    job.refresh_from_db()
    assert job.status == Status.CANCELLED


def test_it_cancels_only_once() -> None:
    job = add()
    claim("a")
    assert queue.request_cancel(job, at=timezone.now())
    assert not queue.request_cancel(job, at=timezone.now())


def test_it_does_not_count_an_attempt_that_was_interrupted() -> None:
    job = add()
    claimed = claim("a")
    assert claimed is not None
    assert queue.release(claimed)
    job.refresh_from_db()
    assert (job.status, job.attempt, job.max_attempts) == (Status.QUEUED, 1, 4)
