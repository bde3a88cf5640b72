"""What is written about benefits, and about the versions of plans that say how they arrive."""

from openvmo_web.benefits.actions.plans import plan_record, plans_import
from openvmo_web.benefits.actions.register import benefit_add, benefit_change, benefits_import

__all__ = ["benefit_add", "benefit_change", "benefits_import", "plan_record", "plans_import"]
