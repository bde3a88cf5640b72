"""Arbitrary portfolios for the laws of the file formats."""

from __future__ import annotations

import dataclasses
from typing import Any

from hypothesis import strategies as st

from openvmo.engine.model import Portfolio
from openvmo.engine.quantities import Estimate, Month
from openvmo.files.schema import Field, FieldKind, fields_of

CHARACTERS = st.characters(
    codec="utf-8",
    exclude_characters=[*(chr(code) for code in range(32) if chr(code) not in "\t\n\r"), "\ufffe", "\uffff"],
)
_FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "'=1", "''", "'", "\t", "\n=1", "\uff1d1"]
_SPACES = [" lead", "trail ", "a\nb", "a\r\nb", "\r", "\ufeff"]
_ESCAPES = ["_x0041_", "_x005F_x0041_", "<r><t>x</t></r>", "é😀\u200b", '"', '""', ","]
_LOOK_LIKE_OTHERS = ["1.50", "TRUE", "2026-04", "#N/A", "007", "nan"]
TRAPS = st.sampled_from([*_FORMULAS, *_SPACES, *_ESCAPES, *_LOOK_LIKE_OTHERS])
TEXTS = st.one_of(TRAPS, st.text(CHARACTERS, min_size=1, max_size=8))
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
SENSIBLE = st.floats(-1e9, 1e9)
TAILS = st.sampled_from([0.0, 0.05, 0.1])
MONTHS = st.builds(Month, st.integers(1, 9999), st.integers(1, 12))


def estimates() -> st.SearchStrategy[Estimate]:
    """Estimates of every family, with and without a stated spread."""
    spread = st.tuples(NUMBERS, NUMBERS, NUMBERS).map(sorted).map(lambda three: Estimate(three[1], three[0], three[2]))
    limits = st.tuples(SENSIBLE, SENSIBLE, SENSIBLE).map(sorted)
    return st.one_of(
        st.builds(Estimate, NUMBERS),
        spread,
        st.builds(lambda three, tail: Estimate.triangular(*three, tail=tail), limits, TAILS),
        st.builds(lambda three, tail: Estimate.pert(*three, tail=tail), limits, TAILS),
        st.builds(lambda three, tail: Estimate.uniform(three[0], three[2], tail=tail), limits, TAILS),
        st.builds(Estimate.normal, SENSIBLE, st.floats(0, 1e6)),
        st.builds(Estimate.lognormal, st.floats(1e-3, 1e6), st.floats(0, 3)),
        st.builds(Estimate.empirical, st.lists(SENSIBLE, min_size=1, max_size=5)),
        st.lists(SENSIBLE, min_size=1, max_size=5, unique=True).map(
            lambda values: Estimate.discrete({value: 1 / len(values) for value in values})
        ),
    )


def values_of(field: Field) -> st.SearchStrategy[Any]:
    """Values that a field may hold."""
    if field.kind is FieldKind.RECORDS:
        if field.holds is None:
            raise TypeError(field)
        return st.lists(records(field.holds), max_size=2, unique_by=_identity).map(tuple)
    filled = _words(field) if field.kind is FieldKind.WORD else _PLAIN[field.kind]
    if field.kind is FieldKind.TEXT:
        return filled if field.is_required or field.default else st.one_of(st.just(""), filled)
    return filled if field.is_required or field.default is not None else st.one_of(st.none(), filled)


def _words(field: Field) -> st.SearchStrategy[Any]:
    vocabulary: Any = field.holds
    return st.sampled_from(list(vocabulary))


def records(kind: type[Any]) -> st.SearchStrategy[Any]:
    """Records of a kind with arbitrary values."""
    return st.deferred(lambda: st.builds(kind, **{field.name: values_of(field) for field in fields_of(kind)}))


def portfolios() -> st.SearchStrategy[Portfolio]:
    """Portfolios with arbitrary values, sensible or not."""
    return records(Portfolio)


def _identity(record: Any) -> Any:
    return record.id if hasattr(record, "id") else dataclasses.astuple(record)


_PLAIN: dict[FieldKind, st.SearchStrategy[Any]] = {
    FieldKind.TEXT: TEXTS,
    FieldKind.NUMBER: NUMBERS,
    FieldKind.WHOLE: st.integers(-(2**80), 2**80),
    FieldKind.YES_NO: st.booleans(),
    FieldKind.MONTH: MONTHS,
    FieldKind.DATE: st.dates(),
    FieldKind.ESTIMATE: estimates(),
    FieldKind.NUMBERS: st.lists(NUMBERS, max_size=3).map(tuple),
}
