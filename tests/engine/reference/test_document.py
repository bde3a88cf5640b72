"""Reference classes survive a file, and a file that states none is told where it is wrong."""

from __future__ import annotations

import json
from typing import Any

import pytest

from openvmo.engine.reference import (
    BaseRate,
    Curve,
    Dimension,
    DocumentError,
    document_of_table,
    reference_class,
    reference_classes,
    table_of,
    table_of_document,
)

LEARNED = reference_class(
    "water",
    "Water",
    {
        Dimension.COST: BaseRate(
            shape=Curve((0.1, 0.5, 0.9), (0.8, 1.0, 1.4)),
            source="Own finished work",
            url="",
            sample=12,
            own_weight=0.4,
            prior="finished_work",
            years=(2001, 2009),
        )
    },
)


def stated(**changes: Any) -> list[dict[str, Any]]:
    """The document of one learned class, with changes to its rate."""
    (entry,) = document_of_table(table_of([LEARNED]))
    entry["rates"][0] |= changes
    return [entry]


def test_published_and_learned_classes_come_back_exactly() -> None:
    table = table_of([*reference_classes().values(), LEARNED])
    text = json.dumps(document_of_table(table), allow_nan=False)
    back = table_of_document(json.loads(text))
    assert back == table
    assert list(back) == list(table)


@pytest.mark.parametrize(
    ("document", "place"),
    [
        ({}, "classes"),
        ([3], "classes[0]"),
        ([{"id": "a", "name": "A", "rates": []}], "classes[0].rates"),
        ([{"id": "", "name": "A", "rates": [{}]}], "classes[0].rates[0].dimension"),
        ([*stated(), *stated()], "classes[1].id"),
        (stated(dimension="colour"), "classes[0].rates[0].dimension"),
        (stated(shape={"kind": "circle"}), "classes[0].rates[0].shape.kind"),
        (stated(shape={"kind": "mean"}), "classes[0].rates[0].shape.factor"),
        (stated(shape={"kind": "mean", "factor": float("nan")}), "classes[0].rates[0].shape.factor"),
        (stated(shape={"kind": "curve", "probabilities": [0.1, 0.9], "values": [2, 1]}), "classes[0].rates[0].shape"),
        (stated(shape={"kind": "curve", "probabilities": 0.1, "values": 1}), "classes[0].rates[0].shape"),
        (stated(shape={"kind": "mean", "factor": -0.5}), "classes[0].rates[0].shape.factor"),
        (stated(shape={"kind": "range", "lower": 2, "upper": 1}), "classes[0].rates[0].shape"),
        (stated(shape={"kind": "range", "lower": 1, "upper": 1e9}), "classes[0].rates[0].shape.upper"),
        (
            stated(
                shape={
                    "kind": "quantiles",
                    "probability_low": 0.5,
                    "factor_low": 1,
                    "probability_high": 0.51,
                    "factor_high": 9,
                }
            ),
            "classes[0].rates[0].shape",
        ),
        (stated(source=None), "classes[0].rates[0].source"),
        (stated(sample=1.5), "classes[0].rates[0].sample"),
        (stated(own_weight=1.2), "classes[0].rates[0].own_weight"),
        (stated(years=[2001]), "classes[0].rates[0].years"),
    ],
)
def test_it_says_where_a_document_is_wrong(document: Any, place: str) -> None:
    with pytest.raises(DocumentError) as caught:
        table_of_document(document)
    assert caught.value.place == place
    assert caught.value.remedy


def test_an_id_must_fit_its_column() -> None:
    (entry,) = stated()
    with pytest.raises(DocumentError, match="1 to 64 characters"):
        table_of_document([entry | {"id": "x" * 65}])
