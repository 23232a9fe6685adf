"""Examples of the rules of linear algebra."""

import numpy as np

from chainrule.rules import calculus, linear_algebra
from rule_examples.drawing import draw, sizes


def examples():
    A, B, a, b = draw(12, 3, 3), draw(13, 3, 3), draw(14, 3), draw(15, 3)
    M = np.array([[2.0, 4.0, 6.0], [2.0, 4.0, 7.0], [1.0, 2.0, 8.0]])
    U = np.array([[1.0, 2.0, 3.0], [0.0, 0.0, 2.0], [0.0, 0.0, 0.0]])
    yield linear_algebra.reduced_row_echelon_form, (M,)
    yield linear_algebra.rank, (U,)
    yield linear_algebra.nullity, sizes(2), {"columns": 3}
    yield linear_algebra.column_space, (M, U)
    yield linear_algebra.null_space, (U / 2,)
    yield linear_algebra.determinant, (A,)
    yield linear_algebra.pivot_product, (A,), {"swaps": 1}
    yield linear_algebra.shifted, (A, np.array(2.0))
    yield linear_algebra.characteristic_polynomial, (A,)
    for made in (linear_algebra.gram, linear_algebra.row_gram):
        yield made, (A,)
    yield linear_algebra.singular_values, (a**2,)
    yield linear_algebra.product, (A, B)
    yield linear_algebra.dot, (a, b)
    yield linear_algebra.norm, (a,)
    yield linear_algebra.cosine, (a @ b, np.array(2.0), np.array(3.0))
    yield linear_algebra.condition_number, (np.array(200.0), np.array(2.0))
    yield calculus.shrink_factors, (np.array(0.009), np.array([200.0, 2.0]))
    yield calculus.learning_rate_limit, (np.array(200.0),)
    yield calculus.best_learning_rate, (np.array(200.0), np.array(2.0))
    yield calculus.best_factor, (np.array(100.0),)
    yield calculus.through_slope, (a, b)
