"""Facts that a paper takes from the register: the figures stay in one place, and the paper tells them as text.

A room above brings its own fact in its ``ready``::

    register("npv", _("Expected net present value"), npv)    # npv(subject) -> lines of text

A fact of which nothing is known has no lines.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from openvmo.engine.quantities import Month
from openvmo_web.benefits.analysis import profile_record, range_of
from openvmo_web.benefits.models import Benefit, Profile
from openvmo_web.benefits.profile_queries import profiles_in_force
from openvmo_web.common import formats
from openvmo_web.papers.rules import KINDS_OF_BENEFITS, Section
from openvmo_web.portfolio.models import Initiative, Option, Plan
from openvmo_web.strategy.models import Objective


@dataclass(frozen=True)
class Subject:
    """What a paper is about: an initiative, or one of its benefits."""

    initiative: Initiative
    benefit: Benefit | None = None


Lines = Sequence[str]
Tell = Callable[[Subject], Lines]


@dataclass(frozen=True)
class Fact:
    """Something that the register knows of a subject.

    Attributes:
        label: How it is called where a template is made.
        tell: Says it in lines of text, in the reader's language.
        is_of_benefit: Whether it is known of a benefit only, not of an initiative.
    """

    label: str | Promise
    tell: Tell
    is_of_benefit: bool = False


_facts: dict[str, Fact] = {}


def register(name: str, label: str | Promise, tell: Tell, *, is_of_benefit: bool = False) -> None:
    """Let templates ask for a fact."""
    if name in _facts and _facts[name].tell is not tell:
        raise ValueError(f"The fact {name!r} is registered twice.")
    _facts[name] = Fact(label, tell, is_of_benefit)


def facts_for(kind: str) -> Mapping[str, Fact]:
    """Return the facts that a template of a kind may ask for, by name."""
    return {name: fact for name, fact in _facts.items() if kind in KINDS_OF_BENEFITS or not fact.is_of_benefit}


def told(sections: Iterable[Section], subject: Subject) -> dict[str, str]:
    """Return what the register says now to each section that takes a fact; one that is no longer offered is empty."""
    wanted = [section for section in sections if section.kind == "fact"]
    return {section.key: _text(section.fact, subject) for section in wanted}


def told_beside(sections: Sequence[Section], subject: Subject, before: Mapping[str, str]) -> dict[str, str]:
    """Return what the register says now; a fact that says what it said before keeps its words.

    Words and dates differ from one language to the other: that somebody else writes changes no fact.

    Args:
        sections: The sections of the paper.
        subject: What the paper is about.
        before: What its newest version says, by the keys of the sections.
    """
    now = told(sections, subject)
    for language, _name in settings.LANGUAGES:
        differing = [section for section in sections if now.get(section.key, "") != before.get(section.key, "")]
        with translation.override(language):
            same = told(differing, subject)
        now |= {key: text for key, text in same.items() if text == before.get(key)}
    return now


def _text(name: str, subject: Subject) -> str:
    fact = _facts.get(name)
    return "\n".join(fact.tell(subject)) if fact else ""


def register_own() -> None:
    """Register the facts that this room and those below it know."""
    register("lead", gettext_lazy("Lead"), _lead)
    register("objectives", gettext_lazy("Objectives"), _objectives)
    register("benefits", gettext_lazy("Benefits with measure and owner"), _benefits)
    register("annual_benefit", gettext_lazy("Steady benefit a year"), _annual_benefit)
    register("cost", gettext_lazy("Whole-life cost"), _cost)
    register("go_live", gettext_lazy("Planned go-live"), _go_live)
    register("options", gettext_lazy("Courses of action"), _options)
    register("risks", gettext_lazy("Risks of the current plan"), _risks)
    register("dependencies", gettext_lazy("What it depends on"), _dependencies)
    register("measure", gettext_lazy("Measure, baseline and target"), _measure, is_of_benefit=True)
    register("people", gettext_lazy("Owner, measurer and sustainer"), _people, is_of_benefit=True)
    register("profile", gettext_lazy("Profile in the current plan"), _profile, is_of_benefit=True)
    register("assumptions", gettext_lazy("Assumptions"), _assumptions, is_of_benefit=True)


def _lead(subject: Subject) -> Lines:
    return [subject.initiative.lead_name] if subject.initiative.lead_name else []


def _objectives(subject: Subject) -> Lines:
    if subject.benefit:
        served = [subject.benefit.objective] if subject.benefit.objective else []
    else:
        served = list(Objective.objects.filter(benefits__initiative=subject.initiative).distinct())
    return [f"{objective.code}: {objective.name}" for objective in served]


def _benefits(subject: Subject) -> Lines:
    rows = subject.initiative.benefits.select_related("owner")
    return [_benefit_line(benefit) for benefit in rows.order_by("position")]


def _benefit_line(benefit: Benefit) -> str:
    owner = benefit.owner.name if benefit.owner else benefit.owner_name
    parts = [
        str(benefit.get_kind_display()),
        _("measured by %(measure)s") % {"measure": benefit.measure} if benefit.measure else _("no measure yet"),
        _("owner %(name)s") % {"name": owner} if owner else _("nobody owns it yet"),
    ]
    name = _("%(benefit)s (dis-benefit)") % {"benefit": benefit.name} if benefit.is_disbenefit else benefit.name
    return f"{name}: {', '.join(parts)}"


def _annual_benefit(subject: Subject) -> Lines:
    plan = subject.initiative.current_plan
    return [_of_plan(plan.annual_benefit_likely, subject, plan)] if plan and _known(plan.annual_benefit_likely) else []


def _cost(subject: Subject) -> Lines:
    plan = subject.initiative.current_plan
    return [_of_plan(plan.cost_likely, subject, plan)] if plan and _known(plan.cost_likely) else []


def _go_live(subject: Subject) -> Lines:
    plan = subject.initiative.current_plan
    return [_month(plan.go_live)] if plan and plan.go_live else []


def _of_plan(amount: Any, subject: Subject, plan: Plan) -> str:
    return _("%(amount)s, likely, at %(year)s prices; version %(number)s of the plan") % {
        "amount": _money(amount, subject),
        "year": subject.initiative.portfolio.price_base,
        "number": plan.number,
    }


def _options(subject: Subject) -> Lines:
    plan = subject.initiative.current_plan
    options = plan.options.prefetch_related("costs").order_by("position") if plan else []
    return [_option_line(option, subject) for option in options]


def _option_line(option: Option, subject: Subject) -> str:
    lines = option.costs.all()
    return _("%(name)s (%(kind)s): %(cost)s, from %(start)s, %(months)s months") % {
        "name": option,
        "kind": option.get_kind_display(),
        "cost": _money(sum(line.amount_likely for line in lines), subject) if lines else _("no costs stated"),
        "start": _month(option.starts),
        "months": option.duration,
    }


def _risks(subject: Subject) -> Lines:
    plan = subject.initiative.current_plan
    option = plan.options.order_by("position").first() if plan else None
    return [_risk_line(risk, subject) for risk in option.risks.order_by("position")] if option else []


def _risk_line(risk: Any, subject: Subject) -> str:
    parts = [
        _("chance %(share)s") % {"share": _formatted(risk.probability, "percent-whole")},
        _("costs %(amount)s") % {"amount": _money(risk.cost_likely, subject)} if risk.cost_likely else "",
        ngettext("%(count)d month lost", "%(count)d months lost", round(risk.slip_likely))
        % {"count": round(risk.slip_likely)}
        if risk.slip_likely
        else "",
        _("%(share)s of the benefits lost") % {"share": _formatted(risk.benefit_loss, "percent-whole")}
        if risk.benefit_loss
        else "",
    ]
    return f"{risk.name}: {', '.join(filter(None, parts))}"


def _dependencies(subject: Subject) -> Lines:
    rows = subject.initiative.dependencies.select_related("source").order_by("source__name")
    return [f"{row.source.name}: {row.need}" for row in rows]


def _measure(subject: Subject) -> Lines:
    benefit = _the_benefit(subject)
    unit = benefit.unit or subject.initiative.portfolio.currency
    lines = [f"{benefit.measure} ({unit})"] if benefit.measure else []
    for label, value, day in (
        (_("Baseline"), benefit.baseline, benefit.baseline_date),
        (_("Target"), benefit.target, benefit.target_date),
    ):
        if _known(value):
            when = f", {_formatted(day, 'day')}" if day else ""
            lines.append(f"{label}: {_formatted(value, 'number')}{when}")
    if benefit.data_source:
        lines.append(_("Source: %(source)s") % {"source": benefit.data_source})
    return lines


def _people(subject: Subject) -> Lines:
    benefit = _the_benefit(subject)
    held = (
        (_("Owner"), benefit.owner, benefit.owner_name),
        (_("Measurer"), benefit.measurer, benefit.measurer_name),
        (_("Sustainer"), benefit.sustainer, benefit.sustainer_name),
    )
    return [f"{duty}: {person.name if person else name}" for duty, person, name in held if person or name]


def _profile(subject: Subject) -> Lines:
    benefit, plan = _the_benefit(subject), subject.initiative.current_plan
    profile = profiles_in_force([benefit.pk]).first()
    if plan is None or plan.go_live is None or profile is None:
        return []
    write = _unit_writer(benefit, subject)
    annual = range_of(profile_record(profile).annual)
    likely = _("%(amount)s a year, likely") % {"amount": write(annual.likely)}
    if annual.low is not None and annual.high is not None:
        likely = _("%(likely)s; in 8 of 10 futures %(low)s to %(high)s") % {
            "likely": likely,
            "low": write(annual.low),
            "high": write(annual.high),
        }
    return [likely, *_shape(profile, Month.of(plan.go_live))]


def _shape(profile: Profile, go_live: Month) -> Lines:
    """From when, how fast, how long, and how it fades."""
    lines = [_("From %(month)s") % {"month": _month(str(go_live + profile.offset))}]
    if profile.growth_months:
        ramp = ngettext("Full after %(count)d month", "Full after %(count)d months", profile.growth_months)
        lines.append(ramp % {"count": profile.growth_months})
    if profile.duration:
        lasts = ngettext("Lasts %(count)d month", "Lasts %(count)d months", profile.duration)
        lines.append(lasts % {"count": profile.duration})
    if profile.decay:
        lines.append(_("Fades by %(share)s a year") % {"share": _formatted(profile.decay, "percent")})
    return lines


def _assumptions(subject: Subject) -> Lines:
    return [
        f"{row.text} ({row.get_state_display()}, {_formatted(row.expires_on, 'day')})"
        if row.expires_on
        else f"{row.text} ({row.get_state_display()})"
        for row in _the_benefit(subject).assumptions.all()
    ]


def _the_benefit(subject: Subject) -> Benefit:
    if subject.benefit is None:
        raise LookupError("This fact is of a benefit; the template is of an initiative.")
    return subject.benefit


def _unit_writer(benefit: Benefit, subject: Subject) -> Callable[[Any], str]:
    if benefit.unit:
        return lambda value: f"{_formatted(value, 'number')} {benefit.unit}"
    return lambda value: _money(value, subject)


def _known(value: Any) -> bool:
    return formats.is_known(value)


def _money(value: Any, subject: Subject) -> str:
    return _formatted(value, f"money-short:{subject.initiative.portfolio.currency}")


def _month(value: date | str) -> str:
    return _formatted(value, "month")


def _formatted(value: Any, code: str) -> str:
    return formats.formatted(value, code, formats.current_locale())
