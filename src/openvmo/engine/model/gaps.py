"""What a portfolio does not state, so that no number is read as more than it is."""

from __future__ import annotations

from collections.abc import Sequence, Set

from openvmo.engine.model.assume import assumed_initiatives
from openvmo.engine.model.findings import Finding, Severity
from openvmo.engine.model.records import Initiative, Option, Pool, Portfolio
from openvmo.engine.model.schedule import valued_profiles


def benefit_gaps(initiative: Initiative, option: Option, pools: Sequence[Pool] = ()) -> tuple[Finding, ...]:
    """Findings for an option whose benefits are missing, or stay out of the money figures.

    Args:
        initiative: the initiative.
        option: one of its options.
        pools: the pools of which its benefits may claim shares.
    """
    valued = valued_profiles(initiative, option, pools)
    unvalued = _unvalued(initiative, option, {profile.benefit for profile, _value in valued})
    findings = []
    if not valued:
        findings.append(
            Finding(
                Severity.WARNING,
                "benefit.none",
                f"{initiative.id}, option {option.id}, states no benefit in money: its NPV holds only its costs.",
                "State its benefits, or compare it by other means than NPV.",
                sheet="Profiles",
                value=initiative.id,
            )
        )
    if unvalued:
        findings.append(
            Finding(
                Severity.NOTE,
                "benefit.unvalued",
                f"{initiative.id}, option {option.id}: {', '.join(unvalued)} stay out of the money figures, "
                "because no value of a unit was agreed.",
                "Agree a value of one unit, or weigh these benefits beside the money.",
                sheet="Benefits",
                column="value_per_unit",
                value=initiative.id,
            )
        )
    return tuple(findings)


def assumption_gaps(portfolio: Portfolio) -> tuple[Finding, ...]:
    """A finding that says how many initiatives rest on an assumed benefit."""
    assumed = assumed_initiatives(portfolio)
    if not assumed:
        return ()
    return (
        Finding(
            Severity.WARNING,
            "benefit.assumed",
            f"{len(assumed)} of {len(portfolio.initiatives)} initiatives rest on an assumed benefit, "
            "not on a stated one.",
            "Read their values as what would follow from the assumption; replace it by stated benefits.",
            sheet="Benefits",
        ),
    )


def _unvalued(initiative: Initiative, option: Option, valued: Set[str]) -> tuple[str, ...]:
    unvalued = {benefit.id for benefit in initiative.benefits} - valued
    return tuple(profile.benefit for profile in option.profiles if profile.benefit in unvalued)
