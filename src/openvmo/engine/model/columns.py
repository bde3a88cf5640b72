"""How a field of the model is described: its unit and meaning stand beside it, once.

The workbook template, the documentation and the checks read these descriptions.
"""

from __future__ import annotations

from dataclasses import MISSING, field
from typing import Any


def column(about: str, *, unit: str = "", default: Any = MISSING, factory: Any = MISSING) -> Any:
    """A dataclass field with its meaning and unit.

    Args:
        about: one sentence that says what the field means.
        unit: unit of the value, such as "months" or "share"; "money" means the portfolio's currency at its price base.
        default: value when none is given; without one the field is required.
        factory: makes the default, for containers.
    """
    return field(default=default, default_factory=factory, metadata={"about": about, "unit": unit})
