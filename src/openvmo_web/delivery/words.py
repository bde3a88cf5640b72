"""What people read for the levels of delivery confidence, with what each level means."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from openvmo.engine.model.kinds import Confidence

MEANINGS = {
    Confidence.GREEN: _("Delivery is highly likely."),
    Confidence.AMBER_GREEN: _("Delivery is probable."),
    Confidence.AMBER: _("Delivery is feasible, with significant issues."),
    Confidence.AMBER_RED: _("Delivery is in doubt."),
    Confidence.RED: _("Delivery appears to be unachievable."),
    Confidence.NOT_STATED: _("No reviewer has stated a confidence."),
}
