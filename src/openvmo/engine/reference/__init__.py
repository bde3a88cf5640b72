"""How work of a kind turned out before: published base rates, and the form of those that are learned."""

from openvmo.engine.reference.classes import (
    BaseRate,
    Dimension,
    ReferenceClass,
    ReferenceTable,
    Statement,
    published_statements,
    reference_class,
    reference_classes,
    table_of,
)
from openvmo.engine.reference.document import DocumentError, document_of_table, table_of_document
from openvmo.engine.reference.schedules import discount_schedules
from openvmo.engine.reference.shapes import Curve, Mean, Mixture, Quantiles, Range, Shape, Split
from openvmo.engine.reference.uplifts import combined_uplift, uplift
from openvmo.engine.reference.value_for_money import ValueBand, value_bands

__all__ = [
    "BaseRate",
    "Curve",
    "Dimension",
    "DocumentError",
    "Mean",
    "Mixture",
    "Quantiles",
    "Range",
    "ReferenceClass",
    "ReferenceTable",
    "Shape",
    "Split",
    "Statement",
    "ValueBand",
    "combined_uplift",
    "discount_schedules",
    "document_of_table",
    "published_statements",
    "reference_class",
    "reference_classes",
    "table_of",
    "table_of_document",
    "uplift",
    "value_bands",
]
