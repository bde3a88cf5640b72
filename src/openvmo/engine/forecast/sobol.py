"""The first dimensions of Sobol's sequence, for the few factors that move much of a portfolio.

Source: S. Joe and F. Kuo, Constructing Sobol sequences with better two-dimensional projections, SIAM Journal on
Scientific Computing 30 (2008) 2635-2654, https://web.maths.unsw.edu.au/~fkuo/sobol/.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

BITS = 32

# For each dimension after the first: the inner coefficients of its primitive polynomial, as bits, and the first
# direction numbers, as many as the polynomial's degree.
_DIRECTIONS: tuple[tuple[int, tuple[int, ...]], ...] = (
    (0, (1,)),
    (1, (1, 3)),
    (1, (1, 3, 1)),
    (2, (1, 1, 1)),
    (1, (1, 1, 3, 3)),
    (4, (1, 3, 5, 13)),
    (2, (1, 1, 5, 5, 17)),
    (4, (1, 1, 5, 5, 5)),
    (7, (1, 1, 7, 11, 19)),
    (11, (1, 1, 5, 1, 1)),
    (13, (1, 1, 1, 3, 11)),
    (14, (1, 3, 5, 5, 31)),
    (1, (1, 3, 3, 9, 7, 49)),
    (13, (1, 1, 1, 15, 21, 21)),
    (16, (1, 3, 1, 13, 27, 49)),
    (19, (1, 1, 1, 15, 7, 5)),
    (22, (1, 3, 1, 15, 13, 25)),
    (25, (1, 1, 5, 5, 19, 61)),
    (1, (1, 3, 7, 11, 23, 15, 103)),
    (4, (1, 3, 7, 13, 13, 15, 69)),
)


@cache
def sobol_columns(dimension: int) -> NDArray[np.uint32]:
    """The columns of a dimension's generating matrix, as words of 32 bits; none beyond the dimensions of the table."""
    if dimension == 0:
        return np.array([1 << (BITS - 1 - bit) for bit in range(BITS)], dtype=np.uint32)
    if dimension > len(_DIRECTIONS):
        return np.zeros(0, dtype=np.uint32)
    inner, first = _DIRECTIONS[dimension - 1]
    degree = len(first)
    columns = [number << (BITS - 1 - bit) for bit, number in enumerate(first)]
    for bit in range(degree, BITS):
        column = columns[bit - degree] ^ (columns[bit - degree] >> degree)
        for place in range(1, degree):
            if inner >> (degree - 1 - place) & 1:
                column ^= columns[bit - place]
        columns.append(column)
    return np.array(columns, dtype=np.uint32)
