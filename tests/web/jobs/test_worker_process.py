"""Workers as processes of their own, stopped and killed in the middle of a job."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.web.processes import eventually, surroundings

from openvmo_web.jobs.models import Job, Status, Worker
from openvmo_web.jobs.queue import enqueue
from openvmo_web.jobs.registry import task

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(os.name != "posix", reason="signals as on POSIX systems"),
]


@pytest.fixture(autouse=True)
def long_tasks(tasks: object) -> None:
    """Know the names of the tasks that ``worker_process`` runs."""
    task("test.long")(lambda context, folder: None)
    task("test.count")(lambda context, folder, number: None)


@contextmanager
def worker(**more: str) -> Iterator["subprocess.Popen[bytes]"]:
    """Start a worker process; it is gone at the end whatever happens."""
    environment = surroundings(OPENVMO_JOBS_BEAT_SECONDS="1", OPENVMO_JOBS_STALE_SECONDS="3", **more)
    command = [sys.executable, "-m", "tests.web.jobs.worker_process", "--until-input-closes"]
    process = subprocess.Popen(command, env=environment, stdin=subprocess.PIPE)
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        assert process.stdin is not None
        process.stdin.close()


def fresh(job: Job) -> Job:
    return Job.objects.get(pk=job.pk)


def test_it_takes_up_the_job_of_a_killed_worker_again(tmp_path: Path) -> None:
    job = enqueue("test.long", arguments={"folder": str(tmp_path)}, by=None)
    with worker() as first:
        eventually(lambda: fresh(job).progress > 0, "the first worker to be in mid-job")
        first.send_signal(signal.SIGKILL)
        assert first.wait() == -signal.SIGKILL
    assert (fresh(job).status, fresh(job).attempt) == (Status.RUNNING, 1)
    with worker():
        eventually(lambda: fresh(job).is_finished, "the second worker to finish the job")
    assert (fresh(job).status, fresh(job).attempt, fresh(job).result) == (Status.SUCCEEDED, 2, {"attempt": 2})
    assert sorted(path.name for path in tmp_path.iterdir()) == ["begun-1", "begun-2"]


def test_it_fails_with_the_reason_when_the_last_attempt_was_killed(tmp_path: Path) -> None:
    job = enqueue("test.long", arguments={"folder": str(tmp_path)}, by=None)
    Job.objects.update(max_attempts=1)
    with worker() as first:
        eventually(lambda: fresh(job).progress > 0, "the worker to be in mid-job")
        first.send_signal(signal.SIGKILL)
        first.wait()
    with worker():
        eventually(lambda: fresh(job).is_finished, "another worker to notice")
    assert fresh(job).status == Status.FAILED
    assert fresh(job).error == "The worker stopped without a word while it ran this job, in attempt 1 of 1."


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_puts_the_job_back_when_asked_to_end(tmp_path: Path, number: signal.Signals) -> None:
    job = enqueue("test.long", arguments={"folder": str(tmp_path)}, by=None)
    with worker() as process:
        eventually(lambda: fresh(job).progress > 0, "the worker to be in mid-job")
        process.send_signal(number)
        assert process.wait(timeout=20) == 0
    assert (fresh(job).status, fresh(job).error) == (Status.QUEUED, "")
    assert Worker.objects.count() == 0


def test_it_ends_when_its_parent_vanishes(tmp_path: Path) -> None:
    with worker() as process:
        eventually(lambda: Worker.objects.exists(), "the worker to show that it lives")
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(timeout=20) == 0


def test_it_starts_at_once_when_a_job_is_queued(tmp_path: Path) -> None:
    with worker():
        eventually(lambda: Worker.objects.exists(), "the worker to show that it lives")
        time.sleep(0.5)
        job = enqueue("test.count", arguments={"folder": str(tmp_path), "number": 1}, by=None)
        eventually(lambda: fresh(job).is_finished, "the job to be done")
    done = fresh(job)
    assert done.started_at is not None
    assert (done.started_at - done.created_at).total_seconds() < 1.0


def test_it_runs_each_job_once_with_several_workers(tmp_path: Path) -> None:
    for number in range(40):
        enqueue("test.count", arguments={"folder": str(tmp_path), "number": number}, by=None)
    with worker(), worker(), worker():
        eventually(lambda: not Job.objects.exclude(status=Status.SUCCEEDED).exists(), "all jobs to be done")
    assert {attempt for (attempt,) in Job.objects.values_list("attempt")} == {1}
    assert sorted(int(path.name) for path in tmp_path.iterdir()) == list(range(40))
