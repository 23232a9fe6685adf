"""Eigenvalues: the characteristic polynomial, and the largest and smallest of them.

Source: Strang, "Introduction to Linear Algebra" (2016), chapter 6.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from chainrule.rules.arrays import Array, total
from chainrule.rules.rule import Slip, rule


@rule(
    tex=r"<A> - <eigenvalue> I",
    slips=(
        Slip(
            "opposite_sign",
            "the eigenvalue is added",
            lambda A, eigenvalue: _shifted(A, -eigenvalue),
            "<A> + <eigenvalue> I",
        ),
        Slip(
            "all_entries",
            "the eigenvalue is subtracted from every entry, not from the diagonal alone",
            lambda A, eigenvalue: A - eigenvalue,
            "<A> - <eigenvalue>",
        ),
    ),
)
def shifted(A: Array, eigenvalue: Array) -> Array:
    """The matrix whose null space are the eigenvectors of an eigenvalue."""
    return _shifted(A, eigenvalue)


def _shifted(A: Array, eigenvalue: Array) -> Array:
    made = A.copy()
    for i in range(A.shape[0]):
        made[i, i] = A[i, i] - eigenvalue
    return made


def _opposite_shift(A: Array) -> Array:
    found = characteristic_polynomial.function(A)
    return np.array([-c if power % 2 else c for power, c in enumerate(found)], dtype=found.dtype)


@rule(
    tex=r"\text{coefficients of } \det(\lambda I - <A>)",
    as_whole=True,
    same="factor",
    slips=(
        Slip(
            "opposite_sign",
            "λ is added to the diagonal",
            _opposite_shift,
            r"\text{coefficients of } \det(\lambda I + <A>)",
        ),
    ),
)
def characteristic_polynomial(A: Array) -> Array:
    """Coefficients of the characteristic polynomial, the highest power first; shape (n + 1,).

    By the recursion of Faddeev and LeVerrier, which divides by whole numbers alone.

    >>> import numpy as np
    >>> characteristic_polynomial(np.array([[1.0, 2.0], [5.0, 4.0]]))
    array([ 1., -5., -6.])
    """
    n = A.shape[0]
    zero = A[0, 0] * 0
    coefficients = [zero + 1]
    M = np.zeros_like(A) + zero
    for k in range(1, n + 1):
        M = A @ M
        for i in range(n):
            M[i, i] = M[i, i] + coefficients[-1]
        coefficients.append(-total(np.diagonal(A @ M)) / k)
    return np.array(coefficients, dtype=A.dtype)


@rule(tex=r"\max_i (<x>)_{i}", as_whole=True)
def largest_entry(x: Array) -> Array:
    """The largest entry of a vector."""
    return max(x, key=_size)


@rule(tex=r"\min_i (<x>)_{i}", as_whole=True)
def smallest_entry(x: Array) -> Array:
    """The smallest entry of a vector."""
    return min(x, key=_size)


def _size(value: Any) -> Any:
    """What a value is compared by; a closed form by its number."""
    return value.number() if hasattr(value, "number") else value


@rule(tex=r"\text{entry } <at> \text{ of } <x>", as_whole=True, same="order")
def entry(x: Array, *, at: int) -> Array:
    """One entry of a vector, counted from 1."""
    return x[at - 1]


@rule(tex=r"v(<eigenvalue>)", as_whole=True, same="span")
def at_eigenvalue(eigenvalue: Array, *, coefficients: Array) -> Array:
    """Vectors whose entries are polynomials in the eigenvalue; coefficients (n, k, powers), result (n, k)."""
    result = coefficients[..., -1]
    for power in reversed(range(coefficients.shape[-1] - 1)):
        result = result * eigenvalue + coefficients[..., power]
    return result
