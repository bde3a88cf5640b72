"""The tasks that a job can name."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import time
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, Protocol

from django.db import OperationalError

if TYPE_CHECKING:
    from openvmo_web.jobs.context import JobContext

MAX_ATTEMPTS = 3


class TaskFunction(Protocol):
    """What a task is: it gets its context and the arguments of the job, and returns what JSON can hold."""

    def __call__(self, context: "JobContext", /, **arguments: Any) -> Any:
        """Do the work."""
        ...


@dataclass(frozen=True)
class Task:
    """A registered task.

    Attributes:
        name: For example ``insight.run``.
        function: Does the work.
        max_attempts: How often it is begun at most, when workers die or transient errors occur.
        retry_for: Errors after which another attempt may succeed; every other error fails the job at once.
        is_last: Whether its jobs wait until no other job is ready.
    """

    name: str
    function: TaskFunction
    max_attempts: int = MAX_ATTEMPTS
    retry_for: tuple[type[Exception], ...] = (OperationalError, OSError)
    is_last: bool = False


@dataclass(frozen=True)
class Daily:
    """When a task is begun every day.

    Attributes:
        name: The task; it is called with the argument ``day``, such as 2026-11-02.
        at: The time of the day, in the time zone of the server.
        after: The daily tasks that have to be over for the same day before this one begins, however they ended.
    """

    name: str
    at: time
    after: tuple[str, ...] = ()


class UnknownTask(LookupError):
    """A job names a task that no app has registered."""


_tasks: dict[str, Task] = {}
_daily: dict[str, Daily] = {}
P = ParamSpec("P")


def task(
    name: str,
    *,
    max_attempts: int = MAX_ATTEMPTS,
    retry_for: tuple[type[Exception], ...] = (OperationalError, OSError),
    is_last: bool = False,
) -> Callable[[Callable[Concatenate["JobContext", P], Any]], Callable[Concatenate["JobContext", P], Any]]:
    """Register a function of an app's ``tasks.py`` as a task.

    The function may be begun more than once: it writes its result in one transaction that starts with
    ``context.fence()``, so that only the attempt in force is kept.
    """

    def register(function: Callable[Concatenate["JobContext", P], Any]) -> Callable[Concatenate["JobContext", P], Any]:
        if name in _tasks and _tasks[name].function is not function:
            raise ValueError(f"The task {name!r} is registered twice.")
        _tasks[name] = Task(name, function, max_attempts, retry_for, is_last)
        return function

    return register


def task_named(name: str) -> Task:
    """Return a registered task; an unknown name raises ``UnknownTask``."""
    if name not in _tasks:
        raise UnknownTask(
            f"No app has registered the task {name!r}; the tasks are {', '.join(sorted(_tasks)) or 'none'}."
        )
    return _tasks[name]


def last_tasks() -> list[str]:
    """Return the names of the tasks whose jobs wait until no other job is ready."""
    return sorted(name for name, known in _tasks.items() if known.is_last)


def daily(name: str, *, at: time, after: tuple[str, ...] = ()) -> None:
    """Have a registered task begun every day at a time, or as soon as a worker runs afterwards.

    Args:
        name: A registered task with the argument ``day``; another one raises ``UnknownTask``.
        at: The time of the day, in the time zone of the server.
        after: Daily tasks, of the same time or earlier, that have to be over for the day first.
    """
    task_named(name)
    for earlier in after:
        if earlier not in _daily or _daily[earlier].at > at:
            raise ValueError(f"{name!r} is to begin after {earlier!r}, which is no daily task of that time or earlier.")
    _daily[name] = Daily(name, at, after)


def daily_tasks() -> list[Daily]:
    """Return what is begun every day, each one behind those that it waits for."""
    return list(_daily.values())
