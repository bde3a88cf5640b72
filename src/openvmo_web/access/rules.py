"""The rights and the roles of OpenVMO, as plain data."""


def _(sentence: str) -> str:
    """Mark a sentence for translation; it is translated where it is shown."""
    return sentence


PERMISSIONS: dict[str, str] = {
    "access.assign": _("Give people roles and take them away"),
    "api.use": _("Use the API with a token"),
    "audit.view": _("Read the audit trail"),
    "decision.decide": _("Take decisions"),
    "decision.propose": _("Propose decisions"),
    "initiative.change": _("Change initiatives"),
    "measurement.add": _("Report measurements"),
    "measurement.verify": _("Verify measurements"),
    "portfolio.add": _("Add portfolios"),
    "portfolio.change": _("Change the portfolio"),
    "portfolio.export": _("Export the portfolio"),
    "portfolio.import": _("Import data into the portfolio"),
    "portfolio.view": _("See the portfolio"),
    "run.cancel": _("Cancel the runs of others"),
    "run.start": _("Start forecasts and choices"),
    "strategy.change": _("Change the strategy"),
}

ROLE_NAMES: dict[str, str] = {
    "administrator": _("Administrator"),
    "executive": _("Executive"),
    "portfolio_manager": _("Portfolio manager"),
    "finance": _("Finance partner"),
    "analyst": _("Analyst"),
    "initiative_manager": _("Initiative manager"),
    "benefit_owner": _("Benefit owner"),
    "viewer": _("Viewer"),
}

_SEE = frozenset({"portfolio.view"})
_WORK = _SEE | {"portfolio.export", "api.use"}

# Who runs the office neither takes its decisions nor verifies its measurements: those hands stay separate.
ROLES: dict[str, frozenset[str]] = {
    "administrator": frozenset(PERMISSIONS) - {"decision.decide", "measurement.verify"},
    "executive": _WORK | {"audit.view", "decision.decide", "run.cancel", "run.start", "strategy.change"},
    "portfolio_manager": _WORK
    | {
        "audit.view",
        "decision.propose",
        "initiative.change",
        "measurement.add",
        "portfolio.add",
        "portfolio.change",
        "portfolio.import",
        "run.cancel",
        "run.start",
    },
    "finance": _WORK | {"audit.view", "measurement.verify", "run.start"},
    "analyst": _WORK | {"portfolio.import", "run.start"},
    "initiative_manager": _WORK | {"initiative.change", "measurement.add"},
    "benefit_owner": _WORK | {"measurement.add"},
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
