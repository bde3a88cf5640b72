"""``openvmo verify --decision SLUG/NUMBER`` and ``--all``: computes the frozen runs of decisions again."""

import argparse
import json
from typing import TYPE_CHECKING

from openvmo_web.config.start import prepare

if TYPE_CHECKING:
    from openvmo_web.governance.evidence import Verification
    from openvmo_web.governance.models import Decision


def run(arguments: argparse.Namespace) -> int:
    """Compute again and compare; 1 when a digit or a digest differs."""
    prepare()
    from openvmo_web.governance.evidence import decision_verify

    found = _all_decisions() if arguments.all else [_decision(arguments.decision)]
    verifications = []
    for decision in found:
        verification = decision_verify(decision)
        verifications.append(verification)
        if not arguments.json:
            print("\n".join(_lines(verification)))
    if arguments.json:
        print(json.dumps([_as_json(verification) for verification in verifications], indent=1))
    elif not verifications:
        print("There are no decisions to verify.")
    return int(not all(verification.agrees for verification in verifications))


def _all_decisions() -> list["Decision"]:
    from openvmo_web.governance.models import Decision

    return list(Decision.objects.select_related("portfolio").order_by("portfolio__slug", "number"))


def _decision(name: str) -> "Decision":
    from openvmo_web.governance.models import Decision

    slug, _, number = name.partition("/")
    if not number.isdecimal():
        raise SystemExit(
            f"openvmo: {name!r} is no decision: write the portfolio's address and the number, such as agency/3."
        )
    found = Decision.objects.select_related("portfolio").filter(portfolio__slug=slug, number=int(number)).first()
    if found is None:
        raise SystemExit(
            f"openvmo: there is no decision {name}. The page of the portfolio's decisions lists the numbers."
        )
    return found


def _name(verification: "Verification") -> str:
    decision = verification.decision
    return f"{decision.portfolio.slug}/{decision.number}"


def _lines(verification: "Verification") -> list[str]:
    heading = f"{_name(verification)} {verification.decision.title}"
    if verification.agrees:
        return [f"agrees to the last digit: {heading}", f"  evidence {verification.decision.evidence_digest}"]
    lines = [f"DIFFERS: {heading}"]
    if not verification.is_evidence_unchanged:
        lines.append(
            "  The stored inputs, result or items no longer have the digest that was frozen with the decision."
        )
    return [*lines, *(f"  {difference}" for difference in verification.comparison.differences)]


def _as_json(verification: "Verification") -> dict[str, object]:
    return {
        "decision": _name(verification),
        "agrees": verification.agrees,
        "evidence_unchanged": verification.is_evidence_unchanged,
        "engine_version": verification.comparison.engine_version,
        "differences": [str(difference) for difference in verification.comparison.differences],
    }
