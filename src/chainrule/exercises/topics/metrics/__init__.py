"""Questions about metrics: confusion matrices, the ROC curve, measures of a regression."""

from chainrule.exercises.topics.metrics.classification import (
    matrix_of_samples,
    rates_of_a_matrix,
    rates_of_counts,
)
from chainrule.exercises.topics.metrics.regression import all_measures, determination, errors_of_a_regression
from chainrule.exercises.topics.metrics.roc import area_of_pairs, roc_curve
from chainrule.exercises.topics.metrics.several import (
    accuracy_of_classes,
    averages_over_classes,
    counts_of_classes,
    rates_of_classes,
)

__all__ = [
    "accuracy_of_classes",
    "all_measures",
    "area_of_pairs",
    "averages_over_classes",
    "counts_of_classes",
    "determination",
    "errors_of_a_regression",
    "matrix_of_samples",
    "rates_of_a_matrix",
    "rates_of_classes",
    "rates_of_counts",
    "roc_curve",
]
