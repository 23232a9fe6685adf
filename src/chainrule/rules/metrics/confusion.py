"""The confusion matrix, its cells, and the sums of its rows and columns.

Source: scikit-learn, "Metrics and scoring".
"""

from __future__ import annotations

from collections.abc import Callable

from chainrule.rules.arrays import Array, constant, namespace, total, where
from chainrule.rules.rule import Rule, Slip, rule


def transposed(function: Callable[..., Array], tex: str) -> Slip:
    return Slip("transposed", "rows and columns are exchanged", function, tex)


@rule(
    tex=r"\sum_s \left[ (<rows>)_{s} = i \right] \left[ (<columns>)_{s} = j \right]",
    slips=(
        transposed(
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
    slip = Slip(*other_class, other, tex) if row == column else transposed(other, tex)
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
        transposed(lambda C: total(_off_diagonal(C), axis=0), r"\sum_{i \ne k} (<C>)_{ik}"),
        _with_diagonal(1, r"\sum_{j} (<C>)_{kj}"),
    ),
)
def rest_of_row(C: Array) -> Array:
    """Of every row, the sum of what is off the diagonal; (k,)."""
    return total(_off_diagonal(C), axis=1)


@rule(
    tex=r"\sum_{i \ne k} (<C>)_{ik}",
    slips=(
        transposed(lambda C: total(_off_diagonal(C), axis=1), r"\sum_{j \ne k} (<C>)_{kj}"),
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
