"""The rules of a choice: one a function, each returning named rows of the model.

A row reads: lower <= coefficients . columns <= upper, with a column of 1 for an alternative that is taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from scipy import sparse

from openvmo.engine.choice.candidates import Candidates, FloatArray, IntArray


class RowKind(StrEnum):
    """Which rule a row states."""

    ONE_OPTION = "one_option"
    BUDGET = "budget"
    MANDATORY = "mandatory"
    FORBIDDEN = "forbidden"
    REQUIRES = "requires"
    EXCLUDES = "excludes"
    ENABLES = "enables"


@dataclass(frozen=True, slots=True)
class Label:
    """What a row states and about whom: initiatives' ids, or the year of a budget."""

    kind: RowKind
    subjects: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Named rows of the model.

    Args:
        labels: one a row.
        matrix: (rows, columns).
        lower, upper: limits of each row; infinite where there is none.
    """

    labels: tuple[Label, ...]
    matrix: sparse.csr_array
    lower: FloatArray
    upper: FloatArray

    def where(self, keep: Sequence[bool]) -> Rows:
        """The rows for which `keep` is True."""
        index = np.flatnonzero(np.asarray(keep, dtype=bool))
        return Rows(
            labels=tuple(self.labels[row] for row in index),
            matrix=sparse.csr_array(self.matrix[index]),
            lower=self.lower[index],
            upper=self.upper[index],
        )


def stacked(parts: Iterable[Rows]) -> Rows:
    """All rows below one another."""
    parts = tuple(parts)
    return Rows(
        labels=tuple(label for part in parts for label in part.labels),
        matrix=sparse.csr_array(sparse.vstack([part.matrix for part in parts], format="csr")),
        lower=np.concatenate([part.lower for part in parts]),
        upper=np.concatenate([part.upper for part in parts]),
    )


def one_option(candidates: Candidates) -> Rows:
    """At most one option an initiative; exactly one where doing nothing or stopping has its own numbers."""
    rows = [dict.fromkeys(candidates.options_of(name).tolist(), 1.0) for name in candidates.initiatives]
    must = [float(not candidates.is_active[list(row)].all()) if row else 0.0 for row in rows]
    labels = [Label(RowKind.ONE_OPTION, (name,)) for name in candidates.initiatives]
    return _rows(candidates, labels, rows, must, 1.0)


def yearly_budgets(candidates: Candidates, amounts: Mapping[int, float]) -> Rows:
    """The cost of what is taken stays within each year's amount, one for each year of the candidates."""
    extra = sparse.csr_array((len(candidates.years), candidates.columns - len(candidates.owner)))
    return Rows(
        labels=tuple(Label(RowKind.BUDGET, (str(year),)) for year in candidates.years),
        matrix=sparse.csr_array(sparse.hstack([sparse.csr_array(candidates.cost.T), extra], format="csr")),
        lower=np.full(len(candidates.years), -np.inf),
        upper=np.array([amounts[year] for year in candidates.years], dtype=np.float64),
    )


def mandatory(candidates: Candidates, initiatives: Sequence[str]) -> Rows:
    """Each of these initiatives is taken."""
    rows = [_active(candidates, name) for name in initiatives]
    labels = [Label(RowKind.MANDATORY, (name,)) for name in initiatives]
    return _rows(candidates, labels, rows, 1.0, np.inf)


def forbidden(candidates: Candidates, initiatives: Sequence[str]) -> Rows:
    """None of these initiatives is taken."""
    rows = [_active(candidates, name) for name in initiatives]
    labels = [Label(RowKind.FORBIDDEN, (name,)) for name in initiatives]
    return _rows(candidates, labels, rows, -np.inf, 0.0)


def requires(candidates: Candidates, pairs: Sequence[tuple[str, str]]) -> Rows:
    """The second of each pair is taken only with the first."""
    rows = [_active(candidates, target) | _active(candidates, source, -1.0) for source, target in pairs]
    labels = [Label(RowKind.REQUIRES, pair) for pair in pairs]
    return _rows(candidates, labels, rows, -np.inf, 0.0)


def excludes(candidates: Candidates, pairs: Sequence[tuple[str, str]]) -> Rows:
    """At most one of each pair is taken."""
    rows = [_active(candidates, first) | _active(candidates, second) for first, second in pairs]
    labels = [Label(RowKind.EXCLUDES, pair) for pair in pairs]
    return _rows(candidates, labels, rows, -np.inf, 1.0)


def enables(candidates: Candidates) -> Rows:
    """The enabled part of a value arises exactly when the alternative and all its enabling initiatives are taken."""
    rows: list[dict[int, float]] = []
    labels: list[Label] = []
    lower: list[float] = []
    for extra, alternative in enumerate(candidates.enabled.tolist(), start=len(candidates.owner)):
        target = candidates.initiatives[candidates.owner[alternative]]
        sources = [_active(candidates, source, -1.0) for source in candidates.enabling[target]]
        needs = [{alternative: -1.0}, *sources]
        at_most = [{extra: 1.0} | need for need in needs]
        rows += [*at_most, {extra: 1.0} | {column: share for need in needs for column, share in need.items()}]
        labels += [Label(RowKind.ENABLES, (*candidates.enabling[target], target))] * (len(needs) + 1)
        lower += [-np.inf] * len(needs) + [-float(len(sources))]
    upper = [0.0 if limit == -np.inf else np.inf for limit in lower]
    return _rows(candidates, labels, rows, lower, upper)


def _active(candidates: Candidates, initiative: str, share: float = 1.0) -> dict[int, float]:
    return dict.fromkeys(candidates.active_options_of(initiative).tolist(), share)


def _rows(
    candidates: Candidates,
    labels: Sequence[Label],
    rows: Sequence[Mapping[int, float]],
    lower: float | Sequence[float],
    upper: float | Sequence[float],
) -> Rows:
    starts: IntArray = np.concatenate([[0], np.cumsum([len(row) for row in rows], dtype=np.int64)]).astype(np.int64)
    columns = np.array([column for row in rows for column in row], dtype=np.int64)
    shares = np.array([share for row in rows for share in row.values()], dtype=np.float64)
    return Rows(
        labels=tuple(labels),
        matrix=sparse.csr_array((shares, columns, starts), shape=(len(rows), candidates.columns)),
        lower=np.broadcast_to(np.asarray(lower, dtype=np.float64), (len(rows),)).copy(),
        upper=np.broadcast_to(np.asarray(upper, dtype=np.float64), (len(rows),)).copy(),
    )
