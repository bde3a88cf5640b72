"""What a benefit says as the values of its row, when it is complete, and how it may change: plain values, no rows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from openvmo.engine import model
from openvmo.engine.model.kinds import Accrual, Direction, InitiativeState
from openvmo_web.benefits import words
from openvmo_web.common.fields import label_of, stored_amount


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


def may_verify(recorder: int, verifier: int) -> bool:
    """Return whether a person may verify a measurement: never one's own."""
    return recorder != verifier


def is_stated(value: object) -> bool:
    """Return whether a field says anything: nought does, an empty text and the word "not stated" do not."""
    return value is not None and str(value).strip() not in ("", "not_stated")


# What each test of completeness asks for; a benefit told in words alone is measured without figures.
ASKED = {
    "D": ("description", "beneficiaries"),
    "O": ("observable",),
    "A": ("attribution", "owner"),
    "M": ("measure", "baseline", "baseline_date", "target", "target_date", "frequency", "data_source"),
}
WITHOUT_FIGURES = ("measure", "frequency", "data_source")


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

    The tests are those of Managing Successful Programmes; what each asks for is our reading of them.

    Args:
        values: The fields of a benefit by name, stored or as typed into a form; ``state_values`` of a row will do.
    """
    asked = dict(ASKED)
    if values.get("kind") == model.BenefitClass.QUALITATIVE:
        asked["M"] = WITHOUT_FIGURES
    stated = {name for name, value in values.items() if is_stated(value)}
    if "owner_name" in stated:
        stated.add("owner")
    return tuple(_test(letter, [name for name in names if name not in stated]) for letter, names in asked.items())


def _test(letter: str, missing: list[str]) -> CompletenessTest:
    name, question = words.TESTS[letter]
    return CompletenessTest(letter, str(name), str(question), tuple(str(words.REMEDIES[field]) for field in missing))


def doam_score(values: Mapping[str, Any]) -> int:
    """Return how many of the four tests of completeness a benefit passes."""
    return sum(test.is_passed for test in doam(values))


def title_hints(title: str) -> list[str]:
    """Return what would make the title of a benefit clearer: a title says what changes and by what it is measured."""
    said = re.findall(r"[\w'-]+", title.casefold())
    vague, changing = set(str(words.VAGUE_WORDS).split()), set(str(words.CHANGE_WORDS).split())
    found = next((word for word in said if word in vague), None)
    hints = []
    if found:
        hints.append(words.TITLE_VAGUE % {"word": found})
    elif said and not changing & set(said):
        hints.append(str(words.TITLE_WITHOUT_CHANGE))
    if len(said) == 1:
        hints.append(str(words.TITLE_WITHOUT_MEASURE))
    return hints


# What a baseline promises: once there is one, these change only when the promise is renewed.
FROZEN = (
    "kind",
    "is_disbenefit",
    "value_per_unit",
    "unit",
    "measure",
    "accrual",
    "direction",
    "baseline",
    "baseline_date",
    "target",
    "target_date",
)
# What gives measured figures their meaning.
MEANING = ("unit", "accrual")

# Of work that is not funded yet the decision promises; of what was stopped nothing more is promised.
UNPROMISED_WORK = (InitiativeState.PROPOSAL, InitiativeState.STOPPED)

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
    found = [*_level_problems(values), *_target_problems(values)]
    if measure_unit is not None and measure_unit.strip().casefold() != values["unit"].strip().casefold():
        units = {"measure": measure_unit or words.MONEY, "benefit": values["unit"] or words.MONEY}
        found.append(Contradiction(("strategic_measure", "unit"), words.OTHER_UNIT % units))
    return found


def _level_problems(values: Mapping[str, Any]) -> Iterator[Contradiction]:
    """A level says nothing of a gain without the place where it started and the way in which it has to move."""
    if values["accrual"] != Accrual.LEVEL:
        return
    if values["baseline"] is None:
        yield Contradiction(("baseline", "accrual"), str(words.LEVEL_WITHOUT_BASELINE))
    if values["direction"] == Direction.NOT_STATED:
        yield Contradiction(("direction", "accrual"), str(words.LEVEL_WITHOUT_DIRECTION))


def _target_problems(values: Mapping[str, Any]) -> Iterator[Contradiction]:
    """A target lies ahead of its baseline, in time and in the direction of the measure."""
    baseline, target, direction = values["baseline"], values["target"], values["direction"]
    between = ("target", "baseline", "direction")
    if baseline is not None and target is not None:
        if direction == Direction.INCREASE and target <= baseline:
            yield Contradiction(between, str(words.TARGET_NOT_ABOVE))
        if direction == Direction.DECREASE and target >= baseline:
            yield Contradiction(between, str(words.TARGET_NOT_BELOW))
    taken, reached = values["baseline_date"], values["target_date"]
    if taken is not None and reached is not None and reached <= taken:
        yield Contradiction(("target_date", "baseline_date"), str(words.TARGET_BEFORE_BASELINE))


def state_refusal(before: str, after: str, *, has_owner: bool) -> str:
    """Return why a benefit cannot go from one state to another; empty when it can."""
    if after == "retired":
        return str(words.RETIRE_WITH_REASON)
    if after not in STATE_STEPS[before]:
        steps = ", ".join(label_of(words.STATES, step) for step in STATE_STEPS[before])
        return words.STATE_STEPS % {"before": label_of(words.STATES, before), "steps": steps}
    if after != "identified" and not has_owner:
        return str(words.STATE_WITHOUT_OWNER)
    return ""


def promise_refusal(benefit: str, initiative: str, *, state: str, work: str) -> str:
    """Return why nothing can be promised of a benefit outside a decision; empty when it can.

    Args:
        benefit: What people read for the benefit.
        initiative: What people read for its initiative.
        state: Where the benefit stands.
        work: Where its initiative stands.
    """
    if state == "retired":
        return words.RETIRED_UNPROMISED % {"benefit": benefit}
    if work == InitiativeState.PROPOSAL:
        return words.NOT_FUNDED % {"initiative": initiative}
    return words.STOPPED_UNPROMISED % {"initiative": initiative} if work in UNPROMISED_WORK else ""


def frozen_refusal(names: Iterable[str], decision: int | None) -> str:
    """Return why fields under a baseline cannot change.

    Args:
        names: What people read for the fields.
        decision: The number of the decision that set the baseline; None when it was set without one.
    """
    told = {"fields": ", ".join(names), "decision": decision}
    return (words.FROZEN if decision is None else words.FROZEN_BY) % told
