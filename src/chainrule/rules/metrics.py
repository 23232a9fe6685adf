"""Metrics: what is counted over a data set beside the loss.

``METRICS`` are those of training: y is the target and a the prediction, (m, k); each gives one value
per sample, (m,). What follows them is worked on paper: the confusion matrix and what is made of it,
the ROC curve, and the measures of a regression.
Sources: Keras 3, keras.metrics; scikit-learn, "Metrics and scoring"; Fawcett, "An introduction to ROC
analysis" (2006).
"""

from __future__ import annotations

from collections.abc import Mapping

from chainrule.rules.arrays import Array, absolute, constant, namespace, sqrt, total, where
from chainrule.rules.losses import mean_absolute_error, mean_squared_error
from chainrule.rules.rule import Rule, rule, size


def _row_mean(x: Array) -> Array:
    return namespace(x).mean(x.reshape(x.shape[0], -1), axis=1)


def _largest_place(a: Array) -> Array:
    return namespace(a).argmax(a, axis=-1)


METRICS: Mapping[str, Rule] = {
    rule.name: rule
    for rule in (
        Rule(
            "binary_accuracy",
            lambda y, a: _row_mean((y > 0.5) == (a > 0.5)),
            r"[<y> = [<a> > \frac{1}{2}]]",
        ),
        Rule(
            "categorical_accuracy",
            lambda y, a: _largest_place(y) == _largest_place(a),
            r"[\arg\max <y> = \arg\max <a>]",
        ),
        Rule(
            "sparse_categorical_accuracy",
            lambda y, a: y.reshape(-1) == _largest_place(a),
            r"[<y> = \arg\max <a>]",
        ),
        Rule(
            "mean_squared_error",
            lambda y, a: _row_mean(mean_squared_error.term(y, a)),
            mean_squared_error.tex,
        ),
        Rule(
            "mean_absolute_error",
            lambda y, a: _row_mean(mean_absolute_error.term(y, a)),
            mean_absolute_error.tex,
        ),
    )
}


# ----------------------------------------------------------------- the confusion matrix


@rule(tex=r"\sum_s \left[ (<rows>)_{s} = i \right] \left[ (<columns>)_{s} = j \right]")
def confusion_matrix(rows: Array, columns: Array, *, classes: int) -> Array:
    """How often class i stands with class j; (classes, classes), from two lists of class numbers.

    >>> import numpy as np
    >>> confusion_matrix(np.array([0, 0, 1]), np.array([0, 1, 1]), classes=2)
    array([[1, 1],
           [0, 1]])
    """
    xp = namespace(rows, columns)
    numbers = xp.arange(classes)
    here = rows[:, None, None] == numbers[None, :, None]
    there = columns[:, None, None] == numbers[None, None, :]
    return xp.sum((here & there) * 1, axis=0)


def _cell(name: str, row: str, column: str) -> Rule:
    """The rule that takes the cell at (row, column), which are 0 or 1 by the options."""

    def function(C: Array, *, p: int, n: int) -> Array:
        place = {"p": p - 1, "n": n - 1}
        return C[place[row], place[column]]

    return Rule(name, function, rf"(<C>)_{{<{row}><{column}>}}")


TRUE_POSITIVES = _cell("true_positives", "p", "p")
TRUE_NEGATIVES = _cell("true_negatives", "n", "n")
POSITIVE_ROW = _cell("cell_in_the_positive_row", "p", "n")
POSITIVE_COLUMN = _cell("cell_in_the_positive_column", "n", "p")


@rule(tex=r"(<C>)_{kk}")
def diagonal(C: Array) -> Array:
    """Of every class, how many were put where they belong; (k,)."""
    return namespace(C).diagonal(C)


@rule(tex=r"\sum_{j \ne k} (<C>)_{kj}")
def rest_of_row(C: Array) -> Array:
    """Of every row, the sum of what is off the diagonal; (k,)."""
    return total(_off_diagonal(C), axis=1)


@rule(tex=r"\sum_{i \ne k} (<C>)_{ik}")
def rest_of_column(C: Array) -> Array:
    """Of every column, the sum of what is off the diagonal; (k,)."""
    return total(_off_diagonal(C), axis=0)


def _off_diagonal(C: Array) -> Array:
    xp = namespace(C)
    return where(xp.eye(C.shape[0]) > 0, constant(0, C), C)


@rule(tex=r"\sum_{i,j} (<C>)_{ij}")
def number_of_samples(C: Array) -> Array:
    """How many samples were counted."""
    return total(C)


@rule(tex=r"<N> - <TP> - <FP> - <FN>")
def rest(N: Array, TP: Array, FP: Array, FN: Array) -> Array:
    """Of every class, the true negatives: what is in neither its row nor its column; (k,)."""
    return N - TP - FP - FN


@rule(tex=r"<TP> + <FN>")
def support(TP: Array, FN: Array) -> Array:
    """How many samples of the class there are."""
    return TP + FN


@rule(tex=r"\frac{<TP> + <TN>}{<TP> + <TN> + <FP> + <FN>}")
def accuracy(TP: Array, TN: Array, FP: Array, FN: Array) -> Array:
    """The share of samples that were put where they belong.

    >>> accuracy(40, 45, 10, 5)
    0.85
    """
    return (TP + TN) / (TP + TN + FP + FN)


@rule(tex=r"\frac{\sum_k (<right>)_{k}}{<N>}")
def share_right(right: Array, N: Array) -> Array:
    """Accuracy over several classes."""
    return total(right) / N


@rule(tex=r"\frac{<TP>}{<TP> + <FP>}")
def precision(TP: Array, FP: Array) -> Array:
    """Of what was called positive, the share that is."""
    return TP / (TP + FP)


@rule(tex=r"\frac{<TP>}{<TP> + <FN>}")
def recall(TP: Array, FN: Array) -> Array:
    """Of what is positive, the share that was found: the true positive rate."""
    return TP / (TP + FN)


@rule(tex=r"\frac{<TN>}{<TN> + <FP>}")
def specificity(TN: Array, FP: Array) -> Array:
    """Of what is negative, the share that was called so."""
    return TN / (TN + FP)


@rule(tex=r"\frac{<FP>}{<FP> + <TN>}")
def false_positive_rate(FP: Array, TN: Array) -> Array:
    """Of what is negative, the share that was called positive."""
    return FP / (FP + TN)


@rule(tex=r"\frac{2 \cdot <precision> \cdot <recall>}{<precision> + <recall>}")
def f1(precision: Array, recall: Array) -> Array:
    """The harmonic mean of precision and recall; one of them is not 0."""
    return 2 * precision * recall / (precision + recall)


@rule(tex=r"\frac{2 \cdot <TP>}{2 \cdot <TP> + <FP> + <FN>}")
def f1_of_counts(TP: Array, FP: Array, FN: Array) -> Array:
    """F1 from the counts, which is defined where precision and recall are both 0 too."""
    return 2 * TP / (2 * TP + FP + FN)


@rule(tex=r"\frac{<recall> + <specificity>}{2}")
def balanced_accuracy(recall: Array, specificity: Array) -> Array:
    """The mean of the two classes' recalls."""
    return (recall + specificity) / 2


@rule(tex=r"\frac{1}{K} \sum_k (<values>)_{k}")
def macro_average(values: Array) -> Array:
    """The mean over the classes, every class counting the same."""
    return total(values) / size(values.shape)


@rule(tex=r"\frac{\sum_k (<support>)_{k} (<values>)_{k}}{\sum_k (<support>)_{k}}")
def weighted_average(support: Array, values: Array) -> Array:
    """The mean over the classes, every class counting with its samples."""
    return total(support * values) / total(support)


@rule(tex=r"\frac{\sum_k (<TP>)_{k}}{\sum_k (<TP>)_{k} + \sum_k (<wrong>)_{k}}")
def micro_average(TP: Array, wrong: Array) -> Array:
    """The share from the counts of all classes together."""
    return total(TP) / (total(TP) + total(wrong))


# ------------------------------------------------------------------------- the ROC curve


@rule(tex=r"\sum_i \left[ (<scores>)_{i} \ge (<thresholds>)_{k} \right]")
def called_positive(scores: Array, thresholds: Array) -> Array:
    """How many scores reach each threshold, before them one that none reaches; (thresholds + 1,)."""
    xp = namespace(scores)
    each = scores[None, :] + 0 * thresholds[:, None]
    reached = each >= thresholds[:, None]
    counts = total(where(reached, constant(1, each), constant(0, each)), axis=1)
    return xp.concatenate([constant(0, counts[:1]), counts])


@rule(tex=r"\frac{<counts>}{<all>}")
def rate(counts: Array, all: Array) -> Array:  # noqa: A002 - how many there are in all
    """Counts as shares of all."""
    return counts / all


@rule(
    tex=r"\sum_{k} \left( (<x>)_{k} - (<x>)_{k-1} \right) \cdot \frac{(<y>)_{k} + (<y>)_{k-1}}{2}",
    multiplications=lambda x, y: size(x),
)
def trapezoids(x: Array, y: Array) -> Array:
    """The area under a curve of straight pieces."""
    return total((x[1:] - x[:-1]) * ((y[1:] + y[:-1]) / 2))


@rule(
    tex=r"\frac{1}{P \cdot N} \sum_{i,j} \left( \left[ (<positive>)_{i} > (<negative>)_{j} \right]"
    r" + \frac{1}{2} \left[ (<positive>)_{i} = (<negative>)_{j} \right] \right)"
)
def pairs_won(positive: Array, negative: Array) -> Array:
    """The share of pairs in which the positive has the higher score, ties counting half."""
    a, b = positive[:, None] + 0 * negative[None, :], 0 * positive[:, None] + negative[None, :]
    one, nothing = constant(1, a), constant(0, a)
    won = where(a > b, one, where(a == b, one / 2, nothing))
    return total(won) / size(won.shape)


# ----------------------------------------------------------------------------- regression


@rule(tex=r"<y> - <yhat>")
def residuals(y: Array, yhat: Array) -> Array:
    """Target minus prediction; (m,)."""
    return y - yhat


@rule(tex=r"\frac{1}{m} \sum_i \left| (<e>)_{i} \right|")
def mean_absolute(e: Array) -> Array:
    """The mean absolute error, from the residuals."""
    return total(absolute(e)) / size(e.shape)


@rule(tex=r"\frac{1}{m} \sum_i (<e>)_{i}^2")
def mean_square(e: Array) -> Array:
    """The mean squared error, from the residuals."""
    return total(e**2) / size(e.shape)


@rule(tex=r"\sqrt{<mse>}")
def root(mse: Array) -> Array:
    """The root of the mean squared error."""
    return sqrt(mse)


@rule(tex=r"\frac{1}{m} \sum_i (<y>)_{i}")
def mean_target(y: Array) -> Array:
    """The mean of the targets."""
    return total(y) / size(y.shape)


@rule(tex=r"\sum_i (<e>)_{i}^2")
def residual_squares(e: Array) -> Array:
    """The squares of the residuals, summed."""
    return total(e**2)


@rule(tex=r"\sum_i \left( (<y>)_{i} - <mean> \right)^2")
def total_squares(y: Array, mean: Array) -> Array:
    """The squared distances of the targets from their mean, summed."""
    return total((y - mean) ** 2)


@rule(tex=r"1 - \frac{<residual>}{<whole>}")
def determination(residual: Array, whole: Array) -> Array:
    """R², the share of the targets' variation that the predictions explain."""
    return 1 - residual / whole
