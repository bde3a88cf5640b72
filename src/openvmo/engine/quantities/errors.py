"""The error of mixing what must not be mixed."""

from __future__ import annotations


class UnitsError(ValueError):
    """Two quantities of different currency, price base, unit or period were to be combined."""
