"""Matrices: products, determinants, rank and spaces by row reduction."""

from __future__ import annotations

import numpy as np

from chainrule.exercises.draws import Draw
from chainrule.exercises.kinds import Drawn, kind
from chainrule.exercises.topics._matrices import of_rank
from chainrule.paper.workings import Working


@kind("easy", "medium", "hard")
def product(draw: Draw) -> Drawn:
    """The product of two matrices."""
    shapes = draw.by(
        ((2, 2, 2), (2, 2, 2), (2, 2, 1), (1, 2, 2)),
        ((2, 3, 2), (3, 2, 3), (2, 3, 3)),
        ((3, 3, 3), (4, 3, 2)),
    )
    rows, inner, columns = draw.choice(shapes)
    low, high, step = draw.by((-3, 5, "1"), (-4, 6, "1"), (-2, 3, "0.5"))
    return {
        "text": f"Multiply the matrices: find C = A B. Its size is {rows} × {columns}.",
        "find": ["C"],
        "given": {
            "A": draw.matrix(rows, inner, low, high, step, zero=False),
            "B": draw.matrix(inner, columns, low, high, step, zero=False),
        },
    }


def _is_regular(working: Working) -> bool:
    """Whether the matrix has an inverse."""
    return bool(working.tape["determinant"].value.item() != 0)


@kind("easy", "medium", suits=_is_regular)
def determinant(draw: Draw) -> Drawn:
    """A determinant of two rows or of three."""
    rows = draw.by(2, 3, 3)
    return {
        "text": "Find the determinant of A, which is, up to its sign, the factor by which A changes "
        f"{draw.by('areas', 'volumes', 'volumes')}.",
        "find": ["determinant"],
        "given": {"A": draw.matrix(rows, rows, *draw.by((-5, 9), (-3, 5), (-3, 5)))},
    }


@kind("hard", suits=_is_regular)
def determinant_by_elimination(draw: Draw) -> Drawn:
    """A determinant of four rows: by row reduction, in which rows may be swapped."""
    lower = np.tril(np.array([draw.integers(4, -2, 2) for _ in range(4)]), -1) + np.eye(4, dtype=int)
    upper = np.triu(np.array([draw.integers(4, -2, 3, zero=False) for _ in range(4)]))
    A = lower @ upper
    if draw.chance():
        first, second = draw.sample(range(4), 2)
        A[[first, second]] = A[[second, first]]
    return {
        "text": "Bring A to row echelon form U by subtracting multiples of a row from the rows below it, "
        "without scaling any row; swap rows only where a pivot is 0. Find the determinant of A by it.",
        "find": ["U", "determinant"],
        "given": {"A": [[int(v) for v in row] for row in A]},
    }


def _has_kernel(working: Working) -> bool:
    """Whether the null space is more than 0, and the matrix has no row or column of zeros."""
    A = working.tape["A"].value
    nullity = working.tape["nullity"].value.item()
    return bool(nullity > 0) and all(any(v != 0 for v in line) for line in (*A, *A.T))


@kind("easy", suits=_has_kernel)
def rank(draw: Draw) -> Drawn:
    """Rank of a matrix, a basis of its column space, and the dimension of its null space."""
    rows, columns, of = draw.choice(((2, 2, 1), (2, 3, 1), (3, 2, 1), (2, 3, 2)))
    return {
        "text": "Bring A to row echelon form U. Find its rank, a basis of its column space from its own "
        "columns, which stands in the columns of a matrix, and the dimension of its null space.",
        "find": ["U", "rank", "column_space", "nullity"],
        "given": {"A": of_rank(draw, rows, columns, of)},
    }


@kind("easy", "medium", "hard", suits=_has_kernel)
def null_space(draw: Draw) -> Drawn:
    """Rank, column space and null space of a matrix by row reduction."""
    shapes = draw.by(((2, 2, 1),), ((3, 3, 2), (2, 3, 2), (3, 4, 2)), ((3, 4, 3), (4, 4, 2), (4, 4, 3)))
    rows, columns, of = draw.choice(shapes)
    return {
        "text": "Bring A to row echelon form U and then to reduced row echelon form R. Find its rank, a "
        "basis of its column space from its own columns, the dimension of its null space, and a basis of "
        "that; each basis stands in the columns of a matrix.",
        "find": ["U", "rank", "column_space", "R", "nullity", "null_space"],
        "given": {"A": of_rank(draw, rows, columns, of)},
    }
