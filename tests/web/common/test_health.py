"""What a monitor is told."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from openvmo import __version__
from openvmo_web.jobs.models import Worker
from openvmo_web.jobs.queue import worker_beat

pytestmark = pytest.mark.django_db
WELL = {"is_well": True, "detail": ""}
NO_WORKER = {
    "is_well": False,
    "detail": "No worker process is running, so that jobs wait: start “openvmo worker”.",
}


def test_it_is_well_with_a_worker() -> None:
    worker_beat("host:1:a", timezone.now())
    answer = Client().get("/health")
    assert answer.status_code == 200
    assert answer.json() == {
        "is_well": True,
        "version": __version__,
        "checks": {"database": WELL, "migrations": WELL, "worker": WELL},
    }


def test_it_is_not_well_without_a_worker() -> None:
    answer = Client().get("/health")
    assert (answer.status_code, answer.json()["checks"]["worker"]) == (503, NO_WORKER)


def test_it_does_not_count_a_worker_that_is_silent() -> None:
    worker_beat("host:1:a", timezone.now())
    Worker.objects.update(heartbeat_at=timezone.now() - timedelta(minutes=1))
    assert Client().get("/health").json()["checks"]["worker"] == NO_WORKER
