"""What goes wrong at the agency, each story with its figures; months count from the month in which the story ends.

The guide `docs/guides/example-organisation.md` says where a reader finds each of them.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Revision:
    """A new version of a plan: when it was made, what it adds to the duration and cost, and why."""

    month: int
    reason: str
    slip: int = 0
    cost: float = 1.0


# A slip that travels: the law is late, so the platform cannot go live, so nothing that needs it can.
SLIPS = {
    "DIG-01": (
        Revision(
            -18,
            "The data protection council asked for a second reading; the amendment comes five months later.",
            5,
            1.06,
        ),
    ),
    "DIG-02": (
        Revision(-13, "The platform cannot go live before the amendment (DIG-01) is in force.", 4, 1.09),
        Revision(-6, "Sign-in had to be tested again after the broker changed its interface.", 2, 1.05),
    ),
    "DIG-06": (Revision(-12, "Accreditation waits for the identity platform (DIG-02).", 4, 1.04),),
    "DIG-04": (Revision(-7, "Forms cannot open before people can sign in (DIG-02).", 5, 1.08),),
    "DIG-05": (Revision(-5, "Claims cannot open before people can sign in (DIG-02).", 4, 1.07),),
    "DIG-10": (Revision(-3, "The contact centre changes over after the first online services (DIG-04).", 3, 1.03),),
}

# A cost that creeps: each revision stays below the 5 % from which the board would be asked.
CREEP_ID = "LND-05"
CREEP_REASONS = (
    "More fragile volumes than the sample had shown.",
    "Overtime of the scanning crew in the second shift.",
    "Indexing by hand where handwriting is not recognised.",
    "A second climate chamber for volumes in waiting.",
    "New price list of the scanning contractor.",
    "Loose plans were not in the inventory.",
    "Restoration of water damage from 1954.",
)
CREEP = {CREEP_ID: tuple(Revision(-20 + 3 * number, reason, 0, 1.045) for number, reason in enumerate(CREEP_REASONS))}

# Adoption is cut to save money in the year, and the platform's benefits starve.
CUT_ID = "DIG-09"
CUT = {CUT_ID: (Revision(-11, "In-year savings: coaching is cut to the twelve largest branches.", 0, 0.38),)}
STARVED = {"DIG-03": 0.45, "DIG-04": 0.40, "DIG-05": 0.45, "DIG-09": 0.30}

# Delivered on time and green throughout, but nobody uses it.
GREEN_BUT_EMPTY_ID = "SUP-04"
EMPTY_SHARE = 0.07

# A benefit that decays after hand-over: the engineer who looked after the controls has left.
DECAYING_ID = "OPS-02"
DECAY_FROM = -12
DECAY_A_MONTH = 0.055

# An owner who stopped reporting.
SILENT_ID = "LIC-07"
SILENT_FROM = -9
SILENT_OWNER = "Lucien Moravec"

# The same saving is claimed by two initiatives: a visit that is avoided is avoided once.
BOOKED_TWICE = ("LND-03-B1", "LIC-05-B1")

# A figure that finance does not believe: the month, the initiative, the benefit, and why.
CONTESTED = (-1, "SUP-02", "SUP-02-B1", "The stopped claims of the pilot district seem to be counted twice.")

REVISIONS: dict[str, tuple[Revision, ...]] = {**SLIPS, **CREEP, **CUT}


def share_realised(initiative: str, month: int, go_live: int) -> float | None:
    """Share of a planned benefit that arrives in a month by the story; None where the story says nothing."""
    if initiative == GREEN_BUT_EMPTY_ID:
        return EMPTY_SHARE
    if initiative in STARVED:
        return STARVED[initiative]
    if initiative == DECAYING_ID and month > DECAY_FROM:
        return float((1 - DECAY_A_MONTH) ** (month - max(DECAY_FROM, go_live)))
    return None


def is_silent(initiative: str, month: int) -> bool:
    """Whether the initiative's benefits are no longer reported."""
    return initiative == SILENT_ID and month >= SILENT_FROM


def review_of(initiative: str, month: int, go_live: int) -> tuple[str, str]:
    """What the review of an initiative's benefits in operation found: a verdict and what was agreed."""
    share = share_realised(initiative, month, go_live)
    if share is None or share > 0.9:
        return "sustained", "The figures hold. The unit keeps its way of working; next look in half a year."
    if initiative == GREEN_BUT_EMPTY_ID:
        return "lost", "Hardly anybody uses the portal. The unit asks the board whether to go on with it."
    return "at_risk", "Less arrives than was promised. The unit looks for the cause and reports at the next review."
