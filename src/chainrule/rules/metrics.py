"""Metrics: what is counted over a data set beside the loss.

``METRICS`` are those of training: y is the target and a the prediction, (m, k); each gives one value
per sample, (m,). What follows them is worked on paper: the confusion matrix and what is made of it,
the ROC curve, and the measures of a regression.
Sources: Keras 3, keras.metrics; scikit-learn, "Metrics and scoring"; Fawcett, "An introduction to ROC
analysis" (2006).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from chainrule.rules.arrays import Array, absolute, constant, namespace, sqrt, total, where
from chainrule.rules.losses import mean_absolute_error, mean_squared_error
from chainrule.rules.rule import Rule, Slip, rule, size


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


def _transposed(function: Callable[..., Array], tex: str) -> Slip:
    return Slip("transposed", "rows and columns are exchanged", function, tex)


@rule(
    tex=r"\sum_s \left[ (<rows>)_{s} = i \right] \left[ (<columns>)_{s} = j \right]",
    slips=(
        _transposed(
            lambda rows, columns, classes: _confusion_matrix(columns, rows, classes=classes),
            r"\sum_s \left[ (<columns>)_{s} = i \right] \left[ (<rows>)_{s} = j \right]",
        ),
    ),
)
def confusion_matrix(rows: Array, columns: Array, *, classes: int) -> Array:
    """How often class i stands with class j; (classes, classes), from two lists of class numbers.

    >>> import numpy as np
    >>> confusion_matrix(np.array([0, 0, 1]), np.array([0, 1, 1]), classes=2)
    array([[1, 1],
           [0, 1]])
    """
    return _confusion_matrix(rows, columns, classes=classes)


def _confusion_matrix(rows: Array, columns: Array, *, classes: int) -> Array:
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

    def other(C: Array, *, p: int, n: int) -> Array:
        return function(C, p=n, n=p)

    other_row, other_column = ("n" if each == "p" else "p" for each in (row, column))
    tex = rf"(<C>)_{{<{other_row}><{other_column}>}}"
    other_class = "other_class", "the other class is taken as the positive one"
    slip = Slip(*other_class, other, tex) if row == column else _transposed(other, tex)
    return Rule(name, function, rf"(<C>)_{{<{row}><{column}>}}", slips=(slip,))


TRUE_POSITIVES = _cell("true_positives", "p", "p")
TRUE_NEGATIVES = _cell("true_negatives", "n", "n")
POSITIVE_ROW = _cell("cell_in_the_positive_row", "p", "n")
POSITIVE_COLUMN = _cell("cell_in_the_positive_column", "n", "p")


@rule(
    tex=r"(<C>)_{kk}",
    slips=(
        Slip(
            "whole_row",
            "the whole row is added up",
            lambda C: total(C, axis=1),
            r"\sum_{j} (<C>)_{kj}",
        ),
    ),
)
def diagonal(C: Array) -> Array:
    """Of every class, how many were put where they belong; (k,)."""
    return namespace(C).diagonal(C)


def _with_diagonal(axis: int, tex: str) -> Slip:
    what = "the samples that were put where they belong are counted too"
    return Slip("with_diagonal", what, lambda C: total(C, axis=axis), tex)


@rule(
    tex=r"\sum_{j \ne k} (<C>)_{kj}",
    slips=(
        _transposed(lambda C: total(_off_diagonal(C), axis=0), r"\sum_{i \ne k} (<C>)_{ik}"),
        _with_diagonal(1, r"\sum_{j} (<C>)_{kj}"),
    ),
)
def rest_of_row(C: Array) -> Array:
    """Of every row, the sum of what is off the diagonal; (k,)."""
    return total(_off_diagonal(C), axis=1)


@rule(
    tex=r"\sum_{i \ne k} (<C>)_{ik}",
    slips=(
        _transposed(lambda C: total(_off_diagonal(C), axis=1), r"\sum_{j \ne k} (<C>)_{kj}"),
        _with_diagonal(0, r"\sum_{i} (<C>)_{ik}"),
    ),
)
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


@rule(
    tex=r"<N> - <TP> - <FP> - <FN>",
    slips=(
        Slip(
            "other_diagonal",
            "only those of the other classes that were put where they belong are counted",
            lambda N, TP, FP, FN: total(TP) - TP + 0 * N,
            r"\sum_{j \ne k} (<TP>)_{j}",
        ),
        Slip(
            "not_subtracted",
            "the true positives are not subtracted",
            lambda N, TP, FP, FN: N - FP - FN,
            "<N> - <FP> - <FN>",
        ),
    ),
)
def rest(N: Array, TP: Array, FP: Array, FN: Array) -> Array:
    """Of every class, the true negatives: what is in neither its row nor its column; (k,)."""
    return N - TP - FP - FN


@rule(
    tex=r"<TP> + <FN>",
    slips=(
        Slip(
            "predicted_for_true",
            "the samples that were put into the class are counted, not those that belong there",
            lambda TP, FN, FP: TP + FP,
            r"<TP> + \text{FP}",
            also=("FP",),
        ),
    ),
)
def support(TP: Array, FN: Array) -> Array:
    """How many samples of the class there are."""
    return TP + FN


_ERROR_RATE = "error_rate", "the share that is wrong is taken, not the share that is right"


@rule(
    tex=r"\frac{<TP> + <TN>}{<TP> + <TN> + <FP> + <FN>}",
    slips=(
        Slip(
            *_ERROR_RATE,
            lambda TP, TN, FP, FN: (FP + FN) / (TP + TN + FP + FN),
            r"\frac{<FP> + <FN>}{<TP> + <TN> + <FP> + <FN>}",
        ),
        Slip(
            "true_negatives_left_out",
            "only the true positives are counted as right",
            lambda TP, TN, FP, FN: TP / (TP + TN + FP + FN),
            r"\frac{<TP>}{<TP> + <TN> + <FP> + <FN>}",
        ),
        Slip(
            "divided_by_the_rest",
            "what is right is divided by what is wrong, not by all",
            lambda TP, TN, FP, FN: (TP + TN) / (FP + FN),
            r"\frac{<TP> + <TN>}{<FP> + <FN>}",
        ),
    ),
)
def accuracy(TP: Array, TN: Array, FP: Array, FN: Array) -> Array:
    """The share of samples that were put where they belong.

    >>> accuracy(40, 45, 10, 5)
    0.85
    """
    return (TP + TN) / (TP + TN + FP + FN)


@rule(
    tex=r"\frac{\sum_k (<right>)_{k}}{<N>}",
    slips=(
        Slip(
            *_ERROR_RATE,
            lambda right, N: (N - total(right)) / N,
            r"\frac{<N> - \sum_k (<right>)_{k}}{<N>}",
        ),
    ),
)
def share_right(right: Array, N: Array) -> Array:
    """Accuracy over several classes."""
    return total(right) / N


def _complement(function: Callable[..., Array], tex: str) -> Slip:
    return Slip("complement", "the share of the others is taken, which is 1 less it", function, tex)


@rule(
    tex=r"\frac{<TP>}{<TP> + <FP>}",
    slips=(
        Slip(
            "recall_for_precision",
            "the false negatives are taken for the false positives, which gives recall",
            lambda TP, FP, FN: TP / (TP + FN),
            r"\frac{<TP>}{<TP> + \text{FN}}",
            also=("FN",),
        ),
        _complement(lambda TP, FP: FP / (TP + FP), r"\frac{<FP>}{<TP> + <FP>}"),
        Slip(
            "wrong_cell",
            "the true negatives are taken for the false positives",
            lambda TP, FP, TN: TP / (TP + TN),
            r"\frac{<TP>}{<TP> + \text{TN}}",
            also=("TN",),
        ),
    ),
)
def precision(TP: Array, FP: Array) -> Array:
    """Of what was called positive, the share that is."""
    return TP / (TP + FP)


@rule(
    tex=r"\frac{<TP>}{<TP> + <FN>}",
    slips=(
        Slip(
            "precision_for_recall",
            "the false positives are taken for the false negatives, which gives precision",
            lambda TP, FN, FP: TP / (TP + FP),
            r"\frac{<TP>}{<TP> + \text{FP}}",
            also=("FP",),
        ),
        Slip(
            "wrong_cell",
            "the false positives are taken for the true ones",
            lambda TP, FN, FP: FP / (FP + FN),
            r"\frac{\text{FP}}{\text{FP} + <FN>}",
            also=("FP",),
        ),
        _complement(lambda TP, FN: FN / (TP + FN), r"\frac{<FN>}{<TP> + <FN>}"),
        Slip(
            "specificity_for_recall",
            "the negative class is taken for the positive one, which gives specificity",
            lambda TP, FN, TN, FP: TN / (TN + FP),
            r"\frac{\text{TN}}{\text{TN} + \text{FP}}",
            also=("TN", "FP"),
        ),
    ),
)
def recall(TP: Array, FN: Array) -> Array:
    """Of what is positive, the share that was found: the true positive rate."""
    return TP / (TP + FN)


@rule(
    tex=r"\frac{<TN>}{<TN> + <FP>}",
    slips=(
        Slip(
            "recall_for_specificity",
            "the positive class is taken for the negative one, which gives recall",
            lambda TN, FP, TP, FN: TP / (TP + FN),
            r"\frac{\text{TP}}{\text{TP} + \text{FN}}",
            also=("TP", "FN"),
        ),
        Slip(
            "wrong_cell",
            "the false negatives are taken for the false positives",
            lambda TN, FP, FN: TN / (TN + FN),
            r"\frac{<TN>}{<TN> + \text{FN}}",
            also=("FN",),
        ),
        _complement(lambda TN, FP: FP / (TN + FP), r"\frac{<FP>}{<TN> + <FP>}"),
    ),
)
def specificity(TN: Array, FP: Array) -> Array:
    """Of what is negative, the share that was called so."""
    return TN / (TN + FP)


@rule(
    tex=r"\frac{<FP>}{<FP> + <TN>}",
    slips=(
        _complement(lambda FP, TN: TN / (FP + TN), r"\frac{<TN>}{<FP> + <TN>}"),
        Slip(
            "wrong_cell",
            "the true positives are taken for the true negatives",
            lambda FP, TN, TP: FP / (FP + TP),
            r"\frac{<FP>}{<FP> + \text{TP}}",
            also=("TP",),
        ),
    ),
)
def false_positive_rate(FP: Array, TN: Array) -> Array:
    """Of what is negative, the share that was called positive."""
    return FP / (FP + TN)


@rule(
    tex=r"\frac{2 \cdot <precision> \cdot <recall>}{<precision> + <recall>}",
    slips=(
        Slip(
            "plain_mean",
            "the plain mean is taken, not the harmonic one",
            lambda precision, recall: (precision + recall) / 2,
            r"\frac{<precision> + <recall>}{2}",
        ),
        Slip(
            "no_factor_two",
            "the factor 2 is left out",
            lambda precision, recall: precision * recall / (precision + recall),
            r"\frac{<precision> \cdot <recall>}{<precision> + <recall>}",
        ),
        Slip(
            "not_divided",
            "nothing is divided by the sum",
            lambda precision, recall: 2 * precision * recall,
            r"2 \cdot <precision> \cdot <recall>",
        ),
    ),
)
def f1(precision: Array, recall: Array) -> Array:
    """The harmonic mean of precision and recall; one of them is not 0."""
    return 2 * precision * recall / (precision + recall)


@rule(
    tex=r"\frac{2 \cdot <TP>}{2 \cdot <TP> + <FP> + <FN>}",
    slips=(
        Slip(
            "no_factor_two",
            "the factor 2 is left out",
            lambda TP, FP, FN: TP / (TP + FP + FN),
            r"\frac{<TP>}{<TP> + <FP> + <FN>}",
        ),
    ),
)
def f1_of_counts(TP: Array, FP: Array, FN: Array) -> Array:
    """F1 from the counts, which is defined where precision and recall are both 0 too."""
    return 2 * TP / (2 * TP + FP + FN)


@rule(
    tex=r"\frac{<recall> + <specificity>}{2}",
    slips=(
        Slip(
            "not_halved",
            "the sum is not halved",
            lambda recall, specificity: recall + specificity,
            "<recall> + <specificity>",
        ),
        Slip(
            "accuracy_for_balanced",
            "the plain accuracy is taken",
            lambda recall, specificity, accuracy: accuracy,
            r"\text{accuracy}",
            also=("accuracy",),
        ),
        Slip(
            "precision_for_specificity",
            "precision is taken for specificity",
            lambda recall, specificity, precision: (recall + precision) / 2,
            r"\frac{<recall> + \text{precision}}{2}",
            also=("precision",),
        ),
    ),
)
def balanced_accuracy(recall: Array, specificity: Array) -> Array:
    """The mean of the two classes' recalls."""
    return (recall + specificity) / 2


_NOT_DIVIDED = "sum_for_mean", "the sum is not divided"


@rule(
    tex=r"\frac{1}{K} \sum_k (<values>)_{k}",
    slips=(
        Slip(
            "weighted",
            "every class counts with its samples, as in the weighted average",
            lambda values, support: _weighted_average(support, values),
            r"\frac{\sum_k n_{k} (<values>)_{k}}{\sum_k n_{k}}",
            also=("support",),
        ),
        Slip(*_NOT_DIVIDED, lambda values: total(values), r"\sum_k (<values>)_{k}"),
    ),
)
def macro_average(values: Array) -> Array:
    """The mean over the classes, every class counting the same."""
    return total(values) / size(values.shape)


@rule(
    tex=r"\frac{\sum_k (<support>)_{k} (<values>)_{k}}{\sum_k (<support>)_{k}}",
    slips=(
        Slip(
            "plain_mean",
            "every class counts the same, as in the macro average",
            lambda support, values: total(values) / size(values.shape),
            r"\frac{1}{K} \sum_k (<values>)_{k}",
        ),
        Slip(
            *_NOT_DIVIDED,
            lambda support, values: total(support * values),
            r"\sum_k (<support>)_{k} (<values>)_{k}",
        ),
        Slip(
            "divided_by_the_classes",
            "the sum is divided by the number of classes, not by that of the samples",
            lambda support, values: total(support * values) / size(values.shape),
            r"\frac{1}{K} \sum_k (<support>)_{k} (<values>)_{k}",
        ),
    ),
)
def weighted_average(support: Array, values: Array) -> Array:
    """The mean over the classes, every class counting with its samples."""
    return _weighted_average(support, values)


def _weighted_average(support: Array, values: Array) -> Array:
    return total(support * values) / total(support)


@rule(
    tex=r"\frac{\sum_k (<TP>)_{k}}{\sum_k (<TP>)_{k} + \sum_k (<wrong>)_{k}}",
    slips=(
        Slip(
            "mean_of_shares",
            "the mean of the classes' own shares is taken, as in the macro average",
            lambda TP, wrong: total(TP / (TP + wrong)) / size(TP.shape),
            r"\frac{1}{K} \sum_k \frac{(<TP>)_{k}}{(<TP>)_{k} + (<wrong>)_{k}}",
        ),
    ),
)
def micro_average(TP: Array, wrong: Array) -> Array:
    """The share from the counts of all classes together."""
    return total(TP) / (total(TP) + total(wrong))


# ------------------------------------------------------------------------- the ROC curve


@rule(
    tex=r"\sum_i \left[ (<scores>)_{i} \ge (<thresholds>)_{k} \right]",
    slips=(
        Slip(
            "strictly_above",
            "a score equal to the threshold is not called positive",
            lambda scores, thresholds: _reaching(scores, thresholds, strictly=True),
            r"\sum_i \left[ (<scores>)_{i} > (<thresholds>)_{k} \right]",
        ),
    ),
)
def called_positive(scores: Array, thresholds: Array) -> Array:
    """How many scores reach each threshold, before them one that none reaches; (thresholds + 1,)."""
    return _reaching(scores, thresholds)


def _reaching(scores: Array, thresholds: Array, strictly: bool = False) -> Array:
    xp = namespace(scores)
    each = scores[None, :] + 0 * thresholds[:, None]
    reached = each > thresholds[:, None] if strictly else each >= thresholds[:, None]
    counts = total(where(reached, constant(1, each), constant(0, each)), axis=1)
    return xp.concatenate([constant(0, counts[:1]), counts])


@rule(
    tex=r"\frac{<counts>}{<all>}",
    slips=(
        Slip(
            "divided_by_all",
            "the counts are divided by all samples, not by those of their class",
            lambda counts, all, positives, negatives: counts / (positives + negatives),  # noqa: A006
            r"\frac{<counts>}{P + N}",
            also=("positives", "negatives"),
        ),
        Slip(
            "other_class",
            "the counts are divided by the samples of the other class",
            lambda counts, all, positives, negatives: counts / (positives + negatives - all),  # noqa: A006
            r"\frac{<counts>}{P + N - <all>}",
            also=("positives", "negatives"),
        ),
    ),
)
def rate(counts: Array, all: Array) -> Array:  # noqa: A002 - how many there are in all
    """Counts as shares of all."""
    return counts / all


@rule(
    tex=r"\sum_{k} \left( (<x>)_{k} - (<x>)_{k-1} \right) \cdot \frac{(<y>)_{k} + (<y>)_{k-1}}{2}",
    multiplications=lambda x, y: size(x),
    slips=(
        Slip(
            "left_heights",
            "rectangles are added, each as high as the curve at its left",
            lambda x, y: total((x[1:] - x[:-1]) * y[:-1]),
            r"\sum_{k} \left( (<x>)_{k} - (<x>)_{k-1} \right) \cdot (<y>)_{k-1}",
        ),
        Slip(
            "right_heights",
            "rectangles are added, each as high as the curve at its right",
            lambda x, y: total((x[1:] - x[:-1]) * y[1:]),
            r"\sum_{k} \left( (<x>)_{k} - (<x>)_{k-1} \right) \cdot (<y>)_{k}",
        ),
        Slip(
            "axes_exchanged",
            "the two axes are exchanged, so that the area beside the curve is taken",
            lambda x, y: _trapezoids(y, x),
            r"\sum_{k} \left( (<y>)_{k} - (<y>)_{k-1} \right) \cdot \frac{(<x>)_{k} + (<x>)_{k-1}}{2}",
        ),
    ),
)
def trapezoids(x: Array, y: Array) -> Array:
    """The area under a curve of straight pieces."""
    return _trapezoids(x, y)


def _trapezoids(x: Array, y: Array) -> Array:
    return total((x[1:] - x[:-1]) * ((y[1:] + y[:-1]) / 2))


@rule(
    tex=r"\frac{1}{P \cdot N} \sum_{i,j} \left( \left[ (<positive>)_{i} > (<negative>)_{j} \right]"
    r" + \frac{1}{2} \left[ (<positive>)_{i} = (<negative>)_{j} \right] \right)",
    slips=(
        Slip(
            "ties_left_out",
            "pairs with equal scores count nothing, not half",
            lambda positive, negative: _pairs(positive, negative, 0),
            r"\frac{1}{P \cdot N} \sum_{i,j} \left[ (<positive>)_{i} > (<negative>)_{j} \right]",
        ),
        Slip(
            "ties_won",
            "pairs with equal scores count whole, not half",
            lambda positive, negative: _pairs(positive, negative, 2),
            r"\frac{1}{P \cdot N} \sum_{i,j} \left[ (<positive>)_{i} \ge (<negative>)_{j} \right]",
        ),
        Slip(
            "pairs_lost",
            "the pairs are counted in which the negative has the higher score",
            lambda positive, negative: _pairs(negative, positive, 1),
            r"\frac{1}{P \cdot N} \sum_{i,j} \left[ (<positive>)_{i} < (<negative>)_{j} \right]",
        ),
    ),
)
def pairs_won(positive: Array, negative: Array) -> Array:
    """The share of pairs in which the positive has the higher score, ties counting half."""
    return _pairs(positive, negative, 1)


def _pairs(positive: Array, negative: Array, tie: int) -> Array:
    """The share of pairs that are won, a tie counting so many halves."""
    a, b = positive[:, None] + 0 * negative[None, :], 0 * positive[:, None] + negative[None, :]
    one, nothing = constant(1, a), constant(0, a)
    won = where(a > b, one, where(a == b, tie * one / 2, nothing))
    return total(won) / size(won.shape)


# ----------------------------------------------------------------------------- regression


_ABSOLUTE = "absolute_for_square", "the errors are not squared, only made positive"


@rule(
    tex=r"<y> - <yhat>",
    slips=(Slip("opposite_sign", "the sign is turned", lambda y, yhat: yhat - y, "<yhat> - <y>"),),
)
def residuals(y: Array, yhat: Array) -> Array:
    """Target minus prediction; (m,)."""
    return y - yhat


@rule(
    tex=r"\frac{1}{m} \sum_i \left| (<e>)_{i} \right|",
    slips=(
        Slip(
            "signs_kept",
            "errors of different sign cancel, as they are not made positive",
            lambda e: total(e) / size(e.shape),
            r"\frac{1}{m} \sum_i (<e>)_{i}",
        ),
        Slip(*_NOT_DIVIDED, lambda e: total(absolute(e)), r"\sum_i \left| (<e>)_{i} \right|"),
    ),
)
def mean_absolute(e: Array) -> Array:
    """The mean absolute error, from the residuals."""
    return total(absolute(e)) / size(e.shape)


@rule(
    tex=r"\frac{1}{m} \sum_i (<e>)_{i}^2",
    slips=(
        Slip(*_NOT_DIVIDED, lambda e: total(e**2), r"\sum_i (<e>)_{i}^2"),
        Slip(
            "halved",
            "it is halved once more",
            lambda e: total(e**2) / (2 * size(e.shape)),
            r"\frac{1}{2 m} \sum_i (<e>)_{i}^2",
        ),
        Slip(
            *_ABSOLUTE,
            lambda e: total(absolute(e)) / size(e.shape),
            r"\frac{1}{m} \sum_i \left| (<e>)_{i} \right|",
        ),
        Slip(
            "one_less",
            "the sum is divided by n - 1 in place of n",
            lambda e: total(e**2) / (size(e.shape) - 1),
            r"\frac{1}{m - 1} \sum_i (<e>)_{i}^2",
        ),
    ),
)
def mean_square(e: Array) -> Array:
    """The mean squared error, from the residuals."""
    return total(e**2) / size(e.shape)


@rule(tex=r"\sqrt{<mse>}", slips=(Slip("no_root", "the root is left out", lambda mse: mse, "<mse>"),))
def root(mse: Array) -> Array:
    """The root of the mean squared error."""
    return sqrt(mse)


@rule(
    tex=r"\frac{1}{m} \sum_i (<y>)_{i}",
    slips=(
        Slip(*_NOT_DIVIDED, lambda y: total(y), r"\sum_i (<y>)_{i}"),
        Slip(
            "one_less",
            "the sum is divided by n - 1 in place of n",
            lambda y: total(y) / (size(y.shape) - 1),
            r"\frac{1}{m - 1} \sum_i (<y>)_{i}",
        ),
    ),
)
def mean_target(y: Array) -> Array:
    """The mean of the targets."""
    return total(y) / size(y.shape)


@rule(
    tex=r"\sum_i (<e>)_{i}^2",
    slips=(
        Slip(
            "mean_for_sum",
            "the sum is divided, as a mean is",
            lambda e: total(e**2) / size(e.shape),
            r"\frac{1}{m} \sum_i (<e>)_{i}^2",
        ),
        Slip(*_ABSOLUTE, lambda e: total(absolute(e)), r"\sum_i \left| (<e>)_{i} \right|"),
    ),
)
def residual_squares(e: Array) -> Array:
    """The squares of the residuals, summed."""
    return total(e**2)


@rule(
    tex=r"\sum_i \left( (<y>)_{i} - <mean> \right)^2",
    slips=(
        Slip(
            "mean_for_sum",
            "the sum is divided, as a mean is",
            lambda y, mean: total((y - mean) ** 2) / size(y.shape),
            r"\frac{1}{m} \sum_i \left( (<y>)_{i} - <mean> \right)^2",
        ),
        Slip(
            "nothing_subtracted",
            "the mean is not subtracted",
            lambda y, mean: total(y**2) + 0 * mean,
            r"\sum_i (<y>)_{i}^2",
        ),
    ),
)
def total_squares(y: Array, mean: Array) -> Array:
    """The squared distances of the targets from their mean, summed."""
    return total((y - mean) ** 2)


@rule(
    tex=r"1 - \frac{<residual>}{<whole>}",
    slips=(
        Slip(
            "not_from_one",
            "the share is not taken from 1",
            lambda residual, whole: residual / whole,
            r"\frac{<residual>}{<whole>}",
        ),
        Slip(
            "inverted",
            "numerator and denominator are exchanged",
            lambda residual, whole: 1 - whole / residual,
            r"1 - \frac{<whole>}{<residual>}",
        ),
    ),
)
def determination(residual: Array, whole: Array) -> Array:
    """R², the share of the targets' variation that the predictions explain."""
    return 1 - residual / whole
