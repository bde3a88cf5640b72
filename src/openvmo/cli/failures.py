"""What a command says when it cannot go on."""

from __future__ import annotations

from openvmo.analysis.parameters import ParameterError, ParameterProblem
from openvmo.cli.findings import finding_table
from openvmo.engine.model import PortfolioError, Severity

# Flags whose names differ from those of the parameters that they set.
_FLAGS = {
    "assumed_bcr": "--assume-bcr",
    "benefit_years": "--benefit-years",
    "budgets": "--budget",
    "forbidden": "--forbid",
    "mandatory": "--mandatory",
    "outside_view": "--inside-only",
    "precision": "--precision",
    "references": "--references",
    "sampling": "--sampling",
    "seed": "--seed",
    "time_limit": "--time-limit",
    "trials": "--trials",
}


class CommandError(Exception):
    """A command cannot go on; the message is a sentence for the user.

    Args:
        message: what is wrong and what to do.
        status: exit status: 1 when the input is to blame, 2 when the command was not understood.
    """

    def __init__(self, message: str, *, status: int = 1) -> None:
        """Keep the sentence and the exit status."""
        super().__init__(message)
        self.status = status


def explained(error: Exception) -> str:
    """What to tell the user of a failure."""
    match error:
        case PortfolioError():
            errors = [finding for finding in error.findings if finding.severity is Severity.ERROR]
            return f"this portfolio cannot be used:\n{finding_table(errors)}"
        case ParameterError():
            return "\n".join(_problem(problem) for problem in error.problems)
        case OSError() if error.filename is not None:
            return f"{error.filename}: {error.strerror}"
        case CommandError() | ValueError() | TimeoutError() if str(error):
            return str(error)
    return f"an unexpected failure ({type(error).__name__}: {error}); run again with --debug to see where"


def _problem(problem: ParameterProblem) -> str:
    return f"{_FLAGS.get(problem.parameter, problem.parameter)}: {problem.problem} {problem.remedy}"
