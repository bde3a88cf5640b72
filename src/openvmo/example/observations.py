"""What was seen of the example's initiatives month by month: money spent, benefits measured, reviews, milestones."""

from __future__ import annotations

import datetime
import random
from collections.abc import Iterator

from openvmo.engine.model import Actual, Confidence, InitiativeState, Measurement, Milestone, StatusReport
from openvmo.engine.quantities import Month
from openvmo.example.plans import SOURCES, go_live_in, options_in, standing_in
from openvmo.example.specs import BenefitSpec, InitiativeSpec
from openvmo.example.story import CUT_ID, GREEN_BUT_EMPTY_ID, REVISIONS, SILENT_ID, is_silent, share_realised

REVIEW_EVERY = 3
REVIEW_DAY = 20
# Reviewers doubt delivery once it is later than this.
MOST_MONTHS_LATE = 4


def state_in(spec: InitiativeSpec, month: int, *, is_funded: bool) -> InitiativeState:
    """Where an initiative stands in a month; before work begins it is a proposal until it is funded."""
    if month < spec.start:
        return InitiativeState.APPROVED if is_funded else InitiativeState.PROPOSAL
    return InitiativeState.DELIVERY if month < go_live_in(spec, month) else InitiativeState.OPERATION


def actual_in(spec: InitiativeSpec, month: int, until: Month, seed: int) -> Actual | None:
    """What an initiative spent in a month; None when it spent nothing."""
    chance = _chance(seed, "spent", spec.id, month)
    go_live = go_live_in(spec, month)
    if spec.start <= month < go_live:
        planned = spec.capital * standing_in(spec, month).cost / (go_live - spec.start)
        return Actual(month=until + month, amount=_cents(planned * chance.uniform(0.9, 1.08)), source="Ledger")
    if month >= go_live and spec.running:
        return Actual(
            month=until + month, amount=_cents(spec.running / 12 * chance.uniform(0.95, 1.06)), source="Ledger"
        )
    return None


def measurements_in(spec: InitiativeSpec, month: int, until: Month, seed: int) -> Iterator[Measurement]:
    """What the benefits of an initiative brought in a month, as far as somebody reported it."""
    go_live = go_live_in(spec, month)
    if month < go_live or is_silent(spec.id, month):
        return
    profiles = {profile.benefit: profile for profile in options_in(spec, month, until, seed)[0].profiles}
    for benefit in spec.benefits:
        profile = profiles.get(benefit.id)
        if profile is None or month < go_live + profile.offset:
            continue
        months = month - go_live - profile.offset + 1
        ramp = min(1.0, months / profile.ramp_months)
        chance = _chance(seed, "measured", benefit.id, month)
        arrived = ramp * _share(spec, benefit, month, go_live, seed) * chance.uniform(0.94, 1.06)
        # A level moves by the whole yearly gain, what a month brought is a twelfth of it.
        gain = profile.annual.likely * arrived
        value = gain / 12 if benefit.baseline is None else benefit.baseline + gain
        yield Measurement(
            benefit=benefit.id, month=until + month, value=_value(benefit, value), source=_source(benefit)
        )


def review_in(spec: InitiativeSpec, month: int, until: Month, seed: int) -> StatusReport | None:
    """What the quarterly review of a month said; None outside of delivery and between reviews."""
    if (until + month).month % REVIEW_EVERY or not spec.start <= month < go_live_in(spec, month) + REVIEW_EVERY:
        return None
    first = (until + month).first_day
    confidence = _confidence(spec, month, seed)
    return StatusReport(
        at=datetime.date(first.year, first.month, REVIEW_DAY),
        confidence=confidence,
        commentary=_commentary(spec, month, confidence),
    )


def milestones_in(spec: InitiativeSpec, month: int, until: Month) -> tuple[Milestone, ...]:
    """The milestones of an initiative as they stand in a month."""
    slip = standing_in(spec, month).slip
    middle = spec.start + spec.duration // 2
    stated = (
        ("begin", "Work has begun", spec.start, 0, "Funding or people are missing"),
        ("proof", spec.milestone, middle, slip, spec.risk),
        ("live", "The result is in use", spec.planned_go_live, slip, "The result is not taken up"),
    )
    return tuple(
        Milestone(
            id=key,
            name=name,
            planned=until + planned,
            forecast=until + planned + moved if moved else None,
            reached=until + planned + moved if planned + moved <= month else None,
            retires=risk,
        )
        for key, name, planned, moved, risk in stated
    )


def _share(spec: InitiativeSpec, benefit: BenefitSpec, month: int, go_live: int, seed: int) -> float:
    """Share of the plan that arrives: by the story, or what this benefit happens to bring."""
    told = share_realised(spec.id, month, go_live)
    return _chance(seed, "share", benefit.id).uniform(0.72, 1.08) if told is None else told


def _confidence(spec: InitiativeSpec, month: int, seed: int) -> Confidence:
    if spec.id == GREEN_BUT_EMPTY_ID:
        return Confidence.GREEN
    slip = sum(revision.slip for revision in REVISIONS.get(spec.id, ()) if revision.month - 3 <= month)
    if slip:
        return Confidence.AMBER_RED if slip > MOST_MONTHS_LATE else Confidence.AMBER
    words = (Confidence.GREEN, Confidence.AMBER_GREEN, Confidence.AMBER_GREEN, Confidence.AMBER)
    return _chance(seed, "review", spec.id, month // 6).choice(words)


def _commentary(spec: InitiativeSpec, month: int, confidence: Confidence) -> str:
    recent = [revision.reason for revision in REVISIONS.get(spec.id, ()) if month - 3 < revision.month <= month]
    if recent:
        return " ".join(recent)
    if spec.id == GREEN_BUT_EMPTY_ID:
        return "On time and within budget. All milestones were reached; the supplier was paid in full."
    if spec.id == SILENT_ID:
        return "The team works as planned. Figures on appeals will follow."
    if spec.id == CUT_ID:
        return "Coaching goes on in twelve branches; the other thirty-four have asked when it will be their turn."
    return _SENTENCES[confidence].format(risk=spec.risk[0].lower() + spec.risk[1:], milestone=spec.milestone)


_SENTENCES = {
    Confidence.GREEN: "Work goes as planned. Next milestone: {milestone}.",
    Confidence.AMBER_GREEN: "On course; one thing to watch: {risk}.",
    Confidence.AMBER: "Feasible, but needs attention: {risk}. The team has a plan and reports again next quarter.",
    Confidence.AMBER_RED: "In doubt unless this is solved: {risk}.",
}


def _source(benefit: BenefitSpec) -> str:
    return SOURCES[benefit.kind == "cashable"]


def _value(benefit: BenefitSpec, value: float) -> float:
    return float(round(value, 1)) if benefit.unit else float(round(value, -1))


def _cents(amount: float) -> float:
    return round(amount, 2)


def _chance(seed: int, *place: object) -> random.Random:
    """Draws of their own for each place, so that a change in one changes no other."""
    return random.Random("-".join(map(str, (seed, *place))))  # noqa: S311 - an invented organisation keeps no secrets
