"""The log itself."""

from typing import ClassVar

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from openvmo_web.audit.registry import sentence_of
from openvmo_web.common.models import AppendOnly


class AuditEntry(AppendOnly):
    """One thing that was done.

    The actor and the object are kept by key and by name, without foreign keys: the entry stays true whatever becomes
    of them.
    """

    at = models.DateTimeField(_("at"))
    action = models.CharField(_("action"), max_length=64)
    actor_key = models.BigIntegerField(_("actor"), null=True, help_text=_("Empty: the system itself."))
    actor_name = models.CharField(_("actor name"), max_length=150)
    kind = models.CharField(_("kind of object"), max_length=64)
    key = models.CharField(_("key of object"), max_length=64)
    label = models.CharField(_("object"), max_length=200)
    portfolio_id = models.PositiveBigIntegerField(_("portfolio"), null=True)
    changes = models.JSONField(_("changes"), default=dict, encoder=DjangoJSONEncoder)
    note = models.TextField(_("note"), blank=True)
    gesture = models.UUIDField(_("gesture"), null=True, help_text=_("Entries of one gesture of a person share it."))

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        ordering: ClassVar = ["-at", "-id"]
        indexes: ClassVar = [
            models.Index(fields=["kind", "key", "-at", "-id"], name="audit_entry_object"),
            models.Index(fields=["portfolio_id", "-at"], name="audit_entry_portfolio"),
            models.Index(fields=["portfolio_id", "-id"], name="audit_entry_newest"),
        ]

    def __str__(self) -> str:
        return f"{timezone.localtime(self.at):%Y-%m-%d %H:%M} {self.actor_name}: {self.action} {self.label}"

    @property
    def sentence(self) -> str:
        """What was done, in the reader's language."""
        return sentence_of(self.action)


class Version(AppendOnly):
    """The state of a record after something was recorded about it; the newest until a moment is what was known then."""

    kind = models.CharField(_("kind of object"), max_length=64)
    key = models.CharField(_("key of object"), max_length=64)
    at = models.DateTimeField(_("at"))
    portfolio_id = models.PositiveBigIntegerField(_("portfolio"), null=True)
    values = models.JSONField(_("values"), encoder=DjangoJSONEncoder)
    entry = models.ForeignKey(AuditEntry, models.PROTECT, null=True, related_name="versions")

    class Meta:
        verbose_name = _("version")
        verbose_name_plural = _("versions")
        ordering: ClassVar = ["at", "id"]
        indexes: ClassVar = [models.Index(fields=["kind", "key", "-at", "-id"], name="audit_version_as_known_on")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key} {timezone.localtime(self.at):%Y-%m-%d %H:%M}"
