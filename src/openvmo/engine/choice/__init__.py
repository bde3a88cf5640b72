"""Which options to take under budgets and rules, and why."""

from openvmo.engine.choice.choose import MEASURES, BudgetRow, Choice, choose
from openvmo.engine.choice.conflicts import Conflict, InfeasibleError
from openvmo.engine.choice.reasons import Reason
from openvmo.engine.choice.solve import Status

__all__ = ["MEASURES", "BudgetRow", "Choice", "Conflict", "InfeasibleError", "Reason", "Status", "choose"]
