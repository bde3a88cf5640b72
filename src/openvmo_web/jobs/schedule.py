"""Puts daily tasks into the queue, each of them once a day, however many workers look."""

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from openvmo_web.jobs.models import FINISHED, DailyRun, Job
from openvmo_web.jobs.queue import enqueue
from openvmo_web.jobs.registry import Daily, daily_tasks
from openvmo_web.jobs.rules import day_due


def enqueue_due(at: datetime) -> list[Job]:
    """Put the daily tasks into the queue whose time has come and which were not begun for their day.

    Args:
        at: The present moment.

    Returns:
        The new jobs; those that another worker was quicker to queue are not among them.
    """
    local = timezone.localtime(at)
    due = [(plan, day_due(local, plan.at)) for plan in daily_tasks()]
    begun = {(run.name, run.day): run.job.status for run in _runs(due)}
    ready = [
        (plan, day)
        for plan, day in due
        if (plan.name, day) not in begun and all(begun.get((earlier, day)) in FINISHED for earlier in plan.after)
    ]
    return [job for plan, day in ready if (job := _enqueue_once(plan, day)) is not None]


def is_begun(name: str, *, since: date, before: date) -> bool:
    """Return whether a daily task was begun for a day from ``since`` on and before another."""
    return DailyRun.objects.filter(name=name, day__gte=since, day__lt=before).exists()


def _runs(due: list[tuple[Daily, date]]) -> list[DailyRun]:
    days = {day for _plan, day in due}
    return list(DailyRun.objects.filter(day__in=days).select_related("job"))


def _enqueue_once(plan: Daily, day: date) -> Job | None:
    try:
        with transaction.atomic():
            job = enqueue(plan.name, arguments={"day": day.isoformat()}, by=None)
            DailyRun.objects.create(name=plan.name, day=day, job=job)
    except IntegrityError:
        # Another worker was quicker: its row stands, and our job has gone with the transaction.
        return None
    return job
