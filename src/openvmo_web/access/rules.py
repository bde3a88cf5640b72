"""The rights and the roles of OpenVMO, as plain data."""


def _(sentence: str) -> str:
    """Mark a sentence for translation; it is translated where it is shown."""
    return sentence


PERMISSIONS: dict[str, str] = {
    "access.assign": _("Give people roles and take them away"),
    "api.use": _("Use the API with a token"),
    "assumption.change": _("Note and check what all benefits rest on"),
    "audit.view": _("Read the audit trail"),
    "baseline.set": _("Set baselines outside a funding decision"),
    "benefit.change": _("Change the benefit register"),
    "benefit.own": _("Act for the benefits in one's own name: measure, forecast, check, review, take over"),
    "benefit.validate": _("Validate benefits for finance"),
    "decision.decide": _("Take decisions"),
    "decision.propose": _("Propose decisions"),
    "forecast.record": _("Record forecasts of all benefits"),
    "handover.accept": _("Take over benefits for others"),
    "initiative.change": _("Change initiatives"),
    "map.change": _("Change the benefits map"),
    "measurement.add": _("Report measurements"),
    "measurement.verify": _("Verify measurements"),
    "period.close": _("Close months to measurements"),
    "portfolio.add": _("Add portfolios"),
    "portfolio.change": _("Change the portfolio"),
    "portfolio.export": _("Export the portfolio"),
    "portfolio.import": _("Import data into the portfolio"),
    "portfolio.view": _("See the portfolio"),
    "review.record": _("Record reviews of all benefits"),
    "run.cancel": _("Cancel the runs of others"),
    "run.start": _("Start forecasts and choices"),
    "strategy.change": _("Change the strategy"),
    "strategy.view": _("See the strategy"),
    "template.change": _("Change the templates"),
}

ROLE_NAMES: dict[str, str] = {
    "administrator": _("Administrator"),
    "executive": _("Executive"),
    "portfolio_manager": _("Portfolio manager"),
    "finance": _("Finance partner"),
    "analyst": _("Analyst"),
    "initiative_manager": _("Initiative manager"),
    "benefit_owner": _("Benefit owner"),
    "measurer": _("Measurer"),
    "sustainer": _("Sustainer"),
    "viewer": _("Viewer"),
}

DIGESTS = {"daily": _("Every day"), "weekly": _("Every Monday"), "never": _("Never")}

_SEE = frozenset({"portfolio.view", "strategy.view"})
_WORK = _SEE | {"portfolio.export", "api.use"}
# What is done for a benefit in one's own name is open only to the people whom the benefit names.
_HOLD = _WORK | {"benefit.own"}

# Who runs the office neither takes its decisions nor verifies its measurements: those hands stay separate.
ROLES: dict[str, frozenset[str]] = {
    "administrator": frozenset(PERMISSIONS)
    - {"baseline.set", "benefit.validate", "decision.decide", "handover.accept", "measurement.verify", "period.close"},
    "executive": _HOLD
    | {
        "audit.view",
        "baseline.set",
        "decision.decide",
        "handover.accept",
        "run.cancel",
        "run.start",
        "strategy.change",
    },
    "portfolio_manager": _HOLD
    | {
        "assumption.change",
        "audit.view",
        "benefit.change",
        "decision.propose",
        "forecast.record",
        "initiative.change",
        "map.change",
        "measurement.add",
        "portfolio.add",
        "portfolio.change",
        "portfolio.import",
        "review.record",
        "run.cancel",
        "run.start",
        "template.change",
    },
    "finance": _HOLD | {"audit.view", "benefit.validate", "measurement.verify", "period.close", "run.start"},
    "analyst": _WORK | {"portfolio.import", "run.start"},
    "initiative_manager": _HOLD
    | {
        "assumption.change",
        "benefit.change",
        "forecast.record",
        "initiative.change",
        "map.change",
        "measurement.add",
    },
    "benefit_owner": _HOLD,
    "measurer": _HOLD,
    "sustainer": _HOLD,
    "viewer": _SEE,
}


class UnknownPermission(LookupError):
    """A permission was asked for that no role can hold: a slip in the code, never an answer."""


class LastAdministrator(ValueError):
    """The organisation would be left without anybody who can give roles everywhere."""


def check_permission_name(permission: str) -> None:
    """Raise ``UnknownPermission`` when no such permission exists."""
    if permission not in PERMISSIONS:
        raise UnknownPermission(f"There is no permission {permission!r}; the permissions are {', '.join(PERMISSIONS)}.")


def roles_with(permission: str) -> list[str]:
    """Return the roles that hold a permission, in the order of ``ROLES``."""
    check_permission_name(permission)
    return [role for role, permissions in ROLES.items() if permission in permissions]


def check_someone_can_give_roles(remaining: int) -> None:
    """Raise ``LastAdministrator`` when nobody would remain who can give roles in the whole organisation.

    Args:
        remaining: How many active people would still hold that right.
    """
    if remaining == 0:
        raise LastAdministrator
