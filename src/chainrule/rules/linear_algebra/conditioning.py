"""Singular values and the condition number.

Source: Goodfellow, Bengio, Courville, "Deep Learning" (2016), section 4.2.
"""

from __future__ import annotations

from chainrule.rules.arrays import Array, sqrt
from chainrule.rules.rule import Slip, rule
from chainrule.rules.slipping import NO_ROOT


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
