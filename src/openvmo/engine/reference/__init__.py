"""Published base rates: how work of a kind turned out before."""

from openvmo.engine.reference.classes import (
    BaseRate,
    Dimension,
    ReferenceClass,
    ReferenceTable,
    reference_classes,
)
from openvmo.engine.reference.shapes import Mean, Mixture, Quantiles, Range, Shape

__all__ = [
    "BaseRate",
    "Dimension",
    "Mean",
    "Mixture",
    "Quantiles",
    "Range",
    "ReferenceClass",
    "ReferenceTable",
    "Shape",
    "reference_classes",
]
