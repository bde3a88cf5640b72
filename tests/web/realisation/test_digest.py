"""The e-mail that tells a person what waits: what it says, when it comes, and a real mail server at the other end."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from django.db import IntegrityError, connection, transaction
from django.test import override_settings
from tests.web.realisation.cast import benefit_in, on, person_in, proposed_to

from openvmo_web.access.models import Assignment, User
from openvmo_web.audit.models import AuditEntry
from openvmo_web.benefits.models import Assumption, Benefit, Measurement, Standing
from openvmo_web.jobs.models import DailyRun, Job, Status
from openvmo_web.jobs.queue import enqueue
from openvmo_web.jobs.worker import Worker
from openvmo_web.portfolio.models import Portfolio
from openvmo_web.realisation.digest import letter_to, mail_of
from openvmo_web.realisation.models import Digest, Request, Review
from openvmo_web.realisation.operations_queries import waiting_count, waiting_for
from openvmo_web.realisation.queries import next_request, oldest_request
from openvmo_web.realisation.rules_operations import is_news, is_reminder_due

pytestmark = pytest.mark.django_db
PASSWORD = "a secret that no log shows"


@dataclass
class Mailbox:
    """A mail server's handler that keeps what it takes and refuses whom it is told to."""

    taken: list[tuple[Envelope, EmailMessage]] = field(default_factory=list)
    refuse: dict[str, str] = field(default_factory=dict)
    answer: str = "250 Taken"

    async def handle_RCPT(  # noqa: N802  the name is the library's
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Take a recipient or refuse it."""
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep a mail."""
        if self.answer.startswith("250"):
            content = envelope.content if isinstance(envelope.content, bytes) else b""
            self.taken.append((envelope, message_from_bytes(content, policy=policy.default)))  # type: ignore[arg-type]
        return self.answer


def is_our_password(
    _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, login: LoginPassword
) -> AuthResult:
    # Not handled: the server is to say no by itself.
    return AuthResult(success=login.password == PASSWORD.encode(), handled=False)


def free_port() -> int:
    """A port that nobody listens on: the library asks its server at the port that it was given."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


@pytest.fixture
def mailbox() -> Mailbox:
    """What the mail server does and keeps."""
    return Mailbox()


@pytest.fixture
def server(mailbox: Mailbox, settings: Any) -> Iterator[Controller]:
    """A real mail server on this machine, to which the settings lead."""
    controller = Controller(mailbox, hostname="127.0.0.1", port=free_port())
    controller.start()
    use(settings, controller)
    yield controller
    controller.stop()


def use(settings: Any, controller: Controller, **values: Any) -> None:
    """Let the settings lead to a mail server."""
    assert controller.server is not None
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = controller.server.sockets[0].getsockname()[:2]
    settings.EMAIL_TIMEOUT = 5
    settings.OPENVMO_REMINDS_BY_EMAIL = True
    settings.OPENVMO_URL = "https://value.example.org"
    for name, value in values.items():
        setattr(settings, name, value)


@pytest.fixture
def holder(portfolio: Portfolio, now: datetime) -> User:
    """Owns the benefit and measures it."""
    return person_in(portfolio, "berta@example.org", "Berta Owner", "benefit_owner", now)


@pytest.fixture
def benefit(portfolio: Portfolio, holder: User) -> Benefit:
    """A benefit in the name of its owner, of which she is reminded every seven days."""
    return benefit_in(portfolio, owner=holder, owner_name=holder.name, name="Less paper & ink", remind_days=7)


@pytest.fixture
def request_made(benefit: Benefit, holder: User, now: datetime) -> Request:
    """February's measurement, asked for on the second of March and due on the fifteenth."""
    return Request.objects.create(
        portfolio=benefit.initiative.portfolio,
        benefit=benefit,
        month=on("2026-02-01"),
        due_on=on("2026-03-15"),
        addressee=holder,
        opened_at=now,
    )


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch, now: datetime) -> Callable[[datetime], None]:
    """Set the clock of the tasks; it stands at the standing moment."""

    def set_to(moment: datetime) -> None:
        monkeypatch.setattr("openvmo_web.realisation.tasks.timezone.now", lambda: moment)

    set_to(now)
    return set_to


def tell(person: User, day: date) -> Job:
    """Let a worker tell a person what waits."""
    job = enqueue("realisation.digest", arguments={"person": person.pk, "day": day.isoformat()}, by=None)
    Worker().run_until_idle()
    job.refresh_from_db()
    return job


def run_digests(day: date) -> int:
    """Let a worker tell everybody on a day; return how many mails were queued."""
    job = enqueue("realisation.digests", arguments={"day": day.isoformat()}, by=None)
    Worker().run_until_idle()
    job.refresh_from_db()
    assert job.status == Status.SUCCEEDED, job.error
    return int(job.result["mails"])


TODAY = date(2026, 3, 2)


@pytest.mark.usefixtures("server")
def test_it_sends_one_mail_with_all_that_waits(
    mailbox: Mailbox, request_made: Request, holder: User, at: Callable[[datetime], None], now: datetime
) -> None:
    Assumption.objects.create(benefit=request_made.benefit, text="Paper stays dear", expires_on=on("2026-03-20"))
    job = tell(holder, TODAY)
    assert (job.status, job.result) == (Status.SUCCEEDED, {"items": 2})
    ((envelope, mail),) = mailbox.taken
    assert envelope.rcpt_tos == ["berta@example.org"]
    assert mail["Subject"] == "OpenVMO: 2 things wait for you"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Unsubscribe"] == "<https://value.example.org/account/notifications/>"
    assert mail["Message-ID"] == f"<digest-{holder.pk}-2026-03-02@localhost>"
    plain = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    address = f"https://value.example.org/p/agency/benefits/{request_made.benefit_id}/measure/?month=2026-02"
    for line in (
        "Dear Berta Owner,",
        "- Less paper & ink (Feb 2026), due on 15 Mar 2026",
        "  Initiative ALPHA · Agency",
        f"  Give the value: {address}",
        "- Paper stays dear (Less paper & ink), due on 20 Mar 2026",
    ):
        assert line in plain.splitlines()
    html = mail.get_body(("html",)).get_content()  # type: ignore[union-attr]
    assert "<strong>Less paper &amp; ink</strong>" in html
    assert f'<a href="{address}">Give the value</a>' in html
    digest = Digest.objects.get()
    assert (digest.user, digest.day, digest.items, digest.sent_at) == (holder, TODAY, 2, now)
    request_made.refresh_from_db()
    assert (request_made.reminders, request_made.reminded_at) == (1, now)
    assert AuditEntry.objects.filter(action="digest.send").count() == 1


@pytest.mark.usefixtures("server", "at")
def test_it_sends_no_second_mail_on_a_day(mailbox: Mailbox, request_made: Request, holder: User) -> None:
    assert tell(holder, TODAY).result == {"items": 1}
    Request.objects.update(reminded_at=None)
    assert tell(holder, TODAY).result == {"items": 0}
    assert run_digests(TODAY) == 0
    assert len(mailbox.taken) == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        Digest.objects.create(user=holder, day=TODAY, items=1, sent_at=request_made.opened_at)
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM realisation_digest")


@pytest.mark.usefixtures("server")
def test_it_reminds_in_the_rhythm_of_the_benefit(
    mailbox: Mailbox, request_made: Request, holder: User, at: Callable[[datetime], None], now: datetime
) -> None:
    for days in range(16):
        at(now + timedelta(days=days))
        run_digests(TODAY + timedelta(days=days))
    assert [str(mail["Message-ID"])[-21:-11] for _envelope, mail in mailbox.taken] == [
        "2026-03-02",
        "2026-03-09",
        "2026-03-16",
    ]
    request_made.refresh_from_db()
    assert request_made.reminders == 3
    last = mailbox.taken[-1][1].get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "was due on 15 Mar 2026" in last


@pytest.mark.usefixtures("server", "at", "request_made")
@pytest.mark.parametrize(("choice", "monday", "tuesday"), [("daily", 1, 1), ("weekly", 1, 0), ("never", 0, 0)])
def test_it_keeps_to_what_the_person_chose(choice: str, monday: int, tuesday: int, holder: User) -> None:
    holder.digest = choice
    holder.save()
    # The second of March 2026 is a Monday.
    assert run_digests(TODAY) == monday
    job = Job.objects.create(
        name="realisation.digests",
        created_at=holder.joined_at,
        run_after=holder.joined_at,
        max_attempts=1,
        status="succeeded",
    )
    DailyRun.objects.create(name="realisation.digests", day=TODAY, job=job)
    Request.objects.update(reminded_at=None)
    assert run_digests(TODAY + timedelta(days=1)) == tuesday


@pytest.mark.usefixtures("server", "at", "request_made")
def test_a_monday_without_a_worker_is_made_up_for(holder: User) -> None:
    User.objects.filter(pk=holder.pk).update(digest="weekly")
    assert run_digests(TODAY + timedelta(days=2)) == 1


@pytest.mark.usefixtures("server", "at")
def test_it_writes_to_nobody_for_whom_nothing_waits_or_who_left(
    mailbox: Mailbox, request_made: Request, holder: User
) -> None:
    User.objects.filter(pk=holder.pk).update(is_active=False)
    assert run_digests(TODAY) == 0
    assert tell(holder, TODAY).result == {"items": 0}
    assert mailbox.taken == []


@pytest.mark.usefixtures("at", "request_made")
def test_it_rests_without_a_mail_server(settings: Any) -> None:
    settings.OPENVMO_REMINDS_BY_EMAIL = False
    assert run_digests(TODAY) == 0
    assert Digest.objects.count() == 0


@pytest.mark.usefixtures("server", "at", "request_made")
def test_it_tries_again_when_the_server_is_busy(mailbox: Mailbox, holder: User) -> None:
    mailbox.answer = "451 Come back later"
    job = tell(holder, TODAY)
    assert (job.status, Digest.objects.count()) == (Status.QUEUED, 0)
    assert "did not take the mail: 451 Come back later" in job.error
    mailbox.answer = "250 Taken"
    Job.objects.update(run_after=holder.joined_at)
    Worker().run_until_idle()
    job.refresh_from_db()
    assert (job.status, len(mailbox.taken), Digest.objects.count()) == (Status.SUCCEEDED, 1, 1)


@pytest.mark.usefixtures("server", "at", "request_made")
def test_it_tries_again_when_the_server_is_away(settings: Any, holder: User) -> None:
    settings.EMAIL_PORT = free_port()
    job = tell(holder, TODAY)
    assert (job.status, Digest.objects.count()) == (Status.QUEUED, 0)
    assert job.error.endswith("cannot be reached: Connection refused. It is tried again.")


@pytest.mark.usefixtures("server", "at", "request_made")
def test_it_gives_up_on_an_address_that_the_server_refuses(mailbox: Mailbox, holder: User) -> None:
    mailbox.refuse["berta@example.org"] = "550 Nobody of that name"
    job = tell(holder, TODAY)
    assert (job.status, Digest.objects.count()) == (Status.FAILED, 0)
    assert job.error.endswith("does not take mail for berta@example.org: 550 Nobody of that name")


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """An authority that signs the server's certificate and that this machine does not know."""
    return trustme.CA()


@pytest.fixture
def encrypted(mailbox: Mailbox, authority: trustme.CA) -> Iterator[Controller]:
    """A mail server that wants encryption and then a password."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    controller = Controller(
        mailbox,
        hostname="127.0.0.1",
        port=free_port(),
        tls_context=context,
        require_starttls=True,
        auth_required=True,
        authenticator=is_our_password,
    )
    controller.start()
    yield controller
    controller.stop()


@pytest.fixture
def trusted(authority: trustme.CA, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """This machine trusts the authority."""
    path = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(path))
    monkeypatch.setenv("SSL_CERT_FILE", str(path))


@pytest.mark.usefixtures("at", "request_made", "trusted")
def test_it_signs_in_over_an_encrypted_connection(
    encrypted: Controller, settings: Any, mailbox: Mailbox, holder: User
) -> None:
    use(settings, encrypted, EMAIL_USE_TLS=True, EMAIL_HOST_USER="vmo", EMAIL_HOST_PASSWORD=PASSWORD)
    job = tell(holder, TODAY)
    assert (job.status, job.error, len(mailbox.taken)) == (Status.SUCCEEDED, "", 1)


@pytest.mark.usefixtures("at", "request_made", "trusted")
def test_it_says_that_the_password_is_wrong_and_never_which(
    encrypted: Controller, settings: Any, holder: User, caplog: pytest.LogCaptureFixture
) -> None:
    use(settings, encrypted, EMAIL_USE_TLS=True, EMAIL_HOST_USER="vmo", EMAIL_HOST_PASSWORD="wrong-word")
    job = tell(holder, TODAY)
    assert job.status == Status.FAILED
    assert "refused the user name or the password (535). Correct them in OPENVMO_EMAIL_URL." in job.error
    assert "wrong-word" not in job.error + caplog.text


@pytest.mark.usefixtures("at", "request_made")
def test_it_refuses_a_certificate_that_it_does_not_trust(
    encrypted: Controller, settings: Any, mailbox: Mailbox, holder: User
) -> None:
    use(settings, encrypted, EMAIL_USE_TLS=True, EMAIL_HOST_USER="vmo", EMAIL_HOST_PASSWORD=PASSWORD)
    job = tell(holder, TODAY)
    assert (job.status, mailbox.taken) == (Status.FAILED, [])
    assert "Check that its certificate is valid for this name and trusted here" in job.error
    assert PASSWORD not in job.error


@pytest.mark.usefixtures("at", "request_made", "server")
def test_it_does_not_send_a_password_to_a_server_without_encryption(
    settings: Any, mailbox: Mailbox, holder: User
) -> None:
    settings.EMAIL_USE_TLS = True
    job = tell(holder, TODAY)
    assert (job.status, mailbox.taken) == (Status.FAILED, [])
    assert "offers no encryption or no sign-in" in job.error


def test_everything_that_waits_is_told_by_kind(
    portfolio: Portfolio, request_made: Request, benefit: Benefit, holder: User, owner: User, now: datetime
) -> None:
    Review.objects.create(portfolio=benefit.initiative.portfolio, benefit=benefit, due_on=on("2026-03-01"))
    Measurement.objects.create(
        benefit=benefit,
        month=on("2026-01-01"),
        value=1,
        is_contested=True,
        remark="Twice too high",
        reported_by=holder,
        recorded_at=now,
        recorded_by=owner,
    )
    Standing.objects.update_or_create(
        benefit=benefit,
        defaults={
            "portfolio": portfolio,
            "until": on("2026-02-01"),
            "is_decaying": True,
            "trend": -0.25,
            "last_month": on("2026-01-01"),
        },
    )
    proposed_to(benefit_in(portfolio, "BETA-B"), holder, by=owner, at=now)
    groups = {group.kind: group for group in waiting_for(holder, now)}
    assert list(groups) == ["measure", "contested", "handover", "review", "decay"]
    assert [item.detail for item in groups["contested"].items] == ["Jan 2026: Twice too high"]
    assert groups["review"].items[0].is_late
    assert groups["decay"].items[0].detail == "-25% against the three months before, and less than planned"
    assert waiting_count(holder, TODAY) == 3
    assert waiting_for(owner, now) == []


def test_who_verifies_is_told_portfolio_by_portfolio(
    portfolio: Portfolio, benefit: Benefit, holder: User, now: datetime
) -> None:
    finance = person_in(portfolio, "fin@example.org", "Finn Finance", "finance", now)
    Standing.objects.update_or_create(
        benefit=benefit,
        defaults={
            "portfolio": portfolio,
            "until": on("2026-02-01"),
            "last_month": on("2026-01-01"),
            "last_reported_at": now,
        },
    )
    (group,) = waiting_for(finance, now)
    assert (group.kind, group.items[0].detail) == ("verify", "The latest value of 1 benefit is not verified")
    # What is in one's own name somebody else verifies.
    Benefit.objects.filter(pk=benefit.pk).update(measurer=finance)
    assert waiting_for(finance, now) == []


def test_nobody_is_asked_for_what_is_closed_or_retired(
    portfolio: Portfolio, request_made: Request, benefit: Benefit, holder: User, owner: User, now: datetime
) -> None:
    finance = person_in(portfolio, "fin@example.org", "Finn Finance", "finance", now)
    Review.objects.create(portfolio=portfolio, benefit=benefit, due_on=on("2026-03-01"))
    proposed_to(benefit, holder, by=owner, at=now)
    told = {"recorded_at": now, "recorded_by": owner, "reported_by": holder}
    Measurement.objects.create(benefit=benefit, month=on("2026-01-01"), value=1, is_contested=True, **told)
    standing = {"portfolio": portfolio, "until": on("2026-02-01"), "last_month": on("2026-02-01")}
    Standing.objects.update_or_create(benefit=benefit, defaults=standing | {"last_reported_at": now})
    assert [group.kind for group in waiting_for(holder, now)] == ["measure", "contested", "handover", "review"]
    assert ([group.kind for group in waiting_for(finance, now)], waiting_count(holder, TODAY)) == (["verify"], 3)
    Portfolio.objects.filter(pk=portfolio.pk).update(closed_until=on("2026-02-01"))
    assert [group.kind for group in waiting_for(holder, now)] == ["handover", "review"]
    assert (waiting_for(finance, now), waiting_count(holder, TODAY)) == ([], 2)
    assert (next_request(holder), oldest_request(benefit)) == (None, None)
    Portfolio.objects.filter(pk=portfolio.pk).update(closed_until=None)
    Benefit.objects.filter(pk=benefit.pk).update(state="retired")
    assert (waiting_for(holder, now), waiting_for(finance, now), waiting_count(holder, TODAY)) == ([], [], 0)


def test_what_one_may_no_longer_see_is_not_counted(request_made: Request, holder: User) -> None:
    assert waiting_count(holder, TODAY) == 1
    Assignment.objects.filter(user=holder).delete()
    assert waiting_count(User.objects.get(pk=holder.pk), TODAY) == 0


def test_it_lists_the_most_urgent_and_counts_all(
    portfolio: Portfolio, benefit: Benefit, holder: User, now: datetime
) -> None:
    months = [on(f"2025-{month:02}-01") for month in range(1, 13)]
    Request.objects.bulk_create(
        Request(portfolio=portfolio, benefit=benefit, month=month, due_on=month, addressee=holder, opened_at=now)
        for month in months
    )
    (group,) = waiting_for(holder, now, listed=5)
    assert (len(group.items), group.count, group.more) == (5, 12, 7)
    assert group.items[0].detail == "Jan 2025"


def test_it_is_written_in_the_language_of_the_person(request_made: Request, holder: User, now: datetime) -> None:
    letter = letter_to(holder, TODAY, now)
    assert letter is not None
    assert mail_of(letter).subject == "OpenVMO: 1 thing waits for you"
    with override_settings(OPENVMO_URL="http://127.0.0.1:8000"):
        assert "http://127.0.0.1:8000/tasks/" in str(mail_of(letter).body)


def test_it_reminds_at_once_and_then_after_so_many_days() -> None:
    assert is_reminder_due(None, 7, TODAY)
    assert not is_reminder_due(TODAY - timedelta(days=6), 7, TODAY)
    assert is_reminder_due(TODAY - timedelta(days=7), 7, TODAY)


def test_other_things_are_news_once_and_again_after_a_week_of_silence() -> None:
    yesterday = TODAY - timedelta(days=1)
    assert is_news(yesterday, None, TODAY)
    assert is_news(yesterday, yesterday, TODAY)
    assert not is_news(yesterday - timedelta(days=1), yesterday, TODAY)
    assert is_news(TODAY - timedelta(days=30), TODAY - timedelta(days=7), TODAY)
