"""The digest that ties a decision to what it rests on, and the second computation of both.

Anyone can work the digest out again: SHA-256 over the canonical JSON of the run's digests and of the items.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from openvmo_web.governance.models import Decision, DecisionItem
from openvmo_web.insight.analysis import Comparison, Progress, digest, is_intact, run_compare
from openvmo_web.insight.models import Run


@dataclass(frozen=True)
class Verification:
    """What came of computing a decision's run a second time, and of working its evidence digest out again."""

    decision: Decision
    comparison: Comparison
    is_evidence_unchanged: bool

    @property
    def agrees(self) -> bool:
        """Whether every digit of the result and the evidence digest are the same."""
        return self.comparison.agrees and self.is_evidence_unchanged


def evidence_digest(run: Run, items: Iterable[DecisionItem]) -> str:
    """Return the digest over a run's inputs and result and what the items say."""
    return digest(
        {
            "inputs": run.snapshot.digest,
            "result": run.result_digest,
            "items": [
                {
                    "initiative": item.initiative.code,
                    "plan": item.plan.digest if item.plan else None,
                    "verdict": item.verdict,
                    "option": item.option_code,
                    "cost": _exact(item.cost),
                    "value": _exact(item.value),
                    "reason": item.reason,
                }
                for item in items
            ],
        }
    )


def is_unchanged(decision: Decision) -> bool:
    """Return whether the stored run and items still have the digests that were frozen with the decision."""
    items = decision.items.select_related("initiative", "plan")
    run = _run_of(decision)
    return is_intact(run) and evidence_digest(run, items) == decision.evidence_digest


def decision_verify(decision: Decision, *, progress: Progress | None = None) -> Verification:
    """Compute a decision's run a second time from its frozen inputs and compare it, digit by digit."""
    comparison = run_compare(_run_of(decision), progress=progress)
    return Verification(decision, comparison, is_unchanged(decision))


def _run_of(decision: Decision) -> Run:
    """The run of a decision, without the long texts."""
    runs = Run.objects.select_related("snapshot").defer("result", "snapshot__document")
    return runs.get(pk=decision.run_id)


def _exact(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:.6f}"
