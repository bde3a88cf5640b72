"""What people read for the kinds of analysis."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

KINDS = {"forecast": _("Forecast"), "choose": _("Choice")}
