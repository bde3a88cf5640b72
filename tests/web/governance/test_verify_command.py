"""The command that computes the runs of decisions again."""

import argparse
import json
from datetime import datetime

import pytest
from tests.web.small_portfolio import tampered_copy

from openvmo_web.config.commands.verify_decisions import run
from openvmo_web.governance.models import Decision


def arguments(**given: object) -> argparse.Namespace:
    """The arguments of the command line."""
    return argparse.Namespace(**{"decision": None, "all": False, "json": False, **given})


def test_it_says_that_a_decision_agrees(proposal: Decision, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(arguments(decision="agency/1")) == 0
    said = capsys.readouterr().out.splitlines()
    assert said == ["agrees to the last digit: agency/1 Fund 2026/27", f"  evidence {proposal.evidence_digest}"]


def test_it_names_the_differences(proposal: Decision, now: datetime, capsys: pytest.CaptureFixture[str]) -> None:
    Decision.objects.filter(pk=proposal.pk).update(run=tampered_copy(proposal.run, now))
    assert run(arguments(all=True, json=True)) == 1
    (said,) = json.loads(capsys.readouterr().out)
    assert (said["decision"], said["agrees"], said["evidence_unchanged"]) == ("agency/1", False, False)
    assert said["differences"][0].startswith("portfolio_digest: recorded 000")


@pytest.mark.parametrize(
    ("name", "reason"), [("agency", "write the portfolio's address"), ("agency/9", "there is no decision agency/9")]
)
def test_it_says_what_to_write(db: None, name: str, reason: str) -> None:
    with pytest.raises(SystemExit, match=reason):
        run(arguments(decision=name))


def test_without_decisions_there_is_nothing_to_verify(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(arguments(all=True)) == 0
    assert capsys.readouterr().out == "There are no decisions to verify.\n"
