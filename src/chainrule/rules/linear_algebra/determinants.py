"""Determinants, by expansion and by pivots.

Source: Strang, "Introduction to Linear Algebra" (2016), chapter 5.
"""

from __future__ import annotations

import numpy as np

from chainrule.rules.arrays import Array, total
from chainrule.rules.rule import Slip, rule


def _all_plus(A: Array) -> Array:
    """The expansion along the first row without the alternating signs."""
    if A.shape[0] == 2:
        return A[0, 0] * A[1, 1] + A[0, 1] * A[1, 0]
    minors = [determinant.function(np.delete(A[1:], j, axis=1)) for j in range(A.shape[0])]
    return sum((A[0, j] * minor for j, minor in enumerate(minors)), start=A[0, 0] * 0)


def _along_diagonal(A: Array) -> Array:
    product = A[0, 0]
    for i in range(1, A.shape[0]):
        product = product * A[i, i]
    return product


@rule(
    tex=r"\sum_j (-1)^{1+j} (<A>)_{1j} \det(<A> \text{ without row } 1 \text{ and column } j)",
    slips=(
        Slip(
            "signs_not_alternated",
            "all products are added, where signs alternate",
            _all_plus,
            r"\sum_j (<A>)_{1j} \det(<A> \text{ without row } 1 \text{ and column } j)",
        ),
        Slip("diagonal_alone", "the diagonal alone is multiplied", _along_diagonal, r"\prod_i (<A>)_{ii}"),
    ),
)
def determinant(A: Array) -> Array:
    """The determinant, expanded along the first row; for small matrices.

    >>> import numpy as np
    >>> float(determinant(np.array([[1.0, 2.0], [5.0, 4.0]])))
    -6.0
    """
    if A.shape[0] == 1:
        return A[0, 0]
    if A.shape[0] == 2:
        return A[0, 0] * A[1, 1] - A[0, 1] * A[1, 0]
    result = A[0, 0] * determinant.function(A[1:, 1:])
    for j in range(1, A.shape[0]):
        minor = determinant.function(np.delete(A[1:], j, axis=1))
        result = result - A[0, j] * minor if j % 2 else result + A[0, j] * minor
    return result


@rule(
    tex=r"(-1)^{<swaps>} \prod_i (<U>)_{ii}",
    slips=(
        Slip(
            "swaps_left_out",
            "the sign does not turn with every swap of rows",
            lambda U, *, swaps: _along_diagonal(U),
            r"\prod_i (<U>)_{ii}",
        ),
        Slip(
            "diagonal_added",
            "the pivots are added",
            lambda U, *, swaps: total(np.diagonal(U)),
            r"\sum_i (<U>)_{ii}",
        ),
    ),
)
def pivot_product(U: Array, *, swaps: int) -> Array:
    """The determinant, of a row echelon form that took so many swaps of rows."""
    product = _along_diagonal(U)
    return -product if swaps % 2 else product
