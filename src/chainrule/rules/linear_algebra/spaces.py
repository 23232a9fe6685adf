"""The spaces of a matrix: rank, column space, null space.

Source: Strang, "Introduction to Linear Algebra" (2016), chapter 3.
"""

from __future__ import annotations

from math import lcm

import numpy as np

from chainrule.rules.arrays import Array
from chainrule.rules.linear_algebra.elimination import pivots
from chainrule.rules.rule import Slip, rule


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
