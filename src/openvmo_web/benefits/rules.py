"""What a benefit says as the values of its row, when it is complete, and how it may change: plain values, no rows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from openvmo.engine import model
from openvmo.engine.model.kinds import Accrual, Direction
from openvmo_web.benefits import words
from openvmo_web.common.fields import label_of, stored_amount

MONEY = (model.BenefitClass.CASHABLE, model.BenefitClass.NON_CASHABLE)


def benefit_values(benefit: model.Benefit) -> dict[str, Any]:
    """Return the values of a benefit's row, without its objective."""
    return {
        "code": benefit.id,
        "name": benefit.name,
        "kind": str(benefit.kind),
        "driver": str(benefit.driver),
        "is_disbenefit": benefit.is_disbenefit,
        "beneficiaries": benefit.beneficiaries,
        "owner_name": benefit.owner,
        "measurer_name": benefit.measurer,
        "sustainer_name": benefit.sustainer,
        "measure": benefit.measure,
        "unit": benefit.unit,
        "value_per_unit": stored_amount(benefit.value_per_unit),
        "description": benefit.description,
        "category": benefit.category,
        "is_intangible": benefit.is_intangible,
        "term": str(benefit.term),
        "priority": benefit.priority,
        "losers": benefit.losers,
        "recipient": benefit.recipient,
        "cost_centre": benefit.cost_centre,
        "feature": benefit.feature,
        "observable": benefit.observable,
        "attribution": benefit.attribution,
        "activities": benefit.activities,
        "cost_to_realise": stored_amount(benefit.cost_to_realise),
        "accrual": str(benefit.accrual),
        "direction": str(benefit.direction),
        "baseline": stored_amount(benefit.baseline),
        "baseline_date": benefit.baseline_date,
        "target": stored_amount(benefit.target),
        "target_date": benefit.target_date,
        "frequency": str(benefit.frequency),
        "data_source": benefit.data_source,
        "timing": str(benefit.timing),
        "caution_at": stored_amount(benefit.caution_at),
        "critical_at": stored_amount(benefit.critical_at),
        "evidence": str(benefit.evidence),
        "realisation_risk": str(benefit.realisation_risk),
        "review_months": benefit.review_months,
    }


def measurement_values(measurement: model.Measurement) -> dict[str, Any]:
    """Return what makes two measurements of a benefit in a month differ."""
    return {
        "value": stored_amount(measurement.value),
        "source": measurement.source,
        "is_verified": measurement.is_verified,
    }


def money_per_unit(kind: str, value_per_unit: float | None, *, is_disbenefit: bool) -> float | None:
    """Return what one unit of a benefit counts in money, negative for a dis-benefit; None when no value was agreed."""
    factor = 1.0 if kind in MONEY else value_per_unit
    return -factor if factor is not None and is_disbenefit else factor


def may_verify(recorder: int, verifier: int) -> bool:
    """Return whether a person may verify a measurement: never one's own."""
    return recorder != verifier


def is_stated(value: object) -> bool:
    """Return whether a field says anything: nought does, an empty text and the word "not stated" do not."""
    return value is not None and str(value).strip() not in ("", "not_stated")


@dataclass(frozen=True)
class CompletenessTest:
    """One of the four tests that a complete benefit passes.

    Attributes:
        letter: D, O, A or M.
        name: The test in a word.
        question: What it asks.
        missing: What is still missing, each as something to do; nothing when the test is passed.
    """

    letter: str
    name: str
    question: str
    missing: tuple[str, ...]

    @property
    def is_passed(self) -> bool:
        """Whether nothing is missing."""
        return not self.missing


def doam(values: Mapping[str, Any]) -> tuple[CompletenessTest, ...]:
    """Return the four tests of completeness: description, observable outcome, attribution, measurement.

    Args:
        values: The fields of a benefit by name, stored or as typed into a form; ``state_values`` of a row will do.

    The tests are those of Managing Successful Programmes; what each asks for is our reading of them.
    """
    wanted = {
        "description": _("Describe the gain and the work that brings it."),
        "beneficiaries": _("Name for whom the gain is."),
    }
    measured = {
        "measure": _("Name the measure that shows it."),
        "baseline": _("State the baseline: where the measure stands without the change."),
        "baseline_date": _("State the day on which the baseline was taken."),
        "target": _("State the target."),
        "target_date": _("State the day by which the target is to be reached."),
        "frequency": _("Agree how often it is measured."),
        "data_source": _("Name the source of the figures."),
    }
    if values.get("kind") == model.BenefitClass.QUALITATIVE:
        measured = {name: measured[name] for name in ("measure", "frequency", "data_source")}
    claim = _missing(values, {"attribution": _("Say why this work can claim it, and what else contributes.")})
    if not any(is_stated(values.get(name)) for name in ("owner", "owner_name")):
        claim += (_("Name the owner who is accountable for it."),)
    seen = {"observable": _("Say what people will see happen when it arrives.")}
    return (
        CompletenessTest("D", _("Description"), _("Is it clear who gains what?"), _missing(values, wanted)),
        CompletenessTest("O", _("Observable outcome"), _("Will people see it happen?"), _missing(values, seen)),
        CompletenessTest("A", _("Attribution"), _("Can this work claim it, and who answers for it?"), claim),
        CompletenessTest(
            "M", _("Measurement"), _("Is it agreed how and when it is measured?"), _missing(values, measured)
        ),
    )


def doam_score(values: Mapping[str, Any]) -> int:
    """Return how many of the four tests of completeness a benefit passes."""
    return sum(test.is_passed for test in doam(values))


def _missing(values: Mapping[str, Any], wanted: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(remedy for name, remedy in wanted.items() if not is_stated(values.get(name)))


def title_hints(title: str) -> list[str]:
    """Return what would make the title of a benefit clearer: a title says what changes and by what it is measured."""
    said = re.findall(r"[\w'-]+", title.casefold())
    if not said:
        return []
    # Translators: words, separated by spaces, that promise nothing that could be measured.
    vague = set(
        _("better best improve improved improves improving improvement enhanced enhance optimised good").split()
    )
    # Translators: words, separated by spaces, that say in which way a measure changes.
    changing = set(
        _(
            "fewer less lower reduced reduce reduction shorter smaller cheaper avoided avoid prevented saved save "
            "savings no more faster quicker sooner earlier higher increased increase larger longer greater additional "
            "extra new stopped ended doubled halved released freed retained"
        ).split()
    )
    hints = []
    found = next((word for word in said if word in vague), None)
    if found:
        hints.append(
            _("“%(word)s” cannot be measured. Say what there will be fewer, less, more of, or what will be faster.")
            % {"word": found}
        )
    elif not changing & set(said):
        hints.append(
            _("Say the change first: fewer, faster, more, less, avoided … For example “Fewer days to decide a claim”.")
        )
    if len(said) == 1:
        hints.append(_("Say of what: name the thing that is measured."))
    return hints


# What a baseline promises: once there is one, only a new decision can change these.
FROZEN = (
    "kind",
    "is_disbenefit",
    "value_per_unit",
    "unit",
    "measure",
    "accrual",
    "direction",
    "baseline",
    "target",
)

# From each state the next ones; retiring is an action of its own, with a reason.
STATE_STEPS: Mapping[str, tuple[str, ...]] = {
    "identified": ("agreed",),
    "agreed": ("identified", "arriving"),
    "arriving": ("agreed", "sustained"),
    "sustained": ("arriving",),
    "retired": ("identified",),
}


@dataclass(frozen=True)
class Contradiction:
    """Fields of a benefit that cannot all be right; the problem is told at the first of them."""

    fields: tuple[str, ...]
    problem: str


def contradictions(values: Mapping[str, Any], measure_unit: str | None = None) -> list[Contradiction]:
    """Return what contradicts itself in a benefit.

    Args:
        values: The fields of a benefit by name, as stored.
        measure_unit: The unit of the strategic measure that it is said to move; None when there is none.
    """
    found = []
    level, direction = values["accrual"] == Accrual.LEVEL, values["direction"]
    baseline, target = values["baseline"], values["target"]
    if level and baseline is None:
        problem = _("A measurement that states where the measure stood needs the baseline from which it moves.")
        found.append(Contradiction(("baseline", "accrual"), problem))
    if level and direction == Direction.NOT_STATED:
        problem = _(
            "A measurement that states where the measure stood needs to know which way the measure has to move."
        )
        found.append(Contradiction(("direction", "accrual"), problem))
    if baseline is not None and target is not None:
        if direction == Direction.INCREASE and target <= baseline:
            problem = _("The measure should rise, so the target has to be above the baseline.")
            found.append(Contradiction(("target", "baseline", "direction"), problem))
        if direction == Direction.DECREASE and target >= baseline:
            problem = _("The measure should fall, so the target has to be below the baseline.")
            found.append(Contradiction(("target", "baseline", "direction"), problem))
    taken, reached = values["baseline_date"], values["target_date"]
    if taken is not None and reached is not None and reached <= taken:
        problem = _("The target is to be reached after the baseline was taken.")
        found.append(Contradiction(("target_date", "baseline_date"), problem))
    if measure_unit is not None and measure_unit.strip().casefold() != values["unit"].strip().casefold():
        problem = _("The strategic measure counts in %(measure)s, the benefit in %(benefit)s: they cannot be added up.")
        units = {"measure": measure_unit or _("money"), "benefit": values["unit"] or _("money")}
        found.append(Contradiction(("strategic_measure", "unit"), problem % units))
    return found


def state_refusal(before: str, after: str, *, has_owner: bool) -> str:
    """Return why a benefit cannot go from one state to another; empty when it can."""
    if after == "retired":
        return _("Retire the benefit with a reason; that is an action of its own.")
    if after not in STATE_STEPS[before]:
        steps = ", ".join(label_of(words.STATES, step) for step in STATE_STEPS[before])
        return _("From “%(before)s” a benefit goes to: %(steps)s.") % {
            "before": label_of(words.STATES, before),
            "steps": steps,
        }
    if after != "identified" and not has_owner:
        return _("Name an owner first: nobody has agreed to a benefit for which nobody answers.")
    return ""


def frozen_refusal(names: Iterable[str], decision: int | None) -> str:
    """Return why fields under a baseline cannot change.

    Args:
        names: What people read for the fields.
        decision: The number of the decision that set the baseline; None when it was set without one.
    """
    told = {"fields": ", ".join(names), "decision": decision}
    if decision is None:
        return _("The baseline stays: %(fields)s cannot change under it. Propose a new decision.") % told
    return (
        _("The baseline stays: decision %(decision)s was taken on %(fields)s. Propose a new decision to change it.")
        % told
    )
