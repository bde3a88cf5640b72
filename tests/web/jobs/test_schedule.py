"""Tasks that are begun every day."""

import threading
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import override_settings
from django.utils import timezone

from openvmo_web.jobs import registry, schedule
from openvmo_web.jobs.models import DailyRun, Job, Status
from openvmo_web.jobs.registry import UnknownTask, daily, daily_tasks, task
from openvmo_web.jobs.rules import day_due
from openvmo_web.jobs.schedule import enqueue_due, is_begun
from openvmo_web.jobs.worker import Worker

MORNING = datetime(2026, 11, 2, 6, 0, tzinfo=UTC)
TODAY = date(2026, 11, 2)


@pytest.fixture(autouse=True)
def plan(monkeypatch: pytest.MonkeyPatch, tasks: list[Any]) -> None:
    """Two daily tasks, the second one after the first; those of the rooms rest."""
    monkeypatch.setattr(registry, "_daily", {})

    @task("test.first")
    def first(_context: object, day: str) -> None:
        tasks.append(("first", day))

    @task("test.second")
    def second(_context: object, day: str) -> None:
        tasks.append(("second", day))

    daily("test.first", at=time(6))
    daily("test.second", at=time(6), after=("test.first",))


def test_it_is_due_from_its_time_on_and_before_that_for_yesterday() -> None:
    assert day_due(MORNING, time(6)) == TODAY
    assert day_due(MORNING.replace(hour=5, minute=59), time(6)) == date(2026, 11, 1)


@pytest.mark.django_db
def test_it_queues_each_once_a_day_in_order(tasks: list[Any]) -> None:
    worker = Worker()
    assert [job.name for job in enqueue_due(MORNING)] == ["test.first"]
    assert enqueue_due(MORNING) == []
    worker.run_until_idle()
    assert [job.name for job in enqueue_due(MORNING)] == ["test.second"]
    worker.run_until_idle()
    assert enqueue_due(MORNING.replace(hour=23)) == []
    assert tasks == [("first", "2026-11-02"), ("second", "2026-11-02")]
    assert is_begun("test.first", since=TODAY, before=date(2026, 11, 3))
    assert not is_begun("test.first", since=date(2026, 11, 1), before=TODAY)


@pytest.mark.django_db
def test_it_makes_up_for_the_latest_day_only() -> None:
    enqueue_due(MORNING)
    Job.objects.update(status=Status.SUCCEEDED)
    jobs = enqueue_due(datetime(2026, 11, 9, 5, 0, tzinfo=UTC))
    assert [(job.name, job.arguments["day"]) for job in jobs] == [("test.first", "2026-11-08")]


@pytest.mark.django_db
def test_it_goes_on_when_the_step_before_failed() -> None:
    enqueue_due(MORNING)
    Job.objects.update(status=Status.FAILED)
    assert [job.name for job in enqueue_due(MORNING)] == ["test.second"]


@pytest.mark.django_db
def test_it_keeps_the_time_of_the_server_s_zone() -> None:
    with override_settings(TIME_ZONE="Asia/Tokyo"), timezone.override("Asia/Tokyo"):
        # Six in the morning in Tokyo is nine in the evening before in London.
        jobs = enqueue_due(datetime(2026, 11, 1, 21, 0, tzinfo=UTC))
    assert [job.arguments["day"] for job in jobs] == ["2026-11-02"]


@pytest.mark.django_db
def test_it_leaves_the_work_to_a_quicker_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    enqueue_due(MORNING)
    # What a worker sees that looked a moment before the other one wrote.
    monkeypatch.setattr(schedule, "_runs", lambda _due: [])
    with transaction.atomic():
        assert enqueue_due(MORNING) == []
    assert (DailyRun.objects.count(), Job.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_it_queues_once_when_many_workers_look_at_once() -> None:
    barrier = threading.Barrier(4)
    queued: list[Job] = []

    def look() -> None:
        try:
            barrier.wait()
            queued.extend(enqueue_due(MORNING))
        finally:
            connection.close()

    threads = [threading.Thread(target=look) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [job.name for job in queued] == ["test.first"]
    assert Job.objects.count() == 1


@pytest.mark.django_db
def test_a_running_worker_looks_at_the_schedule(monkeypatch: pytest.MonkeyPatch, tasks: list[Any]) -> None:
    monkeypatch.setattr("openvmo_web.jobs.worker.timezone.now", lambda: MORNING)
    worker = Worker()
    worker._look_at_schedule()
    worker._look_at_schedule()
    assert [job.name for job in Job.objects.all()] == ["test.first"]


def test_it_refuses_what_cannot_be_kept() -> None:
    with pytest.raises(UnknownTask, match=r"test\.missing"):
        daily("test.missing", at=time(6))
    with pytest.raises(ValueError, match=r"no daily task of that time or earlier"):
        daily("test.second", at=time(5), after=("test.first",))
    assert [plan.name for plan in daily_tasks()] == ["test.first", "test.second"]
