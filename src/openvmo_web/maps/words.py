"""What people read for the words of the benefits map, and for what its rules refuse."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from openvmo_web.benefits.models import Standing
from openvmo_web.common import formats
from openvmo_web.common.fields import label_of
from openvmo_web.common.widgets import Status, Tone
from openvmo_web.maps.rules import AlreadyLinked, Backwards, Circle, LinkProblem, OverClaim
from openvmo_web.strategy.models import Objective

KINDS = {"enabler": _("Enabler"), "change": _("Change"), "outcome": _("Outcome")}
ALL_KINDS = KINDS | {"benefit": _("Benefit"), "objective": _("Objective")}
COLUMN_TITLES = {
    "enabler": _("Enablers"),
    "change": _("Changes"),
    "outcome": _("Outcomes"),
    "benefit": _("Benefits"),
    "objective": _("Objectives"),
}
STATES = {
    "planned": _("Planned"),
    "under_way": _("Under way"),
    "at_risk": _("At risk"),
    "in_place": _("In place"),
    "cut": _("Cut"),
}
TONES: dict[str, Tone] = {
    "planned": "neutral",
    "under_way": "info",
    "at_risk": "caution",
    "in_place": "positive",
    "cut": "critical",
}
ICONS = {"planned": "clock", "under_way": "running", "at_risk": "risk", "in_place": "check-circle", "cut": "blocked"}

# Below this share of what was planned to date a benefit counts as behind.
ENOUGH = Decimal("0.9")


def status_of(state: str) -> Status:
    """Return where an enabler, a change or an outcome stands, in a word with its tone."""
    return Status(label_of(STATES, state), TONES[state], ICONS[state])


def standing_status(standing: Standing | None) -> Status:
    """Return how a benefit stands against its plan, in words with their tone; dis-benefits count as negative money."""
    if standing is None or (standing.last_month is None and not standing.due):
        return Status(gettext("Nothing due yet"), "neutral", "clock")
    if standing.last_month is None:
        return Status(gettext("Not measured"), "caution", "warning")
    if standing.is_decaying:
        return Status(gettext("Decaying"), "critical", "down")
    if standing.realised is None or standing.planned is None:
        return Status(gettext("Measured"), "info", "measure")
    if standing.realised >= standing.planned - (1 - ENOUGH) * abs(standing.planned):
        return Status(gettext("Arriving"), "positive", "check-circle")
    return Status(gettext("Behind"), "caution", "alert")


def sentence_of_link(problem: LinkProblem, source: str, target: str) -> str:
    """Return why two things cannot be linked, and what to do."""
    names = {"source": source, "target": target}
    if isinstance(problem, Circle):
        return gettext(
            "This link would close a circle: %(circle)s. What leads to a thing cannot hang on it. Remove a link first."
        ) % {"circle": " → ".join(problem.names)}
    if isinstance(problem, AlreadyLinked):
        return gettext("“%(source)s” leads to “%(target)s” already.") % names
    if isinstance(problem, Backwards):
        return (
            gettext(
                "“%(source)s” cannot lead to “%(target)s”: the map goes from enablers over changes and outcomes to "
                "benefits and objectives. Connect them the other way round."
            )
            % names
        )
    return (
        gettext(
            "“%(source)s” cannot lead to the objective “%(target)s”: only a benefit serves an objective. "
            "Connect it to a benefit that serves this objective."
        )
        % names
    )


def sentence_of_ends(source: object, target: object) -> str:
    """Return why an objective is linked neither from anything but a benefit nor to anything at all."""
    problem = Backwards() if isinstance(source, Objective) else LinkProblem()
    return sentence_of_link(problem, str(source), str(target))


def sentence_of_claim(problem: OverClaim, outcome: str, share: Decimal) -> str:
    """Return why a share cannot be claimed: who claims the rest, and what is left."""
    others = [
        gettext("“%(benefit)s” %(share)s") % {"benefit": name, "share": share_words(claimed)}
        for name, claimed in problem.others
    ]
    values = {"outcome": outcome, "share": share_words(share), "left": share_words(problem.left)}
    if not others:
        return gettext("“%(outcome)s” has 100%% to share: %(share)s cannot be claimed.") % values
    return gettext("%(share)s of “%(outcome)s” cannot be claimed: %(left)s is left. Claimed by others: %(others)s.") % (
        values | {"others": ", ".join(others)}
    )


def sentence_of_unit(outcome: str, pool_unit: str, benefit: str, unit: str) -> str:
    """Return why a benefit cannot have a share of a gain that is counted in another unit, and what to do."""
    return gettext(
        "The gain of “%(outcome)s” is counted in %(pool_unit)s, and “%(benefit)s” in %(unit)s. A benefit claims a "
        "share only in the same unit: give both the same one, or give the share back first."
    ) % {"outcome": outcome, "pool_unit": pool_unit, "benefit": benefit, "unit": unit}


def claimed_words(claimed: Decimal) -> str:
    """Return the running total of an outcome's claims in words."""
    return gettext("%(claimed)s claimed, %(left)s left") % {
        "claimed": share_words(claimed),
        "left": share_words(1 - claimed),
    }


def share_words(share: Decimal | float) -> str:
    """Return a share as a percentage with as many decimals as it needs."""
    hundredths = round(Decimal(str(share)) * 100, 4).normalize()
    decimals = max(0, -int(hundredths.as_tuple().exponent))
    return formats.percent(share, formats.current_locale(), decimals)
