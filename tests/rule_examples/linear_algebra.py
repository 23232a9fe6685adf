"""Examples of the rules of linear algebra."""

import numpy as np

from chainrule.rules import calculus
from chainrule.rules.linear_algebra import conditioning, determinants, eigen, elimination, products, spaces
from rule_examples.drawing import draw, sizes


def examples():
    A, B, a, b = draw(12, 3, 3), draw(13, 3, 3), draw(14, 3), draw(15, 3)
    M = np.array([[2.0, 4.0, 6.0], [2.0, 4.0, 7.0], [1.0, 2.0, 8.0]])
    U = np.array([[1.0, 2.0, 3.0], [0.0, 0.0, 2.0], [0.0, 0.0, 0.0]])
    yield elimination.reduced_row_echelon_form, (M,)
    yield spaces.rank, (U,)
    yield spaces.nullity, sizes(2), {"columns": 3}
    yield spaces.column_space, (M, U)
    yield spaces.null_space, (U / 2,)
    yield determinants.determinant, (A,)
    yield determinants.pivot_product, (A,), {"swaps": 1}
    yield eigen.shifted, (A, np.array(2.0))
    yield eigen.characteristic_polynomial, (A,)
    for made in (conditioning.gram, conditioning.row_gram):
        yield made, (A,)
    yield conditioning.singular_values, (a**2,)
    yield products.product, (A, B)
    yield products.dot, (a, b)
    yield products.norm, (a,)
    yield products.cosine, (a @ b, np.array(2.0), np.array(3.0))
    yield conditioning.condition_number, (np.array(200.0), np.array(2.0))
    yield calculus.shrink_factors, (np.array(0.009), np.array([200.0, 2.0]))
    yield calculus.learning_rate_limit, (np.array(200.0),)
    yield calculus.best_learning_rate, (np.array(200.0), np.array(2.0))
    yield calculus.best_factor, (np.array(100.0),)
    yield calculus.through_slope, (a, b)
