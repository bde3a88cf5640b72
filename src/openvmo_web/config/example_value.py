"""What the people of the example do about value: measures, the map, baselines, requests, hand-over, reviews."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal

from openvmo.engine import model
from openvmo.engine.quantities import Month
from openvmo.example.history import Contested, HandedOver, ReviewHeld
from openvmo.example.network import claim_specs, link_specs, node_specs
from openvmo.example.specs import initiative_specs
from openvmo.example.strategy import TARGET_AFTER, ReadingTaken, measure_specs
from openvmo_web.access.models import User
from openvmo_web.benefits.actions import assumption_add, baseline_adopt, benefits_change
from openvmo_web.benefits.models import Benefit, Measurement
from openvmo_web.benefits.profile_queries import profiles_in_force
from openvmo_web.common.fields import stored_amount
from openvmo_web.maps.actions import claim_set, link_add, node_add
from openvmo_web.maps.models import Node
from openvmo_web.papers.actions import paper_save
from openvmo_web.papers.models import Template
from openvmo_web.portfolio.models import Initiative, Portfolio
from openvmo_web.realisation.actions import (
    handover_accept,
    handover_propose,
    measurement_contest,
    review_record,
)
from openvmo_web.realisation.models import Review
from openvmo_web.realisation.rules_operations import Condition
from openvmo_web.realisation.words import HANDOVER_CONDITIONS
from openvmo_web.strategy.actions import measure_add, objective_change, reading_record
from openvmo_web.strategy.models import Measure, Objective

People = Mapping[str, User]

# Objectives are for the years of the strategy, from the opening on.
STRATEGY_MONTHS = 48
OBJECTIVE_OWNERS = {
    "OBJ-1": "Leonie Achterberg",
    "OBJ-2": "Rasmus Oyelaran",
    "OBJ-3": "Callum Thibodeaux",
    "OBJ-4": "Leonie Achterberg",
    "OBJ-5": "Rasmus Oyelaran",
}
FUNDED = (model.InitiativeState.APPROVED, model.InitiativeState.DELIVERY, model.InitiativeState.OPERATION)
NEXT_LOOK = timedelta(days=182)
# What the manager of the online applications wrote, by the kind of the paper and its section.
PAPERS = {
    "charter": {
        "value": "Reduce the days from application to licence from 41 to 10 for nine applicants in ten.",
        "measure": "Days from application to decision (41 today, 10 at the end); cases begun and finished online "
        "(18 % today, 70 %).",
        "problem": "Applications come on paper to 46 branches and are typed twice. Waiting grows by two days a year.",
        "scope": "In: the twelve standard licences. Out: licences that need a hearing, and the branches' counters.",
        "sponsor": "Leonie Achterberg",
        "evidence": "The pilot with market stall permits halved the days. That people without a computer follow is "
        "only believed: it hangs on the coaching in the branches.",
        "stop": "If a year after go-live fewer than 30 % of applications come online, the board decides anew. Samira "
        "Delacroix would see it first.",
    },
    "business_case": {
        "decision": "2.6m for online applications for twelve licences, until the end of the work.",
        "need": "The law now allows digital consent. Each year of waiting costs about 0.9m in counter hours.",
        "why-this-option": "Own forms on the case platform keep one file for each person; a ready-made product would "
        "be cheaper and bring two thirds of the benefits.",
        "evidence-strength": "Tried here on a small scale",
        "evidence": "Pilot of market stall permits, 1,200 cases, measured by the Licensing unit.",
        "business-change": "Branch staff coach people instead of filling in forms, from go-live on. Cost: in DIG-09.",
    },
}


def strategy_open(*, people: People, by_name: People, at: datetime) -> None:
    """Give the objectives owners and a time frame, and state by which measures they are seen."""
    start = Month.of(at.date())
    director = people["director"]
    for objective in Objective.objects.all():
        owner = by_name[OBJECTIVE_OWNERS[objective.code.split(".")[0]]]
        objective_change(
            objective=objective,
            owner=owner,
            starts=start.first_day,
            ends=(start + STRATEGY_MONTHS).first_day,
            by=director,
            at=at,
        )
    objectives = {row.code: row for row in Objective.objects.all()}
    for position, spec in enumerate(measure_specs()):
        measure_add(
            objective=objectives[spec.objective],
            code=spec.id,
            name=spec.name,
            kind=spec.kind,
            unit=spec.unit,
            direction=str(spec.direction),
            baseline=stored_amount(spec.baseline),
            baseline_date=start.first_day - timedelta(days=1),
            target=stored_amount(spec.target),
            target_date=(start + TARGET_AFTER).first_day,
            frequency=str(spec.frequency),
            timing=str(spec.timing),
            data_source=spec.data_source,
            owner=by_name[spec.owner],
            position=position,
            by=director,
            at=at,
        )


def baselines_open(*, portfolio: Portfolio, by: User, at: datetime) -> None:
    """Take the plans of what was funded before as baselines."""
    rows = Benefit.objects.filter(initiative__portfolio=portfolio, initiative__state__in=[str(one) for one in FUNDED])
    planned = profiles_in_force(rows).values("benefit")
    benefits = list(rows.filter(pk__in=planned).select_related("initiative__portfolio"))
    baseline_adopt(
        portfolio=portfolio, benefits=benefits, reason="Funded before the office began to keep baselines", by=by, at=at
    )


def reading_play(event: ReadingTaken, *, at: datetime) -> None:
    """Record what was read of a measure, by its owner."""
    measure = Measure.objects.select_related("owner").get(code=event.measure)
    value = stored_amount(event.value)
    if measure.owner is not None:
        reading_record(measure=measure, on=event.on, value=value, source=event.source, by=measure.owner, at=at)


def map_draw(*, portfolio: Portfolio, by_name: People, by: User, at: datetime) -> None:
    """Draw the benefits map, with the claims that are agreed."""
    initiatives = {row.code: row for row in Initiative.objects.filter(portfolio=portfolio)}
    nodes: dict[str, Node | Benefit] = {}
    for spec in node_specs():
        nodes[spec.id] = node_add(
            portfolio=portfolio,
            kind=spec.kind,
            name=spec.name,
            code=spec.id,
            initiative=initiatives[spec.initiative],
            owner=by_name[spec.owner],
            state=spec.state,
            pool=stored_amount(spec.pool),
            pool_unit=spec.pool_unit,
            by=by,
            at=at,
        )
    rows = Benefit.objects.filter(initiative__portfolio=portfolio).select_related("initiative__portfolio")
    things: dict[str, Node | Benefit] = nodes | {row.code: row for row in rows}
    for link in link_specs():
        link_add(
            portfolio=portfolio,
            source=things[link.source],
            target=things[link.target],
            strength=link.strength,
            by=by,
            at=at,
        )
    for claim in claim_specs():
        outcome, benefit = things[claim.outcome], things[claim.benefit]
        if isinstance(outcome, Node) and isinstance(benefit, Benefit):
            claim_set(outcome=outcome, benefit=benefit, share=Decimal(str(claim.share)), by=by, at=at)


def assumptions_note(*, initiatives: Mapping[str, Initiative], codes: set[str], by: User, at: datetime) -> None:
    """Note for the first benefit of each new initiative that its main risk must not happen."""
    for spec in initiative_specs():
        if spec.id not in codes:
            continue
        initiative = initiatives[spec.id]
        benefit = initiative.benefits.select_related("initiative__portfolio").order_by("position").first()
        go_live = initiative.current_plan.go_live if initiative.current_plan else None
        text = f"This does not happen: {spec.risk[:1].lower()}{spec.risk[1:]}."
        if benefit is not None:
            assumption_add(benefit=benefit, text=text, expires_on=go_live, by=by, at=at)


def handover_play(event: HandedOver, *, portfolio: Portfolio, by: User, at: datetime) -> None:
    """Hand the benefits of an initiative over to the leader who sustains them."""
    for benefit in _benefits_with_figures(portfolio, event.initiative):
        if benefit.sustainer is None:
            continue
        handover = handover_propose(
            benefit=benefit,
            sustainer=benefit.sustainer,
            conditions=[Condition(str(text)) for text in HANDOVER_CONDITIONS],
            message="The figures of the first months are in the register. Please take it over from here.",
            by=by,
            at=at,
        )
        if event.is_accepted:
            met = [Condition(str(text), is_met=True) for text in HANDOVER_CONDITIONS]
            handover_accept(handover=handover, conditions=met, answer="Agreed.", by=benefit.sustainer, at=at)


def review_play(event: ReviewHeld, *, portfolio: Portfolio, at: datetime) -> None:
    """Record the review of the benefits of an initiative, by their sustainers."""
    rows = Review.objects.filter(
        benefit__initiative__portfolio=portfolio, benefit__initiative__code=event.initiative, held_on=None
    )
    for review in rows.select_related("benefit__initiative__portfolio", "benefit__sustainer"):
        if review.benefit.sustainer is not None:
            review_record(
                review=review,
                held_on=at.date(),
                verdict=event.verdict,
                remark=event.remark,
                next_due=at.date() + NEXT_LOOK,
                by=review.benefit.sustainer,
                at=at,
            )


def contest_play(event: Contested, *, portfolio: Portfolio, by: User, at: datetime) -> None:
    """Let finance doubt a figure."""
    measurement = Measurement.objects.select_related("benefit__initiative__portfolio").get(
        benefit__initiative__portfolio=portfolio,
        benefit__code=event.benefit,
        month=event.month.first_day,
        superseded_by=None,
    )
    measurement_contest(measurement=measurement, remark=event.remark, by=by, at=at)


def states_set(*, portfolio: Portfolio, by: User, at: datetime) -> None:
    """Say of the benefits where they stand in their life: agreed once funded, arriving once measured."""
    rows = Benefit.objects.filter(initiative__portfolio=portfolio).select_related("initiative__portfolio")
    agreed = list(rows.filter(state="identified", baselines__isnull=False).distinct())
    if agreed:
        benefits_change(benefits=agreed, values={"state": "agreed"}, by=by, at=at)
    arriving = list(rows.filter(state="agreed", measurements__isnull=False).distinct())
    if arriving:
        benefits_change(benefits=arriving, values={"state": "arriving"}, by=by, at=at)


def papers_write(*, portfolio: Portfolio, by: User, at: datetime) -> None:
    """Write the papers of the online applications: a charter, and a business case that is not yet complete."""
    initiative = Initiative.objects.select_related("portfolio", "current_plan", "programme").get(
        portfolio=portfolio, code="DIG-04"
    )
    for kind, values in PAPERS.items():
        template = Template.objects.filter(kind=kind, is_active=True).earliest("pk")
        paper_save(template=template, initiative=initiative, values=values, by=by, at=at)


def _benefits_with_figures(portfolio: Portfolio, code: str) -> list[Benefit]:
    rows = Benefit.objects.filter(initiative__portfolio=portfolio, initiative__code=code, measurements__isnull=False)
    return list(rows.select_related("initiative__portfolio", "sustainer", "owner").distinct())
