"""Tasks that only the tests know."""

from typing import Any

import pytest
from django.db import OperationalError

from openvmo_web.jobs import registry
from openvmo_web.jobs.context import JobContext
from openvmo_web.jobs.registry import task


@pytest.fixture(autouse=True)
def tasks(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Register a few small tasks, and note what they do."""
    monkeypatch.setattr(registry, "_tasks", dict(registry._tasks))
    deeds: list[Any] = []

    @task("test.add")
    def add(context: JobContext, left: int, right: int) -> dict[str, int]:
        context.tick(0.5, "Half way")
        deeds.append((left, right))
        return {"sum": left + right}

    @task("test.stumble", max_attempts=2)
    def stumble(context: JobContext) -> None:
        deeds.append(context.attempt)
        raise OperationalError("database is locked")

    @task("test.break")
    def break_down(context: JobContext) -> None:
        raise ValueError("The budget of 2027 is missing: add it to the portfolio.")

    @task("test.mumble")
    def mumble(context: JobContext) -> object:
        return {"not JSON": object()}

    return deeds
