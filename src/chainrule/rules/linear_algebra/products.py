"""Products of matrices and vectors, norms, cosines.

Source: Goodfellow, Bengio, Courville, "Deep Learning" (2016), chapter 2.
"""

from __future__ import annotations

from chainrule.rules.arrays import Array, absolute, sqrt, total
from chainrule.rules.rule import Shape, Slip, rule
from chainrule.rules.slipping import NO_ROOT


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
