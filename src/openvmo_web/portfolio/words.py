"""What people read for the words of the portfolio's closed vocabularies."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from openvmo.engine.model.kinds import (
    Anchor,
    Confidence,
    CostKind,
    DependencyKind,
    InitiativeState,
    OptionKind,
    Selection,
)

STATES = {
    InitiativeState.PROPOSAL: _("Proposal"),
    InitiativeState.APPROVED: _("Approved"),
    InitiativeState.DELIVERY: _("In delivery"),
    InitiativeState.OPERATION: _("In operation"),
    InitiativeState.CLOSED: _("Closed"),
    InitiativeState.STOPPED: _("Stopped"),
}
SELECTIONS = {
    Selection.FREE: _("May be chosen freely"),
    Selection.MANDATORY: _("Mandatory"),
    Selection.FORBIDDEN: _("Not available"),
}
OPTION_KINDS = {
    OptionKind.DO_NOTHING: _("Do nothing"),
    OptionKind.CONTINUE: _("Continue"),
    OptionKind.STOP: _("Stop"),
    OptionKind.PIVOT: _("Pivot"),
    OptionKind.SCALE: _("Scale"),
    OptionKind.DEFER: _("Defer"),
    OptionKind.VARIANT: _("Variant"),
}
COST_KINDS = {CostKind.CAPEX: _("Capital"), CostKind.OPEX: _("Running")}
ANCHORS = {Anchor.START: _("Start of work"), Anchor.GO_LIVE: _("Go-live")}
DEPENDENCY_KINDS = {
    DependencyKind.FINISH_TO_START: _("must finish before"),
    DependencyKind.REQUIRES: _("is required by"),
    DependencyKind.EXCLUDES: _("excludes"),
    DependencyKind.ENABLES: _("enables the benefits of"),
}
CONFIDENCES = {
    Confidence.GREEN: _("Green"),
    Confidence.AMBER_GREEN: _("Amber/green"),
    Confidence.AMBER: _("Amber"),
    Confidence.AMBER_RED: _("Amber/red"),
    Confidence.RED: _("Red"),
    Confidence.NOT_STATED: _("Not stated"),
}
# The same kinds, said of the initiative that the other one leans on.
NEEDS = {
    DependencyKind.FINISH_TO_START: _("must finish first"),
    DependencyKind.REQUIRES: _("is needed with it"),
    DependencyKind.EXCLUDES: _("cannot be taken with it"),
    DependencyKind.ENABLES: _("makes its benefits possible"),
}
