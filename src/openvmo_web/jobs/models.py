"""Jobs, and the workers that run them."""

from typing import ClassVar

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from openvmo_web.common.models import Record


class Status(models.TextChoices):
    """Where a job stands."""

    QUEUED = "queued", _("Waiting")
    RUNNING = "running", _("Running")
    SUCCEEDED = "succeeded", _("Done")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


FINISHED = frozenset({Status.SUCCEEDED, Status.FAILED, Status.CANCELLED})


class Job(Record):
    """A piece of work for a worker process.

    ``attempt`` counts how often the work was begun. It is also the fence: a worker that was given up for lost finds
    a higher number when it comes back, and its writes change nothing.
    """

    name = models.CharField(_("task"), max_length=64)
    arguments = models.JSONField(_("arguments"), default=dict, encoder=DjangoJSONEncoder)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("asked for by"),
        help_text=_("Empty: the system itself."),
    )
    portfolio_id = models.PositiveBigIntegerField(_("portfolio"), null=True)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.QUEUED)
    progress = models.FloatField(_("progress"), default=0.0)
    message = models.CharField(_("message"), max_length=200, blank=True)
    result = models.JSONField(_("result"), null=True, encoder=DjangoJSONEncoder)
    error = models.TextField(_("error"), blank=True)
    is_cancel_requested = models.BooleanField(_("cancellation requested"), default=False)
    attempt = models.PositiveSmallIntegerField(_("attempt"), default=0)
    max_attempts = models.PositiveSmallIntegerField(_("most attempts"))
    worker = models.CharField(_("worker"), max_length=100, blank=True)
    created_at = models.DateTimeField(_("created at"))
    run_after = models.DateTimeField(_("not before"))
    started_at = models.DateTimeField(_("started at"), null=True)
    heartbeat_at = models.DateTimeField(_("last sign of life"), null=True)
    finished_at = models.DateTimeField(_("finished at"), null=True)

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [models.Index(fields=["status", "run_after", "id"], name="jobs_job_ready")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(progress__gte=0) & models.Q(progress__lte=1), name="jobs_job_progress_is_a_share"
            ),
            models.CheckConstraint(condition=models.Q(status__in=Status.values), name="jobs_job_status_known"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.pk}"

    @property
    def is_finished(self) -> bool:
        """Whether nothing more will happen to this job."""
        return self.status in FINISHED


class DailyRun(Record):
    """A task that was put into the queue because its time of the day had come: once for each day."""

    name = models.CharField(_("task"), max_length=64)
    day = models.DateField(_("day"))
    job = models.ForeignKey(Job, on_delete=models.PROTECT, related_name="+", verbose_name=_("job"))

    class Meta:
        verbose_name = _("daily run")
        verbose_name_plural = _("daily runs")
        ordering: ClassVar = ["-day", "name"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["name", "day"], name="jobs_dailyrun_once_a_day")]

    def __str__(self) -> str:
        return f"{self.name} {self.day:%Y-%m-%d}"


class Worker(Record):
    """A worker process that is running, or was when it last gave a sign of life."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    started_at = models.DateTimeField(_("started at"))
    heartbeat_at = models.DateTimeField(_("last sign of life"))

    class Meta:
        verbose_name = _("worker")
        verbose_name_plural = _("workers")
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name
