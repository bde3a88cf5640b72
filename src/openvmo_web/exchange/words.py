"""What people read for the states of an import."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

STATES = {"previewed": _("Waiting for confirmation"), "refused": _("Not importable"), "applied": _("Imported"), "discarded": _("Discarded")}
