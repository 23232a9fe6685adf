"""Questions about linear algebra: matrices, eigenvalues, vectors, slopes of a formula, descent on it."""

from __future__ import annotations

from chainrule.exercises.topics.linear_algebra.descent import curve_descent, learning_rates, surface_descent
from chainrule.exercises.topics.linear_algebra.eigen import (
    complex_eigenvalues,
    condition_number,
    eigenvalues,
    eigenvectors,
    singular_values,
)
from chainrule.exercises.topics.linear_algebra.matrices import (
    determinant,
    determinant_by_elimination,
    null_space,
    product,
    rank,
)
from chainrule.exercises.topics.linear_algebra.slopes import (
    curve,
    curve_with_two_stationary_points,
    derivatives,
    surface,
    surface_at_point,
)
from chainrule.exercises.topics.linear_algebra.vectors import cosine_similarity

__all__ = [
    "complex_eigenvalues",
    "condition_number",
    "cosine_similarity",
    "curve",
    "curve_descent",
    "curve_with_two_stationary_points",
    "derivatives",
    "determinant",
    "determinant_by_elimination",
    "eigenvalues",
    "eigenvectors",
    "learning_rates",
    "null_space",
    "product",
    "rank",
    "singular_values",
    "surface",
    "surface_at_point",
    "surface_descent",
]
