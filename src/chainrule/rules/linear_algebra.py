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

from chainrule.rules.arrays import Array, absolute, sqrt, total
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


@rule(tex=r"\text{row echelon form of } <A>", as_whole=True, same="rows")
def row_echelon_form(A: Array) -> Array:
    """What forward elimination leaves; the shape of A."""
    operations = forward_elimination(A)
    return operations[-1].after if operations else A


def _cleared_above(A: Array) -> Array:
    """What elimination leaves where the pivots are not made 1."""
    U, R = row_echelon_form.function(A), reduced_row_echelon_form.function(A)
    made = R.copy()
    for row, column in pivots(U):
        made[row] = R[row] * U[row, column]
    return made


def solved(A: Array, B: Array) -> Array:
    """The X with A X = B, for a square A that is not singular; of exact numbers."""
    n = A.shape[0]
    return reduced_row_echelon_form.function(np.concatenate([A, B], axis=1))[:, n:]


@rule(
    tex=r"\text{reduced row echelon form of } <A>",
    as_whole=True,
    slips=(
        Slip(
            "pivots_not_one",
            "the pivots are not made 1",
            _cleared_above,
            r"\text{diagonal form of } <A>",
        ),
        Slip(
            "not_cleared_above",
            "the entries above the pivots are left as they are",
            lambda A: row_echelon_form.function(A),
            r"\text{row echelon form of } <A>",
        ),
    ),
)
def reduced_row_echelon_form(A: Array) -> Array:
    """What forward and then backward elimination leave; the shape of A."""
    U = row_echelon_form.function(A)
    operations = backward_elimination(U)
    return operations[-1].after if operations else U


@rule(
    tex=r"\text{number of rows of } <U> \text{ that are not } 0",
    as_whole=True,
    slips=(
        Slip(
            "all_rows",
            "all rows are counted, those of zeros too",
            lambda U: U.shape[0],
            r"\text{number of rows of } <U>",
        ),
        Slip(
            "nullity_for_rank",
            "the columns without a pivot are counted",
            lambda U: U.shape[1] - len(pivots(U)),
            r"\text{number of columns of } <U> \text{ without a pivot}",
        ),
    ),
)
def rank(U: Array) -> Array:
    """The rank, of a row echelon form of the matrix: how many pivots there are."""
    return len(pivots(U))


@rule(
    tex=r"<columns> - <rank>",
    slips=(
        Slip("rank_for_nullity", "the rank itself is given", lambda rank, *, columns: rank, "<rank>"),
        Slip(
            "nothing_subtracted",
            "the rank is not subtracted",
            lambda rank, *, columns: columns + 0 * rank,
            "<columns>",
        ),
    ),
)
def nullity(rank: Array, *, columns: int) -> Array:
    """The dimension of the null space."""
    return columns - rank


@rule(
    tex=r"\text{the columns of } <A> \text{ in which } <U> \text{ has its pivots}",
    as_whole=True,
    same="span",
    slips=(
        Slip(
            "columns_of_echelon_form",
            "the columns are taken from the echelon form, not from the matrix itself",
            lambda A, U: U[:, [column for _, column in pivots(U)]],
            r"\text{the columns of } <U> \text{ in which it has its pivots}",
        ),
        Slip(
            "row_space",
            "rows are taken, which span the row space",
            lambda A, U: U[[row for row, _ in pivots(U)]].T,
            r"\text{the rows of } <U> \text{ that are not } 0",
        ),
    ),
)
def column_space(A: Array, U: Array) -> Array:
    """A basis of the column space, in the columns of the result; shape (m, rank).

    Of a matrix of zeros, whose column space is {0}, the zero vector.
    """
    found = [column for _, column in pivots(U)]
    return A[:, found] if found else A[:, :1]


@rule(
    tex=r"\text{columns that span the solutions of } <R> x = 0",
    as_whole=True,
    same="span",
    slips=(
        Slip(
            "signs_not_turned",
            "what is brought to the other side keeps its sign",
            lambda R: _solutions(R, 1),
            r"\text{columns that span the solutions of } <R> x = 0 \text{, with signs not turned}",
        ),
    ),
)
def null_space(R: Array) -> Array:
    """A basis of the null space, of a reduced row echelon form; in the columns, shape (n, nullity).

    Each solution has one free unknown not 0, and is made whole: no denominators. Where nothing is
    free, the null space is {0}, and the result is the zero vector.
    """
    return _solutions(R, -1)


def _solutions(R: Array, sign: int) -> Array:
    places, n = pivots(R), R.shape[1]
    bound = [column for _, column in places]
    zero = R[0, 0] * 0
    solutions = []
    for free in (j for j in range(n) if j not in bound):
        x = np.full(n, zero, dtype=object)
        x[free] = zero + 1
        for row, column in places:
            x[column] = sign * R[row, free]
        solutions.append(x * lcm(*(v.as_integer_ratio()[1] for v in x)))
    return np.stack(solutions or [np.full(n, zero, dtype=object)], axis=1)


# ------------------------------------------------------------------------- determinants


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


# -------------------------------------------------------------------------- eigenvalues


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


@rule(
    tex=r"<A>^{\top} <A>",
    multiplications=lambda A: A[0] * A[1] * A[1],
    in_matrices=True,
    slips=(
        Slip("other_order", "the factors are swapped", lambda A: A @ A.T, r"<A> <A>^{\top}"),
        Slip("no_transpose", "the matrix is not transposed", lambda A: A @ A, "<A> <A>"),
    ),
)
def gram(A: Array) -> Array:
    """Products of all pairs of columns; its eigenvalues are the squares of A's singular values."""
    return A.T @ A


@rule(
    tex=r"<A> <A>^{\top}",
    multiplications=lambda A: A[0] * A[0] * A[1],
    in_matrices=True,
    slips=(
        Slip("other_order", "the factors are swapped", lambda A: A.T @ A, r"<A>^{\top} <A>"),
        Slip("no_transpose", "the matrix is not transposed", lambda A: A @ A, "<A> <A>"),
    ),
)
def row_gram(A: Array) -> Array:
    """Products of all pairs of rows; it has the eigenvalues of AᵀA, but for zeros."""
    return A @ A.T


NO_ROOT = "no_root", "the root is left out"


@rule(
    tex=r"\sqrt{<eigenvalues>}",
    same="order",
    slips=(Slip(*NO_ROOT, lambda eigenvalues: eigenvalues, "<eigenvalues>"),),
)
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
        Slip(
            "subtracted",
            "the smallest is subtracted from the largest",
            lambda largest, smallest: largest - smallest,
            "<largest> - <smallest>",
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
        Slip("rows_by_rows", "rows are multiplied by rows", lambda A, B: A @ B.T, r"<A> <B>^{\top}"),
    ),
)
def product(A: Array, B: Array) -> Array:
    """The matrix product: rows of A times columns of B.

    >>> import numpy as np
    >>> product(np.array([[1.0, 2.0]]), np.array([[3.0], [4.0]]))
    array([[11.]])
    """
    return A @ B


@rule(
    tex=r"\sum_i (<a>)_{i} (<b>)_{i}",
    multiplications=lambda a, b: a[0],
    slips=(
        Slip(
            "lengths_multiplied",
            "the two lengths are multiplied",
            lambda a, b: sqrt(total(a**2)) * sqrt(total(b**2)),
            r"\| <a> \| \cdot \| <b> \|",
        ),
        Slip(
            "sums_multiplied",
            "the sums of the entries are multiplied",
            lambda a, b: total(a) * total(b),
            r"\sum_i (<a>)_{i} \cdot \sum_i (<b>)_{i}",
        ),
    ),
)
def dot(a: Array, b: Array) -> Array:
    """The dot product of two vectors."""
    return total(a * b)


@rule(
    tex=r"\sqrt{\sum_i (<a>)_{i}^2}",
    multiplications=lambda a: a[0],
    slips=(
        Slip(*NO_ROOT, lambda a: total(a * a), r"\sum_i (<a>)_{i}^2"),
        Slip(
            "not_squared",
            "the entries are added without squares",
            lambda a: total(absolute(a)),
            r"\sum_i \left| (<a>)_{i} \right|",
        ),
    ),
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
        Slip("not_divided", "nothing is divided by the lengths", lambda dot, norm_a, norm_b: dot, "<dot>"),
        Slip(
            "lengths_added",
            "the two lengths are added, not multiplied",
            lambda dot, norm_a, norm_b: dot / (norm_a + norm_b),
            r"\frac{<dot>}{<norm_a> + <norm_b>}",
        ),
    ),
)
def cosine(dot: Array, norm_a: Array, norm_b: Array) -> Array:
    """The cosine of the angle between two vectors: their cosine similarity."""
    return dot / (norm_a * norm_b)
