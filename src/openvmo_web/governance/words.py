"""What people read for the words of governance's closed vocabularies, and for what its rules refuse."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from openvmo_web.common import formats
from openvmo_web.common.fields import label_of
from openvmo_web.common.widgets import Status, Tone
from openvmo_web.governance.rules import Ambiguity, Hole, NoSingleDecider

STATES = {
    "proposed": _("Proposed"),
    "approved": _("Approved"),
    "rejected": _("Rejected"),
    "withdrawn": _("Withdrawn"),
}
TONES: dict[str, Tone] = {"proposed": "info", "approved": "positive", "rejected": "critical", "withdrawn": "neutral"}
KINDS = {"fund_portfolio": _("Fund the portfolio")}
VERDICTS = {"fund": _("Fund"), "decline": _("Do not fund")}


def status_of(state: str) -> Status:
    """Return where a decision stands, in a word with its tone."""
    return Status(label_of(STATES, state), TONES[state], "clock" if state == "proposed" else "")


def sentence_of(problem: NoSingleDecider, currency: str) -> str:
    """Return what is wrong with the decision rights and what to do, for a reader."""
    kind = label_of(KINDS, problem.kind)
    if isinstance(problem, Ambiguity):
        return gettext("“%(kind)s” has several deciders %(limit)s: %(bodies)s. Keep exactly one.") % {
            "kind": kind,
            "limit": limit_words(problem.up_to, currency),
            "bodies": ", ".join(problem.deciders),
        }
    above = problem.above if isinstance(problem, Hole) else None
    if above is None:
        return gettext("Nobody decides on “%(kind)s”. Set a decision right for it.") % {"kind": kind}
    return gettext("Nobody decides on “%(kind)s” above %(amount)s. Set a decision right without a limit.") % {
        "kind": kind,
        "amount": _money(above, currency),
    }


def limit_words(up_to: Decimal | None, currency: str) -> str:
    """Return up to which amount a right reaches, in words."""
    return (
        gettext("without a limit")
        if up_to is None
        else gettext("up to %(amount)s") % {"amount": _money(up_to, currency)}
    )


def _money(amount: Decimal, currency: str) -> str:
    return formats.money_whole(amount, currency, formats.current_locale())
