"""The page of one benefit: what was promised, what is expected now, and what came."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import TypeVar

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from openvmo.engine import model
from openvmo.engine.model.kinds import Accrual, InitiativeState
from openvmo.engine.quantities import Month
from openvmo_web.access.models import User
from openvmo_web.access.permissions import may
from openvmo_web.audit.timeline import value_shown
from openvmo_web.benefits import words
from openvmo_web.benefits.analysis import Arrival, arrival_of, benefit_record, window_of
from openvmo_web.benefits.checks import label_of_field
from openvmo_web.benefits.holders import may_for
from openvmo_web.benefits.models import Assumption, Baseline, Benefit, Evidence, Measurement, Profile, Standing
from openvmo_web.benefits.rules import FROZEN, CompletenessTest, doam
from openvmo_web.common import formats
from openvmo_web.common.charts import Chart
from openvmo_web.common.fields import label_of
from openvmo_web.common.widgets import Change, Status, Tone
from openvmo_web.realisation.analysis import Observed, gains_of, level_expected, standing_as_known
from openvmo_web.realisation.holders import may_propose_handover
from openvmo_web.realisation.models import Request
from openvmo_web.realisation.rules import stand_of
from openvmo_web.realisation.tables import stand_status
from openvmo_web.reports.benefit_rows import Known, known_of
from openvmo_web.reports.charts import benefit_arriving, measure_moving

STATE_TONES: dict[str, Tone] = {
    "identified": "neutral",
    "agreed": "accent",
    "arriving": "info",
    "sustained": "positive",
    "retired": "neutral",
}
ASSUMPTION_TONES: dict[str, Tone] = {"open": "caution", "holds": "positive", "failed": "critical"}
RECENT = 12
R = TypeVar("R")


@dataclass(frozen=True)
class Action:
    """Something that the viewer may do with the benefit."""

    label: str
    url: str
    icon: str


@dataclass(frozen=True)
class VersionLine:
    """A version of what was promised or expected, with what differs from the one before it."""

    title: str
    is_baseline: bool
    is_in_force: bool
    recorded_at: datetime
    recorded_by: User
    reason: str
    arrival: Arrival
    changes: Sequence[Change]
    is_first: bool
    decision: int | None = None


@dataclass(frozen=True)
class MeasurementLine:
    """A measured month with the values that it once had, and the files that show it."""

    row: Measurement
    status: Status
    earlier: Sequence[tuple[Measurement, Status]]
    evidence: Sequence[Evidence]


@dataclass(frozen=True)
class RequestLine:
    """A measurement that was asked for, and where that stands on the day."""

    row: Request
    status: Status


@dataclass(frozen=True)
class EarlierTarget:
    """A target that a baseline promised before the promise was renewed, as people read it."""

    number: int
    target: str
    day: str


@dataclass(frozen=True)
class AssumptionLine:
    """Something that the benefit rests on, with what was found of it."""

    row: Assumption
    status: Status
    is_late: bool


@dataclass(frozen=True)
class BenefitPage:
    """Everything on the page of a benefit; amounts of ``standing`` are money, the others as ``format`` says."""

    benefit: Benefit
    state: Status
    kind: str
    tests: Sequence[CompletenessTest]
    standing: Standing
    format: str
    known: Known
    planned: Arrival | None
    forecast: Arrival | None
    arriving: Chart | None
    moving: Chart | None
    versions: Sequence[VersionLine]
    measurements: Sequence[MeasurementLine]
    assumptions: Sequence[AssumptionLine]
    requests: Sequence[RequestLine]

    @property
    def earlier_targets(self) -> list[EarlierTarget]:
        """What was to be reached before the promise was renewed, newest first."""
        later = [_target_of(row) for row in self.known.baselines]
        return [
            EarlierTarget(row.number, *told)
            for row, told, after in zip(self.known.baselines[1:], later[1:], later, strict=False)
            if told != after
        ]

    @property
    def recent(self) -> Sequence[MeasurementLine]:
        """The months that were measured last."""
        return self.measurements[:RECENT]

    @property
    def older(self) -> Sequence[MeasurementLine]:
        """The months that were measured before those."""
        return self.measurements[RECENT:]

    @property
    def profiles(self) -> list[tuple[str, Arrival]]:
        """The baseline and the forecast, as far as there are, with their names."""
        named = ((_("Baseline"), self.planned), (_("Forecast"), self.forecast))
        return [(name, arrival) for name, arrival in named if arrival is not None]

    @property
    def better(self) -> str:
        """Which way a change of the yearly value is good; of a dis-benefit people want less."""
        return "down" if self.benefit.is_disbenefit else "up"

    @property
    def annual_change(self) -> float | None:
        """How far the forecast a year lies from the baseline; None without both."""
        if self.planned is None or self.forecast is None:
            return None
        return self.forecast.annual.likely - self.planned.annual.likely


def benefit_page(viewer: User, benefit: Benefit, at: datetime, today: date, *, is_past: bool) -> BenefitPage:
    """Return what the page of a benefit shows a viewer.

    Args:
        viewer: Who reads.
        benefit: The benefit as it was known at the moment, with its initiative and its portfolio.
        at: The moment.
        today: The day of that moment.
        is_past: Whether the moment is not the present one.
    """
    known = known_of(viewer, benefit, at, is_past=is_past)
    planned = arrival_of(known.baseline.profile) if known.baseline else None
    forecast = arrival_of(known.forecast) if known.forecast else None
    format = "number" if benefit.unit else f"money-short:{benefit.initiative.portfolio.currency}"
    record = benefit_record(benefit)
    window = window_of(
        [one for one in (planned, forecast) if one], (one.month for one in known.observed), Month.of(today)
    )
    return BenefitPage(
        benefit=benefit,
        state=Status(label_of(words.STATES, benefit.state), STATE_TONES[benefit.state]),
        kind=label_of(words.CLASSES, benefit.kind),
        tests=doam(benefit.state_values),
        standing=standing_as_known(
            benefit,
            planned=known.baseline.profile if known.baseline else None,
            forecast=known.forecast,
            observed=known.observed,
            at=at,
        ),
        format=format,
        known=known,
        planned=planned,
        forecast=forecast,
        arriving=_arriving(record, planned, forecast, known.observed, window, format),
        moving=_moving(record, planned, forecast, known.observed, window),
        versions=_versions(known, format),
        measurements=_measurement_lines(known),
        assumptions=[_assumption_line(row, today) for row in known.assumptions],
        requests=[
            RequestLine(row, stand_status(stand_of(row.state, benefit.frequency, row.due_on, today)))
            for row in known.requests
        ],
    )


def actions_of(viewer: User, benefit: Benefit, *, is_promised: bool) -> list[Action]:
    """Return what a viewer may do with a benefit, the most frequent first.

    Args:
        viewer: Who reads.
        benefit: The benefit.
        is_promised: Whether it has a baseline, which can be renewed.
    """
    slug, portfolio_id = benefit.initiative.portfolio.slug, benefit.initiative.portfolio_id
    at = [slug, benefit.pk]
    offered = (
        (may_for(viewer, "measurement.add", benefit), _("Measure"), reverse("realisation:measure", args=at), "measure"),
        (
            may_for(viewer, "forecast.record", benefit),
            _("Record a forecast"),
            reverse("benefits:forecast", args=at),
            "forecast",
        ),
        (may(viewer, "benefit.change", portfolio_id), _("Change"), reverse("benefits:change", args=at), "edit"),
        (
            is_promised and benefit.owner_id != viewer.pk and may(viewer, "baseline.set", portfolio_id),
            _("Renew the promise"),
            reverse("benefits:promise", args=at),
            "lock",
        ),
        (
            may_propose_handover(viewer, benefit) or may_for(viewer, "handover.accept", benefit),
            _("Hand over to operations"),
            reverse("realisation:handover", args=at),
            "switch",
        ),
        (
            True,
            _("Show on the map"),
            f"{reverse('maps:map', args=[slug])}?initiative={benefit.initiative.code}",
            "dependency",
        ),
    )
    return [Action(label, url, icon) for is_offered, label, url, icon in offered if is_offered]


def may_adopt(viewer: User, page: BenefitPage) -> bool:
    """Return whether a viewer may take the plan in force as the baseline of the benefit."""
    initiative = page.benefit.initiative
    is_open = page.known.baseline is None and page.forecast is not None
    is_funded = initiative.state != InitiativeState.PROPOSAL
    return is_open and is_funded and may(viewer, "baseline.set", initiative.portfolio_id)


def measurement_status(row: Measurement) -> Status:
    """Return how far a measurement can be trusted, in a word with its tone."""
    if row.is_contested:
        return Status(_("Contested"), "critical")
    return Status(_("Verified"), "positive") if row.is_verified else Status(_("Reported"), "caution", "clock")


def _arriving(
    record: model.Benefit,
    planned: Arrival | None,
    forecast: Arrival | None,
    observed: Sequence[Observed],
    window: tuple[Month, int],
    format: str,
) -> Chart | None:
    if planned is None and forecast is None and not observed:
        return None
    gains = gains_of(record, observed)
    return benefit_arriving(planned, forecast, observed, gains or {}, window=window, format=format)


def _moving(
    record: model.Benefit,
    planned: Arrival | None,
    forecast: Arrival | None,
    observed: Sequence[Observed],
    window: tuple[Month, int],
) -> Chart | None:
    """Only of a measure that is read as a level: there the month's gain is not what people read off."""
    if record.accrual is not Accrual.LEVEL or not (observed or record.target is not None):
        return None
    return measure_moving(
        record, planned, forecast, observed, window=window, level=lambda gain: level_expected(record, gain)
    )


def _assumption_line(row: Assumption, today: date) -> AssumptionLine:
    status = Status(label_of(words.ASSUMPTION_STATES, row.state), ASSUMPTION_TONES[row.state])
    is_late = row.state == "open" and row.expires_on is not None and row.expires_on < today
    return AssumptionLine(row, status, is_late)


def _measurement_lines(known: Known) -> list[MeasurementLine]:
    return [
        MeasurementLine(
            row=row,
            status=measurement_status(row),
            earlier=[(one, measurement_status(one)) for one in known.superseded if one.month == row.month],
            evidence=[one for one in known.evidence if one.month == row.month],
        )
        for row in known.measurements
    ]


def _versions(known: Known, format: str) -> list[VersionLine]:
    """Baselines and forecasts together, newest first; a version of the plan that leaves the profile alone is none."""
    baselines = _steps(known.baselines, lambda row: row.profile, format)
    forecasts = _steps(known.forecasts, lambda row: row, format)
    lines = [
        VersionLine(
            title=_("Baseline %(number)s") % {"number": row.number},
            is_baseline=True,
            is_in_force=row is known.baseline,
            recorded_at=row.recorded_at,
            recorded_by=row.recorded_by,
            reason=row.reason,
            arrival=arrival,
            changes=[*promised, *changes],
            is_first=row is known.baselines[-1],
            decision=row.decision,
        )
        for (row, arrival, changes), promised in zip(baselines, _promise_steps(known.baselines), strict=True)
    ]
    lines += [
        VersionLine(
            title=_("Forecast, plan version %(number)s") % {"number": row.option.plan.number},
            is_baseline=False,
            is_in_force=place == 0 and known.forecast is not None,
            recorded_at=row.option.plan.recorded_at,
            recorded_by=row.option.plan.recorded_by,
            reason=row.option.plan.reason,
            arrival=arrival,
            changes=changes,
            is_first=row is known.forecasts[-1],
        )
        for place, (row, arrival, changes) in enumerate(
            step for step in forecasts if step[2] or step[0] is known.forecasts[-1]
        )
    ]
    return sorted(lines, key=lambda line: (line.recorded_at, line.is_baseline), reverse=True)


def _steps(
    rows: Sequence[R], profile_of: Callable[[R], Profile], format: str
) -> list[tuple[R, Arrival, Sequence[Change]]]:
    """Each row with what it says and how that differs from the row before it; the rows come newest first."""
    arrivals = [arrival_of(profile_of(row)) for row in rows]
    facts = [profile_facts(arrival, format) for arrival in arrivals]
    changes = [*(_differences(before, after) for after, before in pairwise(facts)), ()][: len(facts)]
    return list(zip(rows, arrivals, changes, strict=True))


def _promise_steps(baselines: Sequence[Baseline]) -> list[Sequence[Change]]:
    """How what each baseline promises of the measure differs from the one before it; they come newest first."""
    facts = [
        {label_of_field(name): _promised(row, name) for name in FROZEN if name in row.measure} for row in baselines
    ]
    return [*(_differences(before, after) for after, before in pairwise(facts)), ()][: len(facts)]


def _promised(baseline: Baseline, name: str) -> str:
    return value_shown(Benefit._meta.label_lower, name, baseline.measure.get(name)) or formats.NOT_KNOWN


def _target_of(baseline: Baseline) -> tuple[str, str]:
    return _promised(baseline, "target"), _promised(baseline, "target_date")


def _differences(before: dict[str, str], after: dict[str, str]) -> Sequence[Change]:
    return [Change(label, before[label], text) for label, text in after.items() if before.get(label, text) != text]


def profile_facts(arrival: Arrival, format: str) -> dict[str, str]:
    """Return what a profile says, in words of the reader's language, by label."""
    locale = formats.current_locale()
    profile = arrival.profile
    months = ngettext("%(count)d month", "%(count)d months", profile.growth_months) % {"count": profile.growth_months}
    ramp = _("%(months)s, %(shape)s") % {
        "months": months,
        "shape": label_of(words.RAMP_SHAPES, profile.ramp_shape).lower(),
    }
    lasts = None if profile.duration is None else ngettext("%(count)d month", "%(count)d months", profile.duration)
    return {
        _("A year, low (P10)"): formats.formatted(arrival.annual.low, format, locale),
        _("A year, likely (P50)"): formats.formatted(arrival.annual.likely, format, locale),
        _("A year, high (P90)"): formats.formatted(arrival.annual.high, format, locale),
        _("Spread"): label_of(words.FAMILIES, profile.annual.family),
        _("First month"): formats.formatted(str(arrival.first), "month", locale),
        _("Ramp"): ramp if profile.growth_months else _("none"),
        _("Decay a year"): formats.formatted(profile.decay, "percent", locale),
        _("Lasts"): lasts % {"count": profile.duration} if lasts else _("without an end"),
    }
