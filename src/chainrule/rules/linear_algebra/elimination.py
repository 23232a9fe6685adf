"""Elimination: row operations, echelon forms, solutions.

It asks whether an entry is 0, so it is for exact numbers.
Source: Strang, "Introduction to Linear Algebra" (2016), chapter 2.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from chainrule.rules.arrays import Array
from chainrule.rules.rule import Slip, rule


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
