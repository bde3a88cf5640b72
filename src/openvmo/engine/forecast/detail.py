"""What a forecast works out anew when it is asked for: one initiative by month, by benefit and by input.

Draws belong to their streams, so one initiative alone meets the same futures as among all others; nothing has to be
kept of the run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from openvmo.engine.forecast.compiled import BLOCK, amounts_of, events_of, yearly_values
from openvmo.engine.forecast.lowering import Lowering, lower
from openvmo.engine.forecast.results import BenefitSummary, Distribution, FanKind, Input, fan_of
from openvmo.engine.forecast.run import Means, Outcome, quantum_for, run
from openvmo.engine.forecast.segments import most_risks, scores_of_factors, scratch_for, segments_of
from openvmo.engine.forecast.settings import Entry, Settings
from openvmo.engine.forecast.waiting import Waiting
from openvmo.engine.model import Benefit, Initiative, Option, Profile
from openvmo.engine.model.schedule import benefit_schedule, claimed_profile, money_per_unit, planned_go_live
from openvmo.engine.reference import ReferenceTable

Singles = NDArray[np.float32]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Again:
    """Works out anew what is asked of one initiative.

    Args:
        settings: those of the run.
        references: the reference classes of the run.
        waiting: who waits for whom.
    """

    settings: Settings
    references: ReferenceTable
    waiting: Waiting

    def fans(self, initiative: Initiative) -> Mapping[FanKind, Floats]:
        """Percentiles of an initiative's current plan by month, (levels, months)."""
        entries = [self._entry(initiative, option, counts=True) for option in initiative.options[:1]]
        return self._run(entries).fans

    def values(self, initiative: Initiative, option: Option, quantity: str) -> Singles:
        """A quantity of an alternative in every trial."""
        kept = self._run([self._entry(initiative, option)], keep=(quantity,)).kept[quantity]
        return np.asarray(kept[0])

    def factors(self) -> Mapping[tuple[str, ...], Singles]:
        """The scores of the common factors."""
        parts = [
            scores_of_factors(self.settings, segment)[:, : segment.trials]
            for segment in segments_of(self.settings.trials)
        ]
        return dict(zip(self.settings.factors.names, np.concatenate(parts, axis=1), strict=True))

    def inputs(self, initiative: Initiative) -> tuple[Input, ...]:
        """The uncertain quantities of an initiative's current plan; what is certain is not among them."""
        if not initiative.options:
            return ()
        lowering = Lowering(self.settings)
        lowering.add(self._entry(initiative, initiative.option()))
        program = lowering.program()
        uncertain = [one for one in lowering.inputs if program.variables[one.variable]["row"] >= 0]
        padded = -(-self.settings.trials // BLOCK) * BLOCK
        scores, amounts = (np.empty((len(uncertain), padded), dtype=np.float32) for _ in range(2))
        events = np.empty((program.risks.size, padded), dtype=np.float32)
        numbers = np.array([one.variable for one in uncertain], dtype=np.int64)
        scratch = scratch_for(most_risks(program))
        for segment in segments_of(self.settings.trials):
            part = slice(segment.first, segment.first + segment.padded)
            factors = scores_of_factors(self.settings, segment)
            amounts_of(program, numbers, segment.first_block, factors, scratch, scores[:, part], amounts[:, part])
            events_of(program, segment.first_block, scratch, events[:, part])
        named = [
            Input(one.label, one.kind, scores[row, : self.settings.trials], amounts[row, : self.settings.trials])
            for row, one in enumerate(uncertain)
        ]
        risks = [
            Input(risk.name, "risk", happens[: self.settings.trials], happens[: self.settings.trials])
            for risk, happens in zip(initiative.option().risks, events, strict=True)
            if 0 < risk.probability < 1
        ]
        return (*named, *risks)

    def benefits(self, initiative: Initiative) -> tuple[BenefitSummary, ...]:
        """The benefits of an initiative's current plan, each in its own unit."""
        benefits = {benefit.id: benefit for benefit in initiative.benefits}
        return tuple(
            self._benefit(initiative, option, benefits[profile.benefit], profile)
            for option in initiative.options[:1]
            for profile in option.profiles
            if profile.benefit in benefits
        )

    def _benefit(self, initiative: Initiative, option: Option, benefit: Benefit, profile: Profile) -> BenefitSummary:
        """One benefit, as the only one of a plan that costs nothing and counts each unit as one."""
        frame = self.settings.frame
        counted = replace(benefit, value_per_unit=1.0, is_disbenefit=False)
        plan = replace(option, costs=(), profiles=(profile,))
        alone = replace(initiative, options=(plan,), benefits=(counted,))
        outcome = self._run([self._entry(alone, plan, counts=True)], keep=("benefit",))
        pool = next((pool for pool in frame.pools if pool.id == benefit.pool), None)
        value, total = money_per_unit(benefit, pool), outcome.kept["benefit"][0]
        planned = benefit_schedule(profile, np.array([planned_go_live(frame, option)]), frame.horizon)[0]
        return BenefitSummary(
            initiative=initiative.id,
            benefit=benefit.id,
            name=benefit.name,
            unit=benefit.unit,
            annual=Distribution.of(self._yearly(self._entry(alone, plan))),
            total=Distribution.of(total),
            money=None if value is None else Distribution.of(total * np.float32(value)),
            fan=fan_of(frame, outcome.fans["benefit"]),
            planned=claimed_profile(profile, benefit, pool).annual.likely * planned,
        )

    def _yearly(self, entry: Entry) -> Singles:
        """What the only benefit of an entry is worth a year once steady, (trials,)."""
        program = lower(self.settings, [entry])
        scratch = scratch_for(most_risks(program))
        parts = []
        for segment in segments_of(self.settings.trials):
            values = np.empty(segment.padded, dtype=np.float32)
            yearly_values(program, segment.first_block, scores_of_factors(self.settings, segment), scratch, values)
            parts.append(values[: segment.trials])
        return np.concatenate(parts)

    def _entry(self, initiative: Initiative, option: Option, *, counts: bool = False) -> Entry:
        waits = self.waiting.rows.get(initiative.id, Entry(initiative, option, {}).waits)
        return Entry(initiative, option, self.references, counts, waits)

    def _run(self, entries: Sequence[Entry], keep: tuple[str, ...] = ()) -> Outcome:
        settings = replace(self.settings, quantum=quantum_for(self.settings.frame, entries))
        return run(settings, entries, partial(self.waiting.months, settings), keep, Means())
