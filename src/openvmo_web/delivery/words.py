"""What people read for the words of delivery's closed vocabularies."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from openvmo.engine.model.kinds import Confidence

CONFIDENCES = {
    Confidence.GREEN: _("Green: delivery is highly likely"),
    Confidence.AMBER_GREEN: _("Amber/green: delivery is probable"),
    Confidence.AMBER: _("Amber: delivery is feasible, with significant issues"),
    Confidence.AMBER_RED: _("Amber/red: delivery is in doubt"),
    Confidence.RED: _("Red: delivery appears to be unachievable"),
    Confidence.NOT_STATED: _("Not stated"),
}
SHORT_CONFIDENCES = {
    Confidence.GREEN: _("Green"),
    Confidence.AMBER_GREEN: _("Amber/green"),
    Confidence.AMBER: _("Amber"),
    Confidence.AMBER_RED: _("Amber/red"),
    Confidence.RED: _("Red"),
    Confidence.NOT_STATED: _("Not stated"),
}
