"""Linear algebra: elimination, the spaces of a matrix, determinants, eigenvalues, cosines.

Elimination asks whether an entry is 0, so it is for exact numbers; the other rules take any.
Source: Strang, "Introduction to Linear Algebra" (2016), chapters 2, 3, 5 and 6; Goodfellow, Bengio,
Courville, "Deep Learning" (2016), chapter 2 and section 4.2.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import lcm
from typing import Any

import numpy as np

from chainrule.rules.arrays import Array, sqrt, total
from chainrule.rules.rule import Shape, Slip, rule

# ------------------------------------------------------------------------ elimination


@dataclass(frozen=True)
class RowOperation:
    """One operation on the rows of a matrix, and the matrix after it; rows are counted from 0.

    ``kind`` is "swap" (rows ``row`` and ``other``), "scale" (row ``row`` divided by ``factor``) or
    "subtract" (``factor`` times row ``other`` from row ``row``).
    """

    kind: str
    row: int
    other: int
    factor: Any
    after: Array


def forward_elimination(A: Array) -> list[RowOperation]:
    """The operations that bring a matrix to row echelon form: no row is scaled."""
    rows, columns = A.shape
    U, done, operations = A.copy(), 0, []
    for column in range(columns):
        found = next((i for i in range(done, rows) if U[i, column] != 0), None)
        if found is None:
            continue
        if found != done:
            U = U.copy()
            U[[done, found]] = U[[found, done]]
            operations.append(RowOperation("swap", done, found, None, U))
        for below in range(done + 1, rows):
            if U[below, column] != 0:
                operations.append(_subtracted(U, below, done, column))
                U = operations[-1].after
        done += 1
    return operations


def backward_elimination(U: Array) -> list[RowOperation]:
    """The operations that bring a row echelon form to its reduced form: pivots 1, and 0 above them."""
    R, operations = U, []
    for row, column in reversed(pivots(U)):
        if R[row, column] != 1:
            after = R.copy()
            after[row] = R[row] / R[row, column]
            operations.append(RowOperation("scale", row, row, R[row, column], after))
            R = after
        for above in reversed(range(row)):
            if R[above, column] != 0:
                operations.append(_subtracted(R, above, row, column))
                R = operations[-1].after
    return operations


def _subtracted(A: Array, row: int, other: int, column: int) -> RowOperation:
    factor = A[row, column] / A[other, column]
    after = A.copy()
    after[row] = A[row] - factor * A[other]
    return RowOperation("subtract", row, other, factor, after)


def pivots(U: Array) -> list[tuple[int, int]]:
    """Row and column of the first entry that is not 0, of each row of an echelon form that has one."""
    found = []
    for row in range(U.shape[0]):
        columns = [j for j in range(U.shape[1]) if U[row, j] != 0]
        found += [(row, columns[0])] if columns else []
    return found


@rule(tex=r"\text{row echelon form of } <A>", as_whole=True)
def row_echelon_form(A: Array) -> Array:
    """What forward elimination leaves; the shape of A."""
    operations = forward_elimination(A)
    return operations[-1].after if operations else A


@rule(tex=r"\text{reduced row echelon form of } <A>", as_whole=True)
def reduced_row_echelon_form(A: Array) -> Array:
    """What forward and then backward elimination leave; the shape of A."""
    U = row_echelon_form.function(A)
    operations = backward_elimination(U)
    return operations[-1].after if operations else U


@rule(tex=r"\text{number of rows of } <U> \text{ that are not } 0", as_whole=True)
def rank(U: Array) -> Array:
    """The rank, of a row echelon form of the matrix: how many pivots there are."""
    return len(pivots(U))


@rule(tex=r"<columns> - <rank>")
def nullity(rank: Array, *, columns: int) -> Array:
    """The dimension of the null space."""
    return columns - rank


@rule(tex=r"\text{the columns of } <A> \text{ in which } <U> \text{ has its pivots}", as_whole=True)
def column_space(A: Array, U: Array) -> Array:
    """A basis of the column space, in the columns of the result; shape (m, rank).

    Of a matrix of zeros, whose column space is {0}, the zero vector.
    """
    found = [column for _, column in pivots(U)]
    return A[:, found] if found else A[:, :1]


@rule(tex=r"\text{columns that span the solutions of } <R> x = 0", as_whole=True)
def null_space(R: Array) -> Array:
    """A basis of the null space, of a reduced row echelon form; in the columns, shape (n, nullity).

    Each solution has one free unknown not 0, and is made whole: no denominators. Where nothing is
    free, the null space is {0}, and the result is the zero vector.
    """
    places, n = pivots(R), R.shape[1]
    bound = [column for _, column in places]
    zero = R[0, 0] * 0
    solutions = []
    for free in (j for j in range(n) if j not in bound):
        x = np.full(n, zero, dtype=object)
        x[free] = zero + 1
        for row, column in places:
            x[column] = -R[row, free]
        solutions.append(x * lcm(*(v.as_integer_ratio()[1] for v in x)))
    return np.stack(solutions or [np.full(n, zero, dtype=object)], axis=1)


# ------------------------------------------------------------------------- determinants


@rule(tex=r"\sum_j (-1)^{1+j} (<A>)_{1j} \det(<A> \text{ without row } 1 \text{ and column } j)")
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


@rule(tex=r"(-1)^{<swaps>} \prod_i (<U>)_{ii}")
def pivot_product(U: Array, *, swaps: int) -> Array:
    """The determinant, of a row echelon form that took so many swaps of rows."""
    product = U[0, 0]
    for i in range(1, U.shape[0]):
        product = product * U[i, i]
    return -product if swaps % 2 else product


# -------------------------------------------------------------------------- eigenvalues


@rule(tex=r"<A> - <eigenvalue> I")
def shifted(A: Array, eigenvalue: Array) -> Array:
    """The matrix whose null space are the eigenvectors of an eigenvalue."""
    made = A.copy()
    for i in range(A.shape[0]):
        made[i, i] = A[i, i] - eigenvalue
    return made


@rule(tex=r"\text{coefficients of } \det(\lambda I - <A>)", as_whole=True)
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


@rule(tex=r"\text{entry } <at> \text{ of } <x>", as_whole=True)
def entry(x: Array, *, at: int) -> Array:
    """One entry of a vector, counted from 1."""
    return x[at - 1]


@rule(tex=r"v(<eigenvalue>)", as_whole=True)
def at_eigenvalue(eigenvalue: Array, *, coefficients: Array) -> Array:
    """Vectors whose entries are polynomials in the eigenvalue; coefficients (n, k, powers), result (n, k)."""
    result = coefficients[..., -1]
    for power in reversed(range(coefficients.shape[-1] - 1)):
        result = result * eigenvalue + coefficients[..., power]
    return result


@rule(
    tex=r"<A>^{\top} <A>",
    multiplications=lambda A: A[0] * A[1] * A[1],
    in_matrices=True,
)
def gram(A: Array) -> Array:
    """Products of all pairs of columns; its eigenvalues are the squares of A's singular values."""
    return A.T @ A


@rule(
    tex=r"<A> <A>^{\top}",
    multiplications=lambda A: A[0] * A[0] * A[1],
    in_matrices=True,
)
def row_gram(A: Array) -> Array:
    """Products of all pairs of rows; it has the eigenvalues of AᵀA, but for zeros."""
    return A @ A.T


@rule(tex=r"\sqrt{<eigenvalues>}")
def singular_values(eigenvalues: Array) -> Array:
    """The singular values of A, of the eigenvalues of AᵀA."""
    return sqrt(eigenvalues)


@rule(
    tex=r"\frac{<largest>}{<smallest>}",
    slips=(
        Slip(
            "inverted",
            "the smallest is divided by the largest",
            lambda largest, smallest: smallest / largest,
            r"\frac{<smallest>}{<largest>}",
        ),
    ),
)
def condition_number(largest: Array, smallest: Array) -> Array:
    """How much longer one direction is stretched than another."""
    return largest / smallest


# ------------------------------------------------------------------------------ vectors


def _product(A: Shape, B: Shape) -> int:
    return A[0] * A[1] * B[1]


@rule(
    tex=r"<A> <B>",
    multiplications=_product,
    in_matrices=True,
    slips=(
        Slip("elementwise", "entries are multiplied in their places", lambda A, B: A * B, r"<A> \odot <B>"),
        Slip("other_order", "the factors are swapped", lambda A, B: B @ A, r"<B> <A>"),
    ),
)
def product(A: Array, B: Array) -> Array:
    """The matrix product: rows of A times columns of B.

    >>> import numpy as np
    >>> product(np.array([[1.0, 2.0]]), np.array([[3.0], [4.0]]))
    array([[11.]])
    """
    return A @ B


@rule(tex=r"\sum_i (<a>)_{i} (<b>)_{i}", multiplications=lambda a, b: a[0])
def dot(a: Array, b: Array) -> Array:
    """The dot product of two vectors."""
    return total(a * b)


@rule(
    tex=r"\sqrt{\sum_i (<a>)_{i}^2}",
    multiplications=lambda a: a[0],
    slips=(Slip("no_root", "the root is left out", lambda a: total(a * a), r"\sum_i (<a>)_{i}^2"),),
)
def norm(a: Array) -> Array:
    """The Euclidean length of a vector."""
    return sqrt(total(a**2))


@rule(
    tex=r"\frac{<dot>}{<norm_a> \cdot <norm_b>}",
    slips=(
        Slip(
            "one_norm",
            "only one of the two lengths is divided by",
            lambda dot, norm_a, norm_b: dot / norm_a,
            r"\frac{<dot>}{<norm_a>}",
        ),
    ),
)
def cosine(dot: Array, norm_a: Array, norm_b: Array) -> Array:
    """The cosine of the angle between two vectors: their cosine similarity."""
    return dot / (norm_a * norm_b)
