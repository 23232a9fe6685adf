"""Eigenvalues and eigenvectors, condition numbers, singular values; all are whole numbers here."""

from __future__ import annotations

import re

import numpy as np

from chainrule.exercises.draws import Draw
from chainrule.exercises.kinds import Drawn, kind
from chainrule.exercises.topics._matrices import similar, symmetric, with_singular_values
from chainrule.paper.workings import Working

_POLYNOMIAL = (
    "Find the coefficients of the characteristic polynomial det(λI − A), that of the highest power of λ first"
)


def _drawn(draw: Draw, rows: int) -> list[list[int]]:
    low, high = draw.by((-3, 6), (-4, 7), (-3, 4))
    return similar(draw, np.diag([int(v) for v in draw.different(rows, low, high)]))


def _hides_eigenvalues(working: Working) -> bool:
    """Whether the diagonal does not already hold the eigenvalues, as that of a triangular matrix does."""
    diagonal = working.tape["A"].value.diagonal()
    return sorted(diagonal) != sorted(working.tape["eigenvalues"].value)


@kind("easy", "medium", suits=_hides_eigenvalues)
def eigenvalues(draw: Draw) -> Drawn:
    """Characteristic polynomial and eigenvalues of a matrix of two rows, or of three."""
    return {
        "text": f"{_POLYNOMIAL}, and the eigenvalues of A, the largest first.",
        "find": ["characteristic_polynomial", "eigenvalues"],
        "given": {"A": _drawn(draw, draw.by(2, 3, 3))},
    }


def _has_short_eigenvectors(working: Working) -> bool:
    """Whether, besides, the reduced forms of A - λI have no thirds: decimals that end."""
    names = [name for name in working.tape.quantities if re.fullmatch(r"R\d", name)]
    entries = [entry for name in names for entry in working.tape[name].value.flat]
    return _hides_eigenvalues(working) and all(10_000 % entry.exact.q == 0 for entry in entries)


@kind("easy", "medium", "hard", suits=_has_short_eigenvectors)
def eigenvectors(draw: Draw) -> Drawn:
    """Eigenvalues and eigenvectors, from the reduced forms of A - λI."""
    rows = draw.by(2, 2, 3)
    numbers = range(1, rows + 1)
    more = draw.by([], [f"{letter}{i}" for i in numbers for letter in "MR"], [f"M{i}" for i in numbers])
    asked = draw.by(
        "an eigenvector",
        "the matrix M = A − λI, its reduced row echelon form R, and an eigenvector v",
        "the matrix M = A − λI and an eigenvector v",
    )
    return {
        "text": f"{_POLYNOMIAL}, the eigenvalues of A, the largest first, and for each of them {asked}. No "
        "two eigenvalues are equal.",
        "find": ["characteristic_polynomial", "eigenvalues", *more, *(f"v{i}" for i in numbers)],
        "given": {"A": _drawn(draw, rows)},
    }


def _turns(working: Working) -> bool:
    """Whether the matrix is not already a turn with a stretch."""
    A = working.tape["A"].value
    return bool(A[0, 0] != A[1, 1])


@kind("medium", suits=_turns)
def complex_eigenvalues(draw: Draw) -> Drawn:
    """A matrix that leaves no direction as it is: the real and the imaginary parts of its eigenvalues."""
    real, imaginary = draw.integer(-4, 5), draw.integer(1, 4)
    return {
        "text": f"A leaves no direction as it is, so it has no real eigenvalues. {_POLYNOMIAL}, and the real "
        "parts and the imaginary parts of the two eigenvalues.",
        "find": ["characteristic_polynomial", "real_parts", "imaginary_parts"],
        "given": {"A": similar(draw, np.array([[real, -imaginary], [imaginary, real]]))},
    }


@kind("easy", "medium", "hard")
def condition_number(draw: Draw) -> Drawn:
    """A symmetric matrix: the condition number as the quotient of its eigenvalues."""
    return {
        "text": f"A is symmetric. {_POLYNOMIAL}, the eigenvalues of A, the largest first, and its condition "
        "number, the quotient of the largest eigenvalue and the smallest.",
        "find": ["characteristic_polynomial", "eigenvalues", "condition_number"],
        "given": {"A": symmetric(draw)},
    }


def _is_well_stretched(working: Working) -> bool:
    """Whether A is not singular, has two different singular values, and AᵀA needs its polynomial."""
    gram = working.tape["gram"].value
    values = working.tape["singular_values"].value
    return bool(gram[0, 1] != 0 and values[-1] != 0 and values[0] != values[-1])


@kind("medium", "hard", suits=_is_well_stretched)
def singular_values(draw: Draw) -> Drawn:
    """Singular values and condition number of a matrix that need not be symmetric."""
    return {
        "text": "Find G = AᵀA, the coefficients of its characteristic polynomial det(λI − G), that of the "
        "highest power of λ first, its eigenvalues, the largest first, the singular values of A, and the "
        "condition number of A, the quotient of the largest singular value and the smallest.",
        "find": [
            "gram",
            "characteristic_polynomial_gram",
            "eigenvalues_gram",
            "singular_values",
            "condition_number",
        ],
        "given": {"A": with_singular_values(draw)},
    }
