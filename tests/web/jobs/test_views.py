"""The faces of jobs."""

from collections.abc import Callable

import pytest
from django.test import Client

from openvmo_web.access.models import User
from openvmo_web.audit.models import AuditEntry
from openvmo_web.jobs.models import Job, Status
from openvmo_web.jobs.queue import claim, enqueue

Browser = Callable[[User], Client]


@pytest.fixture
def job(owner: User, portfolio_id: int) -> Job:
    return enqueue("test.add", arguments={"left": 1, "right": 1}, by=owner, portfolio_id=portfolio_id)


def test_it_tells_how_a_job_stands(job: Job, member: User, signed_in: Browser) -> None:
    answer = signed_in(member).get(f"/jobs/{job.pk}/")
    assert answer.json() == {
        "id": job.pk,
        "status": "queued",
        "words": "Waiting",
        "fraction": 0.0,
        "message": "",
        "is_finished": False,
    }


def test_it_tells_the_same_once_to_who_asks_for_json(job: Job, owner: User, signed_in: Browser) -> None:
    answer = signed_in(owner).get(f"/jobs/{job.pk}/events", headers={"Accept": "application/json"})
    assert answer.json()["status"] == "queued"


@pytest.mark.parametrize("path", ["", "events"])
def test_it_hides_a_job_from_who_may_not_see_its_portfolio(
    job: Job, stranger: User, signed_in: Browser, path: str
) -> None:
    assert signed_in(stranger).get(f"/jobs/{job.pk}/{path}").status_code == 404


def test_it_cancels_ones_own_job(job: Job, owner: User, signed_in: Browser) -> None:
    answer = signed_in(owner).post(f"/jobs/{job.pk}/cancel")
    assert answer.json()["status"] == "cancelled"
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor_name, entry.kind, entry.key) == (
        "jobs.cancel",
        "Olga Owner",
        "jobs.job",
        str(job.pk),
    )


def test_it_refuses_to_cancel_the_job_of_another(job: Job, member: User, signed_in: Browser) -> None:
    assert signed_in(member).post(f"/jobs/{job.pk}/cancel").status_code == 403
    job.refresh_from_db()
    assert (job.status, AuditEntry.objects.count()) == (Status.QUEUED, 0)


def test_it_asks_a_running_job_to_stop(job: Job, executive: User, signed_in: Browser) -> None:
    claim("a")
    answer = signed_in(executive).post(f"/jobs/{job.pk}/cancel", headers={"Referer": "http://testserver/back/"})
    assert (answer.status_code, answer["Location"]) == (302, "http://testserver/back/")
    job.refresh_from_db()
    assert (job.status, job.is_cancel_requested) == (Status.RUNNING, True)


def test_it_does_not_lead_to_a_foreign_page(job: Job, owner: User, signed_in: Browser) -> None:
    answer = signed_in(owner).post(f"/jobs/{job.pk}/cancel", headers={"Referer": "http://evil.example/"})
    assert answer.status_code == 200
