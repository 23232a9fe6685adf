"""Examples of the rules of metrics."""

import numpy as np

from chainrule.rules.metrics import averages, confusion, regression, roc, shares
from rule_examples.drawing import sizes


def examples():
    C, counts = np.array([[5.0, 2.0, 1.0], [3.0, 6.0, 0.0], [4.0, 2.0, 7.0]]), sizes(40, 10, 5, 45)
    TP, FP, FN = np.array([5.0, 6.0, 7.0]), np.array([7.0, 4.0, 1.0]), np.array([3.0, 3.0, 6.0])
    places, classes = (np.array([0, 0, 1, 2]), np.array([0, 1, 1, 0])), {"classes": 3}
    yield confusion.confusion_matrix, places, classes
    for cell in (
        confusion.TRUE_POSITIVES,
        confusion.TRUE_NEGATIVES,
        confusion.POSITIVE_ROW,
        confusion.POSITIVE_COLUMN,
    ):
        yield cell, (C[:2, :2],), {"p": 1, "n": 2}
    for made in (confusion.diagonal, confusion.rest_of_row, confusion.rest_of_column):
        yield made, (C,)
    yield confusion.rest, (np.array(30.0), TP, FP, FN)
    yield confusion.support, (TP, FN)
    yield shares.accuracy, (counts[0], counts[3], counts[1], counts[2])
    yield shares.share_right, (TP, np.array(30.0))
    for made in (shares.precision, shares.recall, shares.specificity, shares.false_positive_rate):
        yield made, counts[:2]
    yield shares.f1, (np.array(0.5), np.array(0.8))
    yield shares.f1_of_counts, (TP, FP, FN)
    yield shares.balanced_accuracy, (np.array(0.5), np.array(0.8))
    yield averages.macro_average, (FP,)
    yield averages.weighted_average, (TP, FP)
    yield averages.micro_average, (TP, FP)
    scores, others = np.array([0.9, 0.6, 0.4]), np.array([0.6, 0.3])
    yield roc.called_positive, (scores, np.array([0.9, 0.6, 0.4, 0.3]))
    yield roc.rate, (np.array([0.0, 1.0, 2.0]), np.array(2.0))
    yield roc.trapezoids, (np.array([0.0, 0.5, 1.0]), np.array([0.0, 0.8, 1.0]))
    yield roc.pairs_won, (scores, others)
    e, y = np.array([1.0, -2.0, 4.0]), np.array([1.0, 2.0, 4.5])
    yield regression.residuals, (y, e)
    for made in (regression.mean_absolute, regression.mean_square, regression.residual_squares):
        yield made, (e,)
    yield regression.root, sizes(3)
    yield regression.mean_target, (y,)
    yield regression.total_squares, (y, np.array(2.5))
    yield regression.determination, sizes(3, 8)
